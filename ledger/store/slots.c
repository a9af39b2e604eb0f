#include "store/slots.h"

#include <assert.h>
#include <string.h>

#include "queries.h"
#include "store/row.h"

bool slots_lock(struct store *store, int log, const int32_t *slots, size_t count,
                uint64_t *out_steps, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_int32_array(&params, slots, count);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_slot_lock, &params, &rows, err))
        return false;
    if (rows_count(rows) != count)
        return error_set(err, ERROR_HALT, "log %d has %zu of the %zu slots that a batch needs", log,
                         rows_count(rows), count);
    for (size_t i = 0; i < count; i++) {
        assert(row_int(rows, i, 0) == slots[i] && (i == 0 || slots[i - 1] < slots[i]));
        out_steps[i] = row_u64(rows, i, 1);
    }
    return true;
}

static void param_steps(struct params *params, int log, const int32_t *slots, const uint64_t *steps,
                        size_t count)
{
    param_int32(params, log);
    param_int32_array(params, slots, count);
    param_int64_array(params, (const int64_t *)steps, count);
}

/* Reads one row of slot_steps_since. */
static bool read_step(const struct rows *rows, size_t row, struct arena *arena,
                      struct slot_step *out, struct error *err)
{
    int64_t *hours = NULL;
    int64_t *tenants = NULL;
    int64_t *last_seqs = NULL;
    *out = (struct slot_step){.slot = (int32_t)row_int(rows, row, 0),
                              .step = row_u64(rows, row, 1),
                              .control_index = row_u64(rows, row, 2),
                              .floor_hour = FLOOR_NONE};
    out->hour_count = row_int_array(rows, row, 3, arena, &hours);
    out->tenant_count = row_int_array(rows, row, 4, arena, &tenants);
    size_t seq_count = row_int_array(rows, row, 5, arena, &last_seqs);
    if (seq_count != out->tenant_count)
        return error_set(err, ERROR_CONFLICT, "step %llu of slot %d has %zu tenants but %zu counts",
                         (unsigned long long)out->step, out->slot, out->tenant_count, seq_count);
    out->hours = arena_array(arena, out->hour_count, sizeof *out->hours);
    for (size_t i = 0; i < out->hour_count; i++)
        out->hours[i] = (int32_t)hours[i];
    out->tenants = (uint64_t *)tenants;
    out->last_seqs = (uint64_t *)last_seqs;
    if (!row_is_null(rows, row, 6))
        out->floor_hour = (int32_t)row_int(rows, row, 6);
    struct slice batch = row_bytes(rows, row, 7);
    if (batch.size != sizeof out->batch.bytes)
        return error_set(err, ERROR_CONFLICT, "step %llu of slot %d names a batch of %zu bytes",
                         (unsigned long long)out->step, out->slot, batch.size);
    memcpy(out->batch.bytes, batch.data, sizeof out->batch.bytes);
    return true;
}

bool slot_steps_since(struct store *store, int log, const int32_t *slots,
                      const uint64_t *after_steps, const uint64_t *through_steps, size_t count,
                      struct arena *arena, struct slot_step **out, size_t *out_count,
                      struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_steps(&params, log, slots, after_steps, count);
    param_int64_array(&params, (const int64_t *)through_steps, count);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_slot_steps_since, &params, &rows, err))
        return false;
    struct slot_step *steps = arena_array(arena, rows_count(rows), sizeof *steps);
    for (size_t i = 0; i < rows_count(rows); i++)
        if (!read_step(rows, i, arena, &steps[i], err))
            return false;
    *out = steps;
    *out_count = rows_count(rows);
    return true;
}

static bool insert_step(struct store *store, int log, const struct slot_step *step,
                        struct error *err)
{
    assert(step->step >= 1);
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_int16(&params, (int16_t)step->slot);
    param_u64(&params, step->step);
    if (step->step == 1)
        param_null(&params);
    else
        param_u64(&params, step->step - 1);
    param_bytes(&params, step->batch.bytes, sizeof step->batch.bytes);
    param_u64(&params, step->control_index);
    param_int32_array(&params, step->hours, step->hour_count);
    param_int64_array(&params, (const int64_t *)step->tenants, step->tenant_count);
    param_int64_array(&params, (const int64_t *)step->last_seqs, step->tenant_count);
    if (step->floor_hour == FLOOR_NONE)
        param_null(&params);
    else
        param_int32(&params, step->floor_hour);
    return store_execute(store, sql_slot_step_insert, &params, NULL, err);
}

