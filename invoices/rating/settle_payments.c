/*
 * Credits: those before tax as lines, those after tax as payments.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/fragment.h"
#include "rating/schedule.h"
#include "rating/settle.h"
#include "rating/share.h"

struct claims {
    size_t count;
    size_t capacity;
    struct credit_claim *items; /* malloc */
};

/* Room for what one amount is cut into. */
static struct credit_claim *make_room(struct claims *claims, const struct settlement *settlement)
{
    size_t most = 2 * settlement->input->contract->money.grant_count + 1;

    claims->items =
        memory_grow(claims->items, &claims->capacity, claims->count + most, sizeof *claims->items);
    return &claims->items[claims->count];
}

/* Where an amount of an earlier period lies. */
static int64_t last_second(const struct period *period)
{
    return period->to_us - SECOND_US;
}

static void cut_own(struct settlement *settlement, size_t charge, int128 amount, bool is_after_tax,
                    struct ratio_pool *pool, struct claims *claims)
{
    const struct rating *own = settlement->own;
    const struct rating_charge *of = &own->charges[charge];
    const struct credit_claim claim = {.period = settlement->input->history->count,
                                       .order = charge,
                                       .charge = of->charge,
                                       .category = of->tax_category,
                                       .rate = of->tax_rate,
                                       .amount_minor = amount};
    const struct rating_pieces *pieces = &own->pieces;
    bool has_pieces = charge < pieces->charge_count;

    if (amount <= 0)
        return;
    struct credit_claim *room = make_room(claims, settlement);
    size_t count = credit_cut(settlement->input->contract, &own->period, &claim,
                              has_pieces ? &pieces->items[pieces->starts[charge]] : NULL,
                              has_pieces ? pieces->starts[charge + 1] - pieces->starts[charge] : 0,
                              is_after_tax, pool, settlement->input->arena, room);
    if (!is_after_tax)
        settle_keep_cut(settlement, room, count, &own->period);
    claims->count += count;
}

/* --------------------------------------------------------------------------------- before tax */

static const struct credit_grant *grant_of(const struct settlement *settlement, const char *id)
{
    const struct contract_money *money = &settlement->input->contract->money;
    size_t at = 0;

    while (at < money->grant_count && strcmp(money->grants[at].id, id) != 0)
        at++;
    return at < money->grant_count ? &money->grants[at] : NULL;
}

/* One line for a grant and (category, rate) of a document: the burns of it, negative. */
static bool is_same_line(const struct burn *a, const struct burn *b)
{
    return a->period == b->period && strcmp(a->grant, b->grant) == 0 &&
           strcmp(a->category, b->category) == 0 && decimal_compare(a->rate, b->rate) == 0;
}

static int128 sum_of_line(const struct credit_book *book, size_t at)
{
    int128 sum = 0;

    for (size_t i = 0; i < book->burn_count; i++) {
        if (!is_same_line(&book->burns[i], &book->burns[at]))
            continue;
        if (i < at)
            return 0; /* the line was made at its first burn */
        sum += book->burns[i].amount_minor;
    }
    return -sum;
}

/* Of the amounts that it pays. */
static bool find_parts(const struct settlement *settlement, const struct burn *burn,
                       const struct tax_parts **out, struct error *err)
{
    const struct settle_input *input = settlement->input;
    const struct period *period = burn->period < input->history->count
                                      ? &input->history->documents[burn->period].period
                                      : &settlement->own->period;
    struct rate_slot *slots;
    size_t count;

    if (!schedule_rates(input->contract, burn->category, period->from_us, period->to_us,
                        input->arena, &slots, &count, err))
        return error_prefix(err, "credit %s: ", burn->grant);
    *out = NULL;
    for (size_t i = 0; i < count; i++)
        if (decimal_compare(slots[i].rate, burn->rate) == 0)
            *out = slots[i].parts;
    return true;
}

