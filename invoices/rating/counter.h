/*
 * Counters: what a charge costs over the plan versions of a period.
 *
 * A counter is a charge's count for one set of key_by values. It runs on through the versions in
 * time order; the free allowance is taken first, and free units do not move it. What a version's
 * units cost is shared exactly, in proportion to use, over lines and tax rates.
 */
#ifndef RATING_COUNTER_H
#define RATING_COUNTER_H

#include "base/error.h"
#include "rating/job.h"

/* Rates one scheduled charge (its place in the schedule): adds its fragments. */
MUST_CHECK bool counter_rate(struct job *job, size_t at, struct error *err);

#endif
