#include "store/sequences.h"

#include "queries.h"
#include "store/row.h"

static void copy_sequence(struct copy *copy, int log, const struct sequence_row *row)
{
    copy_row(copy, 9);
    copy_int32(copy, log);
    copy_bytes(copy, row->feed.bytes, DIGEST_SIZE);
    copy_int32(copy, (int32_t)row->partition);
    copy_int32(copy, (int32_t)row->incarnation);
    copy_int64(copy, (int64_t)row->from);
    copy_bytes(copy, row->source.data, row->source.size);
    copy_int64(copy, (int64_t)row->numbered);
    copy_int64(copy, (int64_t)row->unnumbered);
    copy_bytes(copy, row->runs.data, row->runs.size);
}

bool sequences_append(struct store *store, int log, const struct sequence_row *rows, size_t count,
                      struct error *err)
{
    struct copy *copy = NULL;
    if (count == 0)
        return true;
    if (!copy_begin(store, sql_sequence_copy, &copy, err))
        return false;
    for (size_t i = 0; i < count; i++)
        copy_sequence(copy, log, &rows[i]);
    return copy_end(copy, err);
}

struct reader {
    sequence_visit *visit;
    void *context;
    bool has_as_of;
};

static bool visit_row(void *context, const struct rows *row, struct error *err)
{
    const struct reader *reader = context;
    const struct sequence_row out = {.source = row_bytes(row, 0, 0),
                                     .numbered = row_u64(row, 0, 1),
                                     .unnumbered = row_u64(row, 0, 2),
                                     .runs = row_bytes(row, 0, 3)};
    return reader->visit(reader->context, &out, reader->has_as_of ? row_instant(row, 0, 4) : 0,
                         err);
}

bool sequences_each(struct store *store, int log, const struct sequence_filter *filter,
                    sequence_visit *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, filter->source);
    param_bytes(&params, filter->feed, filter->feed ? DIGEST_SIZE : 0);
    if (filter->has_since)
        param_instant(&params, filter->since_us);
    else
        param_null(&params);
    struct reader reader = {visit, context, true};
    return store_each(store, sql_sequence_each, &params, visit_row, &reader, err);
}

bool sequences_of_receipt(struct store *store, int log, const struct receipt_body *receipt,
                          sequence_visit *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_digest(&params, &receipt->feed);
    param_int32(&params, (int32_t)receipt->partition);
    param_int32(&params, (int32_t)receipt->incarnation);
    param_u64(&params, receipt->from);
    struct reader reader = {visit, context, false};
    return store_each(store, sql_sequence_of_receipt, &params, visit_row, &reader, err);
}
