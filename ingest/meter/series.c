#include "meter/series.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/series.h"
#include "meter/hash.h"
#include "meter/short.h"

#define ABSENT_SIZE UINT32_MAX

struct cache_entry {
    uint64_t hash;
    struct slice key; /* meter and values, see put_key() */
    struct series_ref ref;
    struct series_classes *classes; /* NULL: it is one series */
};

struct series_classes {
    const struct series_ref **refs; /* NULL: not looked for yet; in the order of the meter's */
};

struct series_cache {
    unsigned char key[HASH_KEY_SIZE];
    struct arena arena;
    size_t count;
    size_t slot_count; /* a power of two, at most half full */
    struct cache_entry **slots;
    unsigned char wanted[SERIES_DESCRIPTOR_SIZE_MAX]; /* the key that is looked for */
};

#define FIRST_SLOTS 1024

static void cache_init(struct series_cache *cache)
{
    arena_init(&cache->arena);
    cache->count = 0;
    cache->slot_count = FIRST_SLOTS;
    cache->slots = memory_alloc(FIRST_SLOTS * sizeof(struct cache_entry *));
}

static void cache_clear(struct series_cache *cache)
{
    arena_release(&cache->arena);
    free(cache->slots);
}

struct series_cache *series_cache_make(const unsigned char key[16])
{
    struct series_cache *cache = memory_alloc(sizeof(*cache));
    memcpy(cache->key, key, HASH_KEY_SIZE);
    cache_init(cache);
    return cache;
}

void series_cache_release(struct series_cache *cache)
{
    if (cache == NULL)
        return;
    cache_clear(cache);
    free(cache);
}

void series_cache_trim(struct series_cache *cache, size_t count)
{
    if (cache->count <= count)
        return;
    cache_clear(cache);
    cache_init(cache);
}

size_t series_cache_count(const struct series_cache *cache)
{
    return cache->count;
}

/* Where the search for this hash begins, or goes on. */
static size_t place(const struct series_cache *cache, uint64_t at)
{
    return (size_t)at & (cache->slot_count - 1);
}

static void put_entry(struct series_cache *cache, struct cache_entry *entry)
{
    size_t at = place(cache, entry->hash);
    while (cache->slots[at] != NULL)
        at = place(cache, at + 1);
    cache->slots[at] = entry;
}

static void grow(struct series_cache *cache)
{
    struct cache_entry **old = cache->slots;
    size_t old_count = cache->slot_count;
    cache->slot_count *= 2;
    cache->slots = memory_alloc(cache->slot_count * sizeof(struct cache_entry *));
    for (size_t i = 0; i < old_count; i++) {
        if (old[i] != NULL)
            put_entry(cache, old[i]);
    }
    free(old);
}

static size_t values_of_meter(const struct catalog_meter *meter)
{
    return meter->dimension_count + meter->label_count + meter->classifier_count +
           (meter->quantity.kind == QUANTITY_CLASSES ? 1 : 0);
}

static struct slice name_of(const struct catalog_meter *meter, size_t value)
{
    if (value < meter->dimension_count)
        return meter->dimensions[value].name;
    value -= meter->dimension_count;
    if (value < meter->label_count)
        return meter->labels[value].name;
    value -= meter->label_count;
    if (value < meter->classifier_count)
        return meter->classifiers[value].name;
    return slice_of(CATALOG_CLASS);
}

static bool is_label(const struct catalog_meter *meter, size_t value)
{
    return value >= meter->dimension_count && value < meter->dimension_count + meter->label_count;
}

static uint32_t size_in_key(struct slice value)
{
    return value.data == NULL ? ABSENT_SIZE : (uint32_t)value.size;
}

/* As the processor has them: keys never leave this memory. */
static void put_u32(unsigned char *out, uint32_t value)
{
    memcpy(out, &value, sizeof(value));
}

/* meter u32 ‖ (length u32 ‖ value)*, ABSENT_SIZE for what the event does not have; 0: no room. */
static size_t put_key(const struct catalog_meter *meter, const struct slice *values, size_t count,
                      unsigned char *out, size_t room)
{
    size_t size = 4;
    put_u32(out, (uint32_t)meter->index);
    for (size_t i = 0; i < count; i++) {
        if (values[i].size > room || size + 4 + values[i].size > room)
            return 0;
        put_u32(out + size, size_in_key(values[i]));
        size += 4;
        short_copy(out + size, values[i].data, values[i].size);
        size += values[i].size;
    }
    return size;
}

/* The place of a key in the cache, and what stands there. */
struct cache_search {
    struct slice key; /* in cache->wanted; empty: the values are too long */
    uint64_t hash;
    struct cache_entry *found; /* NULL: nothing */
};

static struct cache_search search_for(struct series_cache *cache, const struct catalog_meter *meter,
                                      const struct slice *values, size_t count)
{
    size_t size = put_key(meter, values, count, cache->wanted, sizeof(cache->wanted));
    struct cache_search search = {.key = {(const char *)cache->wanted, size}};
    if (size == 0)
        return search;
    search.hash = hash_mix(cache->key, 0, cache->wanted, size);
    for (size_t at = place(cache, search.hash); cache->slots[at] != NULL;
         at = place(cache, at + 1)) {
        struct cache_entry *entry = cache->slots[at];
        if (entry->hash == search.hash && entry->key.size == size &&
            memcmp(entry->key.data, cache->wanted, size) == 0) {
            search.found = entry;
            break;
        }
    }
    return search;
}

