/*
 * The buckets of a question about usage: [from, to) cut at the hours, days or months of a zone.
 *
 * Every edge must lie on the tenants' grid, because a window of usage is never divided.
 */
#ifndef SERVE_BUCKET_H
#define SERVE_BUCKET_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/zone.h"

enum granularity {
    GRANULARITY_HOUR,
    GRANULARITY_DAY,
    GRANULARITY_MONTH,
    GRANULARITY_TOTAL,
};

/* Bucket i is [edges[i], edges[i + 1]). */
struct buckets {
    size_t count;
    int64_t *edges;
};

MUST_CHECK bool granularity_parse(const char *word, enum granularity *out, struct error *err);
/* ERROR_INPUT: an empty or too long range (hour 31 days, else 400; month and total ten years), or
 * an edge that is not on the grid. */
MUST_CHECK bool buckets_make(int64_t from_us, int64_t to_us, enum granularity granularity,
                             const struct zone *zone, uint32_t grid_seconds, struct arena *arena,
                             struct buckets *out, struct error *err);
/* from ≤ instant < to. */
size_t buckets_find(const struct buckets *buckets, int64_t instant_us);

#endif
