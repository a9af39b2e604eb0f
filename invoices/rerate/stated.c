#include "rerate/stated.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"

static bool missing(struct error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "the bundle has no %s that can be read", what);
}

static bool read_number(const json_t *object, const char *name, uint64_t *out, struct error *err)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return missing(err, name);
    *out = (uint64_t)json_integer_value(value);
    return true;
}

/* ------------------------------------------------------------------------------------ entries */

static bool read_entry(const json_t *json, struct stated_entry *out, struct error *err)
{
    unsigned char body[BODY_SIZE_MAX];
    const json_t *hex = json_object_get(json, "body");
    size_t size = json_string_length(hex) / 2;
    if (!read_number(json, "index", &out->index, err))
        return false;
    if (!json_is_string(hex) || size > sizeof(body) ||
        !hex_decode(json_string_value(hex), json_string_length(hex), body, size))
        return error_set(err, ERROR_INPUT, "entry %" PRIu64 " has no body in hex", out->index);
    return body_decode(body, size, &out->entry, err) ||
           error_prefix(err, "entry %" PRIu64 ": ", out->index);
}

static int compare_entries(const void *a, const void *b)
{
    const struct stated_entry *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

static struct stated_entry *find_entry(const struct stated *stated, uint64_t index)
{
    struct stated_entry wanted = {.index = index};
    return bsearch(&wanted, stated->entries, stated->count, sizeof(wanted), compare_entries);
}

static bool read_entries(struct stated *stated, struct error *err)
{
    const json_t *list = json_object_get(stated->json, "entries"), *json;
    size_t i;
    if (json_array_size(list) == 0)
        return missing(err, "entries");
    stated->entries = arena_array(&stated->arena, json_array_size(list), sizeof(*stated->entries));
    json_array_foreach (list, i, json) {
        if (!read_entry(json, &stated->entries[i], err))
            return false;
        if (i > 0 && stated->entries[i - 1].index >= stated->entries[i].index)
            return error_set(err, ERROR_INPUT, "the entries are not in the order of their indexes");
        stated->count++;
    }
    return true;
}

/* A content is taken as what its entry hashes, or not at all. */
static bool read_contents(struct stated *stated, struct error *err)
{
    const json_t *list = json_object_get(stated->json, "contents"), *json;
    size_t i;
    json_array_foreach (list, i, json) {
        const json_t *content = json_object_get(json, "content");
        uint64_t index;
        if (!read_number(json, "index", &index, err))
            return false;
        struct stated_entry *entry = find_entry(stated, index);
        if (entry == NULL || !json_is_string(content) || !entry_kind_is_control(entry->entry.kind))
            return error_set(err, ERROR_INPUT, "a content of index %" PRIu64 " without an entry",
                             index);
        struct digest hash = digest_of(json_string_value(content), json_string_length(content));
        if (index != stated->document_index && !digest_equals(&hash, &entry->entry.control.content))
            return error_set(err, ERROR_INPUT,
                             "the content of entry %" PRIu64 " is not what the entry hashes",
                             index);
        entry->content = json_string_value(content);
        entry->content_size = json_string_length(content);
    }
    return true;
}

/* ------------------------------------------------------------------------------------- series */

static int compare_series(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE); /* they begin with their hash */
}

static bool read_series(struct stated *stated, struct error *err)
{
    const json_t *list = json_object_get(stated->json, "series"), *json;
    size_t i;
    stated->series =
        arena_array(&stated->arena, json_array_size(list) + 1, sizeof(*stated->series));
    json_array_foreach (list, i, json) {
        const json_t *hex = json_object_get(json, "descriptor");
        struct stated_series *series = &stated->series[stated->series_count++];
        series->size = json_string_length(hex) / 2;
        series->descriptor = arena_alloc(&stated->arena, series->size + 1);
        if (!json_is_string(hex) || !hex_decode(json_string_value(hex), json_string_length(hex),
                                                series->descriptor, series->size))
            return missing(err, "descriptor of a series");
        series->hash = digest_of(series->descriptor, series->size);
    }
    if (stated->series_count > 0)
        qsort(stated->series, stated->series_count, sizeof(*stated->series), compare_series);
    return true;
}

/* ----------------------------------------------------------------------------------- document */

static bool read_document(struct stated *stated, struct error *err)
{
    const json_t *text = json_object_get(stated->json, "document");
    if (!read_number(stated->json, "document_index", &stated->document_index, err))
        return false;
    if (!json_is_string(text))
        return missing(err, "document");
    return canonical_parse(json_string_value(text), json_string_length(text), "document",
                           &stated->document, err);
}

