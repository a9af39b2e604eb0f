/*
 * Amounts cut at the borders of grants.
 */
#include <stdlib.h>

#include "rating/credit.h"
#include "rating/share.h"

static int by_number(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;

    return (a > b) - (a < b);
}

/* Where grants of this stage that hold the charge begin or end inside the period; the period's
 * begin first. */
static size_t find_borders(const struct contract *contract, const struct period *period,
                           const char *charge, bool is_after_tax, int64_t *out)
{
    size_t count = 0;
    size_t kept = 1;

    out[count++] = period->from_us;
    for (size_t i = 0; i < contract->money.grant_count; i++) {
        const struct credit_grant *grant = &contract->money.grants[i];

        if (grant->is_after_tax != is_after_tax || !scope_holds(&grant->scope, charge))
            continue;
        if (grant->from_us > period->from_us && grant->from_us < period->to_us)
            out[count++] = grant->from_us;
        if (grant->expires_us > period->from_us && grant->expires_us < period->to_us)
            out[count++] = grant->expires_us;
    }
    qsort(out, count, sizeof *out, by_number);
    for (size_t i = 1; i < count; i++)
        if (out[i] != out[kept - 1])
            out[kept++] = out[i];
    return kept;
}

static size_t border_of(const int64_t *borders, size_t count, int64_t at_us)
{
    size_t at = count - 1;

    while (at > 0 && at_us < borders[at])
        at--;
    return at;
}

/* What discounts take from a piece that had less is taken from the last ones. */
static void level(int128 *amounts, size_t count)
{
    int128 missing = 0;

    for (size_t i = 0; i < count; i++)
        if (amounts[i] < 0) {
            missing -= amounts[i];
            amounts[i] = 0;
        }
    for (size_t i = count; i > 0 && missing > 0; i--) {
        int128 part = amounts[i - 1] < missing ? amounts[i - 1] : missing;

        amounts[i - 1] -= part;
        missing -= part;
    }
}

/* No piece, or pieces that cost nothing any more beside an amount that an earlier engine left. */
static bool are_zero(const mpq_ptr *exact, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (mpq_sgn(exact[i]) != 0)
            return false;
    return true;
}

size_t credit_cut(const struct contract *contract, const struct period *period,
                  const struct credit_claim *of, const struct rating_piece *pieces,
                  size_t piece_count, bool is_after_tax, struct ratio_pool *pool,
                  struct arena *arena, struct credit_claim *out)
{
    size_t most = 2 * contract->money.grant_count + 1;
    int64_t *borders = arena_array(arena, most, sizeof *borders);
    mpq_ptr *exact = arena_array(arena, most, sizeof *exact);
    int128 *amounts = arena_array(arena, most, sizeof *amounts);
    size_t border_count = find_borders(contract, period, of->charge, is_after_tax, borders);
    size_t count = 0;
    mpq_ptr piece = ratio_new(pool);

    for (size_t i = 0; i < border_count; i++)
        exact[i] = ratio_new(pool);
    for (size_t i = 0; i < piece_count; i++) {
        mpq_set_str(piece, pieces[i].exact, 10);
        size_t at = border_of(borders, border_count, pieces[i].at_us);
        mpq_add(exact[at], exact[at], piece);
    }
    if (are_zero(exact, border_count))
        ratio_set(exact[border_count - 1], of->amount_minor, number_power10(contract->exponent));
    share_spread(of->amount_minor, exact, border_count, number_power10(contract->exponent),
                 amounts);
    level(amounts, border_count);
    for (size_t i = 0; i < border_count; i++) {
        if (amounts[i] <= 0)
            continue;
        out[count] = *of;
        out[count].at_us = borders[i];
        out[count++].amount_minor = amounts[i];
    }
    return count;
}
