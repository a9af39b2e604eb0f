#include "store/documents.h"

#include <string.h>

#include "queries.h"
#include "store/row.h"

/* Of all queries that give documents; texts stay the row's. */
static bool document_of_row(const struct rows *rows, size_t row, struct document_row *out,
                            struct error *err)
{
    *out = (struct document_row){
        .number_series = row_text(rows, row, 0),
        .number = row_u64(rows, row, 1),
        .document_id = row_text(rows, row, 2),
        .index = row_u64(rows, row, 3),
        .tenant = row_u64(rows, row, 4),
        .kind = row_text(rows, row, 5),
        .period_index = row_u64(rows, row, 6),
        .period_from_us = row_instant(rows, row, 7),
        .period_to_us = row_instant(rows, row, 8),
        .issue_days = row_date(rows, row, 9),
        .currency = row_text(rows, row, 10),
        .exponent = (unsigned)row_int(rows, row, 11),
        .has_bundle = row_bool(rows, row, 14),
    };
    return row_numeric(rows, row, 12, &out->total_minor, err) &&
           row_digest(rows, row, 13, &out->hash, err);
}

static void keep(struct document_row *row, struct arena *arena)
{
    row->number_series = arena_text(arena, row->number_series);
    row->document_id = arena_text(arena, row->document_id);
    row->kind = arena_text(arena, row->kind);
    row->currency = arena_text(arena, row->currency);
}

bool document_insert(struct store *store, int log, const struct document_row *row,
                     struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, row->number_series);
    param_u64(&params, row->number);
    param_text(&params, row->document_id);
    param_u64(&params, row->index);
    param_u64(&params, row->tenant);
    param_text(&params, row->kind);
    param_u64(&params, row->period_index);
    param_instant(&params, row->period_from_us);
    param_instant(&params, row->period_to_us);
    param_date(&params, row->issue_days);
    param_text(&params, row->currency);
    param_int16(&params, (int16_t)row->exponent);
    param_numeric(&params, row->total_minor);
    param_digest(&params, &row->hash);
    param_bytes(&params, row->is_approved ? row->drafter.bytes : NULL, DIGEST_SIZE);
    param_bytes(&params, row->is_approved ? row->approver.bytes : NULL, DIGEST_SIZE);
    return store_execute(store, sql_document_insert, &params, NULL, err);
}

/* All rows of a statement, in the arena. */
static bool list(struct store *store, const char *sql, const struct params *params,
                 struct arena *arena, struct document_row **out, size_t *out_count,
                 struct error *err)
{
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql, params, &rows, err))
        return false;
    size_t count = rows_count(rows);
    struct document_row *items = arena_array(arena, count + 1, sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        if (!document_of_row(rows, i, &items[i], err))
            return false;
        keep(&items[i], arena);
    }
    *out = items;
    *out_count = count;
    return true;
}

bool document_find(struct store *store, int log, const char *document_id, struct arena *arena,
                   struct document_row *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct document_row *rows;
    size_t count;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, document_id);
    if (!list(store, sql_document_by_name, &params, arena, &rows, &count, err))
        return false;
    if (count == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no document '%s'", document_id);
    *out = rows[0];
    return true;
}

bool document_of_period(struct store *store, int log, uint64_t tenant, uint64_t period_index,
                        struct arena *arena, struct document_row *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct document_row *rows;
    size_t count;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, tenant);
    param_u64(&params, period_index);
    if (!list(store, sql_document_of_period, &params, arena, &rows, &count, err))
        return false;
    if (count == 0)
        return error_set(err, ERROR_NOT_FOUND, "the period is not issued");
    *out = rows[0];
    return true;
}

struct visit {
    document_visitor *visit;
    void *context;
};

static bool visit_document(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct document_row document;
    return document_of_row(row, 0, &document, err) && visit->visit(visit->context, &document, err);
}

bool documents_each(struct store *store, int log, uint64_t tenant, document_visitor *visit,
                    void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    if (tenant != 0)
        param_u64(&params, tenant);
    return store_each(store, tenant == 0 ? sql_document_all : sql_document_of_tenant, &params,
                      visit_document, &(struct visit){visit, context}, err);
}

