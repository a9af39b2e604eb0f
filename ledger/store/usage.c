#include "store/usage.h"

#include "queries.h"
#include "store/row.h"

struct visit {
    usage_sum_visitor *sum;
    descriptor_visitor *descriptor;
    void *context;
};

static bool visit_sum(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct usage_sum sum = {
        .from_us = row_instant(row, 0, 1),
        .length_seconds = (uint32_t)row_int(row, 0, 2),
    };
    return row_digest(row, 0, 0, &sum.series, err) && row_numeric(row, 0, 3, &sum.quantity, err) &&
           row_numeric(row, 0, 4, &sum.greatest, err) &&
           row_numeric(row, 0, 5, &sum.corrected, err) && visit->sum(visit->context, &sum, err);
}

static bool visit_descriptor(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct digest series;
    return row_digest(row, 0, 0, &series, err) &&
           visit->descriptor(visit->context, &series, row_bytes(row, 0, 1), err);
}

static void param_tenant(struct params *params, int log, uint64_t tenant)
{
    param_int32(params, log);
    param_u64(params, tenant);
}

static void param_known(struct params *params, int log, uint64_t tenant, uint64_t size,
                        int64_t from_us, int64_t to_us)
{
    param_tenant(params, log, tenant);
    param_u64(params, size);
    param_instant(params, from_us);
    param_instant(params, to_us);
}

bool usage_each_sum(struct store *store, int log, uint64_t tenant, uint64_t size, int64_t from_us,
                    int64_t to_us, const struct digest *series, size_t series_count,
                    usage_sum_visitor *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_known(&params, log, tenant, size, from_us, to_us);
    if (series != NULL)
        param_digest_array(&params, series, series_count);
    else
        param_null(&params);
    return store_each(store, sql_usage_sums, &params, visit_sum,
                      &(struct visit){.sum = visit, .context = context}, err);
}

bool usage_each_series(struct store *store, int log, uint64_t tenant, uint64_t size,
                       int64_t from_us, int64_t to_us, descriptor_visitor *visit, void *context,
                       struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_known(&params, log, tenant, size, from_us, to_us);
    return store_each(store, sql_usage_series, &params, visit_descriptor,
                      &(struct visit){.descriptor = visit, .context = context}, err);
}

struct series_visit {
    usage_series_visitor *visit;
    void *context;
};

static bool visit_series_sum(void *context, const struct rows *row, struct error *err)
{
    const struct series_visit *visit = context;
    struct usage_series_sum sum = {.is_corrected = row_bool(row, 0, 2)};
    return row_digest(row, 0, 0, &sum.series, err) && row_numeric(row, 0, 1, &sum.quantity, err) &&
           visit->visit(visit->context, &sum, err);
}

bool usage_each_series_sum(struct store *store, int log, uint64_t tenant, uint64_t size,
                           int64_t from_us, int64_t to_us, usage_series_visitor *visit,
                           void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_known(&params, log, tenant, size, from_us, to_us);
    return store_each(store, sql_usage_series_sums, &params, visit_series_sum,
                      &(struct series_visit){visit, context}, err);
}

bool usage_each_descriptor(struct store *store, int log, uint64_t tenant,
                           const struct digest *series, size_t count, descriptor_visitor *visit,
                           void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_tenant(&params, log, tenant);
    param_digest_array(&params, series, count);
    return store_each(store, sql_usage_descriptors, &params, visit_descriptor,
                      &(struct visit){.descriptor = visit, .context = context}, err);
}

struct part_visit {
    usage_part_visitor *visit;
    void *context;
};

static bool visit_part(void *context, const struct rows *row, struct error *err)
{
    const struct part_visit *visit = context;
    struct usage_part part = {.from_us = row_instant(row, 0, 1),
                              .entries = row_u64(row, 0, 3),
                              .is_corrected = row_bool(row, 0, 4)};
    return row_digest(row, 0, 0, &part.series, err) &&
           row_numeric(row, 0, 2, &part.quantity, err) && visit->visit(visit->context, &part, err);
}

