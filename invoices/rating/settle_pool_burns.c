/*
 * What of a pool's burns is for each of its documents.
 */
#include <stdlib.h>
#include <string.h>

#include "rating/fragment.h"
#include "rating/settle_pooling.h"
#include "rating/share.h"

size_t pooling_same_period(const struct history *of, const struct period *period)
{
    size_t at = 0;

    while (at < of->count && of->documents[at].period.from_us != period->from_us)
        at++;
    return at;
}

/* ---------------------------------------------------------------------------- burns: by nets */

static bool is_of(const struct burn *burn, const char *charge, const char *category,
                  struct decimal rate)
{
    return strcmp(burn->charge, charge) == 0 && strcmp(burn->category, category) == 0 &&
           decimal_compare(burn->rate, rate) == 0;
}

/* What a document's own amounts are there, with all late usage. */
static int128 net_of(const struct settle_party *party, const struct burn *burn, size_t period)
{
    const struct history *history = party->input.history;
    int128 net = 0;

    for (size_t i = 0; period == history->count && i < party->own->charge_count; i++) {
        const struct rating_charge *charge = &party->own->charges[i];

        if (charge->kind != LINE_CREDIT &&
            is_of(burn, charge->charge, charge->tax_category, charge->tax_rate))
            net += charge->amount_minor;
    }
    for (size_t i = 0; i < history->fact_count; i++) {
        const struct fact *fact = &history->facts[i];

        if (fact->period == period && fact->kind != LINE_CREDIT &&
            is_of(burn, fact->charge, fact->category, fact->rate))
            net += fact->amount_minor;
    }
    for (size_t s = 0; s < party->settlement.section_count; s++) {
        const struct settle_section *section = &party->settlement.sections[s];
        const struct rating_difference *late = section->adjustment->difference;

        for (size_t i = 0; section->period == period && i < late->line_count; i++)
            if (late->lines[i].kind != LINE_CREDIT &&
                is_of(burn, late->lines[i].charge, late->lines[i].tax_category,
                      late->lines[i].tax_rate))
                net += late->lines[i].amount_minor;
    }
    return net;
}

/* The party's burns: first those of its documents, then those shared out to it now. */
static const struct burn *own_burn(const struct settle_party *party, size_t at)
{
    const struct history *history = party->input.history;

    return at < history->own_burn_count
               ? &history->own_burns[at]
               : &party->settlement.own_burns.burns[at - history->own_burn_count];
}

static size_t own_burn_count(const struct settle_party *party)
{
    return party->input.history->own_burn_count + party->settlement.own_burns.burn_count;
}

/* What was burnt for it there; of one grant, or with NULL of all. */
static int128 burnt_of(const struct settle_party *party, const struct burn *burn, size_t period,
                       const char *grant)
{
    int128 sum = 0;

    for (size_t i = 0; i < own_burn_count(party); i++) {
        const struct burn *own = own_burn(party, i);

        if (own->period == period && !own->is_after_tax &&
            (!grant || strcmp(own->grant, grant) == 0) &&
            is_of(burn, own->charge, own->category, own->rate))
            sum += own->amount_minor;
    }
    return sum;
}

static void add_share(struct settle_party *party, const struct burn *burn, size_t period,
                      int128 amount)
{
    struct credit_book *book = &party->settlement.own_burns;

    if (amount == 0)
        return;
    book->burns =
        memory_grow(book->burns, &book->burn_capacity, book->burn_count + 1, sizeof *book->burns);
    book->burns[book->burn_count] = *burn;
    book->burns[book->burn_count].period = period;
    book->burns[book->burn_count++].amount_minor = amount;
}

/* The party's document that a burn of the pool's is about. */
static size_t period_of(const struct pooling *pooling, const struct settle_party *party,
                        const struct burn *burn, bool *out_took_part)
{
    const struct history *whole = pooling->whole.input->history;
    const struct history *own = party->input.history;
    size_t at = burn->period == whole->count
                    ? own->count
                    : pooling_same_period(own, &whole->documents[burn->period].period);

    *out_took_part = burn->period == whole->count || at < own->count;
    return at;
}

/* The most that a party may burn, or get back. */
static int128 weight_of(const struct pooling *pooling, const struct settle_party *party,
                        const struct burn *burn)
{
    bool took_part;
    size_t period = period_of(pooling, party, burn, &took_part);
    int128 weight = 0;

    if (took_part && burn->amount_minor < 0)
        weight = burnt_of(party, burn, period, burn->grant);
    else if (took_part)
        weight = net_of(party, burn, period) - burnt_of(party, burn, period, NULL);
    return weight > 0 ? weight : 0;
}

