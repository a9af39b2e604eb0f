/*
 * Largest remainder, over whole weights and over exact amounts.
 */
#include "rating/share.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "rating/ratio.h"

struct remainder {
    size_t position;
    int128 whole;  /* of whole weights */
    mpz_ptr exact; /* of exact amounts: the numerator over one denominator */
};

static int by_position(const struct remainder *a, const struct remainder *b)
{
    return (a->position > b->position) - (a->position < b->position);
}

static int whole_descending(const void *left, const void *right)
{
    const struct remainder *a = left;
    const struct remainder *b = right;

    if (a->whole != b->whole)
        return a->whole > b->whole ? -1 : 1;
    return by_position(a, b);
}

static int exact_descending(const void *left, const void *right)
{
    const struct remainder *a = left;
    const struct remainder *b = right;
    int order = mpz_cmp(b->exact, a->exact);

    return order != 0 ? order : by_position(a, b);
}

/* One each to the first `missing` of the sorted remainders. */
static void hand_out(int128 missing, const struct remainder *remainders, size_t count, int128 *out)
{
    assert(missing >= 0 && missing <= (int128)count);
    for (size_t i = 0; i < (size_t)missing; i++)
        out[remainders[i].position]++;
}

static int128 sum_of(const int128 *numbers, size_t count)
{
    int128 sum = 0;

    for (size_t i = 0; i < count; i++) {
        assert(numbers[i] >= 0);
        sum += numbers[i];
    }
    return sum;
}

/* quotient and remainder of total × weight / sum, through more than 128 bits. */
static void divide(int128 total, int128 weight, int128 sum, int128 *quotient, int128 *remainder)
{
    int128 product = 0;
    mpz_t a;
    mpz_t b;

    if (number_multiply(total, weight, &product)) {
        *quotient = product / sum;
        *remainder = product % sum;
        return;
    }
    mpz_init(a);
    mpz_init(b);
    ratio_set_integer(a, total);
    ratio_set_integer(b, weight);
    mpz_mul(a, a, b);
    ratio_set_integer(b, sum);
    mpz_fdiv_qr(a, b, a, b);
    bool fits = ratio_integer(a, quotient) && ratio_integer(b, remainder);
    mpz_clear(a);
    mpz_clear(b);
    assert(fits);
}

void share_whole(int128 total, const int128 *weights, size_t count, int128 *out)
{
    int128 sum = sum_of(weights, count);

    assert(total >= 0 && (sum > 0 || total == 0));
    memset(out, 0, count * sizeof *out);
    if (total == 0)
        return;
    struct remainder *remainders = memory_alloc(count * sizeof *remainders);
    int128 missing = total;
    for (size_t i = 0; i < count; i++) {
        remainders[i].position = i;
        divide(total, weights[i], sum, &out[i], &remainders[i].whole);
        missing -= out[i];
    }
    if (missing > 0)
        qsort(remainders, count, sizeof *remainders, whole_descending);
    hand_out(missing, remainders, count, out);
    free(remainders);
}

/* Exact amounts as numerators over one denominator. */
struct spread {
    size_t used; /* of the thread's integers, the newest in this block */
    struct integers *block;
    size_t count;
    mpz_ptr *numerators;
    mpz_ptr denominator;
    mpz_ptr magnitude;  /* Σ |numerators| */
    mpz_ptr difference; /* total × denominator − Σ numerators */
};

/* Integers that a thread makes once and uses again: every line is shared over its parts. */
#define BLOCK_COUNT 64
#define BLOCKS_KEPT 16 /* what a document of many lines takes above these is given back */

struct integers {
    struct integers *next;
    mpz_t items[BLOCK_COUNT];
};

static _Thread_local struct integers *blocks;

static struct integers *make_block(void)
{
    struct integers *block = memory_alloc(sizeof *block);

    for (size_t i = 0; i < BLOCK_COUNT; i++)
        mpz_init(block->items[i]);
    return block;
}

static void release_blocks(struct integers *block)
{
    while (block) {
        struct integers *next = block->next;

        for (size_t i = 0; i < BLOCK_COUNT; i++)
            mpz_clear(block->items[i]);
        free(block);
        block = next;
    }
}

