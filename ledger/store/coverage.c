#include "store/coverage.h"

#include "queries.h"
#include "store/row.h"

static const char *text_at(const struct rows *rows, size_t i, int column, struct arena *arena)
{
    return row_is_null(rows, i, column) ? NULL : arena_text(arena, row_text(rows, i, column));
}

static struct coverage_line line_of_row(const struct rows *rows, size_t i, struct arena *arena)
{
    return (struct coverage_line){
        .tenant = row_u64(rows, i, 0),
        .document_id = text_at(rows, i, 1, arena),
        .kind = text_at(rows, i, 2, arena),
        .id = text_at(rows, i, 3, arena),
        .unit = text_at(rows, i, 4, arena),
        .from_us = row_instant(rows, i, 5),
        .to_us = row_instant(rows, i, 6),
        .capacity = text_at(rows, i, 7, arena),
        .covered = text_at(rows, i, 8, arena),
        .unused = text_at(rows, i, 9, arena),
        .overage = text_at(rows, i, 10, arena),
        .utilisation = text_at(rows, i, 11, arena),
        .coverage = text_at(rows, i, 12, arena),
        .currency = text_at(rows, i, 13, arena),
        .billed = text_at(rows, i, 14, arena),
        .effective = text_at(rows, i, 15, arena),
        .effective_unused = text_at(rows, i, 16, arena),
    };
}

bool coverage_read(struct store *store, int log, const uint64_t *tenants, size_t count,
                   int64_t from_us, int64_t to_us, struct arena *arena, struct coverage_lines *out,
                   struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int32(&params, log);
    param_u64_array(&params, tenants, count);
    param_instant(&params, from_us);
    param_instant(&params, to_us);
    if (!store_query(store, sql_coverage_rows, &params, &rows, err))
        return false;
    size_t found = rows_count(rows);
    *out = (struct coverage_lines){
        .rows = arena_array(arena, found + 1, sizeof *out->rows),
        .totals = arena_array(arena, found + 1, sizeof *out->totals),
    };
    for (size_t i = 0; i < found; i++) {
        struct coverage_line line = line_of_row(rows, i, arena);
        if (row_bool(rows, i, 17))
            out->totals[out->total_count++] = line;
        else
            out->rows[out->row_count++] = line;
    }
    return true;
}
