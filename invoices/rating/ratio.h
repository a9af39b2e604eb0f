/*
 * Exact rational numbers, for money before its one rounding.
 *
 * GMP's mpq_t, kept canonical, in pools that release them together: what a counter makes is shared
 * in proportion to use, so denominators are products of quantities and pass any fixed width.
 * What leaves this file is whole: a rounding, a text, a checked 128-bit number.
 */
#ifndef RATING_RATIO_H
#define RATING_RATIO_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/number.h"

#define QUANTITY_DECIMALS 10 /* of what people read */

struct ratio_block;

struct ratio_pool {
    struct ratio_block *blocks; /* newest first */
};

void ratio_pool_init(struct ratio_pool *pool);
void ratio_pool_release(struct ratio_pool *pool); /* fits CLEANUP() */
/* Zero; lives as long as the pool. */
mpq_ptr ratio_new(struct ratio_pool *pool);

/* numerator / denominator; denominator > 0. */
void ratio_set(mpq_ptr ratio, int128 numerator, int128 denominator);
void ratio_set_decimal(mpq_ptr ratio, struct decimal decimal);
void ratio_scale(mpq_ptr ratio, int128 numerator, int128 denominator); /* ratio × n / d */
void ratio_add_product(mpq_ptr sum, mpq_srcptr a, mpq_srcptr b);       /* sum + a × b */
void ratio_set_integer(mpz_ptr integer, int128 number);

/* ratio × 10^decimals rounded half away from zero. ERROR_INPUT when it passes 128 bits; `what`
 * names the amount. */
MUST_CHECK bool ratio_round(mpq_srcptr ratio, unsigned decimals, const char *what, int128 *out,
                            struct error *err);
/* floor(ratio), which the caller knows to fit. */
int128 ratio_floor(mpq_srcptr ratio);
/* "1.375" where that is exact, else "n/d": never rounded. In the arena. */
const char *ratio_text(mpq_srcptr ratio, struct arena *arena);
/* "n/d", also where a decimal would be exact. In the arena. */
const char *ratio_fraction(mpq_srcptr ratio, struct arena *arena);
/* Rounded half away to at most `decimals`, without trailing zeros, for people. In the arena. */
const char *ratio_display(mpq_srcptr ratio, unsigned decimals, struct arena *arena);
/* base units × multiple / divisor in the same manner, with QUANTITY_DECIMALS. */
const char *quantity_text(int128 units, int128 multiple, int128 divisor, struct arena *arena);
/* False when the integer does not fit; *out is left alone then. */
MUST_CHECK bool ratio_integer(mpz_srcptr integer, int128 *out);

#endif
