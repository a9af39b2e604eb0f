/*
 * The sealer's memory of what it has signed: the three lines of a checkpoint in a file of its own.
 *
 * Written and flushed before anything is signed, so it is never behind a signature. It is trusted:
 * who can set it back can obtain two histories under one key. A missing state file is never read as
 * "nothing was signed yet".
 */
#ifndef LEDGER_STATE_H
#define LEDGER_STATE_H

#include <stdbool.h>

#include "base/compiler.h"
#include "core/checkpoint.h"

/* ERROR_HALT when there is none or it is damaged. */
MUST_CHECK bool state_read(const char *path, struct checkpoint *out, struct error *err);
/* Atomic and durable when it returns. */
MUST_CHECK bool state_write(const char *path, const struct checkpoint *checkpoint,
                            struct error *err);
/* One sealer a log: holds PATH.lock until *out_lock is closed. ERROR_BUSY when another has it.
 * (The state file itself is replaced by each write, and a lock would go with the old one.) */
MUST_CHECK bool state_lock(const char *path, int *out_lock, struct error *err);

#endif
