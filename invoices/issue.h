/*
 * From a cut to a document: review fixes the issue date and the draft that was seen; issue gives
 * exactly that draft a number and books it. Both give what is there already when run again.
 */
#ifndef INVOICES_ISSUE_H
#define INVOICES_ISSUE_H

#include <stdbool.h>

#include "base/cli.h"

bool review_command(const struct cli *cli, struct error *err);
bool issue_command(const struct cli *cli, struct error *err);

#endif
