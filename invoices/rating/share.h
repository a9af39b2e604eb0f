/*
 * Sharing by largest remainder: shares are whole and sum to the total, exactly. A tie goes to the
 * one that stands first, so callers give their own order (series key, then time).
 */
#ifndef RATING_SHARE_H
#define RATING_SHARE_H

#include <gmp.h>
#include <stddef.h>

#include "base/number.h"

/* out[i] ≈ total × weights[i] / Σ weights; weights and total ≥ 0. Without weight nothing is
 * shared: total must be 0 then. */
void share_whole(int128 total, const int128 *weights, size_t count, int128 *out);

/*
 * Whole numbers near the exact ones that sum to the total: the rounding difference
 * (total − Σ exact) is spread by magnitude, the results are floored, and what is missing goes one
 * each to the largest remainders. With exact amounts that are all ≥ 0 these are shares of the
 * total in proportion to them. What is meant is exact × scale.
 */
void share_spread(int128 total, const mpq_ptr *exact, size_t count, int128 scale, int128 *out);

#endif
