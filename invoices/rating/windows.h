/*
 * Whether a bill depends on when within the period something was used, or on the period's sums
 * alone.
 */
#ifndef RATING_WINDOWS_H
#define RATING_WINDOWS_H

#include <stdbool.h>
#include <stddef.h>

#include "rating/contract.h"
#include "rating/plan.h"

/* False: rate() gives the same when each series has all of its usage in one window that is the
 * whole period. True where it is not known. */
bool rate_needs_windows(const struct contract *contract, const struct plan *const *plans,
                        size_t plan_count, const struct period *period);
/* The same of what each charge comes to in all, whatever is a line's, a member's or a credit's. */
bool rate_amounts_need_windows(const struct contract *contract, const struct plan *const *plans,
                               size_t plan_count, const struct period *period);

#endif
