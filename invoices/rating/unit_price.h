/*
 * What a unit costs by itself, on demand: what a spend plan's saving is measured by.
 *
 * A charge whose price depends on the total has none unless its plan states `on_demand`.
 */
#ifndef RATING_UNIT_PRICE_H
#define RATING_UNIT_PRICE_H

#include <stdbool.h>

#include "rating/job.h"

bool unit_price_is_fixed(const struct charge *charge);
/* In the currency per base unit, for a charge whose unit price is fixed; false when this lot has
 * none. */
bool unit_price(const struct job *job, const struct charge *charge, const struct lot *lot,
                mpq_ptr out);

#endif
