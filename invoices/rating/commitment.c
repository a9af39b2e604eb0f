/*
 * Commitments over billing periods.
 */
#include "rating/commitment.h"

#include <assert.h>
#include <string.h>

#include "base/instant.h"
#include "rating/line.h"

/* ------------------------------------------------------------------------------- one interval */

static void add_seconds(mpq_ptr sum, struct decimal amount, int64_t from_us, int64_t to_us,
                        int64_t length_us, struct ratio_pool *pool)
{
    mpq_ptr part = ratio_new(pool);

    if (from_us >= to_us)
        return;
    ratio_set_decimal(part, amount);
    ratio_scale(part, to_us - from_us, length_us);
    mpq_add(sum, sum, part);
}

void commitment_amount(const struct commitment *commitment, int64_t from_us, int64_t to_us,
                       int64_t length_us, struct ratio_pool *pool, mpq_ptr out)
{
    struct decimal amount = commitment->amount;
    int64_t begin_us = commitment->from_us;

    mpq_set_ui(out, 0, 1);
    for (size_t i = 0; i <= commitment->step_count; i++) {
        int64_t end_us =
            i < commitment->step_count ? commitment->steps[i].from_us : commitment->to_us;

        add_seconds(out, amount, instant_later(begin_us, from_us), instant_earlier(end_us, to_us),
                    length_us, pool);
        if (i == commitment->step_count)
            break;
        amount = commitment->steps[i].amount;
        begin_us = end_us;
    }
    if (commitment->is_quantity) {
        mpq_ptr price = ratio_new(pool);

        ratio_set_decimal(price, commitment->unit_price);
        mpq_mul(out, out, price);
    }
}

/* rest × (factor − 1) */
static void set_surcharge(const struct commitment *commitment, mpq_srcptr rest,
                          struct ratio_pool *pool, mpq_ptr out)
{
    mpq_ptr factor = ratio_new(pool);
    mpq_ptr one = ratio_new(pool);

    ratio_set_decimal(factor, commitment->overage_factor);
    ratio_set(one, 1, 1);
    mpq_sub(factor, factor, one);
    mpq_mul(out, rest, factor);
}

void commitment_owed(const struct commitment *commitment, mpq_srcptr committed, mpq_srcptr used,
                     mpq_srcptr carried, struct ratio_pool *pool, const struct commitment_due *out)
{
    mpq_ptr rest = ratio_new(pool);

    mpq_set_ui(out->true_up, 0, 1);
    mpq_set_ui(out->surcharge, 0, 1);
    mpq_set_ui(out->rolled_over, 0, 1);
    mpq_sub(rest, used, committed);
    if (mpq_sgn(rest) < 0) {
        if (commitment->true_up && (commitment->every || mpq_sgn(used) != 0))
            mpq_neg(out->true_up, rest);
        return;
    }
    mpq_set(out->rolled_over, mpq_cmp(carried, rest) < 0 ? carried : rest);
    mpq_sub(rest, rest, out->rolled_over);
    set_surcharge(commitment, rest, pool, out->surcharge);
}

/* ---------------------------------------------------------------------------- all of them */

/* What was paid for and not used, by interval. */
struct settling {
    const struct contract *contract;
    const struct commitment *commitment;
    const struct commitment_use *uses;
    size_t use_count;
    int64_t until_us;
    int128 divisor;
    struct arena *arena;
    struct ratio_pool pool;
    size_t count;
    size_t capacity;
    struct commitment_interval *intervals;
    mpq_ptr *unused; /* of each interval, what is left to roll over */
};

static void grow(struct settling *settling)
{
    if (settling->count < settling->capacity)
        return;
    size_t capacity = settling->capacity > 0 ? 2 * settling->capacity : 16;
    struct commitment_interval *intervals =
        arena_array(settling->arena, capacity, sizeof *intervals);
    mpq_ptr *unused = arena_array(settling->arena, capacity, sizeof(mpq_ptr));

    if (settling->count > 0) {
        memcpy(intervals, settling->intervals, settling->count * sizeof *intervals);
        memcpy(unused, settling->unused, settling->count * sizeof *unused);
    }
    settling->intervals = intervals;
    settling->unused = unused;
    settling->capacity = capacity;
}

static void sum_used(struct settling *settling, const struct commitment_interval *interval,
                     mpq_ptr out)
{
    const struct commitment *commitment = settling->commitment;
    int128 units = 0;
    int128 minor = 0;

    for (size_t i = 0; i < settling->use_count; i++) {
        const struct commitment_use *use = &settling->uses[i];

        if (use->at_us < interval->from_us || use->at_us >= interval->to_us)
            continue;
        units += use->base_quantity;
        minor += use->amount_minor;
    }
    if (!commitment->is_quantity) {
        ratio_set(out, minor, number_power10(settling->contract->exponent));
        return;
    }
    mpq_ptr price = ratio_new(&settling->pool);
    ratio_set_decimal(price, commitment->unit_price);
    ratio_set(out, units, settling->divisor);
    mpq_mul(out, out, price);
}

/* The sum of what the last intervals left unused. */
static size_t first_carried(const struct settling *settling)
{
    size_t most = settling->commitment->rollover_intervals;

    return settling->count > most ? settling->count - most : 0;
}