bool documents_list(struct store *store, int log, uint64_t tenant, struct arena *arena,
                    struct document_row **out, size_t *out_count, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    if (tenant != 0)
        param_u64(&params, tenant);
    return list(store, tenant == 0 ? sql_document_all : sql_document_of_tenant, &params, arena, out,
                out_count, err);
}

bool documents_pending(struct store *store, int log, struct arena *arena, struct document_row **out,
                       size_t *out_count, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    return list(store, sql_document_pending, &params, arena, out, out_count, err);
}

static void param_period(struct params *params, int log, uint64_t tenant, uint64_t index)
{
    param_int32(params, log);
    param_u64(params, tenant);
    param_u64(params, index);
}

bool review_insert(struct store *store, int log, uint64_t tenant, uint64_t period_index,
                   const struct review_row *row, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_period(&params, log, tenant, period_index);
    param_int32(&params, (int32_t)row->version);
    param_date(&params, row->issue_days);
    param_digest(&params, &row->draft_hash);
    param_digest(&params, &row->drafted.operator_key);
    param_bytes(&params, row->drafted.signature.bytes, SIGNATURE_SIZE);
    return store_execute(store, sql_review_insert, &params, NULL, err);
}

bool approval_insert(struct store *store, int log, uint64_t tenant, uint64_t period_index,
                     const struct review_row *row, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_period(&params, log, tenant, period_index);
    param_int32(&params, (int32_t)row->version);
    param_digest(&params, &row->draft_hash);
    param_digest(&params, &row->drafted.operator_key);
    param_digest(&params, &row->approved.operator_key);
    param_bytes(&params, row->approved.signature.bytes, SIGNATURE_SIZE);
    return store_execute(store, sql_approval_insert, &params, NULL, err);
}

/* Two columns; absent when they are null. */
static bool row_signature(const struct rows *rows, int column, struct signature *out,
                          bool *out_there, struct error *err)
{
    *out_there = !row_is_null(rows, 0, column);
    if (!*out_there)
        return true;
    struct slice bytes = row_bytes(rows, 0, column);
    if (bytes.size != SIGNATURE_SIZE)
        return error_set(err, ERROR_CONFLICT, "a review's signature has %zu bytes", bytes.size);
    memcpy(out->bytes, bytes.data, SIGNATURE_SIZE);
    return true;
}

bool review_latest(struct store *store, int log, uint64_t tenant, uint64_t period_index,
                   struct review_row *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_period(&params, log, tenant, period_index);
    if (!store_query(store, sql_review_latest, &params, &rows, err))
        return false;
    if (rows_count(rows) == 0)
        return error_set(err, ERROR_NOT_FOUND, "the period is not reviewed");
    out->version = (uint32_t)row_int(rows, 0, 0);
    out->issue_days = row_date(rows, 0, 1);
    return row_digest(rows, 0, 2, &out->draft_hash, err) &&
           row_digest(rows, 0, 3, &out->drafted.operator_key, err) &&
           row_signature(rows, 4, &out->drafted.signature, &out->is_signed, err) &&
           row_signature(rows, 6, &out->approved.signature, &out->is_approved, err) &&
           (!out->is_approved || row_digest(rows, 0, 5, &out->approved.operator_key, err));
}

bool bundle_insert(struct store *store, int log, uint64_t tenant, uint64_t index, uint64_t size,
                   const char *bundle, size_t bundle_size, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, index);
    param_u64(&params, tenant);
    param_u64(&params, size);
    param_text_n(&params, bundle, bundle_size);
    return store_execute(store, sql_bundle_insert, &params, NULL, err);
}

bool document_bundle(struct store *store, int log, uint64_t tenant, uint64_t index,
                     struct arena *arena, struct slice *out, uint64_t *out_size, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_period(&params, log, tenant, index);
    if (!store_query(store, sql_bundle_at, &params, &rows, err))
        return false;
    if (rows_count(rows) == 0)
        return error_set(err, ERROR_NOT_FOUND, "the document's proof is pending");
    struct slice bytes = row_bytes(rows, 0, 1);
    *out = (struct slice){arena_text_n(arena, bytes.data, bytes.size), bytes.size};
    if (out_size != NULL)
        *out_size = row_u64(rows, 0, 0);
    return true;
}
