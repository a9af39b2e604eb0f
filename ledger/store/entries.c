#include "store/entries.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/crash.h"
#include "base/instant.h"
#include "queries.h"
#include "store/append.h"
#include "store/logs.h"
#include "store/row.h"

/* The columns of sql_entries_range and sql_entries_of_stream; the latter ends before the receipt's,
 * since no tenant's stream holds one. */
enum column {
    C_INDEX,
    C_KIND,
    C_BODY_VERSION,
    C_TENANT,
    C_STREAM,
    C_STREAM_SEQ,
    C_BATCH,
    C_SERIES,
    C_WINDOW_FROM,
    C_LENGTH_SECONDS,
    C_QUANTITY,
    C_CONTRIBUTIONS,
    C_CORRECTED_SEQ,
    C_REASON,
    C_DEBIT,
    C_CREDIT,
    C_AMOUNT,
    C_CURRENCY,
    C_EXPONENT,
    C_CODE,
    C_DOCUMENT,
    C_SUBJECT,
    C_VERSION,
    C_CONTENT_HASH,
    C_OPERATOR,
    C_CHECKSUM,
    C_SIGNATURE,
    C_WRITER,
    C_RECORDED_AT,
    C_ENTRY_END,
    C_FEED = C_ENTRY_END,
    C_PARTITION,
    C_INCARNATION,
    C_START,
    C_FROM,
    C_TO,
    C_RECORDS,
    C_HOLES,
    C_LAST_OFFSET,
    C_LAST_HASH,
    C_RAW_HASH,
    C_ACCEPTED,
    C_DUPLICATE,
    C_QUARANTINED,
    C_ELSEWHERE,
    C_CONTROL_INDEX,
    C_AS_OF,
    C_ANCHOR_EXPIRED,
    C_RECEIPT_END,
};

/* What is copied: all of an entry but recorded_at, and the log before it. */
#define COPIED_COLUMNS (C_RECORDED_AT + 1)

static void copy_digest(struct copy *copy, const struct digest *digest)
{
    copy_bytes(copy, digest->bytes, sizeof digest->bytes);
}

static void copy_nulls(struct copy *copy, enum column from, enum column to)
{
    for (enum column column = from; column < to; column++)
        copy_null(copy);
}

static void copy_usage(struct copy *copy, const struct entry *entry)
{
    const struct usage_body *usage = &entry->usage;

    copy_digest(copy, &usage->series);
    copy_instant(copy, usage->from_us);
    copy_int32(copy, (int32_t)usage->length_seconds);
    copy_numeric(copy, usage->quantity);
    copy_int64(copy, (int64_t)usage->contributions);
    if (entry->kind == ENTRY_CORRECTION)
        copy_int64(copy, (int64_t)usage->corrected_seq);
    else
        copy_null(copy);
    if (entry->kind == ENTRY_USAGE)
        copy_null(copy);
    else
        copy_int32(copy, (int32_t)usage->reason);
}

static void copy_transfer(struct copy *copy, const struct transfer_body *transfer)
{
    copy_digest(copy, &transfer->debit);
    copy_digest(copy, &transfer->credit);
    copy_numeric(copy, transfer->amount);
    copy_bytes(copy, transfer->currency, strlen(transfer->currency));
    copy_int16(copy, transfer->exponent);
    copy_int32(copy, (int32_t)transfer->code);
    copy_digest(copy, &transfer->document);
}

static void copy_control(struct copy *copy, const struct control_body *control)
{
    copy_digest(copy, &control->subject);
    copy_int32(copy, (int32_t)control->version);
    copy_digest(copy, &control->content);
    copy_digest(copy, &control->operator_key);
}

static bool has_usage(enum entry_kind kind)
{
    return kind == ENTRY_USAGE || kind == ENTRY_CORRECTION || kind == ENTRY_EXCLUSION;
}