static void take_carried(struct settling *settling, mpq_srcptr rolled_over)
{
    mpq_ptr left = ratio_new(&settling->pool);

    mpq_set(left, rolled_over);
    for (size_t i = first_carried(settling); i < settling->count && mpq_sgn(left) > 0; i++) {
        mpq_ptr unused = settling->unused[i];
        mpq_ptr take = ratio_new(&settling->pool);

        mpq_set(take, mpq_cmp(unused, left) < 0 ? unused : left);
        mpq_sub(unused, unused, take);
        mpq_sub(left, left, take);
    }
}

static bool round_parts(const struct settling *settling, const struct commitment_due *due,
                        struct commitment_interval *out, struct error *err)
{
    const char *id = settling->commitment->id;
    bool done = ratio_round(due->true_up, PART_DECIMALS, id, &out->parts[0], err) &&
                ratio_round(due->surcharge, PART_DECIMALS, id, &out->parts[1], err) &&
                ratio_round(due->rolled_over, PART_DECIMALS, id, &out->parts[2], err);

    out->parts[2] = -out->parts[2];
    return done;
}

static bool explain(struct settling *settling, const struct commitment_due *due,
                    mpq_srcptr committed, mpq_srcptr used, struct commitment_interval *out,
                    struct error *err)
{
    mpq_ptr sum = ratio_new(&settling->pool);

    out->committed = ratio_text(committed, settling->arena);
    out->used = ratio_text(used, settling->arena);
    mpq_add(sum, due->true_up, due->surcharge);
    mpq_sub(sum, sum, due->rolled_over);
    out->true_up = ratio_text(due->true_up, settling->arena);
    out->surcharge = ratio_text(due->surcharge, settling->arena);
    out->rolled_over = ratio_text(due->rolled_over, settling->arena);
    out->exact = ratio_text(sum, settling->arena);
    return round_parts(settling, due, out, err) &&
           ratio_round(sum, settling->contract->exponent, settling->commitment->id,
                       &out->amount_minor, err);
}

static bool settle_interval(struct settling *settling, struct commitment_interval *interval,
                            int64_t length_us, struct error *err)
{
    struct ratio_pool *pool = &settling->pool;
    const struct commitment_due due = {ratio_new(pool), ratio_new(pool), ratio_new(pool)};
    mpq_ptr committed = ratio_new(pool);
    mpq_ptr used = ratio_new(pool);
    mpq_ptr carried = ratio_new(pool);

    commitment_amount(settling->commitment, interval->from_us, interval->to_us, length_us, pool,
                      committed);
    sum_used(settling, interval, used);
    for (size_t i = first_carried(settling); i < settling->count; i++)
        mpq_add(carried, carried, settling->unused[i]);
    if (interval->is_over) {
        commitment_owed(settling->commitment, committed, used, carried, pool, &due);
        take_carried(settling, due.rolled_over);
    }
    settling->unused[settling->count] = due.true_up;
    return explain(settling, &due, committed, used, interval, err);
}

/* Where the interval that begins here ends, over all of its periods. */
static bool interval_end(const struct settling *settling, int64_t from_us, int64_t *out_us,
                         struct error *err)
{
    const struct commitment *commitment = settling->commitment;

    *out_us = commitment->to_us;
    if (commitment->interval == INTERVAL_CONTRACT)
        return true;
    for (unsigned i = 0; i < commitment->period_count && from_us < commitment->to_us; i++) {
        struct period period;

        if (!contract_period_at(settling->contract, from_us, &period, err))
            return false;
        from_us = *out_us = period.to_us;
    }
    return true;
}

/* The first step inside [from, to), where the pieces are settled; else `to`. */
static int64_t piece_end(const struct commitment *commitment, int64_t from_us, int64_t to_us)
{
    for (size_t i = 0; commitment->settle_at_step && i < commitment->step_count; i++)
        if (commitment->steps[i].from_us > from_us && commitment->steps[i].from_us < to_us)
            return commitment->steps[i].from_us;
    return to_us;
}

static bool settle_all(struct settling *settling, struct error *err)
{
    int64_t from_us = settling->commitment->from_us;

    while (from_us < settling->until_us && from_us < settling->commitment->to_us) {
        int64_t end_us;

        if (!interval_end(settling, from_us, &end_us, err))
            return false;
        for (int64_t begin_us = from_us, next_us; begin_us < end_us; begin_us = next_us) {
            next_us = piece_end(settling->commitment, begin_us, end_us);
            grow(settling);
            struct commitment_interval *interval = &settling->intervals[settling->count];
            *interval = (struct commitment_interval){
                .from_us = begin_us, .to_us = next_us, .is_over = next_us <= settling->until_us};
            if (begin_us >= settling->until_us)
                return true;
            if (!settle_interval(settling, interval, end_us - from_us, err))
                return false;
            settling->count++;
        }
        from_us = end_us;
    }
    return true;
}

bool commitment_settle(const struct contract *contract, const struct commitment *commitment,
                       const struct commitment_use *uses, size_t use_count, int64_t until_us,
                       int128 divisor, struct arena *arena, struct commitment_interval **out,
                       size_t *out_count, struct error *err)
{
    struct settling settling = {.contract = contract,
                                .commitment = commitment,
                                .uses = uses,
                                .use_count = use_count,
                                .until_us = until_us,
                                .divisor = divisor,
                                .arena = arena};

    assert(!commitment_is_short(commitment) && divisor > 0);
    ratio_pool_init(&settling.pool);
    bool done = settle_all(&settling, err);
    ratio_pool_release(&settling.pool);
    *out = settling.intervals;
    *out_count = settling.count;
    return done;
}
