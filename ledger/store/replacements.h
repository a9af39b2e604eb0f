/*
 * What a replacement of a tenant's interval reads of the book. The visitors may not use the same
 * store.
 */
#ifndef STORE_REPLACEMENTS_H
#define STORE_REPLACEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/number.h"
#include "core/digest.h"
#include "store/store.h"

struct replace_row {
    struct digest series;
    int64_t from_us;
    uint32_t length_seconds;
    uint64_t target_seq; /* of the usage entry that a correction may name */
    int128 greatest;     /* usage, of replace_each_since() */
};

typedef bool replace_visit(void *context, const struct replace_row *row, struct error *err);
/* The first usage entry of each series and window that begins in [from_us, to_us). */
MUST_CHECK bool replace_each_target(struct store *store, int log, uint64_t tenant, int64_t from_us,
                                    int64_t to_us, replace_visit *visit, void *context,
                                    struct error *err);
/* The same windows, by what came at indexes from `index` on. */
MUST_CHECK bool replace_each_since(struct store *store, int log, uint64_t tenant, uint64_t index,
                                   int64_t from_us, int64_t to_us, replace_visit *visit,
                                   void *context, struct error *err);

#endif
