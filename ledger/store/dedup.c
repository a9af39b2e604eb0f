#include "store/dedup.h"

#include <assert.h>

#include "queries.h"
#include "store/row.h"

bool dedup_ensure_day(struct store *store, int32_t day, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, day);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    return store_query(store, sql_dedup_ensure_day, &params, &rows, err);
}

bool dedup_sizes(struct store *store, int log, int32_t event_hour, const int32_t *slots,
                 size_t count, uint64_t *out_bytes, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_int32(&params, event_hour);
    param_int32_array(&params, slots, count);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_dedup_sizes, &params, &rows, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        out_bytes[i] = 0;
        for (size_t row = 0; row < rows_count(rows); row++)
            if (row_int(rows, row, 0) == slots[i])
                out_bytes[i] = row_u64(rows, row, 1);
    }
    return true;
}

struct block_reader {
    int32_t event_hour;
    int32_t slot; /* -1: the rows tell it */
    dedup_visit *visit;
    void *context;
};

static bool visit_ids(void *context, const struct rows *row, struct error *err)
{
    const struct block_reader *reader = context;
    struct dedup_block block = {.slot = (int32_t)row_int(row, 0, 0),
                                .event_hour = reader->event_hour,
                                .step = row_u64(row, 0, 1),
                                .ids = row_bytes(row, 0, 2)};
    if (block.ids.size % DEDUP_ID_SIZE != 0)
        return error_set(err, ERROR_CONFLICT, "dedup block of slot %d, hour %d, step %llu is cut",
                         block.slot, block.event_hour, (unsigned long long)block.step);
    return reader->visit(reader->context, &block, err);
}

bool dedup_blocks(struct store *store, int log, int32_t event_hour, const int32_t *slots,
                  const uint64_t *after_steps, const uint64_t *through_steps, size_t count,
                  dedup_visit *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_int32(&params, event_hour);
    param_int32_array(&params, slots, count);
    param_int64_array(&params, (const int64_t *)after_steps, count);
    param_int64_array(&params, (const int64_t *)through_steps, count);
    struct block_reader reader = {event_hour, -1, visit, context};
    return store_each(store, sql_dedup_blocks, &params, visit_ids, &reader, err);
}

static bool visit_at(void *context, const struct rows *row, struct error *err)
{
    const struct block_reader *reader = context;
    struct dedup_block block = {.slot = (int32_t)row_int(row, 0, 0),
                                .event_hour = reader->event_hour,
                                .step = row_u64(row, 0, 1),
                                .ids = row_bytes(row, 0, 2),
                                .entries = row_bytes(row, 0, 3)};
    return reader->visit(reader->context, &block, err);
}

bool dedup_blocks_at(struct store *store, int log, int32_t event_hour, const int32_t *slots,
                     const uint64_t *steps, size_t count, dedup_visit *visit, void *context,
                     struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_int32(&params, event_hour);
    param_int32_array(&params, slots, count);
    param_int64_array(&params, (const int64_t *)steps, count);
    struct block_reader reader = {event_hour, -1, visit, context};
    return store_each(store, sql_dedup_blocks_at, &params, visit_at, &reader, err);
}

static bool visit_whole(void *context, const struct rows *row, struct error *err)
{
    const struct block_reader *reader = context;
    struct dedup_block block = {.slot = reader->slot,
                                .event_hour = reader->event_hour,
                                .step = row_u64(row, 0, 0),
                                .ids = row_bytes(row, 0, 1),
                                .entries = row_bytes(row, 0, 2)};
    if (block.ids.size % DEDUP_ID_SIZE != 0 || block.entries.size % DEDUP_ENTRY_SIZE != 0)
        return error_set(err, ERROR_CONFLICT, "dedup block of slot %d, hour %d, step %llu is cut",
                         block.slot, block.event_hour, (unsigned long long)block.step);
    return reader->visit(reader->context, &block, err);
}

bool dedup_hour(struct store *store, int log, int32_t slot, int32_t event_hour, dedup_visit *visit,
                void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_int16(&params, (int16_t)slot);
    param_int32(&params, event_hour);
    struct block_reader reader = {event_hour, slot, visit, context};
    return store_each(store, sql_dedup_hour, &params, visit_whole, &reader, err);
}

bool dedup_append(struct store *store, int log, const struct dedup_block *blocks, size_t count,
                  struct error *err)
{
    if (count == 0)
        return true;
    struct copy *copy = NULL;
    if (!copy_begin(store, sql_dedup_copy, &copy, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        assert(blocks[i].ids.size % DEDUP_ID_SIZE == 0);
        assert(blocks[i].entries.size % DEDUP_ENTRY_SIZE == 0);
        copy_row(copy, 6);
        copy_int32(copy, log);
        copy_int16(copy, (int16_t)blocks[i].slot);
        copy_int32(copy, blocks[i].event_hour);
        copy_int64(copy, (int64_t)blocks[i].step);
        copy_bytes(copy, blocks[i].ids.data, blocks[i].ids.size);
        copy_bytes(copy, blocks[i].entries.data, blocks[i].entries.size);
    }
    return copy_end(copy, err);
}
