/*
 * Two checkpoints of one log, held against each other: a log that shows people different things is
 * found by whoever compares what they were shown. Needs no database: the tiles of an archive, and
 * the log's key.
 */
#ifndef LEDGER_COMPARE_H
#define LEDGER_COMPARE_H

#include <stdbool.h>

#include "base/cli.h"

/* Exit status 0: the greater extends the smaller; 1: they are of two trees; 2: it could not be
 * checked. */
bool compare_command(const struct cli *cli, struct error *err);

#endif
