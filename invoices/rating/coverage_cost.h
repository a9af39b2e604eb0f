/*
 * What a reservation costs: its capacity by the hour, used or not; what is covered on top; its
 * upfront at `from`. A cell's cost lies at the cell's first instant, which decides the tax rate.
 */
#ifndef RATING_COVERAGE_COST_H
#define RATING_COVERAGE_COST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "rating/job.h"

/* Sums for one tax rate. */
struct coverage_sum {
    int64_t from_us; /* first cell */
    int64_t to_us;   /* end of the last */
    int128 capacity; /* as in the rows */
    int128 covered;
};

struct coverage_cost {
    const struct reservation *reservation;
    size_t at;      /* position in the contract */
    unsigned scale; /* of the quantities */
    size_t slot_count;
    struct rate_slot *slots;
    struct coverage_sum *sums; /* one a slot */
};

/* For the cells in [from, to). */
MUST_CHECK bool coverage_cost_open(struct coverage_cost *cost, struct job *job, size_t at,
                                   unsigned scale, int64_t from_us, int64_t to_us,
                                   struct error *err);
void coverage_cost_add(struct coverage_cost *cost, const struct coverage_row *row);
/* Adds the fragments. */
void coverage_cost_finish(const struct coverage_cost *cost, struct job *job);

#endif
