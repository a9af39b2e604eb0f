/*
 * The one order of rating.
 */
#include "rating/rate.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/charge_rate.h"
#include "rating/commitment.h"
#include "rating/coverage.h"
#include "rating/difference.h"
#include "rating/job.h"
#include "rating/rounding.h"
#include "rating/spend.h"

static void set_lots(struct job *job, const struct usage_row *rows, size_t count)
{
    job->lots = arena_array(job->arena, count, sizeof *job->lots);
    job->lot_count = count;
    for (size_t i = 0; i < count; i++)
        job->lots[i] = (struct lot){
            .series = rows[i].series,
            .from_us = rows[i].from_us,
            .to_us = rows[i].from_us + (int64_t)rows[i].length_seconds * SECOND_US,
            .quantity = rows[i].quantity,
            .left = rows[i].quantity,
        };
}

/* A window on both sides of a plan's border would have two prices. */
static bool check_borders(const struct job *job, struct error *err)
{
    char texts[2][INSTANT_TEXT_SIZE];

    for (size_t b = 0; b < job->schedule.border_count; b++)
        for (size_t i = 0; i < job->lot_count; i++) {
            const struct lot *lot = &job->lots[i];
            int64_t border_us = job->schedule.borders_us[b];

            if (lot->from_us < border_us && lot->to_us > border_us)
                return error_set(err, ERROR_INPUT,
                                 "usage of %s in the window from %s lies on both sides of the "
                                 "plan's border %s; borders lie on the tenant's grid",
                                 series_text(job_series(job, lot), job->arena),
                                 instant_format(lot->from_us, texts[0]),
                                 instant_format(border_us, texts[1]));
        }
    return true;
}

/* What neither a charge nor a reservation asks for, by series. */
static bool list_unrated(struct job *job, struct rating *rating, struct error *err)
{
    (void)err;
    rating->unrated = arena_array(job->arena, job->usage->series_count, sizeof *rating->unrated);
    for (size_t i = 0; i < job->lot_count; i++) {
        const struct lot *lot = &job->lots[i];
        const struct usage_series *series = &job->usage->series[lot->series];

        if (lot->is_rated || lot->left == 0)
            continue;
        struct rating_unrated *last =
            rating->unrated_count > 0 ? &rating->unrated[rating->unrated_count - 1] : NULL;
        if (!last || last->descriptor != series->series) {
            last = &rating->unrated[rating->unrated_count++];
            *last = (struct rating_unrated){.series = series->hash, .descriptor = series->series};
        }
        last->quantity += lot->left;
    }
    return true;
}

static bool total_up(struct job *job, struct rating *rating, struct error *err)
{
    struct rating_totals totals;

    if (!rating_totals(rating, NULL, 0, job->arena, &totals, err))
        return false;
    rating->tax_count = totals.tax_count;
    rating->taxes = totals.taxes;
    rating->net_minor = totals.net_minor;
    rating->tax_minor = totals.tax_minor;
    rating->total_minor = totals.total_minor;
    return true;
}

/* ---------------------------------------------------------------------------------- the order */

static bool round_usage(struct job *job, struct rating *rating, struct error *err)
{
    (void)rating;
    return rounding_apply(job, err);
}

static bool cover(struct job *job, struct rating *rating, struct error *err)
{
    return coverage_apply(job, &rating->reservations, &rating->reservation_count, err);
}

static bool spend(struct job *job, struct rating *rating, struct error *err)
{
    return spend_apply(job, &rating->spend_plans, &rating->spend_plan_count, err);
}

/* A charge sees its lots without what spend plans bought of it. */
static bool price_charge(struct job *job, size_t at, struct error *err)
{
    spend_take(job, at);
    bool done = charge_rate(job, at, err);
    spend_give_back(job, at);
    return done;
}

static bool price_charges(struct job *job, struct rating *rating, struct error *err)
{
    (void)rating;
    for (size_t i = 0; i < job->schedule.charge_count; i++)
        if (!price_charge(job, i, err))
            return false;
    return true;
}

/* After the rounding fragments stand by charge, in the charges' order. */
static void list_pieces(const struct job *job, struct rating *rating)
{
    const struct fragments *fragments = &job->fragments;
    struct rating_pieces *pieces = &rating->pieces;
    size_t count = 0;
    size_t f = 0;

    if (job->contract->money.grant_count == 0)
        return;
    pieces->starts = arena_array(job->arena, rating->charge_count + 1, sizeof *pieces->starts);
    pieces->items = arena_array(job->arena, fragments->count, sizeof *pieces->items);
    for (size_t i = 0; i < rating->charge_count; i++) {
        const struct rating_charge *charge = &rating->charges[i];

        pieces->starts[i] = count;
        for (; f < fragments->count && fragments->items[f].source->order == charge->order &&
               strcmp(fragments->items[f].tax_category, charge->tax_category) == 0 &&
               decimal_compare(fragments->items[f].tax_rate, charge->tax_rate) == 0;
             f++) {
            const struct fragment *fragment = &fragments->items[f];
            char *text =
                arena_alloc(job->arena, mpz_sizeinbase(mpq_numref(fragment->money), 10) +
                                            mpz_sizeinbase(mpq_denref(fragment->money), 10) + 3);
            pieces->items[count++] = (struct rating_piece){
                .at_us = fragment->at_us > 0 ? fragment->at_us : job->period->to_us - SECOND_US,
                .exact = mpq_get_str(text, 10, fragment->money)};
        }
    }
    pieces->charge_count = rating->charge_count;
    pieces->starts[rating->charge_count] = count;
}

