/*
 * How much of a fee, minimum, maximum or fixed discount a plan version owes of a billing period.
 *
 * By days of the whole period, also where a contract begins or ends inside: a day begins at the
 * anchor's minute and belongs to what is in force at its last second. A period of the contract in
 * which no day ends prorates by seconds; a plan that states hours_per_month prorates by hours of
 * these, and a whole is never passed. What is not prorated is due whole, by the version that is in
 * force last (in advance: first).
 */
#ifndef RATING_PRORATION_H
#define RATING_PRORATION_H

#include "base/error.h"
#include "rating/rated.h"

/* `share` is set; *out_text is "24/31 days", NULL where the whole is due. */
MUST_CHECK bool proration_of(const struct rated *rated, size_t phase, bool in_advance,
                             mpq_ptr share, const char **out_text, struct error *err);

#endif
