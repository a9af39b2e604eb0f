/*
 * All series of a log in memory: (tenant, series) → descriptor.
 */
#ifndef LEDGER_SERIES_INDEX_H
#define LEDGER_SERIES_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/digest.h"
#include "store/store.h"

struct indexed_series {
    uint64_t tenant;
    struct digest series;
    struct slice descriptor;
};

/* In the order of the query: tenant, then series. */
struct series_index {
    struct arena arena;
    struct indexed_series *rows;
    size_t count;
    size_t capacity;
};

void series_index_init(struct series_index *index);
void series_index_release(struct series_index *index);
MUST_CHECK bool series_index_load(struct series_index *index, struct store *store, int log,
                                  struct error *err);
/* {NULL, 0} when there is none. */
struct slice series_index_find(const struct series_index *index, uint64_t tenant,
                               const struct digest *series);

#endif
