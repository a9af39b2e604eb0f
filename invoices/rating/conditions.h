/*
 * Conditions on dimensions: what they match, and how the scopes of two of them lie.
 */
#ifndef RATING_CONDITIONS_H
#define RATING_CONDITIONS_H

#include <stdbool.h>

#include "base/arena.h"
#include "core/series.h"
#include "rating/plan.h"

/* The series meets every condition. */
bool conditions_hold(const struct conditions *where, const struct series *series);
/* The series is of this meter and meets every condition. */
bool conditions_match(const char *meter, const struct conditions *where,
                      const struct series *series);
bool conditions_equal(const struct conditions *a, const struct conditions *b);
/* Everything that `inner` takes `outer` takes too. */
bool conditions_lie_inside(const struct conditions *inner, const struct conditions *outer);
/* Some series may meet both. */
bool conditions_may_meet(const struct conditions *a, const struct conditions *b);
/* "region=eu, sku=h100"; "any" without conditions. In the arena. */
const char *conditions_text(const struct conditions *conditions, struct arena *arena);

#endif
