/*
 * Exact rational numbers over GMP.
 */
#include "rating/ratio.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_COUNT 64

struct ratio_block {
    struct ratio_block *next;
    size_t used;
    mpq_t items[BLOCK_COUNT];
};

void ratio_pool_init(struct ratio_pool *pool)
{
    pool->blocks = NULL;
}

void ratio_pool_release(struct ratio_pool *pool)
{
    while (pool->blocks) {
        struct ratio_block *block = pool->blocks;

        pool->blocks = block->next;
        for (size_t i = 0; i < block->used; i++)
            mpq_clear(block->items[i]);
        free(block);
    }
}

mpq_ptr ratio_new(struct ratio_pool *pool)
{
    struct ratio_block *block = pool->blocks;

    if (!block || block->used == BLOCK_COUNT) {
        block = memory_alloc(sizeof *block);
        block->next = pool->blocks;
        pool->blocks = block;
    }
    mpq_init(block->items[block->used]);
    return block->items[block->used++];
}

void ratio_set_integer(mpz_ptr integer, int128 number)
{
    uint128 magnitude = number < 0 ? -(uint128)number : (uint128)number;

    mpz_import(integer, 1, -1, sizeof magnitude, 0, 0, &magnitude);
    if (number < 0)
        mpz_neg(integer, integer);
}

void ratio_set(mpq_ptr ratio, int128 numerator, int128 denominator)
{
    assert(denominator > 0);
    ratio_set_integer(mpq_numref(ratio), numerator);
    ratio_set_integer(mpq_denref(ratio), denominator);
    mpq_canonicalize(ratio);
}

void ratio_set_decimal(mpq_ptr ratio, struct decimal decimal)
{
    ratio_set(ratio, decimal.coefficient, number_power10(decimal.scale));
}

void ratio_scale(mpq_ptr ratio, int128 numerator, int128 denominator)
{
    mpq_t factor;

    mpq_init(factor);
    ratio_set(factor, numerator, denominator);
    mpq_mul(ratio, ratio, factor);
    mpq_clear(factor);
}

void ratio_add_product(mpq_ptr sum, mpq_srcptr a, mpq_srcptr b)
{
    mpq_t product;

    mpq_init(product);
    mpq_mul(product, a, b);
    mpq_add(sum, sum, product);
    mpq_clear(product);
}

bool ratio_integer(mpz_srcptr integer, int128 *out)
{
    uint128 magnitude = 0;

    if (mpz_sizeinbase(integer, 2) > 127)
        return false;
    mpz_export(&magnitude, NULL, -1, sizeof magnitude, 0, 0, integer);
    *out = mpz_sgn(integer) < 0 ? -(int128)magnitude : (int128)magnitude;
    return true;
}

/* integer = ratio × 10^decimals, half away from zero: floor((2 |n| 10^k + d) / 2 d). */
static void round_half_away(mpz_ptr integer, mpq_srcptr ratio, unsigned decimals)
{
    mpz_t divisor;

    mpz_init(divisor);
    mpz_ui_pow_ui(divisor, 10, decimals);
    mpz_mul(integer, mpq_numref(ratio), divisor);
    mpz_abs(integer, integer);
    mpz_mul_2exp(integer, integer, 1);
    mpz_add(integer, integer, mpq_denref(ratio));
    mpz_mul_2exp(divisor, mpq_denref(ratio), 1);
    mpz_fdiv_q(integer, integer, divisor);
    if (mpq_sgn(ratio) < 0)
        mpz_neg(integer, integer);
    mpz_clear(divisor);
}

bool ratio_round(mpq_srcptr ratio, unsigned decimals, const char *what, int128 *out,
                 struct error *err)
{
    mpz_t integer;

    mpz_init(integer);
    round_half_away(integer, ratio, decimals);
    bool fits = ratio_integer(integer, out);
    mpz_clear(integer);
    return fits || error_set(err, ERROR_INPUT,
                             "%s: the amount does not fit 128 bits; choose a coarser scale for "
                             "the meter or a larger price unit",
                             what);
}

int128 ratio_floor(mpq_srcptr ratio)
{
    int128 result = 0;
    mpz_t integer;

    mpz_init(integer);
    mpz_fdiv_q(integer, mpq_numref(ratio), mpq_denref(ratio));
    bool fits = ratio_integer(integer, &result);
    mpz_clear(integer);
    assert(fits);
    return result;
}

/* How many decimals write the denominator's fraction exactly; -1 when none do. */
static long decimals_of(mpz_srcptr denominator)
{
    mpz_t rest;
    mpz_t prime;

    mpz_init(rest);
    mpz_init_set_ui(prime, 2);
    mp_bitcnt_t twos = mpz_remove(rest, denominator, prime);
    mpz_set_ui(prime, 5);
    mp_bitcnt_t fives = mpz_remove(rest, rest, prime);
    bool finite = mpz_cmp_ui(rest, 1) == 0;
    mpz_clear(prime);
    mpz_clear(rest);
    return finite ? (long)(twos > fives ? twos : fives) : -1;
}

/* The integer's digits with a point before the last `decimals` of them. */
static const char *point(const char *digits, size_t decimals, struct arena *arena)
{
    const char *sign = *digits == '-' ? "-" : "";
    size_t size = strlen(digits += *sign != '\0');
    size_t whole = size > decimals ? size - decimals : 0;

    if (decimals == 0)
        return arena_printf(arena, "%s%s", sign, digits);
    return arena_printf(arena, "%s%.*s%s.%.*s%s", sign, (int)whole, digits, whole ? "" : "0",
                        (int)(whole ? 0 : decimals - size),
                        "000000000000000000000000000000000000000000000000000000000000000000000000",
                        digits + whole);
}

#define TEXT_DECIMALS_MAX 60

const char *ratio_fraction(mpq_srcptr ratio, struct arena *arena)
{
    size_t size = mpz_sizeinbase(mpq_numref(ratio), 10) + mpz_sizeinbase(mpq_denref(ratio), 10);
    char *text = arena_alloc(arena, size + 3);

    return mpq_get_str(text, 10, ratio);
}

const char *ratio_text(mpq_srcptr ratio, struct arena *arena)
{
    long decimals = decimals_of(mpq_denref(ratio));

    if (decimals < 0 || decimals > TEXT_DECIMALS_MAX)
        return ratio_fraction(ratio, arena);
    mpz_t integer;
    mpz_init(integer);
    mpz_ui_pow_ui(integer, 10, (unsigned long)decimals);
    mpz_mul(integer, integer, mpq_numref(ratio));
    mpz_divexact(integer, integer, mpq_denref(ratio));
    char *digits = arena_alloc(arena, mpz_sizeinbase(integer, 10) + 2);
    mpz_get_str(digits, 10, integer);
    mpz_clear(integer);
    return point(digits, (size_t)decimals, arena);
}

const char *ratio_display(mpq_srcptr ratio, unsigned decimals, struct arena *arena)
{
    mpq_t rounded;

    mpq_init(rounded);
    round_half_away(mpq_numref(rounded), ratio, decimals);
    mpz_ui_pow_ui(mpq_denref(rounded), 10, decimals);
    mpq_canonicalize(rounded);
    const char *text = ratio_text(rounded, arena);
    mpq_clear(rounded);
    return text;
}

const char *quantity_text(int128 units, int128 multiple, int128 divisor, struct arena *arena)
{
    mpq_t quantity;

    mpq_init(quantity);
    ratio_set(quantity, units, divisor);
    ratio_scale(quantity, multiple, 1);
    const char *text = ratio_display(quantity, QUANTITY_DECIMALS, arena);
    mpq_clear(quantity);
    return text;
}