bool slot_steps_append(struct store *store, int log, const struct slot_step *steps, size_t count,
                       struct error *err)
{
    int32_t slots[64];
    uint64_t numbers[64];
    size_t slot_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!insert_step(store, log, &steps[i], err))
            return false;
        if (i + 1 < count && steps[i + 1].slot == steps[i].slot)
            continue;
        assert(slot_count < COUNT_OF(slots));
        slots[slot_count] = steps[i].slot;
        numbers[slot_count++] = steps[i].step;
    }
    if (count == 0)
        return true;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_steps(&params, log, slots, numbers, slot_count);
    uint64_t moved = 0;
    if (!store_execute(store, sql_slot_update, &params, &moved, err))
        return false;
    if (moved != slot_count)
        return error_set(err, ERROR_HALT, "%llu of %zu slots moved", (unsigned long long)moved,
                         slot_count);
    return true;
}

bool slot_last_seqs(struct store *store, int log, const uint64_t *tenants, size_t count,
                    uint64_t *out_last_seqs, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_int64_array(&params, (const int64_t *)tenants, count);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_slot_last_seqs, &params, &rows, err))
        return false;
    assert(rows_count(rows) == count);
    for (size_t i = 0; i < count; i++) {
        assert(row_u64(rows, i, 0) == tenants[i]);
        out_last_seqs[i] = row_is_null(rows, i, 1) ? STREAM_SEQ_NONE : row_u64(rows, i, 1);
    }
    return true;
}

struct series_reader {
    series_visit *visit;
    void *context;
};

static bool visit_series(void *context, const struct rows *row, struct error *err)
{
    const struct series_reader *reader = context;
    struct digest series;
    return row_digest(row, 0, 1, &series, err) &&
           reader->visit(reader->context, row_u64(row, 0, 0), &series, err);
}

bool series_of_tenants(struct store *store, int log, const uint64_t *tenants, size_t count,
                       series_visit *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_int64_array(&params, (const int64_t *)tenants, count);
    struct series_reader reader = {visit, context};
    return store_each(store, sql_series_of_tenants, &params, visit_series, &reader, err);
}

bool series_since(struct store *store, int log, const int32_t *slots, const uint64_t *after_steps,
                  const uint64_t *through_steps, size_t count, series_visit *visit, void *context,
                  struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_steps(&params, log, slots, after_steps, count);
    param_int64_array(&params, (const int64_t *)through_steps, count);
    struct series_reader reader = {visit, context};
    return store_each(store, sql_series_since, &params, visit_series, &reader, err);
}

bool series_at(struct store *store, int log, const int32_t *slots, const uint64_t *steps,
               size_t count, struct arena *arena, struct series_row **out, size_t *out_count,
               struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_steps(&params, log, slots, steps, count);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_series_at, &params, &rows, err))
        return false;
    struct series_row *series = arena_array(arena, rows_count(rows), sizeof *series);
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct slice descriptor = row_bytes(rows, i, 4);
        series[i] = (struct series_row){
            .tenant = row_u64(rows, i, 0),
            .slot = (int32_t)row_int(rows, i, 2),
            .step = row_u64(rows, i, 3),
            .descriptor = {arena_text_n(arena, descriptor.data, descriptor.size), descriptor.size}};
        if (!row_digest(rows, i, 1, &series[i].series, err))
            return false;
    }
    *out = series;
    *out_count = rows_count(rows);
    return true;
}

bool series_append(struct store *store, int log, const struct series_row *rows, size_t count,
                   struct error *err)
{
    if (count == 0)
        return true;
    struct copy *copy = NULL;
    if (!copy_begin(store, sql_series_copy, &copy, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        copy_row(copy, 6);
        copy_int32(copy, log);
        copy_int64(copy, (int64_t)rows[i].tenant);
        copy_bytes(copy, rows[i].series.bytes, DIGEST_SIZE);
        copy_int16(copy, (int16_t)rows[i].slot);
        copy_int64(copy, (int64_t)rows[i].step);
        copy_bytes(copy, rows[i].descriptor.data, rows[i].descriptor.size);
    }
    return copy_end(copy, err);
}
