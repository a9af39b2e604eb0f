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
    mpq_ptr exact; /* of exact amounts */
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
    int order = mpq_cmp(b->exact, a->exact);

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
    mpz_t a;
    mpz_t b;

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

/* rate = (total − Σ exact) / Σ |exact|: what each unit of magnitude takes of the difference. */
static void spread_rate(mpq_ptr rate, int128 total, const mpq_ptr *exact, size_t count)
{
    mpq_t magnitude;
    mpq_t absolute;

    mpq_inits(magnitude, absolute, NULL);
    ratio_set(rate, total, 1);
    for (size_t i = 0; i < count; i++) {
        mpq_sub(rate, rate, exact[i]);
        mpq_abs(absolute, exact[i]);
        mpq_add(magnitude, magnitude, absolute);
    }
    assert(mpq_sgn(magnitude) != 0 || mpq_sgn(rate) == 0);
    if (mpq_sgn(magnitude) != 0)
        mpq_div(rate, rate, magnitude);
    mpq_clears(magnitude, absolute, NULL);
}

void share_spread(int128 total, const mpq_ptr *exact, size_t count, int128 *out)
{
    struct ratio_pool pool;
    struct remainder *remainders = memory_alloc(count * sizeof *remainders + 1);
    int128 missing = total;

    ratio_pool_init(&pool);
    mpq_ptr rate = ratio_new(&pool);
    mpq_ptr part = ratio_new(&pool);
    spread_rate(rate, total, exact, count);
    for (size_t i = 0; i < count; i++) {
        mpq_ptr value = ratio_new(&pool);
        mpq_abs(part, exact[i]);
        mpq_set(value, exact[i]);
        ratio_add_product(value, part, rate);
        out[i] = ratio_floor(value);
        ratio_set(part, out[i], 1);
        mpq_sub(value, value, part);
        remainders[i] = (struct remainder){.position = i, .exact = value};
        missing -= out[i];
    }
    qsort(remainders, count, sizeof *remainders, exact_descending);
    hand_out(missing, remainders, count, out);
    ratio_pool_release(&pool);
    free(remainders);
}
