/*
 * What rating reads: a tenant's usage in a period, by series and window.
 *
 * Rows may come in any order and may repeat a (series, window): what counts is the sum, so
 * usage and its corrections are simply added. A window whose sum is zero does not exist for
 * rating; one below zero is an error that names it.
 */
#ifndef RATING_USAGE_H
#define RATING_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/number.h"
#include "core/digest.h"
#include "core/series.h"

#define POOL_TENANT "tenant" /* the dimension that tells a pool's members apart */
#define USAGE_SERIES_MAX ((int128)1000000000000000000) /* base units in a period */

struct usage_series {
    struct digest hash;          /* SHA-256 of the descriptor */
    const struct series *series; /* decoded; in the usage's arena */
};

struct usage_row {
    uint32_t series; /* position in `series` */
    uint32_t length_seconds;
    int64_t from_us;
    int128 quantity; /* base units; below zero in a correction */
};

struct rating_usage {
    struct arena *arena; /* not owned */
    size_t series_count;
    size_t series_capacity;
    struct usage_series *series;
    size_t row_count;
    size_t row_capacity;
    struct usage_row *rows;
    bool is_pooled;    /* series have their tenant */
    uint32_t *buckets; /* finds a series by its hash */
    size_t bucket_count;
};

void usage_init(struct rating_usage *usage, struct arena *arena);
void usage_release(struct rating_usage *usage);
/* Adds a series by its descriptor's bytes, which are copied; the same bytes give the same
 * position. ERROR_INPUT when they are no descriptor. */
MUST_CHECK bool usage_add_series(struct rating_usage *usage, const void *descriptor, size_t size,
                                 uint32_t *out_series, struct error *err);
/* The same of a pool's member, whose id becomes the dimension POOL_TENANT; the key order is the
 * tenant's, then the series'. ERROR_INPUT when the series has such a dimension of its own. */
MUST_CHECK bool usage_add_series_of(struct rating_usage *usage, const char *tenant,
                                    const void *descriptor, size_t size, uint32_t *out_series,
                                    struct error *err);
/* The position of a series that was added, by its hash; false when there is none. */
bool usage_find_series(const struct rating_usage *usage, const struct digest *hash,
                       uint32_t *out_series);
void usage_add(struct rating_usage *usage, uint32_t series, int64_t from_us,
               uint32_t length_seconds, int128 quantity);

/* Sorted by series key (meter, then (name, value) pairs bytewise), then window; sums, without
 * zeros. In `arena`. ERROR_INPUT names the rows: a sum below zero, a series above
 * USAGE_SERIES_MAX, a window that leaves [from, to). */
MUST_CHECK bool usage_net(const struct rating_usage *usage, int64_t from_us, int64_t to_us,
                          struct arena *arena, struct usage_row **out_rows, size_t *out_count,
                          struct error *err);
/* Series key order: meter, then the sorted (name, value) pairs, bytewise. */
int series_compare(const struct series *a, const struct series *b);

/* "gpu_time{project=a, sku=h100}", for messages. In the arena. */
const char *series_text(const struct series *series, struct arena *arena);

#endif
