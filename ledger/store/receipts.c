#include "store/receipts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "queries.h"
#include "store/row.h"

bool assignment_read(struct store *store, int log, const struct digest *feed, uint32_t partition,
                     struct assignment *out, bool *out_found, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_digest(&params, feed);
    param_int32(&params, (int32_t)partition);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_assignment_latest, &params, &rows, err))
        return false;
    *out_found = rows_count(rows) > 0;
    if (!*out_found)
        return true;
    *out = (struct assignment){
        .feed = *feed,
        .partition = partition,
        .incarnation = (uint32_t)row_int(rows, 0, 0),
        .start = row_u64(rows, 0, 1),
        .stream = (uint32_t)row_int(rows, 0, 3),
    };
    snprintf(out->cluster_id, sizeof out->cluster_id, "%s", row_text(rows, 0, 2));
    return true;
}

bool assignment_insert(struct store *store, int log, const struct assignment *assignment,
                       const char *feed_name, struct error *err)
{
    assert(assignment->incarnation >= 1 && assignment->stream >= STREAM_CHAIN_FIRST);
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_digest(&params, &assignment->feed);
    param_int32(&params, (int32_t)assignment->partition);
    param_int32(&params, (int32_t)assignment->incarnation);
    param_u64(&params, assignment->start);
    param_text(&params, feed_name);
    param_text(&params, assignment->cluster_id);
    param_int64(&params, assignment->stream);
    return store_execute(store, sql_assignment_insert, &params, NULL, err);
}

static void param_chain(struct params *params, int log, const struct assignment *assignment)
{
    param_int32(params, log);
    param_digest(params, &assignment->feed);
    param_int32(params, (int32_t)assignment->partition);
    param_int32(params, (int32_t)assignment->incarnation);
}

bool receipt_chain_end(struct store *store, int log, const struct assignment *assignment,
                       struct chain_end *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_chain(&params, log, assignment);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_receipt_last, &params, &rows, err))
        return false;
    struct chain_end end = {
        .next = assignment->start, .last_offset = OFFSET_NONE, .as_of_us = INSTANT_MIN};
    if (rows_count(rows) > 0) {
        end.next = row_u64(rows, 0, 1);
        end.last_offset = row_u64(rows, 0, 2);
        if (!row_digest(rows, 0, 3, &end.last_hash, err))
            return false;
        end.as_of_us = row_instant(rows, 0, 4);
        end.next_seq = row_u64(rows, 0, 5) + 1;
    }
    *out = end;
    return true;
}

bool receipt_older_anchor(struct store *store, int log, const struct assignment *assignment,
                          uint64_t offset, uint64_t *out_offset, struct digest *out_hash,
                          bool *out_found, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_chain(&params, log, assignment);
    param_u64(&params, offset);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_receipt_older, &params, &rows, err))
        return false;
    *out_found = rows_count(rows) > 0;
    if (!*out_found)
        return true;
    *out_offset = row_u64(rows, 0, 0);
    return row_digest(rows, 0, 1, out_hash, err);
}

bool receipt_next(struct store *store, int log, uint64_t from, uint64_t *out_index, bool *out_found,
                  struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, from);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_receipt_next, &params, &rows, err))
        return false;
    *out_found = rows_count(rows) > 0;
    if (*out_found)
        *out_index = row_u64(rows, 0, 0);
    return true;
}

static void copy_receipt(struct copy *copy, int log, const struct receipt_body *r, uint64_t index)
{
    copy_row(copy, 21);
    copy_int32(copy, log);
    copy_bytes(copy, r->feed.bytes, DIGEST_SIZE);
    copy_int32(copy, (int32_t)r->partition);
    copy_int32(copy, (int32_t)r->incarnation);
    copy_int64(copy, (int64_t)r->from);
    copy_int64(copy, (int64_t)r->to);
    if (r->from == r->start)
        copy_null(copy);
    else
        copy_int64(copy, (int64_t)r->from);
    copy_int64(copy, (int64_t)r->start);
    copy_int64(copy, (int64_t)index);
    copy_int64(copy, (int64_t)r->records);
    copy_int64(copy, (int64_t)r->holes);
    copy_int64(copy, (int64_t)r->last_offset);
    copy_bytes(copy, r->last_hash.bytes, DIGEST_SIZE);
    copy_bytes(copy, r->raw_hash.bytes, DIGEST_SIZE);
    copy_int64(copy, (int64_t)r->accepted);
    copy_int64(copy, (int64_t)r->duplicate);
    copy_int64(copy, (int64_t)r->quarantined);
    copy_int64(copy, (int64_t)r->elsewhere);
    copy_int64(copy, (int64_t)r->control_index);
    copy_instant(copy, r->as_of_us);
    copy_bool(copy, r->anchor_expired);
}

bool receipts_append(struct store *store, int log, const struct signed_entry *entries, size_t count,
                     uint64_t first_index, struct error *err)
{
    struct copy *copy = NULL;
    if (!copy_begin(store, sql_receipt_copy, &copy, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        assert(entries[i].entry.kind == ENTRY_RECEIPT);
        copy_receipt(copy, log, &entries[i].entry.receipt, first_index + i);
    }
    return copy_end(copy, err);
}
