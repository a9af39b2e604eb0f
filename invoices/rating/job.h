/*
 * What one call of rate() works on: the net quantities and what becomes of them.
 *
 * A *lot* is the net usage of a series in a window. Coverage takes from its `left`; what is left
 * meets the charges. Lots stand in series key order, then time.
 */
#ifndef RATING_JOB_H
#define RATING_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rating/fragment.h"
#include "rating/rate.h"
#include "rating/ratio.h"
#include "rating/schedule.h"

struct lot {
    uint32_t series; /* position in the usage's series */
    int64_t from_us;
    int64_t to_us;
    int128 quantity; /* base units, > 0 */
    int128 left;     /* not covered by a reservation */
    bool is_rated;   /* some charge asks for its series */
    size_t rounder;  /* the scheduled charge that rounds it, from 1; 0: none. No other may ask */
};

/* Units of a lot that a reservation covers. */
struct covered {
    size_t lot;
    size_t reservation; /* position in the contract */
    int128 quantity;    /* base units */
};

struct job {
    const struct contract *contract;
    const struct period *period;
    const struct rating_usage *usage;
    struct arena *arena;
    struct ratio_pool pool;
    struct schedule schedule;
    size_t lot_count;
    struct lot *lots;
    size_t covered_count;
    size_t covered_capacity;
    struct covered *covered; /* malloc; after coverage sorted by lot, then as it was covered */
    struct fragments fragments;
};

static inline const struct series *job_series(const struct job *job, const struct lot *lot)
{
    return job->usage->series[lot->series].series;
}

#endif