/* Each kind fills its own columns, the others are null. */
static void copy_entry(struct copy *copy, int log, uint64_t index, const struct signed_entry *row)
{
    const struct entry *entry = &row->entry;

    copy_row(copy, COPIED_COLUMNS);
    copy_int32(copy, log);
    copy_int64(copy, (int64_t)index);
    copy_int16(copy, (int16_t)entry->kind);
    copy_int16(copy, BODY_VERSION);
    copy_int64(copy, (int64_t)entry->tenant);
    copy_int64(copy, entry->stream);
    copy_int64(copy, (int64_t)entry->stream_seq);
    copy_bytes(copy, entry->batch.bytes, sizeof entry->batch.bytes);
    if (has_usage(entry->kind))
        copy_usage(copy, entry);
    else
        copy_nulls(copy, C_SERIES, C_DEBIT);
    if (entry->kind == ENTRY_TRANSFER)
        copy_transfer(copy, &entry->transfer);
    else
        copy_nulls(copy, C_DEBIT, C_SUBJECT);
    if (entry_kind_is_control(entry->kind))
        copy_control(copy, &entry->control);
    else
        copy_nulls(copy, C_SUBJECT, C_CHECKSUM);
    copy_digest(copy, &row->leaf.checksum);
    copy_bytes(copy, row->leaf.signature.bytes, sizeof row->leaf.signature.bytes);
    copy_digest(copy, &row->leaf.writer);
}

