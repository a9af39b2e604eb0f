/*
 * Counters: what a charge's usage costs over the plan versions of a period.
 *
 * A counter is a charge's count for one set of key_by values (and for one window, with
 * per_window). It runs on through the versions in time order; the free allowance is taken first,
 * and free units do not move it. What a version's units cost is shared exactly, in proportion to
 * use, over lines and tax rates; what a cell of a price table costs, over that cell's use.
 */
#ifndef RATING_COUNTER_H
#define RATING_COUNTER_H

#include "base/error.h"
#include "rating/rated.h"

/* Rates all counters of a charge: adds their fragments. */
MUST_CHECK bool counters_rate(const struct rated *rated, struct error *err);

#endif