bool usage_each_part(struct store *store, int log, uint64_t tenant, uint64_t from_seq,
                     uint64_t to_seq, const int64_t *borders_us, const int64_t *periods_us,
                     size_t border_count, usage_part_visitor *visit, void *context,
                     struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_tenant(&params, log, tenant);
    param_u64(&params, from_seq);
    param_u64(&params, to_seq);
    param_instant_array(&params, borders_us, border_count);
    param_instant_array(&params, periods_us, border_count);
    return store_each(store, sql_usage_range_totals, &params, visit_part,
                      &(struct part_visit){visit, context}, err);
}

/* A statement that gives one whole number. */
static bool read_number(struct store *store, const char *sql, const struct params *params,
                        uint64_t *out, struct error *err)
{
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql, params, &rows, err))
        return false;
    *out = row_u64(rows, 0, 0);
    return true;
}

bool usage_next_seq(struct store *store, int log, uint64_t tenant, uint64_t size, uint64_t *out,
                    struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_tenant(&params, log, tenant);
    param_u64(&params, size);
    return read_number(store, sql_usage_next_seq, &params, out, err);
}

/* A statement that gives stream_seqs. */
static bool read_seqs(struct store *store, const char *sql, const struct params *params,
                      struct arena *arena, uint64_t **out_seqs, size_t *out_count,
                      struct error *err)
{
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql, params, &rows, err))
        return false;
    size_t count = rows_count(rows);
    uint64_t *seqs = arena_array(arena, count + 1, sizeof(*seqs));
    for (size_t i = 0; i < count; i++)
        seqs[i] = row_u64(rows, i, 0);
    *out_seqs = seqs;
    *out_count = count;
    return true;
}

bool usage_later_seqs(struct store *store, int log, uint64_t tenant, uint64_t before_seq,
                      int64_t from_us, struct arena *arena, uint64_t **out_seqs, size_t *out_count,
                      struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_tenant(&params, log, tenant);
    param_u64(&params, before_seq);
    param_instant(&params, from_us);
    return read_seqs(store, sql_usage_later_seqs, &params, arena, out_seqs, out_count, err);
}

bool usage_earlier_seqs(struct store *store, int log, uint64_t tenant, uint64_t before_seq,
                        int64_t from_us, int64_t to_us, struct arena *arena, uint64_t **out_seqs,
                        size_t *out_count, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_tenant(&params, log, tenant);
    param_u64(&params, before_seq);
    param_instant(&params, from_us);
    param_instant(&params, to_us);
    return read_seqs(store, sql_usage_earlier_seqs, &params, arena, out_seqs, out_count, err);
}

bool usage_late_windows(struct store *store, int log, uint64_t tenant, uint64_t from_seq,
                        uint64_t size, int64_t before_us, struct arena *arena, int64_t **out,
                        size_t *out_count, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_tenant(&params, log, tenant);
    param_u64(&params, from_seq);
    param_u64(&params, size);
    param_instant(&params, before_us);
    if (!store_query(store, sql_usage_late_windows, &params, &rows, err))
        return false;
    *out_count = rows_count(rows);
    *out = arena_array(arena, *out_count + 1, sizeof(**out));
    for (size_t i = 0; i < *out_count; i++)
        (*out)[i] = row_instant(rows, i, 0);
    return true;
}

bool usage_newest_index(struct store *store, int log, uint64_t tenant, uint64_t *out,
                        struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_tenant(&params, log, tenant);
    return read_number(store, sql_usage_newest, &params, out, err);
}

bool usage_complete_through(struct store *store, int log, const struct digest *feed,
                            int *out_partition, int64_t *out_us, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int32(&params, log);
    param_digest(&params, feed);
    if (!store_query(store, sql_usage_complete_through, &params, &rows, err))
        return false;
    if (rows_count(rows) == 0)
        return error_set(err, ERROR_NOT_FOUND, "the topic was never read");
    *out_partition = (int)row_int(rows, 0, 0);
    *out_us = row_is_null(rows, 0, 1) ? PARTITION_INCOMPLETE : row_instant(rows, 0, 1);
    return true;
}

bool usage_undecided(struct store *store, int log, const char *tenant_id, uint64_t *out,
                     struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, tenant_id);
    return read_number(store, sql_usage_undecided, &params, out, err);
}
