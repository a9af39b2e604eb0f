/*
 * What an event measures under the example's catalog, for targets that read the same event in two
 * ways.
 */
#ifndef FUZZ_MEASURED_H
#define FUZZ_MEASURED_H

#include <stdbool.h>

#include "base/arena.h"
#include "meter/measure.h"

/* The targets' catalog, with what it needs. */
struct measured {
    struct catalog *catalog;
    struct measure_keys keys;
    struct series_cache *cache;
    int64_t as_of_us;
};

/* Made at the first call. */
struct measured *measured(void);
/* What event_read() says, and that it kept its word. */
bool measured_read(const struct record *record, struct arena *arena, struct event *out);
/* Both are refused for the same reason, or have the same identity, meaning and parts (measure.h,
 * invariant 2); no part is zero or above the limit (4). */
void measured_same(const struct event *event, const struct event *again, struct arena *arena);

#endif