bool entries_copy(struct store *store, int log, uint64_t first_index,
                  const struct signed_entry *entries, size_t count, struct error *err)
{
    struct copy *copy;

    if (!copy_begin(store, sql_entry_copy, &copy, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        copy_entry(copy, log, first_index + i, &entries[i]);
        CRASH_AT(entry_row_copied);
    }
    return copy_end(copy, err);
}

/* A row of a changed database may lack what the constraints ask for: said, never asserted. */
static bool read_check(const struct rows *row, enum column from, enum column to, struct error *err)
{
    for (enum column column = from; column < to; column++)
        if (row_is_null(row, 0, (int)column))
            return error_set(err, ERROR_CONFLICT,
                             "entry %" PRIu64 ": a column that its kind needs is null (column %d)",
                             row_u64(row, 0, C_INDEX), (int)column);
    return true;
}

static bool read_bytes(const struct rows *row, enum column column, void *out, size_t size,
                       struct error *err)
{
    struct slice bytes = row_bytes(row, 0, (int)column);
    if (bytes.size != size)
        return error_set(err, ERROR_CONFLICT,
                         "entry %" PRIu64 ": column %d holds %zu bytes, not %zu",
                         row_u64(row, 0, C_INDEX), (int)column, bytes.size, size);
    memcpy(out, bytes.data, size);
    return true;
}

static bool read_digest(const struct rows *row, enum column column, struct digest *out,
                        struct error *err)
{
    return read_bytes(row, column, out->bytes, sizeof out->bytes, err);
}

static bool read_usage(const struct rows *row, struct entry *entry, struct error *err)
{
    struct usage_body *usage = &entry->usage;
    bool is_correction = entry->kind == ENTRY_CORRECTION;

    if (!read_check(row, C_SERIES, C_CORRECTED_SEQ, err) ||
        (is_correction && !read_check(row, C_CORRECTED_SEQ, C_REASON, err)) ||
        (entry->kind != ENTRY_USAGE && !read_check(row, C_REASON, C_DEBIT, err)) ||
        !read_digest(row, C_SERIES, &usage->series, err) ||
        !row_numeric(row, 0, C_QUANTITY, &usage->quantity, err))
        return false;
    usage->from_us = row_instant(row, 0, C_WINDOW_FROM);
    usage->length_seconds = (uint32_t)row_int(row, 0, C_LENGTH_SECONDS);
    usage->contributions = row_u64(row, 0, C_CONTRIBUTIONS);
    usage->corrected_seq = is_correction ? row_u64(row, 0, C_CORRECTED_SEQ) : 0;
    usage->reason = entry->kind == ENTRY_USAGE ? 0 : (uint32_t)row_int(row, 0, C_REASON);
    if (usage->length_seconds == 0)
        return error_set(err, ERROR_CONFLICT, "entry %" PRIu64 ": its window has no length",
                         row_u64(row, 0, C_INDEX));
    return true;
}

static bool read_transfer(const struct rows *row, struct entry *entry, struct error *err)
{
    struct transfer_body *transfer = &entry->transfer;

    if (!read_check(row, C_DEBIT, C_SUBJECT, err) ||
        !read_digest(row, C_DEBIT, &transfer->debit, err) ||
        !read_digest(row, C_CREDIT, &transfer->credit, err) ||
        !read_digest(row, C_DOCUMENT, &transfer->document, err) ||
        !read_bytes(row, C_CURRENCY, transfer->currency, 3, err) ||
        !row_numeric(row, 0, C_AMOUNT, &transfer->amount, err))
        return false;
    transfer->currency[3] = '\0';
    transfer->exponent = (uint8_t)row_int(row, 0, C_EXPONENT);
    transfer->code = (uint32_t)row_int(row, 0, C_CODE);
    return true;
}

static bool read_control(const struct rows *row, struct entry *entry, struct error *err)
{
    struct control_body *control = &entry->control;

    if (!read_check(row, C_SUBJECT, C_CHECKSUM, err) ||
        !read_digest(row, C_SUBJECT, &control->subject, err) ||
        !read_digest(row, C_CONTENT_HASH, &control->content, err) ||
        !read_digest(row, C_OPERATOR, &control->operator_key, err))
        return false;
    control->version = (uint32_t)row_int(row, 0, C_VERSION);
    return true;
}

static bool read_receipt(const struct rows *row, struct entry *entry, struct error *err)
{
    struct receipt_body *receipt = &entry->receipt;

    if (row_is_null(row, 0, C_FEED))
        return error_set(err, ERROR_CONFLICT,
                         "entry %" PRIu64 " is a receipt without its row in ledger.receipt",
                         row_u64(row, 0, C_INDEX));
    if (!read_check(row, C_FEED, C_RECEIPT_END, err) ||
        !read_digest(row, C_FEED, &receipt->feed, err) ||
        !read_digest(row, C_LAST_HASH, &receipt->last_hash, err) ||
        !read_digest(row, C_RAW_HASH, &receipt->raw_hash, err))
        return false;
    receipt->partition = (uint32_t)row_int(row, 0, C_PARTITION);
    receipt->incarnation = (uint32_t)row_int(row, 0, C_INCARNATION);
    receipt->start = row_u64(row, 0, C_START);
    receipt->from = row_u64(row, 0, C_FROM);
    receipt->to = row_u64(row, 0, C_TO);
    receipt->records = row_u64(row, 0, C_RECORDS);
    receipt->holes = row_u64(row, 0, C_HOLES);
    receipt->last_offset = row_u64(row, 0, C_LAST_OFFSET);
    receipt->accepted = row_u64(row, 0, C_ACCEPTED);
    receipt->duplicate = row_u64(row, 0, C_DUPLICATE);
    receipt->quarantined = row_u64(row, 0, C_QUARANTINED);
    receipt->elsewhere = row_u64(row, 0, C_ELSEWHERE);
    receipt->control_index = row_u64(row, 0, C_CONTROL_INDEX);
    receipt->as_of_us = row_instant(row, 0, C_AS_OF);
    receipt->anchor_expired = row_bool(row, 0, C_ANCHOR_EXPIRED);
    return true;
}

static bool read_body(const struct rows *row, struct entry *entry, struct error *err)
{
    if (has_usage(entry->kind))
        return read_usage(row, entry, err);
    if (entry->kind == ENTRY_TRANSFER)
        return read_transfer(row, entry, err);
    if (entry->kind == ENTRY_RECEIPT)
        return read_receipt(row, entry, err);
    return read_control(row, entry, err);
}

static bool read_header(const struct rows *row, struct entry *entry, struct error *err)
{
    int64_t kind = row_int(row, 0, C_KIND);
    int64_t version = row_int(row, 0, C_BODY_VERSION);

    if (kind < 1 || kind > ENTRY_KIND_LAST || version != BODY_VERSION)
        return error_set(err, ERROR_CONFLICT,
                         "entry %" PRIu64 ": kind %d, body version %d is unknown to this program",
                         row_u64(row, 0, C_INDEX), (int)kind, (int)version);
    entry->kind = (enum entry_kind)kind;
    entry->tenant = row_u64(row, 0, C_TENANT);
    entry->stream = (uint32_t)row_int(row, 0, C_STREAM);
    entry->stream_seq = row_u64(row, 0, C_STREAM_SEQ);
    return read_bytes(row, C_BATCH, entry->batch.bytes, sizeof entry->batch.bytes, err);
}

static bool read_leaf(const struct rows *row, enum column first, struct leaf *leaf,
                      struct error *err)
{
    return read_digest(row, first, &leaf->checksum, err) &&
           read_bytes(row, first + 1, leaf->signature.bytes, sizeof leaf->signature.bytes, err) &&
           read_digest(row, first + 2, &leaf->writer, err);
}

struct entry_visit {
    struct ledger_id ledger;
    entry_visitor *visit;
    void *context;
};

static bool visit_entry(void *context, const struct rows *row, struct error *err)
{
    const struct entry_visit *visit = context;
    struct entry_row out = {.index = row_u64(row, 0, C_INDEX), .entry.ledger = visit->ledger};

    if (!read_header(row, &out.entry, err) || !read_body(row, &out.entry, err) ||
        !read_leaf(row, C_CHECKSUM, &out.leaf, err))
        return false;
    out.recorded_at_us = row_instant(row, 0, C_RECORDED_AT);
    return visit->visit(visit->context, &out, err);
}

/* The ledger's id is of every body and in no entry's row. */
static bool each(struct store *store, int log, const char *sql, const struct params *params,
                 entry_visitor *visit, void *context, struct error *err)
{
    struct log_row row;
    if (!log_find(store, log, &row, err))
        return false;
    struct entry_visit entry_visit = {row.ledger, visit, context};
    return store_each(store, sql, params, visit_entry, &entry_visit, err);
}

bool entries_each(struct store *store, int log, uint64_t from, uint64_t to, entry_visitor *visit,
                  void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, from);
    param_u64(&params, to);
    return each(store, log, sql_entries_range, &params, visit, context, err);
}

