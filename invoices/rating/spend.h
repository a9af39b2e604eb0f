/*
 * Spend plans: an amount of money for each hour, paid used or not, that buys usage at the plan's
 * rates.
 *
 * They take what reservations left, charge by charge, cell by cell (coverage.h), narrow before
 * broad, plans of equal breadth by id. Inside a cell the highest saving is bought first (1 − plan
 * rate / on-demand), of equal savings the lower plan rate per base unit, then series key. Whole
 * base units are bought; money that buys less than one is unused, and unused money is lost.
 *
 * What a plan buys is of one charge: other charges of the same usage still see it.
 */
#ifndef RATING_SPEND_H
#define RATING_SPEND_H

#include <stddef.h>

#include "base/error.h"
#include "rating/job.h"

/* Fills job->covered and adds the plans' own fragments. Their cells come in the contract's order,
 * in 10^-10 of the currency: capacity is the cell's amount, covered what was bought, overage what
 * the rest in scope would have cost, all in the plan's money. */
MUST_CHECK bool spend_apply(struct job *job, struct rating_reservation **out_plans,
                            size_t *out_count, struct error *err);

/* Before a charge is rated: its lots' `left` is what spend plans did not buy of it. */
void spend_take(struct job *job, size_t charge);
/* After it: `left` as it was. */
void spend_give_back(struct job *job, size_t charge);

#endif