static bool settle_short(struct job *job, struct rating *rating, struct error *err)
{
    (void)rating;
    return commitment_rate_short(job, err);
}

static bool round_once(struct job *job, struct rating *rating, struct error *err)
{
    struct fragment_result result;

    const char *payer = job->contract->member_count > 0 ? job->contract->tenant : NULL;

    if (!fragments_finish(&job->fragments, payer, rating->exponent, &result, err))
        return false;
    rating->share_count = result.share_count;
    rating->shares = result.shares;
    rating->charge_count = result.charge_count;
    rating->charges = result.charges;
    rating->line_count = result.line_count;
    rating->lines = result.lines;
    list_pieces(job, rating);
    return true;
}

/* The one order. Each step takes what the one before left in the job or in the rating. */
static bool (*const order[])(struct job *, struct rating *, struct error *) = {
    round_usage,   /* conversions that are rounded, then sessions */
    cover,         /* reservations take from the lots */
    spend,         /* spend plans, charge by charge */
    price_charges, /* what is left: free allowance, tiers, discounts, minimum, maximum */
    settle_short,  /* commitments inside the period, on exact amounts */
    round_once,    /* lines */
    list_unrated,  /* what nobody asked for */
    total_up,      /* tax */
};

static bool run(struct job *job, struct rating *rating, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(order); i++)
        if (!order[i](job, rating, err))
            return false;
    return true;
}

static bool prepare(struct job *job, const struct plan *const *plans, size_t plan_count,
                    struct error *err)
{
    struct usage_row *rows = NULL;
    size_t count = 0;

    if (!schedule_make(job->contract, plans, plan_count, job->period, job->arena, &job->schedule,
                       err) ||
        !usage_net(job->usage, job->period->from_us, job->period->to_us, job->arena, &rows, &count,
                   err))
        return false;
    set_lots(job, rows, count);
    return check_borders(job, err);
}

bool rate(const struct contract *contract, const struct plan *const *plans, size_t plan_count,
          const struct period *period, const struct rating_usage *usage, struct arena *arena,
          struct rating *out, struct error *err)
{
    struct job job = {.contract = contract, .period = period, .usage = usage, .arena = arena};
    struct rating rating = {
        .currency = contract->currency, .exponent = contract->exponent, .period = *period};

    ratio_pool_init(&job.pool);
    fragments_init(&job.fragments, arena, &job.pool);
    bool done = prepare(&job, plans, plan_count, err) && run(&job, &rating, err);
    if (done)
        *out = rating;
    job_release(&job);
    return done;
}

/* ---------------------------------------------------------------------------------------- sales */

static void list_sales(const struct job *job, struct rating_sales *out)
{
    out->count = job->lot_count;
    out->items = arena_array(job->arena, job->lot_count, sizeof *out->items);
    for (size_t i = 0; i < job->lot_count; i++)
        out->items[i] = (struct rating_sold){.series = job_series(job, &job->lots[i]),
                                             .from_us = job->lots[i].from_us,
                                             .to_us = job->lots[i].to_us,
                                             .quantity = job->lots[i].quantity};
    for (size_t i = 0; i < job->covered_count; i++) {
        const struct covered *covered = &job->covered[i];
        struct rating_sold *sold = &out->items[covered->lot];

        if (covered->charge == EVERY_CHARGE)
            sold->reserved += covered->quantity;
        else
            sold->spend_plan += covered->quantity;
    }
    for (size_t i = 0; i < out->count; i++) { /* plans may buy one use for several charges */
        struct rating_sold *sold = &out->items[i];

        if (sold->spend_plan > sold->quantity - sold->reserved)
            sold->spend_plan = sold->quantity - sold->reserved;
    }
}

bool rate_sales(const struct contract *contract, const struct plan *const *plans, size_t plan_count,
                const struct period *period, const struct rating_usage *usage, struct arena *arena,
                struct rating_sales *out, struct error *err)
{
    struct job job = {.contract = contract, .period = period, .usage = usage, .arena = arena};
    struct rating rating = {0};
    struct rating_sales sales = {0};

    ratio_pool_init(&job.pool);
    fragments_init(&job.fragments, arena, &job.pool);
    bool done = prepare(&job, plans, plan_count, err) && cover(&job, &rating, err) &&
                spend(&job, &rating, err);
    if (done) {
        list_sales(&job, &sales);
        sales.reservation_count = rating.reservation_count;
        sales.reservations = rating.reservations;
        *out = sales;
    }
    job_release(&job);
    return done;
}
