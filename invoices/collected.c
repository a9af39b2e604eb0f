#include "invoices/collected.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "invoices/document.h"
#include "invoices/usage.h"
#include "store/contents.h"
#include "store/usage.h"

void collected_release(struct collected *collected)
{
    free(collected->rows);
    free(collected->indexes);
}

static bool collect(void *context, const struct entry_row *row, struct error *err)
{
    struct collected *collected = context;
    (void)err;
    collected->rows = memory_grow(collected->rows, &collected->capacity, collected->count + 1,
                                  sizeof(*collected->rows));
    collected->rows[collected->count++] = *row;
    return true;
}

static bool collect_index(struct collected *collected, uint64_t index, struct error *err)
{
    struct entry_row row;
    return entry_find(collected->session->store, collected->session->log.log, index, &row, err) &&
           collect(collected, &row, err);
}

static int compare_rows(const void *a, const void *b)
{
    const struct entry_row *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

/* By index, each once: the contract may lie in the money range and be named as well. */
static void sort_rows(struct collected *collected)
{
    size_t kept = 0;
    qsort(collected->rows, collected->count, sizeof(*collected->rows), compare_rows);
    for (size_t i = 0; i < collected->count; i++)
        if (kept == 0 || collected->rows[kept - 1].index != collected->rows[i].index)
            collected->rows[kept++] = collected->rows[i];
    collected->count = kept;
    collected->indexes = memory_alloc((kept + 1) * sizeof(*collected->indexes));
    for (size_t i = 0; i < kept; i++)
        collected->indexes[i] = collected->rows[i].index;
}

/* ------------------------------------------------------------------------- what a document needs
 */

static uint64_t bound(const json_t *document, const char *stream, const char *name)
{
    const json_t *range = json_object_get(json_object_get(document, "entries"), stream);
    return (uint64_t)json_integer_value(json_object_get(range, name));
}

/* The tenant's documents up to this one, oldest first. */
struct chain_of {
    struct document_row *documents;
    size_t count; /* before this one */
};

static bool read_chain(struct collected *collected, const struct document_row *document,
                       struct chain_of *out, struct error *err)
{
    struct session *session = collected->session;
    size_t count;
    if (!documents_list(session->store, session->log.log, collected->tenant, &session->arena,
                        &out->documents, &count, err))
        return false;
    for (out->count = 0; out->count < count; out->count++)
        if (out->documents[out->count].index == document->index)
            return true;
    return error_set(err, ERROR_NOT_FOUND, "document '%s' is not the tenant's",
                     document->document_id);
}

static bool collect_usage(struct collected *collected, const json_t *json,
                          const struct chain_of *chain, struct error *err)
{
    struct session *session = collected->session;
    uint64_t *carried = NULL;
    size_t carried_count = 0;
    uint64_t from = bound(json, "usage", "from_seq"), to = bound(json, "usage", "to_seq");
    const json_t *left = json_object_get(json_object_get(json, "carried"), "count");
    if (chain->count > 0 && json_integer_value(left) > 0 &&
        !usage_later_seqs(session->store, session->log.log, collected->tenant, from,
                          chain->documents[chain->count - 1].period_to_us, &session->arena,
                          &carried, &carried_count, err))
        return false;
    return range_each(session, collected->tenant, carried, carried_count, from, to, collect,
                      collected, err);
}

/* The money range, and after it the document's own entries. */
static bool collect_money(struct collected *collected, const json_t *json,
                          const struct document_row *document, struct error *err)
{
    uint64_t own = document_own_entries(document, json);
    return entries_each_of_stream(collected->session->store, collected->session->log.log,
                                  collected->tenant, STREAM_MONEY, bound(json, "money", "from_seq"),
                                  bound(json, "money", "to_seq") + own, collect, collected, err);
}

static uint64_t index_of(const json_t *named)
{
    return (uint64_t)json_integer_value(json_object_get(named, "index"));
}

/* The period's entry and those before it, as far back as usage in the bundle reaches: they say in
 * which period a window lies. */
static bool collect_periods(struct collected *collected, uint64_t index, struct error *err)
{
    struct session *session = collected->session;
    int64_t first_us = INT64_MAX, from_us = INT64_MAX;
    for (size_t i = 0; i < collected->count; i++)
        if (collected->rows[i].entry.stream == STREAM_USAGE &&
            collected->rows[i].entry.usage.from_us < first_us)
            first_us = collected->rows[i].entry.usage.from_us;
    for (;;) {
        CLEANUP(json_release) json_t *json = NULL;
        if (!collect_index(collected, index, err) || !document_content(session, index, &json, err))
            return false;
        const char *from = json_string_value(json_object_get(json, "from"));
        const json_t *previous = json_object_get(json, "previous");
        if (from == NULL || !instant_parse(from, strlen(from), "from", &from_us, err))
            return error_set(err, ERROR_CONFLICT, "entry %" PRIu64 " is no period", index);
        if (from_us <= first_us || !json_is_integer(previous))
            return true;
        index = (uint64_t)json_integer_value(previous);
    }
}

/* What binds the tenant's name to its number. */
static bool collect_tenant(struct collected *collected, const json_t *json, uint64_t before,
                           struct error *err)
{
    struct session *session = collected->session;
    struct content content;
    const char *id = json_string_value(json_object_get(json_object_get(json, "tenant"), "id"));
    return content_latest(session->store, session->log.log, ENTRY_TENANT, 0, id != NULL ? id : "",
                          before, &session->arena, &content, err) &&
           collect_index(collected, content.index, err);
}

/* The contract and the plans that a document names. */
static bool collect_terms(struct collected *collected, const json_t *json, struct error *err)
{
    const json_t *plans = json_object_get(json, "plans");
    for (size_t i = 0; i < json_array_size(plans); i++)
        if (!collect_index(collected, index_of(json_array_get(plans, i)), err))
            return false;
    return collect_index(collected, index_of(json_object_get(json, "contract")), err);
}

/* Does the document's usage have a row of this period, other than its own? */
static bool has_late(const json_t *json, const char *label)
{
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(json, "usage"), i, row) {
        const char *of = json_string_value(json_object_get(row, "period"));
        if (of != NULL && strcmp(of, label) == 0 && json_object_get(row, "unrated") == NULL)
            return true;
    }
    return false;
}

