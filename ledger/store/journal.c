#include "store/journal.h"

#include <string.h>

#include "queries.h"
#include "store/row.h"

bool journal_indexes(struct store *store, int log, uint64_t from, uint64_t to, struct arena *arena,
                     uint64_t **out, size_t *out_count, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, from);
    param_u64(&params, to);
    if (!store_query(store, sql_journal_indexes, &params, &rows, err))
        return false;
    size_t count = rows_count(rows);
    uint64_t *indexes = arena_array(arena, count, sizeof(*indexes));
    for (size_t i = 0; i < count; i++)
        indexes[i] = row_u64(rows, i, 0);
    *out = indexes;
    *out_count = count;
    return true;
}

static bool append_line(void *context, const struct rows *row, struct error *err)
{
    (void)err;
    struct text *out = context;
    text_append(out, row_text(row, 0, 0));
    text_append_char(out, '\n');
    return true;
}

static bool append_lines(struct store *store, const char *sql, int log, struct text *out,
                         struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql, &params, append_line, out, err);
}

bool journal_dispositions(struct store *store, int log, struct text *out, struct error *err)
{
    return append_lines(store, sql_journal_dispositions, log, out, err);
}

bool journal_floors(struct store *store, int log, struct text *out, struct error *err)
{
    return append_lines(store, sql_journal_floors, log, out, err);
}

bool journal_reviews(struct store *store, int log, struct text *out, struct error *err)
{
    return append_lines(store, sql_journal_reviews, log, out, err);
}

bool journal_approvals(struct store *store, int log, struct text *out, struct error *err)
{
    return append_lines(store, sql_journal_approvals, log, out, err);
}

static bool restore(struct store *store, const char *sql, int log, struct slice line,
                    bool *out_written, struct error *err)
{
    CLEANUP(params_release) struct params params;
    uint64_t written = 0;
    params_init(&params);
    param_int32(&params, log);
    param_text_n(&params, line.data, line.size);
    if (!store_execute(store, sql, &params, &written, err))
        return false;
    *out_written = written > 0;
    return true;
}

bool journal_restore_disposition(struct store *store, int log, struct slice line, bool *out_written,
                                 struct error *err)
{
    return restore(store, sql_journal_restore_disposition, log, line, out_written, err);
}

bool journal_restore_review(struct store *store, int log, struct slice line, bool *out_written,
                            struct error *err)
{
    return restore(store, sql_journal_restore_review, log, line, out_written, err);
}

bool journal_restore_approval(struct store *store, int log, struct slice line, bool *out_written,
                              struct error *err)
{
    return restore(store, sql_journal_restore_approval, log, line, out_written, err);
}
