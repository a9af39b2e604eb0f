#include "meter/series.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/number.h"
#include "core/series.h"
#include "meter/hash.h"

#define ABSENT_SIZE UINT32_MAX

struct cache_entry {
    uint64_t hash;
    struct slice key; /* the raw values, see put_key() */
    struct series_ref ref;
};

struct series_cache {
    unsigned char key[HASH_KEY_SIZE];
    struct arena arena;
    size_t count;
    size_t slot_count; /* a power of two, at most half full */
    struct cache_entry **slots;
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

static struct cache_entry **slot_of(const struct series_cache *cache, uint64_t hash,
                                    struct slice key)
{
    size_t at = (size_t)hash & (cache->slot_count - 1);
    for (;; at = (at + 1) & (cache->slot_count - 1)) {
        struct cache_entry *entry = cache->slots[at];
        if (entry == NULL || (entry->hash == hash && slice_compare(entry->key, key) == 0))
            return &cache->slots[at];
    }
}

static void grow(struct series_cache *cache)
{
    struct cache_entry **old = cache->slots;
    size_t old_count = cache->slot_count;
    cache->slot_count *= 2;
    cache->slots = memory_alloc(cache->slot_count * sizeof(struct cache_entry *));
    for (size_t i = 0; i < old_count; i++) {
        if (old[i] != NULL)
            *slot_of(cache, old[i]->hash, old[i]->key) = old[i];
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

/* meter u32 ‖ (length u32 ‖ value)*, ABSENT_SIZE for what the event does not have; 0: no room. */
static size_t put_key(const struct catalog_meter *meter, const struct slice *values, size_t count,
                      unsigned char *out, size_t room)
{
    size_t size = 4;
    bytes_put_u32(out, (uint32_t)meter->index);
    for (size_t i = 0; i < count; i++) {
        if (values[i].size > room || size + 4 + values[i].size > room)
            return 0;
        bytes_put_u32(out + size, values[i].data == NULL ? ABSENT_SIZE : (uint32_t)values[i].size);
        size += 4;
        if (values[i].size > 0)
            memcpy(out + size, values[i].data, values[i].size);
        size += values[i].size;
    }
    return size;
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

static bool add_entry(struct series_cache *cache, const struct catalog_meter *meter,
                      const struct slice *values, size_t count, uint64_t hash, struct slice key,
                      const struct series_ref **out_ref, struct error *err)
{
    struct series_ref ref = {.other = NULL};
    if (!find_other(cache, meter, values, count, &ref.other, err) ||
        !describe(cache, meter, values, count, &ref, err))
        return false;
    struct cache_entry *entry = arena_alloc(&cache->arena, sizeof(*entry));
    entry->hash = hash;
    entry->key = (struct slice){arena_copy(&cache->arena, key.data, key.size), key.size};
    entry->ref = ref;
    if (2 * (cache->count + 1) > cache->slot_count)
        grow(cache);
    *slot_of(cache, hash, key) = entry;
    cache->count++;
    *out_ref = &entry->ref;
    return true;
}

bool series_find(struct series_cache *cache, const struct catalog_meter *meter,
                 const struct slice *values, size_t value_count, const struct series_ref **out_ref,
                 struct error *err)
{
    unsigned char bytes[SERIES_DESCRIPTOR_SIZE_MAX];
    assert(value_count == values_of_meter(meter) && value_count <= SERIES_DIMENSIONS_MAX);
    size_t size = put_key(meter, values, value_count, bytes, sizeof(bytes));
    if (size == 0)
        return error_set(err, ERROR_INPUT, "the dimensions of meter '%s' have more than %d bytes",
                         meter->meter.data, SERIES_DESCRIPTOR_SIZE_MAX);
    uint64_t hash = hash_short(cache->key, bytes, size);
    struct slice key = {(const char *)bytes, size};
    struct cache_entry *entry = *slot_of(cache, hash, key);
    if (entry != NULL) {
        *out_ref = &entry->ref;
        return true;
    }
    return add_entry(cache, meter, values, value_count, hash, key, out_ref, err);
}

const struct series_ref *series_cap(const struct series_ref *ref, bool is_known,
                                    uint64_t tenant_count, uint64_t series_per_tenant)
{
    return is_known || tenant_count < series_per_tenant || ref->other == NULL ? ref : ref->other;
}
