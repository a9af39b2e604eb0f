/*
 * The registry's copy of what a log is: origin and ledger. Derived from the log's first entry by a
 * second, repeatable transaction.
 */
#ifndef STORE_LOGS_H
#define STORE_LOGS_H

#include <stdbool.h>

#include "core/body.h"
#include "core/checkpoint.h"
#include "store/store.h"

struct log_row {
    int log;
    char origin[ORIGIN_SIZE];
    struct ledger_id ledger;
};

/* ERROR_NOT_FOUND says to run `daybook-ledger init`. */
MUST_CHECK bool log_find(struct store *store, int log, struct log_row *out, struct error *err);
/* Inserts it if it is missing; ERROR_CONFLICT when it is there and says something else. */
MUST_CHECK bool log_put(struct store *store, const struct log_row *row, struct error *err);
/* A successor was opened: the log of the same ledger goes by this origin from now on. Repeatable.
 */
MUST_CHECK bool log_rename(struct store *store, const struct log_row *row, struct error *err);

#endif
