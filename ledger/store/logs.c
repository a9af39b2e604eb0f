#include "store/logs.h"

#include <stdio.h>
#include <string.h>

#include "queries.h"
#include "store/row.h"

bool log_find(struct store *store, int log, struct log_row *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_log_find, &params, &rows, err))
        return false;
    if (rows_count(rows) == 0)
        return error_set(err, ERROR_NOT_FOUND,
                         "the database has no log %d; run daybook-ledger init once", log);

    struct slice ledger = row_bytes(rows, 0, 1);
    if (ledger.size != sizeof out->ledger.bytes)
        return error_set(err, ERROR_CONFLICT, "log %d: its ledger id has %zu bytes instead of 16",
                         log, ledger.size);
    out->log = log;
    snprintf(out->origin, sizeof out->origin, "%s", row_text(rows, 0, 0));
    memcpy(out->ledger.bytes, ledger.data, ledger.size);
    return true;
}

bool log_put(struct store *store, const struct log_row *row, struct error *err)
{
    struct log_row there;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, row->log);
    param_text(&params, row->origin);
    param_bytes(&params, row->ledger.bytes, sizeof row->ledger.bytes);
    if (!store_execute(store, sql_log_insert, &params, NULL, err) ||
        !log_find(store, row->log, &there, err))
        return false;
    if (strcmp(there.origin, row->origin) != 0 ||
        memcmp(there.ledger.bytes, row->ledger.bytes, sizeof there.ledger.bytes) != 0)
        return error_set(err, ERROR_CONFLICT, "log %d is registered as '%s' already", row->log,
                         there.origin);
    return true;
}

bool log_rename(struct store *store, const struct log_row *row, struct error *err)
{
    uint64_t affected = 0;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, row->log);
    param_text(&params, row->origin);
    param_bytes(&params, row->ledger.bytes, sizeof row->ledger.bytes);
    if (!store_execute(store, sql_log_rename, &params, &affected, err))
        return false;
    return affected == 1 || error_set(err, ERROR_CONFLICT, "log %d is of another ledger", row->log);
}
