#include "store/money.h"

#include "queries.h"
#include "store/row.h"

static bool lock_there(struct store *store, const char *lock, const struct params *params,
                       uint64_t *out, bool *out_found, struct error *err)
{
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, lock, params, &rows, err))
        return false;
    *out_found = rows_count(rows) > 0;
    if (*out_found)
        *out = row_u64(rows, 0, 0);
    return true;
}

/* Locks the row and reads its one number; makes it first where it is missing, which it is once. */
static bool lock_row(struct store *store, const char *insert, const char *lock,
                     const struct params *params, uint64_t *out, struct error *err)
{
    bool found;
    if (!lock_there(store, lock, params, out, &found, err))
        return false;
    if (found)
        return true;
    if (!store_execute(store, insert, params, NULL, err) ||
        !lock_there(store, lock, params, out, &found, err))
        return false;
    return found || error_set(err, ERROR_SYSTEM, "database: a head was made and is not there");
}

bool contract_lock(struct store *store, int log, const char *contract, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, contract);
    return store_execute(store, sql_contract_lock, &params, NULL, err);
}

bool money_head_lock(struct store *store, int log, uint64_t tenant, uint64_t *out_next_seq,
                     struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, tenant);
    return lock_row(store, sql_money_head_insert, sql_money_head_lock, &params, out_next_seq, err);
}

bool money_head_set(struct store *store, int log, uint64_t tenant, uint64_t next_seq,
                    struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, tenant);
    param_u64(&params, next_seq);
    return store_execute(store, sql_money_head_update, &params, NULL, err);
}

bool number_head_lock(struct store *store, int log, const char *number_series,
                      uint64_t *out_next_number, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, number_series);
    return lock_row(store, sql_number_head_insert, sql_number_head_lock, &params, out_next_number,
                    err);
}

bool number_head_set(struct store *store, int log, const char *number_series, uint64_t next_number,
                     struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, number_series);
    param_u64(&params, next_number);
    return store_execute(store, sql_number_head_update, &params, NULL, err);
}
