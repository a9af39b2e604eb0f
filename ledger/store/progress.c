#include "store/progress.h"

#include "queries.h"
#include "store/row.h"

bool progress_write(struct store *store, int log, const struct progress *progress,
                    struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_digest(&params, &progress->feed);
    param_int32(&params, (int32_t)progress->partition);
    param_int32(&params, (int32_t)progress->incarnation);
    param_int32(&params, (int32_t)progress->partition_count);
    param_text(&params, progress->feed_name);
    param_u64(&params, progress->position);
    param_u64(&params, progress->high);
    if (progress->complete_through_us == COMPLETE_NEVER)
        param_null(&params);
    else
        param_instant(&params, progress->complete_through_us);
    param_text(&params, progress->state);
    param_text(&params, progress->reason);
    return store_execute(store, sql_progress_write, &params, NULL, err);
}
