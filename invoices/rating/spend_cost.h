/*
 * What a spend plan costs: its fee by the hour, used or not; its upfront at `from`.
 */
#ifndef RATING_SPEND_COST_H
#define RATING_SPEND_COST_H

#include <stddef.h>

#include "base/error.h"
#include "rating/job.h"

/* Adds the fragments of the plan at this place of the contract, for its cells. */
MUST_CHECK bool spend_cost(struct job *job, size_t at, const struct rating_reservation *cells,
                           struct error *err);

#endif
