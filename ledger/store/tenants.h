/*
 * The registry's copy of tenants: derived from `tenant` entries by a second, repeatable
 * transaction. Id, number, slot and grid never change; the name may.
 */
#ifndef STORE_TENANTS_H
#define STORE_TENANTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

#define TENANT_LOG(number) ((int)((number) >> 48))
#define TENANT_NUMBER(log, counter) (((uint64_t)(log) << 48) | (counter))

struct tenant {
    uint64_t number; /* log in the top 16 bits; signed bytes and row-level security use it */
    const char *id;  /* immutable; the Kafka key */
    const char *name;
    const char *zone;
    int log;
    int slot;              /* of 64 */
    uint32_t grid_seconds; /* 3600, 1800 or 900 */
};

typedef bool tenant_visitor(void *context, const struct tenant *tenant, struct error *err);

/* Inserts it, or brings name and zone up to date; ERROR_CONFLICT when the id or the number is
 * there with another binding. */
MUST_CHECK bool tenant_put(struct store *store, const struct tenant *tenant, struct error *err);
/* Texts go to `arena`. ERROR_NOT_FOUND. */
MUST_CHECK bool tenant_find(struct store *store, int log, const char *id, struct arena *arena,
                            struct tenant *out, struct error *err);
MUST_CHECK bool tenant_find_number(struct store *store, uint64_t number, struct arena *arena,
                                   struct tenant *out, struct error *err);
/* By number. The visitor may not use the same store. */
MUST_CHECK bool tenants_each(struct store *store, int log, tenant_visitor *visit, void *context,
                             struct error *err);

/* Tenants with their texts, all in the arena. */
struct tenant_list {
    struct arena *arena;
    size_t count;
    size_t capacity;
    struct tenant *items;
};

/* A copy whose texts are in the arena. */
struct tenant tenant_copy(const struct tenant *tenant, struct arena *arena);
/* A tenant_visitor of a tenant_list: adds a copy. */
bool tenant_list_add(void *list, const struct tenant *tenant, struct error *err);

#endif
