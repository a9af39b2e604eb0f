/*
 * The audit from inside: rows → bodies → commitments → leaves → tree → signed checkpoints, and
 * everything beside them that must agree. Reads one snapshot, changes nothing, reports every
 * finding by its fixed word (core/finding.h).
 */
#ifndef LEDGER_AUDIT_H
#define LEDGER_AUDIT_H

#include <stdbool.h>

#include "base/cli.h"

/* Exit status 0: nothing found; 1: findings; 2: it could not be looked. */
bool audit_command(const struct cli *cli, struct error *err);

#endif
