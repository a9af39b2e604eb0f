/*
 * Commitments of intervals shorter than a period: on exact amounts, before the one rounding.
 */
#include <string.h>

#include "base/instant.h"
#include "rating/commitment.h"
#include "rating/job.h"

struct short_settling {
    struct job *job;
    const struct commitment *commitment;
    struct fragment_source *source;
    size_t fragment_count; /* those that count */
    mpq_ptr nothing;
};

/* Fragments lie inside one interval: slots are cut at its borders (contract_money_cut()). */
static int64_t fragment_at(const struct short_settling *settling, const struct fragment *fragment)
{
    return fragment->at_us > 0 ? fragment->at_us : settling->job->period->to_us - SECOND_US;
}

static void add_use(const struct short_settling *settling, const struct fragment *fragment,
                    mpq_ptr sum)
{
    if (!settling->commitment->is_quantity) {
        mpq_add(sum, sum, fragment->money);
        return;
    }
    if (fragment->kind != PART_TIER && fragment->kind != PART_FREE)
        return;
    mpq_ptr units = ratio_new(&settling->job->pool);
    mpq_ptr price = ratio_new(&settling->job->pool);
    ratio_set_decimal(price, settling->commitment->unit_price);
    mpq_set(units, fragment->units);
    ratio_scale(units, fragment->multiple, fragment->divisor);
    ratio_add_product(sum, units, price);
}

static void sum_used(const struct short_settling *settling, int64_t from_us, int64_t to_us,
                     mpq_ptr out)
{
    const struct fragments *fragments = &settling->job->fragments;

    for (size_t i = 0; i < settling->fragment_count; i++) {
        const struct fragment *fragment = &fragments->items[i];
        int64_t at_us = fragment_at(settling, fragment);

        if (at_us >= from_us && at_us < to_us &&
            scope_holds(&settling->commitment->scope, fragment->source->charge))
            add_use(settling, fragment, out);
    }
}

static void add_part(const struct short_settling *settling, enum part_kind kind, mpq_srcptr money,
                     struct decimal rate, int64_t from_us, int64_t to_us)
{
    const struct fragment fragment = {
        .source = settling->source,
        .tax_category = settling->commitment->tax_category,
        .tax_rate = rate,
        .tax_parts = contract_tax_parts(settling->job->contract, settling->commitment->tax_category,
                                        to_us - SECOND_US, settling->job->arena),
        .kind = kind,
        .divisor = 1,
        .multiple = 1,
        .at_us = to_us - SECOND_US,
        .why = {.from_us = from_us,
                .to_us = to_us,
                .price = kind == PART_SURCHARGE ? settling->commitment->overage_factor
                                                : settling->commitment->amount},
    };

    if (mpq_sgn(money) != 0)
        mpq_set(fragments_add(&settling->job->fragments, &fragment)->money, money);
}

/* [from, to) is the interval, cut to the period; `length` what all of it is long. */
static bool settle_interval(const struct short_settling *settling, int64_t from_us, int64_t to_us,
                            int64_t length_us, struct error *err)
{
    struct ratio_pool *pool = &settling->job->pool;
    const struct commitment_due due = {ratio_new(pool), ratio_new(pool), ratio_new(pool)};
    mpq_ptr committed = ratio_new(pool);
    mpq_ptr used = ratio_new(pool);
    struct decimal rate;

    commitment_amount(settling->commitment, from_us, to_us, length_us, pool, committed);
    sum_used(settling, from_us, to_us, used);
    commitment_owed(settling->commitment, committed, used, settling->nothing, pool, &due);
    if (!contract_tax_rate(settling->job->contract, settling->commitment->tax_category,
                           to_us - SECOND_US, &rate, err))
        return false;
    rate = schedule_decimal(rate);
    add_part(settling, PART_TRUE_UP, due.true_up, rate, from_us, to_us);
    add_part(settling, PART_SURCHARGE, due.surcharge, rate, from_us, to_us);
    return true;
}

static bool settle_commitment(struct short_settling *settling, struct error *err)
{
    const struct period *period = settling->job->period;
    int64_t at_us = period->from_us;
    int64_t from_us;
    int64_t to_us;

    while (at_us < period->to_us &&
           commitment_short_interval(settling->commitment, at_us, &from_us, &to_us) &&
           from_us < period->to_us) {
        int64_t begin_us = from_us > period->from_us ? from_us : period->from_us;
        int64_t end_us = to_us < period->to_us ? to_us : period->to_us;

        if (!settle_interval(settling, begin_us, end_us, to_us - from_us, err))
            return error_prefix(err, "commitment %s: ", settling->commitment->id);
        at_us = to_us;
    }
    return true;
}

bool commitment_rate_short(struct job *job, struct error *err)
{
    const struct contract_money *money = &job->contract->money;
    struct short_settling settling = {
        .job = job, .fragment_count = job->fragments.count, .nothing = ratio_new(&job->pool)};

    for (size_t i = 0; i < money->commitment_count; i++) {
        settling.commitment = &money->commitments[i];
        if (!commitment_is_short(settling.commitment))
            continue;
        settling.source = arena_alloc(job->arena, sizeof *settling.source);
        *settling.source = (struct fragment_source){.order = ORDER_COMMITMENT + i,
                                                    .kind = LINE_COMMITMENT,
                                                    .charge = settling.commitment->id,
                                                    .description = settling.commitment->name,
                                                    .divisor = 1,
                                                    .multiple = 1};
        if (!settle_commitment(&settling, err))
            return false;
    }
    return true;
}