static bool describe(struct series_cache *cache, const struct catalog_meter *meter,
                     const struct slice *values, size_t count, struct series_ref *out,
                     struct error *err)
{
    struct series series = {
        .meter = meter->meter,
        .unit = meter->unit,
        .scale = meter->scale,
        .aggregation = meter->aggregation,
    };
    for (size_t i = 0; i < count; i++) {
        if (values[i].data != NULL)
            series.dimensions[series.dimension_count++] =
                (struct dimension){name_of(meter, i), values[i]};
    }
    struct text text;
    text_init(&text);
    bool encoded = series_encode(&series, &text, err);
    if (encoded) {
        out->series = digest_of(text.data, text.size);
        out->descriptor.data = arena_copy(&cache->arena, text.data, text.size);
        out->descriptor.size = text.size;
    }
    text_release(&text);
    return encoded;
}

/* The series that all label values of this one share once the cap is reached. */
static bool find_other(struct series_cache *cache, const struct catalog_meter *meter,
                       const struct slice *values, size_t count, const struct series_ref **out,
                       struct error *err)
{
    struct slice replaced[SERIES_DIMENSIONS_MAX];
    bool is_other = true;
    for (size_t i = 0; i < count; i++) {
        replaced[i] = is_label(meter, i) ? slice_of(SERIES_OTHER) : values[i];
        is_other = is_other && (!is_label(meter, i) ||
                                (values[i].data != NULL && slice_equals(values[i], SERIES_OTHER)));
    }
    *out = NULL;
    return is_other || series_find(cache, meter, replaced, count, out, err);
}

/* A new entry of this key, to be filled. */
static struct cache_entry *open_entry(struct series_cache *cache, const struct cache_search *search)
{
    struct cache_entry *entry = arena_alloc(&cache->arena, sizeof(*entry));
    entry->hash = search->hash;
    entry->key.data = arena_copy(&cache->arena, search->key.data, search->key.size);
    entry->key.size = search->key.size;
    return entry;
}

static void add_entry(struct series_cache *cache, struct cache_entry *entry)
{
    if (2 * (cache->count + 1) > cache->slot_count)
        grow(cache);
    put_entry(cache, entry);
    cache->count++;
}

static bool add_series(struct series_cache *cache, const struct catalog_meter *meter,
                       const struct slice *values, size_t count, const struct cache_search *search,
                       const struct series_ref **out_ref, struct error *err)
{
    if (search->key.size == 0)
        return error_set(err, ERROR_INPUT, "the dimensions of meter '%s' have more than %d bytes",
                         meter->meter.data, SERIES_DESCRIPTOR_SIZE_MAX);
    struct cache_entry *entry = open_entry(cache, search);
    if (!find_other(cache, meter, values, count, &entry->ref.other, err) ||
        !describe(cache, meter, values, count, &entry->ref, err))
        return false;
    add_entry(cache, entry);
    *out_ref = &entry->ref;
    return true;
}

bool series_find(struct series_cache *cache, const struct catalog_meter *meter,
                 const struct slice *values, size_t value_count, const struct series_ref **out_ref,
                 struct error *err)
{
    assert(value_count == values_of_meter(meter) && value_count <= SERIES_DIMENSIONS_MAX);
    struct cache_search search = search_for(cache, meter, values, value_count);
    if (search.found == NULL)
        return add_series(cache, meter, values, value_count, &search, out_ref, err);
    *out_ref = &search.found->ref;
    return true;
}

/* A key without the class has a value less than those of series. */
struct series_classes *series_classes_find(struct series_cache *cache,
                                           const struct catalog_meter *meter,
                                           const struct slice *values, size_t value_count)
{
    assert(value_count + 1 == values_of_meter(meter));
    struct cache_search search = search_for(cache, meter, values, value_count);
    if (search.found != NULL)
        return search.found->classes;
    if (search.key.size == 0)
        return NULL;
    struct cache_entry *entry = open_entry(cache, &search);
    entry->classes = arena_alloc(&cache->arena, sizeof(*entry->classes));
    entry->classes->refs =
        arena_array(&cache->arena, meter->quantity.class_count, sizeof(*entry->classes->refs));
    add_entry(cache, entry);
    return entry->classes;
}

bool series_of_class(struct series_cache *cache, struct series_classes *classes,
                     const struct catalog_meter *meter, const struct slice *values,
                     size_t value_count, size_t class_index, const struct series_ref **out_ref,
                     struct error *err)
{
    assert(class_index < meter->quantity.class_count);
    if (classes->refs[class_index] == NULL &&
        !series_find(cache, meter, values, value_count, &classes->refs[class_index], err))
        return false;
    *out_ref = classes->refs[class_index];
    return true;
}

const struct series_ref *series_cap(const struct series_ref *ref, bool is_known,
                                    uint64_t tenant_count, uint64_t series_per_tenant)
{
    return is_known || tenant_count < series_per_tenant || ref->other == NULL ? ref : ref->other;
}