static bool collect_known(struct collected *collected, uint64_t from_seq,
                          const struct document_row *original, struct error *err)
{
    struct session *session = collected->session;
    uint64_t *seqs;
    size_t count;
    return usage_earlier_seqs(session->store, session->log.log, collected->tenant, from_seq,
                              original->period_from_us, original->period_to_us, &session->arena,
                              &seqs, &count, err) &&
           range_each(session, collected->tenant, seqs, count, from_seq, from_seq, collect,
                      collected, err);
}

/* A settlement's balances come from all earlier documents of its contract. */
static bool has_balances_of(const json_t *json, const json_t *earlier)
{
    return json_object_get(json, "settlement") != NULL &&
           json_equal(json_object_get(json_object_get(json, "contract"), "id"),
                      json_object_get(json_object_get(earlier, "contract"), "id"));
}

/* What adjustments and balances are made of; adjustments take back tax of all documents since the
 * oldest one. */
static bool collect_late(struct collected *collected, const json_t *json,
                         const struct chain_of *chain, struct error *err)
{
    struct session *session = collected->session;
    bool any = false;
    for (size_t i = 0; i < chain->count; i++) {
        CLEANUP(json_release) json_t *original = NULL;
        if (!document_content(session, chain->documents[i].index, &original, err))
            return false;
        const json_t *period = json_object_get(original, "period");
        const char *label = json_string_value(json_object_get(period, "label"));
        bool late = label != NULL && has_late(json, label);
        any = any || late || has_balances_of(json, original);
        if ((any && !collect_index(collected, chain->documents[i].index, err)) ||
            (late && (!collect_terms(collected, original, err) ||
                      !collect_known(collected, bound(json, "usage", "from_seq"),
                                     &chain->documents[i], err))))
            return false;
    }
    return true;
}

struct index_list {
    size_t count;
    size_t capacity;
    uint64_t *items;
};

static void index_list_release(struct index_list *list)
{
    free(list->items);
}

static bool list_index(void *context, const struct content *content, struct error *err)
{
    struct index_list *list = context;
    (void)err;
    list->items = memory_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
    list->items[list->count++] = content->index;
    return true;
}

/* Every grant up to the checkpoint. */
static bool collect_keys(struct collected *collected, uint64_t size, struct error *err)
{
    struct index_list CLEANUP(index_list_release) list = {0};
    if (!contents_each(collected->session->store, collected->session->log.log,
                       CONTENT_KIND(ENTRY_KEY) | CONTENT_KIND(ENTRY_LOG), CONTENT_FIRST, size - 1,
                       list_index, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (!collect_index(collected, list.items[i], err))
            return false;
    return true;
}

bool collect_document(struct collected *out, const struct document_row *document,
                      const json_t *json, uint64_t size, struct error *err)
{
    struct chain_of chain;
    if (!read_chain(out, document, &chain, err) || !collect_usage(out, json, &chain, err) ||
        !collect_money(out, json, document, err) || !collect_terms(out, json, err) ||
        !collect_late(out, json, &chain, err) ||
        !collect_periods(out, index_of(json_object_get(json, "period")), err) ||
        !collect_tenant(out, json, document->index, err) || !collect_keys(out, size, err))
        return false;
    sort_rows(out);
    return true;
}
