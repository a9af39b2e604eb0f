#include "ingest/lookup.h"

#include <assert.h>

#define CAPACITY_MIN 64

static size_t capacity_for(size_t count)
{
    size_t capacity = CAPACITY_MIN;
    while (capacity / 4 * 3 < count)
        capacity *= 2;
    return capacity;
}

void lookup_init(struct lookup *lookup, struct arena *arena, size_t expected)
{
    *lookup = (struct lookup){.arena = arena, .capacity = capacity_for(expected)};
    lookup->places = arena_array(arena, lookup->capacity, sizeof *lookup->places);
}

void *lookup_find(const struct lookup *lookup, uint64_t hash, lookup_matches *matches,
                  const void *key)
{
    size_t mask = lookup->capacity - 1;
    for (size_t at = (size_t)hash & mask; lookup->places[at].value; at = (at + 1) & mask)
        if (lookup->places[at].hash == hash && matches(lookup->places[at].value, key))
            return lookup->places[at].value;
    return NULL;
}

void lookup_expect(const struct lookup *lookup, uint64_t hash)
{
    __builtin_prefetch(&lookup->places[(size_t)hash & (lookup->capacity - 1)], 1);
}

static void put(struct lookup *lookup, struct lookup_place place)
{
    size_t mask = lookup->capacity - 1;
    size_t at = (size_t)place.hash & mask;
    while (lookup->places[at].value)
        at = (at + 1) & mask;
    lookup->places[at] = place;
}

static void grow(struct lookup *lookup)
{
    struct lookup grown = *lookup;
    grown.capacity *= 2;
    grown.places = arena_array(lookup->arena, grown.capacity, sizeof *grown.places);
    for (size_t i = 0; i < lookup->capacity; i++)
        if (lookup->places[i].value)
            put(&grown, lookup->places[i]);
    *lookup = grown;
}

void lookup_add(struct lookup *lookup, uint64_t hash, void *value)
{
    assert(value);
    if ((lookup->count + 1) * 4 > lookup->capacity * 3)
        grow(lookup);
    put(lookup, (struct lookup_place){hash, value});
    lookup->count++;
}

uint64_t lookup_hash(uint64_t a, uint64_t b)
{
    uint64_t mixed = (a ^ (b * UINT64_C(0x9e3779b97f4a7c15))) * UINT64_C(0xd6e8feb86659fd93);
    mixed ^= mixed >> 32;
    mixed *= UINT64_C(0xd6e8feb86659fd93);
    return mixed ^ (mixed >> 32);
}
