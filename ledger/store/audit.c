#include "store/audit.h"

#include <assert.h>
#include <string.h>

#include "queries.h"
#include "store/row.h"

static const char *const checks[AUDIT_CHECK_COUNT] = {
    [AUDIT_DOUBLED] = sql_audit_doubled,
    [AUDIT_ENTRY_COLUMNS] = sql_audit_entry_columns,
    [AUDIT_SERIES_STEP] = sql_audit_series_step,
    [AUDIT_ASSIGNMENT] = sql_audit_assignment,
    [AUDIT_QUARANTINE_RECORD] = sql_audit_quarantine_record,
    [AUDIT_DISPOSITION_STRAY] = sql_audit_disposition_stray,
    [AUDIT_STEP_BATCH] = sql_audit_step_batch,
    [AUDIT_CONTENT_HASH] = sql_audit_content_hash,
    [AUDIT_DOCUMENT_RANGE] = sql_audit_document_range,
    [AUDIT_DOCUMENT_POOL] = sql_audit_document_pool,
    [AUDIT_SERIES_MISSING] = sql_audit_series_missing,
    [AUDIT_CORRECTION_TARGET] = sql_audit_correction_target,
    [AUDIT_RECEIPT_ENTRY] = sql_audit_receipt_entry,
    [AUDIT_RECEIPT_GAP] = sql_audit_receipt_gap,
    [AUDIT_RECEIPT_TOTALS] = sql_audit_receipt_totals,
    [AUDIT_RECEIPT_QUARANTINE] = sql_audit_receipt_quarantine,
    [AUDIT_QUARANTINE_STRAY] = sql_audit_quarantine_stray,
    [AUDIT_RECEIPT_ACCEPTED] = sql_audit_receipt_accepted,
    [AUDIT_RECEIPT_ORDER] = sql_audit_receipt_order,
    [AUDIT_BATCH_STRAY] = sql_audit_batch_stray,
    [AUDIT_STEP_GAP] = sql_audit_step_gap,
    [AUDIT_STEP_LAST_SEQS] = sql_audit_step_last_seqs,
    [AUDIT_STEP_MISSING] = sql_audit_step_missing,
    [AUDIT_DEDUP_ENTRIES] = sql_audit_dedup_entries,
    [AUDIT_DEDUP_STRAY] = sql_audit_dedup_stray,
    [AUDIT_CONTENT_STRAY] = sql_audit_content_stray,
    [AUDIT_DOCUMENT] = sql_audit_document,
    [AUDIT_DOCUMENT_NUMBER] = sql_audit_document_number,
    [AUDIT_HEADS] = sql_audit_heads,
    [AUDIT_REGISTRY] = sql_audit_registry,
};

struct visit {
    union {
        audit_visitor *check;
        audit_tile_visitor *tile;
        audit_checkpoint_visitor *checkpoint;
        audit_series_visitor *series;
        audit_receipt_visitor *receipt;
        audit_block_visitor *block;
        audit_bundle_visitor *bundle;
        audit_stream_visitor *stream;
        audit_cosignature_visitor *cosignature;
        audit_file_feed_visitor *file_feed;
    };
    void *context;
    int level;
};

static struct slice bytes_or_null(const struct rows *row, int column)
{
    struct slice none = {0};

    return row_is_null(row, 0, column) ? none : row_bytes(row, 0, column);
}

static bool visit_check(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    uint64_t index = row_is_null(row, 0, 0) ? AUDIT_NO_INDEX : row_u64(row, 0, 0);
    const char *detail = row_is_null(row, 0, 1) ? "a column is null" : row_text(row, 0, 1);
    return visit->check(visit->context, index, detail, err);
}

bool audit_check_each(struct store *store, int log, enum audit_check check, audit_visitor *visit,
                      void *context, struct error *err)
{
    assert(check < AUDIT_CHECK_COUNT);
    CLEANUP(params_release) struct params params;
    struct visit with = {.check = visit, .context = context};
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, checks[check], &params, visit_check, &with, err);
}

static bool visit_tile(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct tile tile = {visit->level, row_u64(row, 0, 0), (unsigned)row_int(row, 0, 1)};
    return visit->tile(visit->context, &tile, row_bytes(row, 0, 2), err);
}

bool audit_tiles_each(struct store *store, int log, int level, uint64_t from, uint64_t to,
                      audit_tile_visitor *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct visit with = {.tile = visit, .context = context, .level = level};
    params_init(&params);
    param_int32(&params, log);
    param_int16(&params, (int16_t)level);
    param_u64(&params, from);
    param_u64(&params, to);
    return store_each(store, sql_audit_tiles, &params, visit_tile, &with, err);
}

