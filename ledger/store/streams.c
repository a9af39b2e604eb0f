/*
 * Where a stream goes on.
 */
#include "queries.h"
#include "store/entries.h"
#include "store/row.h"

bool stream_next_seq(struct store *store, int log, uint64_t tenant, uint32_t stream, uint64_t *out,
                     struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, tenant);
    param_int64(&params, stream);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_entry_stream_last, &params, &rows, err))
        return false;
    *out = rows_count(rows) ? row_u64(rows, 0, 0) + 1 : 0;
    return true;
}
