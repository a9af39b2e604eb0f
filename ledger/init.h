/*
 * A new ledger: keys, the log's first entries, the sealer's state file and the first checkpoint.
 */
#ifndef LEDGER_INIT_H
#define LEDGER_INIT_H

#include <stdbool.h>

#include "base/cli.h"
#include "base/compiler.h"

/* What may be a log's name. */
MUST_CHECK bool init_check_origin(const char *origin, struct error *err);

bool migrate_command(const struct cli *cli, struct error *err);
/* Repeatable: goes on where it was interrupted; on an initialised ledger it says so and changes
 * nothing. The one writer without a guard: there is no published checkpoint yet. */
bool init_command(const struct cli *cli, struct error *err);

#endif
