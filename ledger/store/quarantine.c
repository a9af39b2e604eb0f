#include "store/quarantine.h"

#include <assert.h>
#include <string.h>

#include "queries.h"
#include "store/row.h"

static void copy_optional(struct copy *copy, struct slice slice)
{
    if (slice.data == NULL)
        copy_null(copy);
    else
        copy_bytes(copy, slice.data, slice.size);
}

static void copy_quarantine(struct copy *copy, int log, const struct quarantine_row *row)
{
    copy_row(copy, 17);
    copy_int32(copy, log);
    copy_bytes(copy, row->feed.bytes, DIGEST_SIZE);
    copy_int32(copy, (int32_t)row->partition);
    copy_int32(copy, (int32_t)row->incarnation);
    copy_int64(copy, (int64_t)row->offset);
    copy_bytes(copy, row->batch.bytes, sizeof row->batch.bytes);
    copy_bytes(copy, row->reason, strlen(row->reason));
    copy_bytes(copy, row->detail, strlen(row->detail));
    copy_instant(copy, row->broker_time_us);
    copy_int16(copy, (int16_t)row->time_type);
    copy_optional(copy, row->tenant_id);
    copy_optional(copy, row->source);
    copy_optional(copy, row->event_id);
    copy_int64(copy, (int64_t)row->size);
    copy_optional(copy, row->key);
    copy_optional(copy, row->headers);
    copy_optional(copy, row->value);
}

bool quarantine_append(struct store *store, int log, const struct quarantine_row *rows,
                       size_t count, struct error *err)
{
    if (count == 0)
        return true;
    struct copy *copy = NULL;
    if (!copy_begin(store, sql_quarantine_copy, &copy, err))
        return false;
    for (size_t i = 0; i < count; i++)
        copy_quarantine(copy, log, &rows[i]);
    return copy_end(copy, err);
}

struct item_reader {
    quarantine_visit *visit;
    void *context;
};

/* Of a text or of bytes; data NULL: null. */
static struct slice optional_text(const struct rows *row, int column)
{
    return row_is_null(row, 0, column) ? (struct slice){NULL, 0} : row_bytes(row, 0, column);
}

struct range_reader {
    const struct batch_range *range;
    quarantine_row_visit *visit;
    void *context;
};

static bool visit_row(void *context, const struct rows *row, struct error *err)
{
    const struct range_reader *reader = context;
    struct slice batch = row_bytes(row, 0, 1);
    struct quarantine_row out = {
        .feed = reader->range->feed,
        .partition = reader->range->partition,
        .incarnation = reader->range->incarnation,
        .offset = row_u64(row, 0, 0),
        .reason = row_text(row, 0, 2),
        .detail = row_text(row, 0, 3),
        .broker_time_us = row_instant(row, 0, 4),
        .time_type = (int32_t)row_int(row, 0, 5),
        .tenant_id = optional_text(row, 6),
        .source = optional_text(row, 7),
        .event_id = optional_text(row, 8),
        .size = row_u64(row, 0, 9),
        .key = optional_text(row, 10),
        .headers = optional_text(row, 11),
        .value = optional_text(row, 12),
    };
    if (batch.size == sizeof out.batch.bytes)
        memcpy(out.batch.bytes, batch.data, sizeof out.batch.bytes);
    return reader->visit(reader->context, &out, err);
}

bool quarantine_of_range(struct store *store, int log, const struct batch_range *range,
                         quarantine_row_visit *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_digest(&params, &range->feed);
    param_int32(&params, (int32_t)range->partition);
    param_int32(&params, (int32_t)range->incarnation);
    param_u64(&params, range->from);
    param_u64(&params, range->to);
    struct range_reader reader = {range, visit, context};
    return store_each(store, sql_quarantine_of_range, &params, visit_row, &reader, err);
}

