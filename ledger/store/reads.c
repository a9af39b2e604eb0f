#include "store/reads.h"

#include <stdio.h>

#include "queries.h"
#include "store/connection.h"
#include "store/row.h"

static struct slice copied(struct arena *arena, struct slice bytes)
{
    return (struct slice){arena_text_n(arena, bytes.data, bytes.size), bytes.size};
}

bool read_session(struct store *store, unsigned milliseconds, struct error *err)
{
    char sql[64];
    snprintf(sql, sizeof sql, "set statement_timeout = %u", milliseconds);
    return store_command(store, sql, err);
}

bool read_tenants(struct store *store, int log, const uint64_t *tenants, size_t count,
                  struct arena *arena, struct read_tenant **out, size_t *out_count,
                  struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int32(&params, log);
    param_u64_array(&params, tenants, count);
    if (!store_query(store, sql_read_tenants, &params, &rows, err))
        return false;
    *out_count = rows_count(rows);
    *out = arena_array(arena, *out_count + 1, sizeof **out);
    for (size_t i = 0; i < *out_count; i++)
        (*out)[i] = (struct read_tenant){
            .number = row_u64(rows, i, 0),
            .id = arena_text(arena, row_text(rows, i, 1)),
            .grid_seconds = (uint32_t)row_int(rows, i, 2),
        };
    return true;
}

bool read_series(struct store *store, int log, const uint64_t *tenants, size_t count,
                 struct arena *arena, struct read_series **out, size_t *out_count,
                 struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int32(&params, log);
    param_u64_array(&params, tenants, count);
    if (!store_query(store, sql_read_series, &params, &rows, err))
        return false;
    size_t found = rows_count(rows);
    struct read_series *series = arena_array(arena, found + 1, sizeof *series);
    for (size_t i = 0; i < found; i++) {
        series[i].tenant = row_u64(rows, i, 0);
        series[i].descriptor = copied(arena, row_bytes(rows, i, 2));
        if (!row_digest(rows, i, 1, &series[i].series, err))
            return false;
    }
    *out = series;
    *out_count = found;
    return true;
}

struct usage_reader {
    read_usage_visitor *visit;
    void *context;
};

static bool usage_of_row(void *context, const struct rows *row, struct error *err)
{
    const struct usage_reader *reader = context;
    struct read_usage usage = {.tenant = row_u64(row, 0, 0), .from_us = row_instant(row, 0, 2)};
    return row_digest(row, 0, 1, &usage.series, err) && row_numeric(row, 0, 3, &usage.sum, err) &&
           row_numeric(row, 0, 4, &usage.greatest, err) &&
           row_numeric(row, 0, 5, &usage.corrected, err) &&
           reader->visit(reader->context, &usage, err);
}

bool read_usage(struct store *store, int log, const uint64_t *tenants, size_t count,
                int64_t from_us, int64_t to_us, uint64_t size, read_usage_visitor *visit,
                void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    struct usage_reader reader = {visit, context};
    params_init(&params);
    param_int32(&params, log);
    param_u64_array(&params, tenants, count);
    param_instant(&params, from_us);
    param_instant(&params, to_us);
    param_u64(&params, size);
    return store_each(store, sql_read_usage, &params, usage_of_row, &reader, err);
}

bool read_complete_through(struct store *store, int log, int64_t *out_us, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int32(&params, log);
    if (!store_query(store, sql_read_complete, &params, &rows, err))
        return false;
    *out_us = row_is_null(rows, 0, 0) ? READ_NEVER : row_instant(rows, 0, 0);
    return true;
}

static bool invoice_of_row(const struct rows *rows, size_t i, struct arena *arena,
                           struct read_invoice *out, struct error *err)
{
    *out = (struct read_invoice){
        .number = arena_text(arena, row_text(rows, i, 0)),
        .index = row_u64(rows, i, 1),
        .tenant = row_u64(rows, i, 2),
        .kind = arena_text(arena, row_text(rows, i, 3)),
        .from_us = row_instant(rows, i, 4),
        .to_us = row_instant(rows, i, 5),
        .issue_days = row_date(rows, i, 6),
        .currency = arena_text(arena, row_text(rows, i, 7)),
        .exponent = (unsigned)row_int(rows, i, 8),
        .has_bundle = row_bool(rows, i, 11),
    };
    return row_numeric(rows, i, 9, &out->total, err) && row_digest(rows, i, 10, &out->hash, err);
}

bool read_invoices(struct store *store, int log, const uint64_t *tenants, size_t count,
                   uint64_t before, unsigned limit, struct arena *arena, struct read_invoice **out,
                   size_t *out_count, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int32(&params, log);
    param_u64_array(&params, tenants, count);
    param_u64(&params, before);
    param_int64(&params, limit);
    if (!store_query(store, sql_read_invoices, &params, &rows, err))
        return false;
    size_t found = rows_count(rows);
    struct read_invoice *invoices = arena_array(arena, found + 1, sizeof *invoices);
    for (size_t i = 0; i < found; i++)
        if (!invoice_of_row(rows, i, arena, &invoices[i], err))
            return false;
    *out = invoices;
    *out_count = found;
    return true;
}

static bool find(struct store *store, const char *sql, int log, const char *number,
                 struct rows **out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, number);
    return store_query(store, sql, &params, out, err) &&
           (rows_count(*out) > 0 || error_set(err, ERROR_NOT_FOUND, "there is no such invoice"));
}

bool read_invoice(struct store *store, int log, const char *number, struct arena *arena,
                  struct slice *out_content, struct digest *out_hash, struct error *err)
{
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!find(store, sql_read_invoice, log, number, &rows, err) ||
        !row_digest(rows, 0, 2, out_hash, err))
        return false;
    *out_content = copied(arena, row_bytes(rows, 0, 3));
    return true;
}

bool read_bundle(struct store *store, int log, const char *number, struct arena *arena,
                 struct slice *out, struct error *err)
{
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!find(store, sql_read_bundle, log, number, &rows, err))
        return false;
    *out = row_is_null(rows, 0, 1) ? (struct slice){NULL, 0} : copied(arena, row_bytes(rows, 0, 1));
    return true;
}
