/*
 * Exact rational numbers over GMP.
 */
#include "rating/ratio.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rating/ratio_memory.h"

#define BLOCK_COUNT 64
#define WORD_MAX ((int128)INT64_MAX)
_Static_assert(GMP_NUMB_BITS == 64, "an int128 is two limbs");

/* Before the first number is made: what one allocator gave, another may not take back. */
__attribute__((constructor)) static void use_cells(void)
{
    ratio_memory_use();
}

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
    mp_limb_t *limbs = mpz_limbs_write(integer, 2);

    limbs[0] = (mp_limb_t)magnitude;
    limbs[1] = (mp_limb_t)(magnitude >> 64);
    mpz_limbs_finish(integer, number < 0 ? -2 : 2);
}

static uint64_t common_word(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

void ratio_set(mpq_ptr ratio, int128 numerator, int128 denominator)
{
    assert(denominator > 0);
    if (denominator <= WORD_MAX && numerator <= WORD_MAX && numerator >= -WORD_MAX) {
        uint64_t common =
            common_word((uint64_t)denominator, (uint64_t)(numerator < 0 ? -numerator : numerator));
        mpz_set_si(mpq_numref(ratio), (long)(numerator / (int128)common));
        mpz_set_ui(mpq_denref(ratio), (uint64_t)denominator / common);
        return;
    }
    ratio_set_integer(mpq_numref(ratio), numerator);
    ratio_set_integer(mpq_denref(ratio), denominator);
    if (denominator != 1)
        mpq_canonicalize(ratio);
}

void ratio_set_decimal(mpq_ptr ratio, struct decimal decimal)
{
    ratio_set(ratio, decimal.coefficient, number_power10(decimal.scale));
}

static uint64_t divide_common(mpz_ptr integer, uint64_t number)
{
    if (number == 1)
        return 1;
    uint64_t common = mpz_gcd_ui(NULL, integer, number);

    if (common > 1)
        mpz_divexact_ui(integer, integer, common);
    return number / common;
}

/* Of canonical factors only numerators and the other's denominator have common divisors. */
static void scale_by_words(mpq_ptr ratio, uint64_t numerator, uint64_t denominator)
{
    uint64_t common = common_word(numerator, denominator);

    denominator = divide_common(mpq_numref(ratio), denominator / common);
    numerator = divide_common(mpq_denref(ratio), numerator / common);
    mpz_mul_ui(mpq_numref(ratio), mpq_numref(ratio), numerator);
    mpz_mul_ui(mpq_denref(ratio), mpq_denref(ratio), denominator);
}

void ratio_scale(mpq_ptr ratio, int128 numerator, int128 denominator)
{
    mpq_t factor;

    if (mpq_sgn(ratio) == 0 || (numerator == 1 && denominator == 1))
        return;
    if (numerator > 0 && numerator <= WORD_MAX && denominator <= WORD_MAX) {
        scale_by_words(ratio, (uint64_t)numerator, (uint64_t)denominator);
        return;
    }
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
    size_t size = mpz_size(integer);
    uint128 magnitude = 0;

    if (size > 2 || (size == 2 && mpz_getlimbn(integer, 1) > INT64_MAX))
        return false;
    for (size_t i = size; i-- > 0;)
        magnitude = (magnitude << 64) | mpz_getlimbn(integer, (mp_size_t)i);
    *out = mpz_sgn(integer) < 0 ? -(int128)magnitude : (int128)magnitude;
    return true;
}

#define POWER_OF_WORD_MAX 18 /* 2 × 2^63 × 10^18 + 2^63 is below 2^127 */

/* The same where the ratio is of words; false where it is not. */
static bool round_words(mpq_srcptr ratio, unsigned decimals, int128 *out)
{
    if (decimals > POWER_OF_WORD_MAX || !mpz_fits_slong_p(mpq_numref(ratio)) ||
        !mpz_fits_slong_p(mpq_denref(ratio)))
        return false;
    int128 numerator = mpz_get_si(mpq_numref(ratio));
    int128 denominator = mpz_get_si(mpq_denref(ratio));
    int128 magnitude = numerator < 0 ? -numerator : numerator;

    magnitude = (2 * magnitude * number_power10(decimals) + denominator) / (2 * denominator);
    *out = numerator < 0 ? -magnitude : magnitude;
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

    if (round_words(ratio, decimals, out))
        return true;
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

    if (mpz_cmp_ui(mpq_denref(ratio), 1) == 0 && ratio_integer(mpq_numref(ratio), &result))
        return result;
    mpz_init(integer);
    mpz_fdiv_q(integer, mpq_numref(ratio), mpq_denref(ratio));
    bool fits = ratio_integer(integer, &result);
    mpz_clear(integer);
    assert(fits);
    return result;
}

static long decimals_of_word(uint64_t denominator)
{
    long twos = __builtin_ctzll(denominator);
    long fives = 0;

    for (denominator >>= twos; denominator % 5 == 0; denominator /= 5)
        fives++;
    return denominator != 1 ? -1 : twos > fives ? twos : fives;
}

/* How many decimals write the denominator's fraction exactly; -1 when none do. */
static long decimals_of(mpz_srcptr denominator)
{
    mpz_t rest;
    mpz_t prime;

    if (mpz_size(denominator) == 1)
        return decimals_of_word(mpz_getlimbn(denominator, 0));
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
    bool is_negative = *digits == '-';
    size_t size = strlen(digits += is_negative);
    size_t whole = size > decimals ? size - decimals : 0;
    char *text = arena_bytes(arena, size + decimals + 4);
    char *at = text;

    if (is_negative)
        *at++ = '-';
    memcpy(at, whole > 0 ? digits : "0", whole > 0 ? whole : 1);
    at += whole > 0 ? whole : 1;
    if (decimals > 0) {
        *at++ = '.';
        memset(at, '0', decimals);
        memcpy(at + decimals - (size - whole), digits + whole, size - whole);
        at += decimals;
    }
    *at = '\0';
    return text;
}

#define TEXT_DECIMALS_MAX 60
#define DECIMALS_OF_WORD_MAX 36 /* 10^36 is below 2^127 */

static const char *fraction_of_words(mpq_srcptr ratio, struct arena *arena)
{
    char numerator[INT128_TEXT_SIZE];
    char denominator[INT128_TEXT_SIZE];

    number_format(mpz_get_si(mpq_numref(ratio)), numerator);
    number_format(mpz_get_si(mpq_denref(ratio)), denominator);
    size_t size = strlen(numerator);
    size_t below = strlen(denominator);
    char *text = arena_bytes(arena, size + below + 2);
    memcpy(text, numerator, size + 1);
    if (mpz_cmp_ui(mpq_denref(ratio), 1) == 0)
        return text;
    text[size] = '/';
    memcpy(text + size + 1, denominator, below + 1);
    return text;
}

const char *ratio_fraction(mpq_srcptr ratio, struct arena *arena)
{
    if (mpz_fits_slong_p(mpq_numref(ratio)) && mpz_fits_slong_p(mpq_denref(ratio)))
        return fraction_of_words(ratio, arena);
    size_t size = mpz_sizeinbase(mpq_numref(ratio), 10) + mpz_sizeinbase(mpq_denref(ratio), 10);
    char *text = arena_alloc(arena, size + 3);

    return mpq_get_str(text, 10, ratio);
}

/* numerator × 10^decimals / denominator, which divides that; NULL where it passes 128 bits. */
static const char *text_of_words(mpq_srcptr ratio, unsigned decimals, struct arena *arena)
{
    int128 numerator = 0;
    char digits[INT128_TEXT_SIZE];

    if (decimals > DECIMALS_OF_WORD_MAX || mpz_size(mpq_denref(ratio)) != 1 ||
        !ratio_integer(mpq_numref(ratio), &numerator))
        return NULL;
    int128 factor = number_power10(decimals) / mpz_getlimbn(mpq_denref(ratio), 0);
    return number_multiply(numerator, factor, &numerator)
               ? point(number_format(numerator, digits), decimals, arena)
               : NULL;
}

static const char *text_of_integer(mpq_srcptr ratio, unsigned decimals, struct arena *arena)
{
    mpz_t integer;

    mpz_init(integer);
    mpz_ui_pow_ui(integer, 10, decimals);
    mpz_mul(integer, integer, mpq_numref(ratio));
    mpz_divexact(integer, integer, mpq_denref(ratio));
    char *digits = arena_alloc(arena, mpz_sizeinbase(integer, 10) + 2);
    mpz_get_str(digits, 10, integer);
    mpz_clear(integer);
    return point(digits, decimals, arena);
}

const char *ratio_text(mpq_srcptr ratio, struct arena *arena)
{
    long decimals = decimals_of(mpq_denref(ratio));

    if (decimals < 0 || decimals > TEXT_DECIMALS_MAX)
        return ratio_fraction(ratio, arena);
    const char *text = text_of_words(ratio, (unsigned)decimals, arena);
    return text ? text : text_of_integer(ratio, (unsigned)decimals, arena);
}

/* coefficient × 10^-decimals without trailing zeros. */
static const char *text_of_decimal(int128 coefficient, unsigned decimals, struct arena *arena)
{
    char digits[INT128_TEXT_SIZE];

    for (; decimals > 0 && coefficient % 10 == 0; decimals--)
        coefficient /= 10;
    return point(number_format(coefficient, digits), decimals, arena);
}

const char *ratio_display(mpq_srcptr ratio, unsigned decimals, struct arena *arena)
{
    int128 coefficient = 0;
    mpq_t rounded;

    if (round_words(ratio, decimals, &coefficient))
        return text_of_decimal(coefficient, decimals, arena);
    mpq_init(rounded);
    round_half_away(mpq_numref(rounded), ratio, decimals);
    const char *text = NULL;
    if (ratio_integer(mpq_numref(rounded), &coefficient)) {
        text = text_of_decimal(coefficient, decimals, arena);
    } else {
        mpz_ui_pow_ui(mpq_denref(rounded), 10, decimals);
        mpq_canonicalize(rounded);
        text = ratio_text(rounded, arena);
    }
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
