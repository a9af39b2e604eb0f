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
    int128 left;     /* not covered: what the charge at hand sees */
    bool is_rated;   /* some charge asks for its series */
    int128 rounded;  /* of the quantity, what a rounding added; below zero: took away */
    size_t rounder;  /* the scheduled charge that rounds it, from 1; 0: none. No other may ask */
};

/* What covers: a reservation, or a spend plan at one of its rates. Texts are per price unit. */
struct covered_source {
    const char *reservation;
    const char *spend_plan;
    const char *price;     /* under the spend plan */
    const char *on_demand; /* without it */
};

#define EVERY_CHARGE SIZE_MAX

/* Units of a lot that are covered. */
struct covered {
    size_t lot;
    size_t source;   /* of the job's */
    size_t charge;   /* for which alone a spend plan bought them; EVERY_CHARGE of a reservation */
    int128 quantity; /* base units */
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
    struct covered *covered; /* malloc; after coverage sorted by lot, then source */
    size_t source_count;
    size_t source_capacity;
    struct covered_source *sources; /* malloc; the contract's reservations, then as they come */
    struct fragments fragments;
};

size_t job_add_source(struct job *job, const struct covered_source *source);
void job_add_covered(struct job *job, const struct covered *covered);
void job_sort_covered(struct job *job);
void job_release(struct job *job);

static inline const struct series *job_series(const struct job *job, const struct lot *lot)
{
    return job->usage->series[lot->series].series;
}

#endif
