/*
 * Provisioned throughput: units × hours are paid, used or not; what they serve costs nothing.
 *
 * They serve usage in their scope whose dimension `capacity` is "provisioned"; what spilled over
 * says something else there and meets the charges.
 */
#ifndef RATING_THROUGHPUT_H
#define RATING_THROUGHPUT_H

#include <stddef.h>

#include "base/error.h"
#include "rating/coverage_cost.h"
#include "rating/job.h"

/* Covers what the reservation at this place of the contract serves. Rows say base units. */
MUST_CHECK bool throughput_apply(struct job *job, size_t at, struct rating_reservation *out_result,
                                 struct coverage_cost *out_cost, struct error *err);

#endif