static bool read_fate(const struct rows *row, struct quarantine_fate *out, struct error *err)
{
    *out = (struct quarantine_fate){.action = NULL};
    if (row_is_null(row, 0, 12))
        return true;
    out->action = row_text(row, 0, 12);
    out->reason = row_text(row, 0, 13);
    out->at_us = row_instant(row, 0, 15);
    out->has_file = !row_is_null(row, 0, 16);
    return row_digest(row, 0, 14, &out->operator_key, err) &&
           (!out->has_file || row_digest(row, 0, 16, &out->file, err));
}

static bool visit_item(void *context, const struct rows *row, struct error *err)
{
    const struct item_reader *reader = context;
    char hex[DIGEST_HEX_SIZE];
    struct quarantine_item item = {
        .partition = (uint32_t)row_int(row, 0, 1),
        .incarnation = (uint32_t)row_int(row, 0, 2),
        .offset = row_u64(row, 0, 3),
        .reason = row_text(row, 0, 4),
        .detail = row_text(row, 0, 5),
        .broker_time_us = row_instant(row, 0, 6),
        .tenant_id = optional_text(row, 7),
        .source = optional_text(row, 8),
        .event_id = optional_text(row, 9),
        .size = row_u64(row, 0, 10),
        .feed_name = row_text(row, 0, 11),
        .time_type = (int32_t)row_int(row, 0, 17),
        .key = optional_text(row, 18),
        .headers = optional_text(row, 19),
        .value = optional_text(row, 20),
    };
    if (!row_digest(row, 0, 0, &item.feed, err) || !read_fate(row, &item.fate, err))
        return false;
    item.is_file = strcmp(item.feed_name, digest_hex(&item.feed, hex)) == 0;
    return reader->visit(reader->context, &item, err);
}

static void param_when(struct params *params, bool is_given, uint64_t value)
{
    if (is_given)
        param_u64(params, value);
    else
        param_null(params);
}

static void param_instant_when(struct params *params, bool is_given, int64_t value)
{
    if (is_given)
        param_instant(params, value);
    else
        param_null(params);
}

static void param_filter(struct params *params, int log, const struct quarantine_filter *filter)
{
    bool has_position = filter->has_position;
    param_int32(params, log);
    param_bool(params, filter->with_disposed);
    param_text_array(params, filter->reasons, filter->reason_count);
    param_text(params, filter->tenant);
    param_text(params, filter->source);
    param_text(params, filter->feed);
    param_when(params, has_position, filter->partition);
    param_when(params, has_position, filter->offset);
    param_when(params, has_position && filter->incarnation > 0, filter->incarnation);
    param_instant_when(params, filter->has_since, filter->since_us);
    param_instant_when(params, filter->has_until, filter->until_us);
    param_text(params, filter->has_after ? filter->after_feed : NULL);
    param_when(params, filter->has_after, filter->after_partition);
    param_when(params, filter->has_after, filter->after_incarnation);
    param_bool(params, filter->with_bytes);
    param_when(params, filter->has_after, filter->after_offset);
    param_when(params, filter->limit > 0, filter->limit);
}

bool quarantine_each(struct store *store, int log, const struct quarantine_filter *filter,
                     quarantine_visit *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_filter(&params, log, filter);
    struct item_reader reader = {visit, context};
    return store_each(store, sql_quarantine_find, &params, visit_item, &reader, err);
}

static const char *const action_words[] = {
    [DISPOSED_WRITTEN_OFF] = "written_off",
    [DISPOSED_CORRECTED] = "corrected",
};

bool quarantine_dispose(struct store *store, int log, const struct disposition *disposition,
                        struct error *err)
{
    assert(disposition->action < COUNT_OF(action_words));
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, disposition->feed_name);
    param_int32(&params, (int32_t)disposition->partition);
    param_u64(&params, disposition->offset);
    param_text(&params, action_words[disposition->action]);
    param_text(&params, disposition->reason);
    param_digest(&params, &disposition->operator_key);
    param_when(&params, disposition->incarnation > 0, disposition->incarnation);
    uint64_t written = 0;
    if (!store_execute(store, sql_disposition_insert, &params, &written, err))
        return false;
    if (written == 0)
        return error_set(err, ERROR_NOT_FOUND,
                         "no record of '%s' partition %u offset %llu is in "
                         "quarantine",
                         disposition->feed_name, disposition->partition,
                         (unsigned long long)disposition->offset);
    assert(written == 1);
    return true;
}

