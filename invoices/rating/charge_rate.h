/*
 * One scheduled charge: its counters or its fee, then its discounts, minimum and maximum.
 */
#ifndef RATING_CHARGE_RATE_H
#define RATING_CHARGE_RATE_H

#include <stddef.h>

#include "base/error.h"
#include "rating/job.h"

/* Adds the fragments of a charge, by its place in the schedule. */
MUST_CHECK bool charge_rate(struct job *job, size_t at, struct error *err);

#endif
