/*
 * A hash table of pointers inside of an arena: the batch's indexes over what it makes.
 */
#ifndef INGEST_LOOKUP_H
#define INGEST_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct lookup_place {
    uint64_t hash;
    void *value; /* NULL: free */
};

struct lookup {
    struct arena *arena;
    size_t count;
    size_t capacity; /* a power of two */
    struct lookup_place *places;
};

typedef bool lookup_matches(const void *value, const void *key);

void lookup_init(struct lookup *lookup, struct arena *arena, size_t expected);
/* The value under this hash that matches the key, or NULL. */
void *lookup_find(const struct lookup *lookup, uint64_t hash, lookup_matches *matches,
                  const void *key);
/* Has the processor fetch the place where looking will begin. */
void lookup_expect(const struct lookup *lookup, uint64_t hash);
/* The caller has looked: it is not there. */
void lookup_add(struct lookup *lookup, uint64_t hash, void *value);
/* Spreads two words over 64 bits. */
uint64_t lookup_hash(uint64_t a, uint64_t b);

#endif