bool entries_each_since(struct store *store, int log, uint64_t tenant, uint32_t stream,
                        uint64_t from_seq, uint64_t to_seq, int64_t since_us, entry_visitor *visit,
                        void *context, struct error *err)
{
    assert(stream < STREAM_CHAIN_FIRST);
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, tenant);
    param_int64(&params, stream);
    param_u64(&params, from_seq);
    param_u64(&params, to_seq);
    if (since_us == INSTANT_MIN)
        param_null(&params);
    else
        param_instant(&params, since_us);
    return each(store, log, sql_entries_of_stream, &params, visit, context, err);
}

bool entries_each_of_stream(struct store *store, int log, uint64_t tenant, uint32_t stream,
                            uint64_t from_seq, uint64_t to_seq, entry_visitor *visit, void *context,
                            struct error *err)
{
    return entries_each_since(store, log, tenant, stream, from_seq, to_seq, INSTANT_MIN, visit,
                              context, err);
}

struct found {
    struct entry_row *out;
    bool any;
};

static bool keep_entry(void *context, const struct entry_row *row, struct error *err)
{
    struct found *found = context;
    (void)err;
    *found->out = *row;
    found->any = true;
    return true;
}

bool entry_find(struct store *store, int log, uint64_t index, struct entry_row *out,
                struct error *err)
{
    struct entry_row row;
    struct found found = {.out = &row};

    if (!entries_each(store, log, index, index + 1, keep_entry, &found, err))
        return false;
    if (!found.any)
        return error_set(err, ERROR_NOT_FOUND, "log %d has no entry %" PRIu64, log, index);
    *out = row;
    return true;
}

struct leaf_visit {
    leaf_visitor *visit;
    void *context;
};

static bool visit_leaf(void *context, const struct rows *row, struct error *err)
{
    const struct leaf_visit *visit = context;
    struct leaf leaf;

    return read_leaf(row, 1, &leaf, err) &&
           visit->visit(visit->context, row_u64(row, 0, 0), &leaf, err);
}

static bool each_leaf(struct store *store, const char *sql, int log, uint64_t from, uint64_t to,
                      leaf_visitor *visit, void *context, struct error *err)
{
    struct leaf_visit leaf_visit = {visit, context};
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, from);
    param_u64(&params, to);
    return store_each(store, sql, &params, visit_leaf, &leaf_visit, err);
}

bool leaves_each(struct store *store, int log, uint64_t from, uint64_t to, leaf_visitor *visit,
                 void *context, struct error *err)
{
    return each_leaf(store, sql_entry_leaves, log, from, to, visit, context, err);
}

bool public_leaves_each(struct store *store, int log, uint64_t from, uint64_t to,
                        leaf_visitor *visit, void *context, struct error *err)
{
    return each_leaf(store, sql_public_leaves, log, from, to, visit, context, err);
}
