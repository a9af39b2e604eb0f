#include "rating/spend_offer.h"

#include <stdlib.h>
#include <string.h>

#include "rating/charge.h"
#include "rating/conditions.h"
#include "rating/unit_price.h"

/* ------------------------------------------------------------------------------------- offers */

static void add_offer(struct spend_offers *offers, const struct spend_offer *offer)
{
    if (offer->left == 0)
        return;
    offers->items =
        memory_grow(offers->items, &offers->capacity, offers->count + 1, sizeof *offers->items);
    offers->items[offers->count++] = *offer;
}

/* Lots [first, end) of one series, for one charge. */
static void offer_series(const struct job *job, size_t charge, size_t first, size_t end,
                         struct spend_offers *offers)
{
    const struct scheduled_charge *scheduled = &job->schedule.charges[charge];
    const struct series *series = job_series(job, &job->lots[first]);

    for (size_t p = 0; p < scheduled->phase_count; p++) {
        const struct phase *phase = &scheduled->phases[p];
        const struct charge *terms = phase->charge;

        if (!unit_price_is_fixed(terms) || !conditions_match(terms->meter, &terms->where, series))
            continue;
        for (size_t i = first; i < end; i++)
            if (job->lots[i].from_us >= phase->from_us && job->lots[i].from_us < phase->to_us)
                add_offer(offers, &(struct spend_offer){.lot = i,
                                                        .charge = charge,
                                                        .terms = terms,
                                                        .left = job->lots[i].left});
    }
}

void spend_offers_collect(const struct job *job, struct spend_offers *out)
{
    struct spend_offers offers = {0};

    for (size_t i = 0, end = 0; i < job->lot_count; i = end) {
        for (end = i + 1; end < job->lot_count && job->lots[end].series == job->lots[i].series;)
            end++;
        for (size_t c = 0; c < job->schedule.charge_count; c++)
            offer_series(job, c, i, end, &offers);
    }
    *out = offers;
}

/* ------------------------------------------------------------------------------------- prices */

static bool is_in_scope(const struct spend_plan *plan, const struct series *series,
                        const char *charge)
{
    bool is_named = plan->charge_count == 0;

    for (size_t i = 0; i < plan->charge_count; i++)
        is_named |= strcmp(plan->charges[i], charge) == 0;
    if (!is_named)
        return false;
    if (plan->meter)
        return conditions_match(plan->meter, &plan->where, series);
    return conditions_hold(&plan->where, series);
}

/* The stated rate that an offer meets first. */
static const struct spend_rate *find_rate(const struct spend_plan *plan, const char *charge,
                                          const struct series *series)
{
    for (size_t i = 0; i < plan->rate_count; i++)
        if (strcmp(plan->rates[i].charge, charge) == 0 &&
            conditions_hold(&plan->rates[i].where, series))
            return &plan->rates[i];
    return NULL;
}

/* percent off → what is left of one. */
static void set_left(mpq_ptr left, struct decimal percent)
{
    int128 hundred = 100 * number_power10(percent.scale);

    ratio_set(left, hundred - percent.coefficient, hundred);
}

static size_t find_price(const struct spend_prices *prices, const struct charge *terms,
                         mpq_srcptr on_demand, mpq_srcptr rate)
{
    for (size_t i = 0; i < prices->count; i++)
        if (prices->items[i].terms == terms && mpq_equal(prices->items[i].on_demand, on_demand) &&
            mpq_equal(prices->items[i].rate, rate))
            return i;
    return SPEND_NO_PRICE;
}

/* Per price unit, for people. */
static const char *unit_text(mpq_srcptr price, const struct charge *terms, struct job *job)
{
    mpq_ptr whole = ratio_new(&job->pool);

    mpq_set(whole, price);
    charge_base_units(terms, whole);
    return ratio_text(whole, job->arena);
}

static size_t add_price(struct spend_prices *prices, const struct charge *terms,
                        mpq_srcptr on_demand, mpq_srcptr rate)
{
    struct job *job = prices->job;
    const struct covered_source source = {.spend_plan = prices->plan->id,
                                          .price = unit_text(rate, terms, job),
                                          .on_demand = unit_text(on_demand, terms, job)};
    struct spend_price price = {.terms = terms,
                                .on_demand = ratio_new(&job->pool),
                                .rate = ratio_new(&job->pool),
                                .ratio = ratio_new(&job->pool),
                                .source = job_add_source(job, &source)};

    mpq_set(price.on_demand, on_demand);
    mpq_set(price.rate, rate);
    mpq_div(price.ratio, rate, on_demand);
    prices->items =
        memory_grow(prices->items, &prices->capacity, prices->count + 1, sizeof *prices->items);
    prices->items[prices->count] = price;
    return prices->count++;
}

/* What a base unit costs without the plan, and under it. */
static bool set_prices(const struct spend_prices *prices, const struct spend_offer *offer,
                       mpq_ptr on_demand, mpq_ptr rate)
{
    const struct job *job = prices->job;
    const struct lot *lot = &job->lots[offer->lot];
    const struct series *series = job_series(job, lot);
    const struct spend_rate *stated = find_rate(prices->plan, offer->terms->id, series);

    if (!is_in_scope(prices->plan, series, offer->terms->id) ||
        (!stated && !prices->plan->has_discount) ||
        !unit_price(job, offer->terms, lot, on_demand) || mpq_sgn(on_demand) == 0)
        return false;
    if (stated) {
        ratio_set_decimal(rate, stated->price);
        charge_price_units(offer->terms, rate);
    } else {
        set_left(rate, prices->plan->discount);
        mpq_mul(rate, rate, on_demand);
    }
    return true;
}

size_t spend_price_of(struct spend_prices *prices, const struct spend_offer *offer)
{
    size_t found = SPEND_NO_PRICE;
    mpq_t on_demand;
    mpq_t rate;

    mpq_inits(on_demand, rate, NULL);
    if (set_prices(prices, offer, on_demand, rate)) {
        found = find_price(prices, offer->terms, on_demand, rate);
        if (found == SPEND_NO_PRICE)
            found = add_price(prices, offer->terms, on_demand, rate);
    }
    mpq_clears(on_demand, rate, NULL);
    return found;
}

static int compare_prices(const struct spend_price *a, const struct spend_price *b)
{
    int order = mpq_cmp(a->ratio, b->ratio);

    return order != 0 ? order : mpq_cmp(a->rate, b->rate);
}

/* Prices are few, and each one's rank is how many come before it. */
void spend_prices_rank(struct spend_prices *prices)
{
    for (size_t i = 0; i < prices->count; i++) {
        prices->items[i].rank = 0;
        for (size_t j = 0; j < prices->count; j++)
            prices->items[i].rank += compare_prices(&prices->items[j], &prices->items[i]) < 0;
    }
}
