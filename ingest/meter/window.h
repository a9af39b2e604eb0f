/*
 * The grid: which cell an instant lies in, and an interval cut at every border, exactly.
 *
 * Cells are half-open, [from, from + length), aligned to 1970-01-01T00:00:00Z. A tenant's grid
 * is 3600 s, or 1800 or 900 s where its time zone needs it; a meter may have a finer one.
 * The pieces of a cut tile the interval: no gap, no overlap, each inside one cell, so that
 * whatever is proportional to time sums to the whole.
 */
#ifndef METER_WINDOW_H
#define METER_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"

struct window {
    int64_t from_us;
    uint32_t length_seconds;
};

/* A cut that is going on; window_next() until it says false. */
struct window_cut {
    int64_t next_us; /* start of the next piece */
    int64_t to_us;   /* end of the interval */
    uint32_t grid_seconds;
};

/* One piece of an interval: [from, to) inside `window`. */
struct window_piece {
    struct window window;
    int64_t from_us;
    int64_t to_us;
};

/* 3600, 1800 or 900 for a tenant; for a meter also what divides 900. */
bool window_grid_is_valid(uint32_t grid_seconds);
/* The finer of a tenant's grid and a meter's; 0: the meter has none of its own. */
uint32_t window_grid(uint32_t tenant_seconds, uint32_t meter_seconds);
/* The cell that the instant lies in. */
struct window window_of(int64_t instant_us, uint32_t grid_seconds);
/* Hours since 1970, right before that too: where an event's identity is looked for. */
int32_t window_hour(int64_t instant_us);
/* How many pieces a cut of [from, to) has; 0 when to ≤ from. */
uint64_t window_count(int64_t from_us, int64_t to_us, uint32_t grid_seconds);

struct window_cut window_cut(int64_t from_us, int64_t to_us, uint32_t grid_seconds);
MUST_CHECK bool window_next(struct window_cut *cut, struct window_piece *out_piece);

#endif
