/*
 * The values of some dimensions: what names a counter (key_by) or a line (line_by).
 */
#ifndef RATING_BY_H
#define RATING_BY_H

#include "base/arena.h"
#include "base/text.h"
#include "core/series.h"
#include "rating/plan.h"

struct by {
    size_t count;
    const char **names;   /* sorted; the plan's */
    struct slice *values; /* data NULL: the series does not have it */
};

/* A series' values; all missing for NULL. Slices point into the series. */
struct by by_of(const struct dimension_names *names, const struct series *series,
                struct arena *arena);
/* Value by value, bytewise, a missing one first; then by names. */
int by_compare(const struct by *a, const struct by *b);
/* Zero-terminated values, NULL where missing. */
const char **by_texts(const struct by *by, struct arena *arena);

#endif
