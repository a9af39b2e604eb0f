/*
 * What is asked of a compiled catalog for every event.
 */
#include "meter/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "meter/catalog_parts.h"
#include "meter/hash.h"

struct catalog_index {
    size_t slot_count; /* a power of two, at least twice the names */
    const struct slice *names;
    size_t *slots; /* 1 + index of a name; 0: free */
};

/* Operators choose the names, so nobody can make them collide, and the key is none. */
static uint64_t name_hash(struct slice name)
{
    static const unsigned char no_key[HASH_KEY_SIZE];
    return hash_mix(no_key, UINT64_C(0xcbf29ce484222325), name.data, name.size);
}

static size_t *slot_of(const struct catalog_index *index, struct slice name)
{
    size_t at = (size_t)name_hash(name) & (index->slot_count - 1);
    while (index->slots[at] != 0 && slice_compare(index->names[index->slots[at] - 1], name) != 0)
        at = (at + 1) & (index->slot_count - 1);
    return &index->slots[at];
}

bool catalog_index_make(struct arena *arena, const struct slice *names, size_t count,
                        const char *what, struct catalog_index **out_index, struct error *err)
{
    struct catalog_index *index = arena_alloc(arena, sizeof(*index));
    index->slot_count = 4;
    while (index->slot_count < 2 * count)
        index->slot_count *= 2;
    index->names = names;
    index->slots = arena_array(arena, index->slot_count, sizeof(*index->slots));
    for (size_t i = 0; i < count; i++) {
        size_t *slot = slot_of(index, names[i]);
        if (*slot != 0)
            return error_set(err, ERROR_INPUT, "%s '%.*s' stands there twice", what,
                             (int)names[i].size, names[i].data);
        *slot = i + 1;
    }
    *out_index = index;
    return true;
}

size_t catalog_index_find(const struct catalog_index *index, struct slice name)
{
    size_t found = *slot_of(index, name);
    return found == 0 ? SIZE_MAX : found - 1;
}

const struct catalog_feed *catalog_feed(const struct catalog *catalog, struct slice topic)
{
    for (size_t i = 0; i < catalog->feed_count; i++) {
        if (slice_compare(catalog->feeds[i].name, topic) == 0)
            return &catalog->feeds[i];
    }
    return NULL;
}

const struct catalog_source *catalog_source(const struct catalog *catalog, struct slice source)
{
    size_t at = catalog_index_find(catalog->source_index, source);
    return at == SIZE_MAX ? NULL : &catalog->sources[at];
}

const struct catalog_type *catalog_type(const struct catalog *catalog, struct slice type)
{
    size_t at = catalog_index_find(catalog->type_index, type);
    return at == SIZE_MAX ? NULL : &catalog->types[at];
}

static int compare_names(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static bool is_listed(const struct slice *sorted, size_t count, struct slice name)
{
    return count > 0 && bsearch(&name, sorted, count, sizeof(name), compare_names) != NULL;
}

#define SHOWN(slice) (int)((slice).size < 60 ? (slice).size : 60), (slice).data

static bool admit_source(const struct catalog_source *source, const struct event *event,
                         struct slice topic, struct refusal *refusal)
{
    if (!source->all_tenants && !is_listed(source->tenants, source->tenant_count, event->subject))
        return refusal_set(refusal, REFUSAL_SOURCE_NOT_ALLOWED,
                           "source '%.*s' may not bill tenant '%.*s'", SHOWN(event->source),
                           SHOWN(event->subject));
    if (!is_listed(source->types, source->type_count, event->type))
        return refusal_set(refusal, REFUSAL_SOURCE_NOT_ALLOWED, "source '%.*s' may not send '%.*s'",
                           SHOWN(event->source), SHOWN(event->type));
    if (!source->all_topics && !is_listed(source->topics, source->topic_count, topic))
        return refusal_set(refusal, REFUSAL_SOURCE_NOT_ALLOWED,
                           "source '%.*s' may not send by '%.*s'", SHOWN(event->source),
                           SHOWN(topic));
    return true;
}

bool catalog_admit(const struct catalog *catalog, const struct event *event, struct slice topic,
                   const struct catalog_type **out_type, struct refusal *out_refusal)
{
    const struct catalog_type *type = catalog_type(catalog, event->type);
    if (type == NULL)
        return refusal_set(out_refusal, REFUSAL_UNKNOWN_TYPE, "type '%.*s'", SHOWN(event->type));
    const struct catalog_source *source = catalog_source(catalog, event->source);
    if (source == NULL)
        return refusal_set(out_refusal, REFUSAL_UNKNOWN_SOURCE, "source '%.*s'",
                           SHOWN(event->source));
    if (!admit_source(source, event, topic, out_refusal))
        return false;
    *out_type = type;
    return true;
}

void catalog_release(struct catalog *catalog)
{
    if (catalog == NULL)
        return;
    arena_release(&catalog->arena);
    free(catalog);
}

void catalog_cleanup(struct catalog **catalog)
{
    catalog_release(*catalog);
    *catalog = NULL;
}