static bool visit_checkpoint(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct audit_checkpoint checkpoint = {
        .size = row_u64(row, 0, 0),
        .root = row_bytes(row, 0, 1),
        .note = bytes_or_null(row, 2),
        .is_signed = !row_is_null(row, 0, 3) && row_bool(row, 0, 3),
    };
    return visit->checkpoint(visit->context, &checkpoint, err);
}

bool audit_checkpoints_each(struct store *store, int log, audit_checkpoint_visitor *visit,
                            void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct visit with = {.checkpoint = visit, .context = context};
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_audit_checkpoints, &params, visit_checkpoint, &with, err);
}

static bool visit_series(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    return visit->series(visit->context, row_u64(row, 0, 0), row_bytes(row, 0, 1),
                         row_bytes(row, 0, 2), err);
}

bool audit_series_each(struct store *store, int log, audit_series_visitor *visit, void *context,
                       struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct visit with = {.series = visit, .context = context};
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_audit_series, &params, visit_series, &with, err);
}

static bool visit_receipt(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct audit_receipt receipt = {
        .index = row_u64(row, 0, 0),
        .range =
            {
                .partition = (uint32_t)row_int(row, 0, 3),
                .incarnation = (uint32_t)row_int(row, 0, 4),
                .from = row_u64(row, 0, 5),
                .to = row_u64(row, 0, 6),
            },
    };
    struct slice batch = row_bytes(row, 0, 1);
    if (batch.size != sizeof(receipt.batch.bytes) ||
        !row_digest(row, 0, 2, &receipt.range.feed, err))
        return true; /* no batch of these bytes can be right: reported by the other checks */
    memcpy(receipt.batch.bytes, batch.data, batch.size);
    return visit->receipt(visit->context, &receipt, err);
}

bool audit_receipts_each(struct store *store, int log, audit_receipt_visitor *visit, void *context,
                         struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct visit with = {.receipt = visit, .context = context};
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_audit_batches, &params, visit_receipt, &with, err);
}

static bool visit_block(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    return visit->block(visit->context, (int)row_int(row, 0, 0), row_int(row, 0, 1),
                        bytes_or_null(row, 2), err);
}

bool audit_blocks_each(struct store *store, int log, audit_block_visitor *visit, void *context,
                       struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct visit with = {.block = visit, .context = context};
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_audit_blocks, &params, visit_block, &with, err);
}

static bool visit_bundle(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct audit_bundle bundle = {
        .index = row_u64(row, 0, 0),
        .tenant = row_u64(row, 0, 1),
        .size = row_u64(row, 0, 2),
        .bundle = bytes_or_null(row, 3),
    };
    struct error why;
    bundle.has_document = !row_is_null(row, 0, 5) && row_u64(row, 0, 4) == bundle.tenant &&
                          row_digest(row, 0, 5, &bundle.hash, &why);
    return visit->bundle(visit->context, &bundle, err);
}

bool audit_bundles_each(struct store *store, int log, audit_bundle_visitor *visit, void *context,
                        struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct visit with = {.bundle = visit, .context = context};
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_audit_bundles, &params, visit_bundle, &with, err);
}

static bool visit_stream(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    return visit->stream(visit->context, row_u64(row, 0, 0), (uint32_t)row_int(row, 0, 1),
                         row_u64(row, 0, 2), err);
}

bool audit_streams_before(struct store *store, int log, uint64_t size, audit_stream_visitor *visit,
                          void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct visit with = {.stream = visit, .context = context};
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, size);
    return store_each(store, sql_audit_streams_before, &params, visit_stream, &with, err);
}

static bool visit_cosignature(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct audit_cosignature cosignature = {
        .size = row_u64(row, 0, 0),
        .signer = slice_of(row_text(row, 0, 1)),
        .line = slice_of(row_text(row, 0, 2)),
    };
    if (!row_is_null(row, 0, 3))
        cosignature.note = slice_of(row_text(row, 0, 3));
    return visit->cosignature(visit->context, &cosignature, err);
}

bool audit_cosignatures_each(struct store *store, int log, audit_cosignature_visitor *visit,
                             void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct visit with = {.cosignature = visit, .context = context};
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_audit_cosignatures, &params, visit_cosignature, &with, err);
}

static bool visit_file_feed(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    return visit->file_feed(visit->context, row_text(row, 0, 0), err);
}

bool audit_file_feeds_each(struct store *store, int log, audit_file_feed_visitor *visit,
                           void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct visit with = {.file_feed = visit, .context = context};
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_audit_file_feeds, &params, visit_file_feed, &with, err);
}