static void param_places(struct params *params, const struct quarantine_item *items, size_t count,
                         struct arena *arena)
{
    struct digest *feeds = arena_array(arena, count, sizeof *feeds);
    int32_t *partitions = arena_array(arena, count, sizeof *partitions);
    int32_t *incarnations = arena_array(arena, count, sizeof *incarnations);
    uint64_t *offsets = arena_array(arena, count, sizeof *offsets);
    for (size_t i = 0; i < count; i++) {
        feeds[i] = items[i].feed;
        partitions[i] = (int32_t)items[i].partition;
        incarnations[i] = (int32_t)items[i].incarnation;
        offsets[i] = items[i].offset;
    }
    param_digest_array(params, feeds, count);
    param_int32_array(params, partitions, count);
    param_int32_array(params, incarnations, count);
    param_u64_array(params, offsets, count);
}

bool quarantine_release(struct store *store, int log, const struct quarantine_item *items,
                        size_t count, const char *reason, const struct digest *operator_key,
                        const struct digest *file, struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct arena CLEANUP(arena_release) arena;
    arena_init(&arena);
    params_init(&params);
    param_int32(&params, log);
    param_places(&params, items, count, &arena);
    param_text(&params, reason);
    param_digest(&params, operator_key);
    param_digest(&params, file);
    return store_execute(store, sql_disposition_release, &params, NULL, err);
}

/* ------------------------------------------------------------------------------- released files */

static void param_optional(struct params *params, struct slice text)
{
    if (text.data == NULL)
        param_text(params, NULL);
    else
        param_text_n(params, text.data, text.size);
}

bool quarantine_outcome_of(struct store *store, int log, const struct quarantine_item *item,
                           struct arena *arena, struct quarantine_outcome *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    assert(item->fate.has_file);
    params_init(&params);
    param_int32(&params, log);
    param_digest(&params, &item->fate.file);
    param_optional(&params, item->tenant_id);
    param_optional(&params, item->source);
    param_optional(&params, item->event_id);
    if (!store_query(store, sql_quarantine_released, &params, &rows, err))
        return false;
    assert(rows_count(rows) == 1);
    *out = (struct quarantine_outcome){
        .taken = row_is_null(rows, 0, 0) ? 0 : row_u64(rows, 0, 0),
        .is_refused = !row_is_null(rows, 0, 1),
    };
    if (out->is_refused) {
        out->offset = row_u64(rows, 0, 1);
        out->reason = arena_text(arena, row_text(rows, 0, 2));
        out->detail = arena_text(arena, row_text(rows, 0, 3));
    }
    return true;
}

struct file_reader {
    released_file_visit *visit;
    void *context;
};

static bool visit_file(void *context, const struct rows *row, struct error *err)
{
    const struct file_reader *reader = context;
    struct released_file file = {.records = row_u64(row, 0, 1), .taken = row_u64(row, 0, 3)};
    return row_digest(row, 0, 0, &file.file, err) && reader->visit(reader->context, &file, err);
}

bool quarantine_files_each(struct store *store, int log, released_file_visit *visit, void *context,
                           struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    struct file_reader reader = {visit, context};
    return store_each(store, sql_quarantine_files, &params, visit_file, &reader, err);
}

bool quarantine_file_is_known(struct store *store, int log, const struct digest *file, bool *out,
                              struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int32(&params, log);
    param_digest(&params, file);
    if (!store_query(store, sql_quarantine_file_known, &params, &rows, err))
        return false;
    *out = row_bool(rows, 0, 0);
    return true;
}
