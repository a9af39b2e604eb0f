#include "store/contents.h"

#include <inttypes.h>

#include "queries.h"
#include "store/row.h"

/* Of all queries here: idx, kind, tenant, subject_id, version, hash, content. The texts stay the
 * row's. */
static bool content_of_row(const struct rows *rows, struct content *out, struct error *err)
{
    int64_t kind = row_int(rows, 0, 1);
    struct slice text = row_bytes(rows, 0, 6);

    if (kind < 1 || kind > ENTRY_KIND_LAST)
        return error_set(err, ERROR_CONFLICT, "content of entry %" PRIu64 ": kind %d is unknown",
                         row_u64(rows, 0, 0), (int)kind);
    *out = (struct content){
        .index = row_u64(rows, 0, 0),
        .kind = (enum entry_kind)kind,
        .tenant = row_u64(rows, 0, 2),
        .subject_id = row_text(rows, 0, 3),
        .version = (uint32_t)row_int(rows, 0, 4),
        .bytes = text.data,
        .size = text.size,
    };
    return row_digest(rows, 0, 5, &out->hash, err);
}

struct visit {
    content_visitor *visit;
    void *context;
};

static bool visit_content(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct content content;

    return content_of_row(row, &content, err) && visit->visit(visit->context, &content, err);
}

static void param_kinds(struct params *params, unsigned kinds)
{
    int32_t list[ENTRY_KIND_LAST];
    size_t count = 0;

    for (int kind = 1; kind <= ENTRY_KIND_LAST; kind++)
        if (kinds & CONTENT_KIND(kind))
            list[count++] = kind;
    param_int32_array(params, list, count);
}

bool contents_each(struct store *store, int log, unsigned kinds, uint64_t after_index,
                   uint64_t through_index, content_visitor *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_kinds(&params, kinds);
    param_u64(&params, after_index); /* CONTENT_FIRST is -1 there */
    param_u64(&params, through_index);
    return store_each(store, sql_contents_range, &params, visit_content,
                      &(struct visit){visit, context}, err);
}

bool contents_each_of_tenant(struct store *store, int log, uint64_t tenant, unsigned kinds,
                             content_visitor *visit, void *context, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, tenant);
    param_kinds(&params, kinds);
    return store_each(store, sql_contents_of_tenant, &params, visit_content,
                      &(struct visit){visit, context}, err);
}

/* At most one row; its texts move to the arena. */
static bool find(struct store *store, const char *sql, const struct params *params,
                 struct arena *arena, struct content *out, bool *out_found, struct error *err)
{
    struct content content;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql, params, &rows, err))
        return false;
    *out_found = rows_count(rows) > 0;
    if (!*out_found)
        return true;
    if (!content_of_row(rows, &content, err))
        return false;
    content.subject_id = arena_text(arena, content.subject_id);
    content.bytes = arena_text_n(arena, content.bytes, content.size);
    *out = content;
    return true;
}

static void param_subject(struct params *params, int log, enum entry_kind kind, uint64_t tenant,
                          const char *subject_id)
{
    param_int32(params, log);
    param_int16(params, (int16_t)kind);
    param_u64(params, tenant);
    param_text(params, subject_id);
}

bool content_latest(struct store *store, int log, enum entry_kind kind, uint64_t tenant,
                    const char *subject_id, uint64_t through_index, struct arena *arena,
                    struct content *out, struct error *err)
{
    bool found;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_subject(&params, log, kind, tenant, subject_id);
    param_u64(&params, through_index);
    return find(store, sql_content_latest, &params, arena, out, &found, err) &&
           (found || error_set(err, ERROR_NOT_FOUND, "there is no %s '%s'", entry_kind_word(kind),
                               subject_id));
}

bool content_version(struct store *store, int log, enum entry_kind kind, uint64_t tenant,
                     const char *subject_id, uint32_t version, struct arena *arena,
                     struct content *out, struct error *err)
{
    bool found;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_subject(&params, log, kind, tenant, subject_id);
    param_int32(&params, (int32_t)version);
    return find(store, sql_content_version, &params, arena, out, &found, err) &&
           (found || error_set(err, ERROR_NOT_FOUND, "there is no version %u of %s '%s'", version,
                               entry_kind_word(kind), subject_id));
}

bool content_at(struct store *store, int log, uint64_t index, struct arena *arena,
                struct content *out, struct error *err)
{
    bool found;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, index);
    return find(store, sql_content_at, &params, arena, out, &found, err) &&
           (found || error_set(err, ERROR_NOT_FOUND, "entry %" PRIu64 " has no content", index));
}