static void add_own_credit(struct settlement *settlement, const struct rating_line *line)
{
    struct arena *arena = settlement->input->arena;
    unsigned exponent = settlement->own->exponent;
    char text[DECIMAL_TEXT_SIZE];
    const struct rating_part part = {
        .kind = PART_CREDIT,
        .amount = line->amount_minor * number_power10(PART_DECIMALS - exponent),
        .why = {.from_us = settlement->own->period.from_us,
                .to_us = settlement->own->period.to_us,
                .exact = arena_text(
                    arena,
                    decimal_format_short((struct decimal){line->amount_minor, exponent}, text))},
    };
    const struct rating_charge charge = {.kind = LINE_CREDIT,
                                         .order = line->order,
                                         .charge = line->charge,
                                         .description = line->description,
                                         .tax_category = line->tax_category,
                                         .tax_rate = line->tax_rate,
                                         .tax_parts = line->tax_parts,
                                         .exact = part.why.exact,
                                         .amount_minor = line->amount_minor,
                                         .divisor = 1,
                                         .multiple = 1};

    settle_append(settlement->own, &charge, &part, 1, arena);
}

static bool add_credit_line(struct settlement *settlement, const struct burn *burn, int128 amount,
                            struct error *err)
{
    const struct credit_grant *grant = grant_of(settlement, burn->grant);
    struct settle_section *section;

    assert(grant); /* credits that the contract names are burnt, and no others */
    struct rating_line line = {.kind = LINE_CREDIT,
                               .order = ORDER_CREDIT +
                                        (size_t)(grant - settlement->input->contract->money.grants),
                               .charge = grant->id,
                               .description = grant->name,
                               .tax_category = burn->category,
                               .tax_rate = burn->rate,
                               .amount_minor = amount};

    if (!find_parts(settlement, burn, &line.tax_parts, err))
        return false;
    if (burn->period == settlement->input->history->count) {
        add_own_credit(settlement, &line);
        return true;
    }
    if (!settle_section(settlement, burn->period, &section, err))
        return false;
    settle_append_section(section->adjustment->difference, &line, settlement->input->arena);
    return true;
}

/* In the contract's order of grants, then as they were burnt. */
bool settle_credit_lines(struct settlement *settlement, struct error *err)
{
    const struct contract_money *money = &settlement->input->contract->money;
    const struct credit_book *book = settle_burns_of(settlement);

    for (size_t g = 0; g < money->grant_count; g++)
        for (size_t i = 0; i < book->burn_count; i++) {
            if (strcmp(book->burns[i].grant, money->grants[g].id) != 0)
                continue;
            int128 amount = sum_of_line(book, i);

            if (amount != 0 && !add_credit_line(settlement, &book->burns[i], amount, err))
                return false;
        }
    return true;
}

static int128 net_of_sections(const struct settlement *settlement)
{
    int128 net = 0;

    for (size_t s = 0; s < settlement->section_count; s++)
        net += settlement->sections[s].adjustment->difference->net_minor;
    return net;
}

void settle_burn_before_tax(struct settlement *settlement)
{
    struct claims claims = {0};
    struct ratio_pool pool;
    int128 net = net_of_sections(settlement);

    settle_moved_burns(settlement);
    net -= settlement->moved_minor;
    ratio_pool_init(&pool);
    for (size_t i = 0; i < settlement->own->charge_count; i++) {
        net += settlement->own->charges[i].amount_minor;
        cut_own(settlement, i, settlement->own->charges[i].amount_minor, false, &pool, &claims);
    }
    credit_burn(&settlement->credits, claims.items, claims.count, net > 0 ? net : 0, false);
    free(claims.items);
    ratio_pool_release(&pool);
}

/* ---------------------------------------------------------------------------------- after tax */

/* Of a charge: its net after credits before tax. Credit lines have none of their own. */
static int128 net_after_credits(const struct settlement *settlement, size_t charge)
{
    const struct rating_charge *of = &settlement->own->charges[charge];
    const struct credit_book *book = settle_burns_of(settlement);
    int128 net = of->amount_minor;

    for (size_t i = 0; i < book->burn_count; i++) {
        const struct burn *burn = &book->burns[i];

        if (burn->period == settlement->input->history->count && burn->charge &&
            strcmp(burn->charge, of->charge) == 0 &&
            strcmp(burn->category, of->tax_category) == 0 &&
            decimal_compare(burn->rate, of->tax_rate) == 0)
            net -= burn->amount_minor;
    }
    return net > 0 ? net : 0;
}

