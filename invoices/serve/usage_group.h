/*
 * Series that are summed together: those of a tenant with the same meter and the same values of
 * the dimensions that were asked for; and their sums, by bucket.
 */
#ifndef SERVE_USAGE_GROUP_H
#define SERVE_USAGE_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "core/series.h"
#include "serve/bucket.h"
#include "store/reads.h"

#define GROUP_BY_MAX 8
#define USAGE_CELLS_MAX 200000

struct usage_question {
    const char *meter; /* NULL: all */
    size_t by_count;
    const char *by[GROUP_BY_MAX];
};

struct usage_group {
    uint64_t tenant;
    struct series series; /* of one member: meter, unit, scale, and the dimensions asked for */
};

struct usage_cell {
    bool is_used;
    int128 quantity;
};

struct usage_groups {
    size_t group_count;
    struct usage_group *groups; /* by tenant, meter, values */
    size_t series_count;
    const struct read_series *series;
    size_t *group_of; /* of series[i]; SIZE_MAX: not asked for */
    struct buckets buckets;
    struct usage_cell *cells; /* group_count × buckets.count */
};

/* `series` as read_series() sorts them. ERROR_INPUT when there would be too many cells. */
MUST_CHECK bool usage_groups_make(const struct usage_question *question,
                                  const struct read_series *series, size_t series_count,
                                  const struct buckets *buckets, struct arena *arena,
                                  struct usage_groups *out, struct error *err);
/* A read_usage_visitor; the context is the struct usage_groups. As on an invoice, windows are added
 * up, and one of a meter of greatest values is its greatest entry. */
bool usage_groups_add(void *context, const struct read_usage *row, struct error *err);

#endif
