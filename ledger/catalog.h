/*
 * The catalog as a decision: every version is an entry with its content.
 */
#ifndef LEDGER_CATALOG_H
#define LEDGER_CATALOG_H

#include <stdbool.h>

#include "base/cli.h"

/* Schema, compilation, and the successor rule against every earlier version; then an entry. The
 * newest version's content again is no new version. */
bool catalog_apply_command(const struct cli *cli, struct error *err);
bool catalog_show_command(const struct cli *cli, struct error *err);

#endif
