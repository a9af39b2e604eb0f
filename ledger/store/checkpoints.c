#include "store/checkpoints.h"

#include <inttypes.h>
#include <string.h>

#include "queries.h"
#include "store/row.h"

/* Of all queries here: size, root, note, recorded_at. The note goes to the arena, or stays the
 * row's where there is none. */
static bool checkpoint_of_row(const struct rows *rows, struct arena *arena,
                              struct checkpoint_row *out, struct error *err)
{
    struct checkpoint_row row = {.size = row_u64(rows, 0, 0)};

    if (!row_digest(rows, 0, 1, &row.root, err))
        return false;
    if (!row_is_null(rows, 0, 2)) {
        struct slice note = row_bytes(rows, 0, 2);
        row.note = arena ? arena_text_n(arena, note.data, note.size) : note.data;
        row.note_size = note.size;
    }
    row.recorded_at_us = row_instant(rows, 0, 3);
    *out = row;
    return true;
}

static bool find(struct store *store, const char *sql, const struct params *params,
                 struct arena *arena, struct checkpoint_row *out, bool *out_found,
                 struct error *err)
{
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql, params, &rows, err))
        return false;
    *out_found = rows_count(rows) > 0;
    return !*out_found || checkpoint_of_row(rows, arena, out, err);
}

/* The row that is there after an insert, ours or an older one, must say the same root. */
static bool insert(struct store *store, int log, uint64_t size, const struct digest *root,
                   const char *note, size_t note_size, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, size);
    param_bool(&params, note != NULL);
    param_digest(&params, root);
    param_text_n(&params, note, note_size);
    if (!store_execute(store, sql_checkpoint_insert, &params, NULL, err))
        return false;

    CLEANUP(params_release) struct params key;
    params_init(&key);
    param_int32(&key, log);
    param_u64(&key, size);
    param_bool(&key, note != NULL);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    struct digest there;
    if (!store_query(store, sql_checkpoint_root, &key, &rows, err) ||
        !row_digest(rows, 0, 0, &there, err))
        return false;
    return digest_equals(&there, root) ||
           error_set(err, ERROR_CONFLICT,
                     "log %d: there is a checkpoint of size %" PRIu64 " with another root", log,
                     size);
}

bool checkpoint_insert_unsigned(struct store *store, int log, uint64_t size,
                                const struct digest *root, struct error *err)
{
    return insert(store, log, size, root, NULL, 0, err);
}

bool checkpoint_insert_signed(struct store *store, int log, uint64_t size,
                              const struct digest *root, const char *note, size_t note_size,
                              struct error *err)
{
    return insert(store, log, size, root, note, note_size, err);
}

bool checkpoint_latest(struct store *store, int log, struct arena *arena,
                       struct checkpoint_row *out, struct error *err)
{
    bool found;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_bool(&params, true);
    return find(store, sql_checkpoint_latest, &params, arena, out, &found, err) &&
           (found || error_set(err, ERROR_NOT_FOUND, "log %d is not sealed yet", log));
}

bool checkpoint_latest_unsigned(struct store *store, int log, struct checkpoint_row *out,
                                struct error *err)
{
    bool found;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_bool(&params, false);
    return find(store, sql_checkpoint_latest, &params, NULL, out, &found, err) &&
           (found || error_set(err, ERROR_NOT_FOUND, "log %d has no checkpoint yet", log));
}

bool checkpoint_covering(struct store *store, int log, uint64_t index, struct arena *arena,
                         struct checkpoint_row *out, struct error *err)
{
    bool found;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, index);
    return find(store, sql_checkpoint_covering, &params, arena, out, &found, err) &&
           (found || error_set(err, ERROR_NOT_FOUND, "entry %" PRIu64 " is not sealed yet", index));
}

bool checkpoint_at(struct store *store, int log, uint64_t size, struct arena *arena,
                   struct checkpoint_row *out, struct error *err)
{
    bool found;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, size);
    return find(store, sql_checkpoint_at, &params, arena, out, &found, err) &&
           (found || error_set(err, ERROR_NOT_FOUND,
                               "log %d has no signed checkpoint of size %" PRIu64, log, size));
}

struct visit {
    checkpoint_visitor *visit;
    void *context;
};

static bool visit_checkpoint(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct checkpoint_row checkpoint;

    return checkpoint_of_row(row, NULL, &checkpoint, err) &&
           visit->visit(visit->context, &checkpoint, err);
}

bool checkpoints_each(struct store *store, int log, checkpoint_visitor *visit, void *context,
                      struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_checkpoints_all, &params, visit_checkpoint,
                      &(struct visit){visit, context}, err);
}

bool cosignature_insert(struct store *store, int log, uint64_t size, const char *signer,
                        struct slice line, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, size);
    param_text(&params, signer);
    param_text_n(&params, line.data, line.size);
    return store_execute(store, sql_cosignature_insert, &params, NULL, err);
}

bool checkpoints_each_cosigned(struct store *store, int log, uint64_t index,
                               checkpoint_visitor *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, index);
    return store_each(store, sql_checkpoints_cosigned, &params, visit_checkpoint,
                      &(struct visit){visit, context}, err);
}
