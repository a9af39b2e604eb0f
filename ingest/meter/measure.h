/*
 * Event × catalog → measure: which hour, which identity, which meaning, how much of which series
 * in which window. Pure: no clock, no memory of other events.
 *
 * Invariants
 *   1. The parts of a duration sum to the whole, on any grid.
 *   2. Identity and meaning do not depend on how an event was serialised: order of members, white
 *      space, escapes, 10 or "10", an instant's offset from UTC, gpu_count or gpu_milli.
 *   3. Meaning depends on the type and its own fields only: not on the catalog's version, series,
 *      caps, grids or the attribute `time`.
 *   4. No part is zero, negative or above MEASURE_QUANTITY_MAX.
 */
#ifndef METER_MEASURE_H
#define METER_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/instant.h"
#include "base/number.h"
#include "base/text.h"
#include "meter/catalog.h"
#include "meter/event.h"
#include "meter/refusal.h"
#include "meter/series.h"
#include "meter/window.h"

#define MEASURE_PARTS_MAX 10000
#define MEASURE_QUANTITY_MAX ((int128)1000000000000000000) /* 10^18 base units */
#define MEASURE_FUTURE_US (5 * MINUTE_US) /* how far ahead of broker time an event may be */
#define MEASURE_SLICE_US HOUR_US          /* longest gpu.slice from a topic */
#define MEASURE_LONG_US (31 * DAY_US)     /* longest from a file; any other duration */
#define MEASURE_VALUE_SIZE_MAX 256        /* bytes of a dimension's value */
#define MEASURE_IDENTITY_SIZE 16

/* The two halves of the dedup key. */
struct measure_keys {
    unsigned char identity[16];
    unsigned char meaning[16];
};

/* What an event is measured with. */
struct measure_context {
    const struct catalog *catalog;
    const struct measure_keys *keys;
    struct series_cache *series; /* of this catalog */
};

struct measure_input {
    const struct event *event;
    const struct catalog_type *type; /* from catalog_admit() */
    uint32_t grid_seconds;           /* the tenant's */
    int64_t broker_time_us;          /* of a file: the instant as of which it is run */
    bool is_file;
};

struct measure_part {
    const struct catalog_meter *meter;
    const struct series_ref *series; /* before the cap: series_cap() */
    struct window window;            /* one cell */
    int128 quantity;                 /* > 0, in the meter's base unit */
};

struct measure {
    int32_t event_hour; /* hours since 1970, UTC */
    unsigned char identity[MEASURE_IDENTITY_SIZE];
    uint64_t meaning;
    size_t part_count;                /* 0: measured, and nothing to count */
    const struct measure_part *parts; /* in the arena; by meter, then window */
};

struct measure_keys measure_keys_of(const unsigned char dedup_key[32]);
/* Where an event of this tenant, source and id is found again. */
void measure_identity(const struct measure_keys *keys, struct slice tenant, struct slice source,
                      struct slice id, unsigned char out_identity[MEASURE_IDENTITY_SIZE]);

/* Refuses with malformed, future, end_before_start, slice_too_long, overflow, too_many_windows. */
MUST_CHECK bool measure_event(const struct measure_context *context,
                              const struct measure_input *input, struct arena *arena,
                              struct measure *out_measure, struct refusal *out_refusal);

#endif
