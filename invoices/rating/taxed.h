/*
 * What documents so far took as tax from an original's (category, rate): its own tax and that of
 * every adjustment of it, read from the documents themselves.
 */
#ifndef RATING_TAXED_H
#define RATING_TAXED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/difference.h"

struct taxed_list {
    struct arena *arena;
    size_t count;
    size_t capacity;
    struct rating_taxed *items;
};

/* Adds what `document` took for `original` (a document's number): for the original itself its own
 * taxes without those of its adjustments, for a later document its adjustments of the original. */
MUST_CHECK bool taxed_add(struct taxed_list *list, const json_t *document, const char *original,
                          bool is_original, struct error *err);
/* Marks the taxes of a pool's difference of which nothing is left: of a pool's charge a tenant's
 * documents have shares, so that they say it, not the ratings. */
void taxed_find_emptied(const struct taxed_list *taxed, struct rating_difference *difference);

#endif
