/*
 * Rounded quantities: conversions that are rounded once per counter and period, then sessions.
 *
 * Both change the net quantities before anything is covered or priced. What is added falls in the
 * last window, there to the greatest series key; what is taken away is taken from the last windows
 * backwards. The rule is the last window's: that of the plan version in which it begins. A window
 * that nothing is left of does not exist any more. Usage that a charge rounds is asked for by no
 * other charge: a unit has one quantity.
 */
#ifndef RATING_ROUNDING_H
#define RATING_ROUNDING_H

#include "base/error.h"
#include "rating/job.h"

MUST_CHECK bool rounding_apply(struct job *job, struct error *err);

#endif
