#include "store/replacements.h"

#include "queries.h"
#include "store/row.h"

struct reader {
    replace_visit *visit;
    void *context;
};

static bool read_cell(const struct rows *row, struct replace_row *out, struct error *err)
{
    *out = (struct replace_row){.from_us = row_instant(row, 0, 1),
                                .length_seconds = (uint32_t)row_int(row, 0, 2)};
    return row_digest(row, 0, 0, &out->series, err);
}

static bool visit_target(void *context, const struct rows *row, struct error *err)
{
    const struct reader *reader = context;
    struct replace_row out;
    if (!read_cell(row, &out, err))
        return false;
    out.target_seq = row_u64(row, 0, 3);
    return reader->visit(reader->context, &out, err);
}

bool replace_each_target(struct store *store, int log, uint64_t tenant, int64_t from_us,
                         int64_t to_us, replace_visit *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, tenant);
    param_instant(&params, from_us);
    param_instant(&params, to_us);
    struct reader reader = {visit, context};
    return store_each(store, sql_replace_targets, &params, visit_target, &reader, err);
}

static bool visit_since(void *context, const struct rows *row, struct error *err)
{
    const struct reader *reader = context;
    struct replace_row out;
    return read_cell(row, &out, err) && row_numeric(row, 0, 3, &out.greatest, err) &&
           reader->visit(reader->context, &out, err);
}

bool replace_each_since(struct store *store, int log, uint64_t tenant, uint64_t index,
                        int64_t from_us, int64_t to_us, replace_visit *visit, void *context,
                        struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, tenant);
    param_u64(&params, index);
    param_instant(&params, from_us);
    param_instant(&params, to_us);
    struct reader reader = {visit, context};
    return store_each(store, sql_replace_since, &params, visit_since, &reader, err);
}
