/*
 * In which order reservations take their turn: narrow before broad (zone, then SKU, then region,
 * then family), then the cheapest hour per normalised unit without upfront, then by id.
 */
#ifndef RATING_COVERAGE_ORDER_H
#define RATING_COVERAGE_ORDER_H

#include <stddef.h>

#include "rating/contract.h"

/* Sorts positions of the contract's reservations. */
void coverage_order(const struct contract *contract, size_t *positions, size_t count);

/* Spend plans: narrow before broad in the same sense, then those of one meter, then those of fewer
 * charges (named, or the only ones with a rate); plans of equal breadth by id. */
void spend_order(const struct contract *contract, size_t *positions, size_t count);

#endif
