/*
 * Commands that only look: list, show, quote.
 */
#ifndef INVOICES_SHOW_H
#define INVOICES_SHOW_H

#include <stdbool.h>

#include "base/cli.h"

bool list_command(const struct cli *cli, struct error *err);
bool show_command(const struct cli *cli, struct error *err);
/* What the period costs with what is sealed now; nothing is stored. */
bool quote_command(const struct cli *cli, struct error *err);

#endif
