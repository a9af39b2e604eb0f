/*
 * From a cut to a document: review fixes the issue date and the draft that was seen; approve is
 * another operator's word for exactly that draft; issue gives it a number and books it. Each gives
 * what is there already when run again.
 */
#ifndef INVOICES_ISSUE_H
#define INVOICES_ISSUE_H

#include <stdbool.h>

#include "base/cli.h"

bool review_command(const struct cli *cli, struct error *err);
/* What was reviewed, to be read before it is approved: as text, or the bytes that are signed. */
bool draft_command(const struct cli *cli, struct error *err);
bool approve_command(const struct cli *cli, struct error *err);
bool issue_command(const struct cli *cli, struct error *err);

#endif
