/*
 * What a charge's amounts meet after their price: discounts as listed, each on what is left, the
 * contract's own, then the minimum, then the maximum.
 *
 * They belong to the charge, over all its counters. A percentage takes from the amounts of the
 * version that states it. A fixed discount, the minimum and the maximum are prorated by version and
 * compared with the amounts of the versions that state them, together; what they take is shared in
 * proportion to amounts. What is missing to the minimum stands in the plain line, at the period's
 * end.
 */
#ifndef RATING_TERMS_H
#define RATING_TERMS_H

#include "base/error.h"
#include "rating/rated.h"

/* For the job's fragments from `first` on, which are this charge's. */
MUST_CHECK bool terms_apply(const struct rated *rated, size_t first, struct error *err);

#endif
