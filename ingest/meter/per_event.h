/*
 * What becomes of one event's quantity before it is summed: what depends on a single event is
 * decided here, so that the book can stay sums.
 *
 * Steps stand in the catalog and are taken in order: rounded to an increment (up, down, or to the
 * nearest with halves up), at least, at most, times, plus. "At least" is of what is not zero by
 * then. Whole base units throughout.
 */
#ifndef METER_PER_EVENT_H
#define METER_PER_EVENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/number.h"

enum event_step_kind {
    EVENT_ROUND_UP,
    EVENT_ROUND_NEAREST,
    EVENT_ROUND_DOWN,
    EVENT_MINIMUM,
    EVENT_MAXIMUM,
    EVENT_MULTIPLY,
    EVENT_ADD,
};

struct event_step {
    enum event_step_kind kind;
    int128 number; /* increments > 0 */
};

/* The steps of a meter's "per_event", NULL for none; in the arena. */
MUST_CHECK bool event_steps_compile(const json_t *json, struct arena *arena,
                                    const struct event_step **out_steps, size_t *out_count,
                                    struct error *err);
/* False when the quantity passes 128 bits; *quantity is left alone then. */
MUST_CHECK bool event_steps_apply(const struct event_step *steps, size_t count, int128 *quantity);

#endif