static bool is_taxed_as(const struct rating_charge *charge, const struct rating_tax *tax)
{
    return charge->kind != LINE_CREDIT && strcmp(charge->tax_category, tax->category) == 0 &&
           decimal_compare(charge->tax_rate, tax->rate) == 0;
}

/* The document's own tax of one (category, rate), shared over its charges by net. */
static void share_tax(const struct settlement *settlement, const struct rating_tax *tax,
                      const int128 *nets, int128 *shares)
{
    const struct rating *own = settlement->own;
    int128 *weights = memory_alloc(2 * own->charge_count * sizeof *weights);
    int128 sum = 0;

    for (size_t i = 0; i < own->charge_count; i++)
        sum += weights[i] = is_taxed_as(&own->charges[i], tax) ? nets[i] : 0;
    if (sum > 0 && tax->tax_minor > 0) {
        share_whole(tax->tax_minor, weights, own->charge_count, weights + own->charge_count);
        for (size_t i = 0; i < own->charge_count; i++)
            shares[i] += weights[own->charge_count + i];
    }
    free(weights);
}

static bool claim_own(struct settlement *settlement, struct claims *claims, struct error *err)
{
    const struct rating *own = settlement->own;
    struct arena *arena = settlement->input->arena;
    int128 *nets = arena_array(arena, own->charge_count, sizeof *nets);
    int128 *taxes = arena_array(arena, own->charge_count, sizeof *taxes);
    struct rating_totals totals;
    struct ratio_pool pool;

    if (!rating_totals(own, NULL, 0, arena, &totals, err))
        return false;
    for (size_t i = 0; i < own->charge_count; i++)
        nets[i] = own->charges[i].kind == LINE_CREDIT ? 0 : net_after_credits(settlement, i);
    for (size_t i = 0; i < totals.tax_count; i++)
        share_tax(settlement, &totals.taxes[i], nets, taxes);
    ratio_pool_init(&pool);
    for (size_t i = 0; i < own->charge_count; i++)
        cut_own(settlement, i, nets[i] + taxes[i], true, &pool, claims);
    ratio_pool_release(&pool);
    return true;
}

static int128 total_of(const struct rating_difference *difference)
{
    int128 total = difference->net_minor;

    for (size_t i = 0; i < difference->tax_count; i++)
        total += difference->taxes[i].tax_minor;
    return total;
}

/* A section's own total is paid, or what it gives back restores payments. Returns what was
 * restored. */
static int128 claim_sections(struct settlement *settlement, struct claims *claims)
{
    const struct history *history = settlement->input->history;
    int128 restored = 0;

    for (size_t s = 0; s < settlement->section_count; s++) {
        const struct settle_section *section = &settlement->sections[s];
        int128 total = total_of(section->adjustment->difference);
        struct credit_claim claim = {.period = section->period,
                                     .at_us =
                                         last_second(&history->documents[section->period].period),
                                     .amount_minor = total};

        if (total < 0)
            restored += credit_restore(&settlement->credits, history, &claim, true, -total);
        else if (total > 0) {
            *make_room(claims, settlement) = claim;
            claims->count++;
        }
    }
    return restored;
}

/* Payments are for the payer's own amounts alone. */
static void own_payments(struct settlement *settlement)
{
    const struct credit_book *book = &settlement->credits;
    struct credit_book *own = &settlement->own_burns;

    for (size_t i = 0; settlement->is_pooled && i < book->burn_count; i++) {
        if (!book->burns[i].is_after_tax)
            continue;
        own->burns =
            memory_grow(own->burns, &own->burn_capacity, own->burn_count + 1, sizeof *own->burns);
        own->burns[own->burn_count++] = book->burns[i];
    }
}

bool settle_payments(struct settlement *settlement, const struct rating_totals *totals,
                     struct error *err)
{
    struct claims claims = {0};
    int128 restored = claim_sections(settlement, &claims);
    int128 most = totals->total_minor + restored;

    if (!claim_own(settlement, &claims, err)) {
        free(claims.items);
        return false;
    }
    settlement->paid_minor =
        credit_burn(&settlement->credits, claims.items, claims.count, most > 0 ? most : 0, true) -
        restored;
    free(claims.items);
    own_payments(settlement);
    credit_close(&settlement->credits, &settlement->own->period);
    return true;
}