/* Zero. */
static mpz_ptr integer_new(struct spread *spread)
{
    size_t at = spread->used % BLOCK_COUNT;

    if (at == 0) {
        struct integers **link = spread->block ? &spread->block->next : &blocks;
        if (!*link)
            *link = make_block();
        spread->block = *link;
    }
    spread->used++;
    mpz_set_ui(spread->block->items[at], 0);
    return spread->block->items[at];
}

static void give_back(const struct spread *spread)
{
    struct integers *last = blocks;

    if (spread->used <= BLOCKS_KEPT * BLOCK_COUNT)
        return;
    for (size_t i = 1; i < BLOCKS_KEPT; i++)
        last = last->next;
    release_blocks(last->next);
    last->next = NULL;
}

static void common_denominator(struct spread *spread, const mpq_ptr *exact, int128 scale)
{
    mpz_ptr factor = integer_new(spread);
    mpz_ptr of_scale = integer_new(spread);

    mpz_set_ui(spread->denominator, 1);
    for (size_t i = 0; i < spread->count; i++)
        if (mpz_cmp(spread->denominator, mpq_denref(exact[i])) != 0)
            mpz_lcm(spread->denominator, spread->denominator, mpq_denref(exact[i]));
    ratio_set_integer(of_scale, scale);
    for (size_t i = 0; i < spread->count; i++) {
        spread->numerators[i] = integer_new(spread);
        mpz_divexact(factor, spread->denominator, mpq_denref(exact[i]));
        mpz_mul(factor, factor, of_scale);
        mpz_mul(spread->numerators[i], mpq_numref(exact[i]), factor);
    }
}

/* What is to be spread, and over how much. */
static void find_difference(struct spread *spread, int128 total)
{
    spread->magnitude = integer_new(spread);
    spread->difference = integer_new(spread);
    ratio_set_integer(spread->difference, total);
    mpz_mul(spread->difference, spread->difference, spread->denominator);
    for (size_t i = 0; i < spread->count; i++) {
        mpz_ptr numerator = spread->numerators[i];

        mpz_sub(spread->difference, spread->difference, numerator);
        if (mpz_sgn(numerator) < 0)
            mpz_sub(spread->magnitude, spread->magnitude, numerator);
        else
            mpz_add(spread->magnitude, spread->magnitude, numerator);
    }
    assert(mpz_sgn(spread->magnitude) != 0 || mpz_sgn(spread->difference) == 0);
    if (mpz_sgn(spread->magnitude) == 0)
        mpz_set_ui(spread->magnitude, 1);
}

/* numerator + |numerator| × difference / magnitude, over the denominator: floored to *out, the
 * remainder stays in the numerator, over denominator × magnitude. */
static void spread_one(struct spread *spread, mpz_ptr numerator, mpz_srcptr whole, mpz_ptr scratch,
                       int128 *out)
{
    mpz_abs(scratch, numerator);
    mpz_mul(scratch, scratch, spread->difference);
    mpz_mul(numerator, numerator, spread->magnitude);
    mpz_add(numerator, numerator, scratch);
    mpz_fdiv_qr(scratch, numerator, numerator, whole);
    bool fits = ratio_integer(scratch, out);
    assert(fits);
}

void share_spread(int128 total, const mpq_ptr *exact, size_t count, int128 scale, int128 *out)
{
    struct spread spread = {.count = count};
    struct remainder *remainders = memory_alloc(count * sizeof *remainders + 1);
    int128 missing = total;

    spread.numerators = memory_alloc((count + 1) * sizeof *spread.numerators);
    spread.denominator = integer_new(&spread);
    common_denominator(&spread, exact, scale);
    find_difference(&spread, total);
    mpz_ptr whole = integer_new(&spread);
    mpz_ptr scratch = integer_new(&spread);
    mpz_mul(whole, spread.denominator, spread.magnitude);
    for (size_t i = 0; i < count; i++) {
        spread_one(&spread, spread.numerators[i], whole, scratch, &out[i]);
        remainders[i] = (struct remainder){.position = i, .exact = spread.numerators[i]};
        missing -= out[i];
    }
    if (missing > 0)
        qsort(remainders, count, sizeof *remainders, exact_descending);
    hand_out(missing, remainders, count, out);
    give_back(&spread);
    free(spread.numerators);
    free(remainders);
}