static bool read_frame(struct stated *stated, struct error *err)
{
    const json_t *text = json_object_get(stated->json, "document");
    const json_t *cut = json_array_get(json_object_get(stated->document, "cut"), 0);
    const json_t *ranges = json_object_get(stated->document, "entries");
    const struct stated_entry *entry = find_entry(stated, stated->document_index);
    struct digest hash = digest_of(json_string_value(text), json_string_length(text));
    if (entry == NULL || entry->entry.kind != ENTRY_DOCUMENT)
        return missing(err, "entry of the document");
    stated->is_hashed = digest_equals(&hash, &entry->entry.control.content);
    stated->tenant = entry->entry.tenant;
    return read_number(cut, "size", &stated->cut_size, err) &&
           read_number(json_object_get(ranges, "usage"), "from_seq", &stated->usage_from_seq, err);
}

bool stated_read(const char *bytes, size_t size, struct stated *out, struct error *err)
{
    struct stated stated = {0};
    arena_init(&stated.arena);
    if (canonical_parse(bytes, size, "bundle", &stated.json, err) && read_document(&stated, err) &&
        read_entries(&stated, err) && read_contents(&stated, err) && read_series(&stated, err) &&
        read_frame(&stated, err)) {
        *out = stated;
        return true;
    }
    stated_release(&stated);
    return false;
}

void stated_release(struct stated *stated)
{
    json_decref(stated->document);
    json_decref(stated->json);
    arena_release(&stated->arena);
}

bool stated_period(const json_t *document, struct period *out, struct error *err)
{
    const json_t *period = json_object_get(document, "period");
    const char *label = json_string_value(json_object_get(period, "label"));
    const char *from = json_string_value(json_object_get(period, "from"));
    const char *to = json_string_value(json_object_get(period, "to"));
    if (label == NULL || strlen(label) >= sizeof(out->label) || from == NULL || to == NULL)
        return missing(err, "period of a document");
    memcpy(out->label, label, strlen(label) + 1);
    return instant_parse(from, strlen(from), "from", &out->from_us, err) &&
           instant_parse(to, strlen(to), "to", &out->to_us, err);
}

/* -------------------------------------------------------------------------------------- terms */

static const struct stated_entry *named(const struct stated *stated, const json_t *by,
                                        enum entry_kind kind, struct error *err)
{
    uint64_t index;
    if (!read_number(by, "index", &index, err))
        return NULL;
    const struct stated_entry *entry = find_entry(stated, index);
    if (entry != NULL && entry->entry.kind == kind && entry->content != NULL)
        return entry;
    error_set(err, ERROR_INPUT, "the bundle lacks the %s of entry %" PRIu64, entry_kind_word(kind),
              index);
    return NULL;
}

/* As the tenant was registered. */
static bool read_grid(struct stated *stated, uint32_t *out, struct error *err)
{
    for (size_t i = 0; i < stated->count; i++) {
        const struct stated_entry *entry = &stated->entries[i];
        CLEANUP(json_release) json_t *tenant = NULL;
        uint64_t grid;
        if (entry->entry.kind != ENTRY_TENANT || entry->content == NULL)
            continue;
        if (!canonical_parse(entry->content, entry->content_size, "tenant", &tenant, err) ||
            !read_number(tenant, "grid_seconds", &grid, err))
            return false;
        *out = (uint32_t)grid;
        return true;
    }
    return missing(err, "entry of the tenant");
}

static bool read_plans(struct stated *stated, const json_t *document, struct stated_terms *terms,
                       struct error *err)
{
    const json_t *list = json_object_get(document, "plans"), *json;
    size_t i;
    terms->plans = arena_array(&stated->arena, json_array_size(list) + 1, sizeof(*terms->plans));
    json_array_foreach (list, i, json) {
        struct plan *plan = arena_alloc(&stated->arena, sizeof(*plan));
        const struct stated_entry *entry = named(stated, json, ENTRY_PLAN, err);
        if (entry == NULL || !plan_parse(entry->content, entry->content_size, "plan",
                                         entry->entry.control.version, &stated->arena, plan, err))
            return false;
        terms->plans[terms->plan_count++] = plan;
    }
    return true;
}

bool stated_terms(struct stated *stated, const json_t *document, struct stated_terms *out,
                  struct error *err)
{
    uint32_t grid_seconds = 0;
    const struct stated_entry *entry =
        named(stated, json_object_get(document, "contract"), ENTRY_CONTRACT, err);
    return entry != NULL && read_grid(stated, &grid_seconds, err) &&
           contract_parse(entry->content, entry->content_size, "contract", grid_seconds,
                          &stated->arena, &out->contract, err) &&
           read_plans(stated, document, out, err);
}

void stated_terms_release(struct stated_terms *terms)
{
    if (terms->contract.zone != NULL)
        contract_release(&terms->contract);
}
