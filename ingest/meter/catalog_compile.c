/*
 * The catalog's JSON → struct catalog: what is not about types and meters, and the order.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "core/schema.h"
#include "meter/catalog_parts.h"
#include "meter_schemas.h"

struct slice draft_text(struct catalog_draft *draft, const json_t *string)
{
    size_t size = json_string_length(string);
    return (struct slice){arena_text_n(draft->arena, json_string_value(string), size), size};
}

struct slice draft_member(struct catalog_draft *draft, const json_t *object, const char *name)
{
    return draft_text(draft, json_object_get(object, name));
}

struct slice draft_scalar(struct catalog_draft *draft, const json_t *scalar)
{
    char digits[INT128_TEXT_SIZE];
    if (json_is_string(scalar))
        return draft_text(draft, scalar);
    if (json_is_boolean(scalar))
        return slice_of(json_is_true(scalar) ? "true" : "false");
    number_format(json_integer_value(scalar), digits);
    return slice_of(arena_text(draft->arena, digits));
}

int128 draft_whole(const json_t *whole)
{
    int128 number = 0;
    struct error err;
    if (json_is_string(whole)) {
        bool parsed = number_parse_int128(json_string_value(whole), json_string_length(whole),
                                          "number", &number, &err);
        assert(parsed);
        return number;
    }
    return json_integer_value(whole);
}

size_t draft_count(const json_t *array)
{
    return json_array_size(array);
}

static void compile_limits(const json_t *json, struct catalog_limits *limits)
{
    const json_t *series = json_object_get(json, "series_per_tenant");
    const json_t *quarantine = json_object_get(json, "quarantine_per_minute");
    limits->series_per_tenant =
        series != NULL ? (uint64_t)json_integer_value(series) : CATALOG_SERIES_PER_TENANT;
    limits->quarantine_per_minute = quarantine != NULL ? (uint32_t)json_integer_value(quarantine)
                                                       : CATALOG_QUARANTINE_PER_MINUTE;
}

static bool compile_feeds(struct catalog_draft *draft, const json_t *json, struct error *err)
{
    struct catalog *catalog = draft->catalog;
    struct catalog_feed *feeds = arena_array(draft->arena, draft_count(json), sizeof(*feeds));
    catalog->feeds = feeds;
    for (size_t i = 0; i < draft_count(json); i++) {
        const json_t *item = json_array_get(json, i);
        struct slice name = draft_member(draft, item, "name");
        if (slice_equals(name, CATALOG_FILE))
            return error_set(err, ERROR_INPUT,
                             "feed '%s': files need no feed; a topic cannot have this name",
                             CATALOG_FILE);
        if (catalog_feed(catalog, name) != NULL)
            return error_set(err, ERROR_INPUT, "feed '%s' stands there twice", name.data);
        feeds[i].name = name;
        feeds[i].transactional = json_is_true(json_object_get(item, "transactional"));
        feeds[i].create_time = json_is_true(json_object_get(item, "create_time"));
        catalog->feed_count = i + 1;
    }
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorted, for bisection; "*" among them means all. */
static const struct slice *compile_names(struct catalog_draft *draft, const json_t *json,
                                         size_t *out_count, bool *out_all)
{
    size_t count = draft_count(json);
    struct slice *names = arena_array(draft->arena, count, sizeof(*names));
    *out_all = false;
    for (size_t i = 0; i < count; i++) {
        names[i] = draft_text(draft, json_array_get(json, i));
        *out_all = *out_all || slice_equals(names[i], CATALOG_ANY);
    }
    if (count > 0)
        qsort(names, count, sizeof(*names), compare_names);
    *out_count = count;
    return names;
}

/* A rule for a type or a topic that does not exist is a misspelt one. */
static bool check_source(const struct catalog *catalog, const struct catalog_source *source,
                         struct error *err)
{
    for (size_t i = 0; i < source->type_count; i++) {
        if (catalog_type(catalog, source->types[i]) == NULL)
            return error_set(err, ERROR_INPUT, "type '%s' is not in the catalog's types",
                             source->types[i].data);
    }
    for (size_t i = 0; i < source->topic_count; i++) {
        struct slice topic = source->topics[i];
        if (!slice_equals(topic, CATALOG_ANY) && !slice_equals(topic, CATALOG_FILE) &&
            catalog_feed(catalog, topic) == NULL)
            return error_set(err, ERROR_INPUT, "topic '%s' is not one of the catalog's feeds",
                             topic.data);
    }
    return true;
}