/* Nobody burns more than its net, or gets more back than it burnt; the payer takes the rest. */
static void share_burn(struct pooling *pooling, const struct burn *burn, int128 *weights,
                       int128 *shares)
{
    bool is_back = burn->amount_minor < 0;
    int128 rest = is_back ? -burn->amount_minor : burn->amount_minor;
    int128 most = 0;

    for (size_t p = 0; p < pooling->count; p++) {
        weights[p] = weight_of(pooling, pooling->by_tenant[p], burn);
        shares[p] = weights[p];
        most += weights[p];
    }
    if (most > rest)
        share_whole(rest, weights, pooling->count, shares);
    for (size_t p = 0; p < pooling->count; p++)
        rest -= shares[p];
    for (size_t p = 0; p < pooling->count; p++) {
        struct settle_party *party = pooling->by_tenant[p];
        int128 share = shares[p] + (party == pooling->parties ? rest : 0);
        bool took_part;
        size_t period = period_of(pooling, party, burn, &took_part);

        add_share(party, burn, period, is_back ? -share : share);
    }
}

static int by_tenant(const void *left, const void *right)
{
    const struct settle_party *const *a = left;
    const struct settle_party *const *b = right;

    return strcmp((*a)->input.tenant, (*b)->input.tenant);
}

/* ------------------------------------------------------- burns that late usage leaves behind */

static int128 stands_of(const struct settle_party *party, const struct burn *last)
{
    int128 sum = 0;

    for (size_t i = 0; i < own_burn_count(party); i++) {
        const struct burn *burn = own_burn(party, i);

        if (burn->period == last->period && !burn->is_after_tax && burn->at_us == last->at_us &&
            strcmp(burn->grant, last->grant) == 0 &&
            is_of(last, burn->charge, burn->category, burn->rate))
            sum += burn->amount_minor;
    }
    return sum;
}

/* The last burn of an amount that still stands; its amount is what stands. */
static bool last_standing(const struct settle_party *party, const struct burn *of, size_t period,
                          struct burn *out)
{
    for (size_t i = own_burn_count(party); i > 0; i--) {
        *out = *own_burn(party, i - 1);
        if (out->period != period || out->is_after_tax ||
            !is_of(of, out->charge, out->category, out->rate))
            continue;
        out->amount_minor = stands_of(party, out);
        if (out->amount_minor > 0)
            return true;
    }
    return false;
}

static int128 room_for(const struct pooling *pooling, const struct burn *of)
{
    int128 sum = 0;

    for (size_t p = 0; p < pooling->count; p++)
        sum += weight_of(pooling, &pooling->parties[p], of);
    return sum;
}

static int128 smallest(int128 a, int128 b, int128 c)
{
    int128 least = a < b ? a : b;

    return least < c ? least : c;
}

/* What was burnt for a party above its net pays for the others, the last burnt first. */
static void hand_over(struct pooling *pooling, struct settle_party *party, const struct burn *of,
                      int128 *weights)
{
    bool took_part;
    size_t period = period_of(pooling, party, of, &took_part);
    int128 net = took_part ? net_of(party, of, period) : 0;
    int128 excess = took_part ? burnt_of(party, of, period, NULL) - (net > 0 ? net : 0) : 0;
    struct burn burn;

    while (excess > 0 && last_standing(party, of, period, &burn)) {
        int128 amount = smallest(excess, burn.amount_minor, room_for(pooling, of));

        if (amount <= 0)
            return;
        burn.period = of->period;
        burn.amount_minor = amount;
        share_burn(pooling, &burn, weights, weights + pooling->count);
        add_share(party, &burn, period, -amount);
        excess -= amount;
    }
}

static void level_burns(struct pooling *pooling, int128 *weights)
{
    const struct settlement *whole = &pooling->whole;

    for (size_t s = 0; whole->credits.account_count > 0 && s < whole->section_count; s++) {
        const struct rating_difference *late = whole->sections[s].adjustment->difference;

        for (size_t i = 0; i < late->line_count; i++) {
            const struct burn of = {.period = whole->sections[s].period,
                                    .charge = late->lines[i].charge,
                                    .category = late->lines[i].tax_category,
                                    .rate = late->lines[i].tax_rate};

            for (size_t p = 0; p < pooling->count; p++)
                hand_over(pooling, pooling->by_tenant[p], &of, weights);
        }
    }
}

void pooling_share_burns(struct pooling *pooling)
{
    struct arena *arena = pooling->whole.input->arena;
    int128 *weights = arena_array(arena, 2 * pooling->count, sizeof *weights);

    pooling->by_tenant = arena_array(arena, pooling->count, sizeof(struct settle_party *));
    for (size_t p = 0; p < pooling->count; p++)
        pooling->by_tenant[p] = &pooling->parties[p];
    qsort(pooling->by_tenant, pooling->count, sizeof(struct settle_party *), by_tenant);
    for (size_t i = 0; i < pooling->whole.credits.burn_count; i++)
        share_burn(pooling, &pooling->whole.credits.burns[i], weights, weights + pooling->count);
    level_burns(pooling, weights);
}