static bool compile_sources(struct catalog_draft *draft, const json_t *json, struct error *err)
{
    struct catalog *catalog = draft->catalog;
    size_t count = draft_count(json);
    struct catalog_source *sources = arena_array(draft->arena, count, sizeof(*sources));
    struct slice *names = arena_array(draft->arena, count, sizeof(*names));
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);
        struct catalog_source *source = &sources[i];
        bool all_types;
        names[i] = source->source = draft_member(draft, item, "source");
        source->tenants = compile_names(draft, json_object_get(item, "tenants"),
                                        &source->tenant_count, &source->all_tenants);
        source->types =
            compile_names(draft, json_object_get(item, "types"), &source->type_count, &all_types);
        source->topics = compile_names(draft, json_object_get(item, "topics"), &source->topic_count,
                                       &source->all_topics);
        source->has_sequence = json_object_get(item, "sequence") != NULL;
        catalog->has_sequences = catalog->has_sequences || source->has_sequence;
        if (!check_source(catalog, source, err))
            return error_prefix(err, "source '%s': ", source->source.data);
    }
    catalog->sources = sources;
    catalog->source_count = count;
    return catalog_index_make(draft->arena, names, count, "source", &catalog->source_index, err);
}

static bool compile_types(struct catalog_draft *draft, const json_t *json, struct error *err)
{
    struct catalog *catalog = draft->catalog;
    size_t count = draft_count(json);
    struct slice *names = arena_array(draft->arena, count, sizeof(*names));
    draft->types = arena_array(draft->arena, count, sizeof(*draft->types));
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);
        if (!type_compile(draft, item, &draft->types[i], err))
            return error_prefix(err,
                                "type '%s': ", json_string_value(json_object_get(item, "type")));
        names[i] = draft->types[i].type;
    }
    catalog->types = draft->types;
    catalog->type_count = count;
    return catalog_index_make(draft->arena, names, count, "type", &catalog->type_index, err);
}

/* Each type gets the list of its meters, in the catalog's order. */
static void give_meters_to_types(struct catalog_draft *draft)
{
    const struct catalog *catalog = draft->catalog;
    for (size_t t = 0; t < catalog->type_count; t++) {
        struct catalog_type *type = &draft->types[t];
        type->meters = arena_array(draft->arena, catalog->meter_count, sizeof(*type->meters));
        for (size_t m = 0; m < catalog->meter_count; m++) {
            if (slice_compare(catalog->meters[m].type, type->type) == 0)
                type->meters[type->meter_count++] = &catalog->meters[m];
        }
    }
}

static bool compile_meters(struct catalog_draft *draft, const json_t *json, struct error *err)
{
    struct catalog *catalog = draft->catalog;
    size_t count = draft_count(json);
    struct slice *names = arena_array(draft->arena, count, sizeof(*names));
    struct catalog_index *index;
    draft->meters = arena_array(draft->arena, count, sizeof(*draft->meters));
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);
        if (!meter_compile(draft, item, &draft->meters[i], err))
            return error_prefix(err,
                                "meter '%s': ", json_string_value(json_object_get(item, "meter")));
        draft->meters[i].index = i;
        names[i] = draft->meters[i].meter;
    }
    catalog->meters = draft->meters;
    catalog->meter_count = count;
    if (!catalog_index_make(draft->arena, names, count, "meter", &index, err))
        return false;
    give_meters_to_types(draft);
    return true;
}

bool catalog_compile(const json_t *json, const char *what, struct catalog **out, struct error *err)
{
    if (!schema_check(schema_catalog, json, what, err))
        return false;
    CLEANUP(catalog_cleanup) struct catalog *catalog = memory_alloc(sizeof(*catalog));
    arena_init(&catalog->arena);
    catalog->scan = scan_plan_make(&catalog->arena);
    event_plan_attributes(catalog->scan);
    compile_limits(json_object_get(json, "limits"), &catalog->limits);
    struct catalog_draft draft = {.catalog = catalog, .arena = &catalog->arena};
    if (!compile_feeds(&draft, json_object_get(json, "feeds"), err) ||
        !compile_types(&draft, json_object_get(json, "types"), err) ||
        !compile_meters(&draft, json_object_get(json, "meters"), err) ||
        !compile_sources(&draft, json_object_get(json, "sources"), err))
        return error_prefix(err, "%s: ", what);
    *out = catalog;
    catalog = NULL;
    return true;
}

bool catalog_parse(const char *text, size_t size, const char *what, struct catalog **out,
                   struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;
    return canonical_parse(text, size, what, &json, err) && catalog_compile(json, what, out, err);
}
