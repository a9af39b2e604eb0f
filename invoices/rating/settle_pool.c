/*
 * The settlement of a pool, and its parts.
 */
#include "rating/settle_pooling.h"

#include <string.h>

#include "rating/fragment.h"

/* ----------------------------------------------------------------------------- all together */

static bool open_party(struct settle_party *party, struct error *err)
{
    struct settlement *settlement = &party->settlement;

    settle_open(&party->input, party->own, party->adjustments, party->count, settlement);
    settlement->is_pooled = true;
    settlement->credits.arena = party->input.arena; /* nobody but the payer has accounts */
    return settle_slas(settlement, err);
}

/* Late usage of all documents for a period is one section. */
static bool merge_section(struct pooling *pooling, const struct settle_party *party,
                          const struct settle_section *section, struct error *err)
{
    const struct rating_difference *from = section->adjustment->difference;
    const struct history *history = pooling->whole.input->history;
    size_t period =
        pooling_same_period(history, &party->input.history->documents[section->period].period);
    struct settle_section *into;

    if (period == history->count)
        return error_set(err, ERROR_CONFLICT, "the payer has no document of a period of '%s'",
                         party->input.tenant);
    if (!settle_section(&pooling->whole, period, &into, err))
        return false;
    into->adjustment->difference->now = from->now;
    for (size_t i = 0; i < from->line_count; i++)
        settle_append_section(into->adjustment->difference, &from->lines[i],
                              pooling->whole.input->arena);
    return true;
}

static void merge_slas(struct pooling *pooling, const struct settle_party *party)
{
    for (size_t i = 0; i < party->own->charge_count; i++)
        if (party->own->charges[i].kind == LINE_SLA)
            settle_append(pooling->whole.own, &party->own->charges[i], NULL, 0,
                          pooling->whole.input->arena);
}

static bool settle_whole(struct pooling *pooling, struct error *err)
{
    struct settlement *whole = &pooling->whole;

    for (size_t p = 0; p < pooling->count; p++) {
        const struct settle_party *party = &pooling->parties[p];

        for (size_t i = 0; i < party->settlement.section_count; i++)
            if (!merge_section(pooling, party, &party->settlement.sections[i], err))
                return false;
    }
    if (!settle_commitments(whole, err))
        return false;
    for (size_t p = 0; p < pooling->count; p++)
        merge_slas(pooling, &pooling->parties[p]);
    if (!credit_open(whole->input->contract, whole->input->history, &whole->own->period,
                     whole->input->arena, &whole->credits, err))
        return false;
    settle_burn_before_tax(whole);
    return true;
}

/* ------------------------------------------------------------------------ commitments: the payer
 */

static bool is_settled(const struct contract *contract, const struct rating_line *line)
{
    const struct contract_money *money = &contract->money;

    for (size_t i = 0; line->kind == LINE_COMMITMENT && i < money->commitment_count; i++)
        if (strcmp(money->commitments[i].id, line->charge) == 0)
            return !commitment_is_short(&money->commitments[i]);
    return false;
}

static void take_own_commitments(struct pooling *pooling, size_t first)
{
    const struct rating *whole = pooling->whole.own;

    for (size_t i = first; i < whole->charge_count; i++) {
        const struct rating_charge *charge = &whole->charges[i];

        for (size_t k = whole->line_count; charge->kind == LINE_COMMITMENT && k > 0; k--)
            if (whole->lines[k - 1].kind == LINE_COMMITMENT &&
                strcmp(whole->lines[k - 1].charge, charge->charge) == 0) {
                settle_append(pooling->parties[0].own, charge, whole->lines[k - 1].parts,
                              whole->lines[k - 1].part_count, pooling->whole.input->arena);
                break;
            }
    }
}

static bool take_late_commitments(struct pooling *pooling, struct error *err)
{
    const struct settlement *whole = &pooling->whole;

    for (size_t s = 0; s < whole->section_count; s++) {
        const struct rating_difference *difference = whole->sections[s].adjustment->difference;

        for (size_t i = 0; i < difference->line_count; i++) {
            struct settle_section *into;

            if (!is_settled(whole->input->contract, &difference->lines[i]))
                continue;
            if (!settle_section(&pooling->parties[0].settlement, whole->sections[s].period, &into,
                                err))
                return false;
            settle_append_section(into->adjustment->difference, &difference->lines[i],
                                  whole->input->arena);
        }
    }
    return true;
}

/* ----------------------------------------------------------------------- the payer's account */

static void add_amount(struct settlement *payer, const struct fact *fact)
{
    for (size_t i = 0; i < payer->amount_count; i++) {
        struct fact *sum = &payer->amounts[i];

        if (sum->period != fact->period || sum->kind != fact->kind ||
            strcmp(sum->charge, fact->charge) != 0 || strcmp(sum->category, fact->category) != 0 ||
            decimal_compare(sum->rate, fact->rate) != 0)
            continue;
        sum->amount_minor += fact->amount_minor;
        sum->base_quantity += fact->base_quantity;
        return;
    }
    payer->amounts[payer->amount_count++] = *fact;
}

static void list_amounts(const struct settlement *whole, struct settlement *payer)
{
    size_t most = whole->own->charge_count;

    for (size_t s = 0; s < whole->section_count; s++)
        most += whole->sections[s].adjustment->difference->line_count;
    payer->amounts = arena_array(whole->input->arena, most + 1, sizeof *payer->amounts);
    for (size_t i = 0; i < whole->own->charge_count; i++) {
        const struct rating_charge *of = &whole->own->charges[i];
        const struct fact fact = {.period = whole->input->history->count,
                                  .kind = of->kind,
                                  .charge = of->charge,
                                  .category = of->tax_category,
                                  .rate = of->tax_rate,
                                  .amount_minor = of->amount_minor,
                                  .base_quantity = of->base_quantity};

        if (fact.amount_minor != 0 || fact.base_quantity != 0)
            add_amount(payer, &fact);
    }
    for (size_t s = 0; s < whole->section_count; s++) {
        const struct rating_difference *late = whole->sections[s].adjustment->difference;

        for (size_t i = 0; i < late->line_count; i++) {
            const struct fact fact = {.period = whole->sections[s].period,
                                      .kind = late->lines[i].kind,
                                      .charge = late->lines[i].charge,
                                      .category = late->lines[i].tax_category,
                                      .rate = late->lines[i].tax_rate,
                                      .amount_minor = late->lines[i].amount_minor,
                                      .base_quantity = late->lines[i].base_quantity};

            add_amount(payer, &fact);
        }
    }
}

/* The payer's share of a charge lies in time as the pool's amount does. */
static void take_pieces(const struct rating *whole, struct rating *own, struct arena *arena)
{
    const struct rating_pieces *from = &whole->pieces;
    struct rating_pieces *pieces = &own->pieces;
    size_t count = 0;

    if (from->charge_count == 0)
        return;
    pieces->starts = arena_array(arena, own->charge_count + 1, sizeof *pieces->starts);
    pieces->items = arena_array(arena, from->starts[from->charge_count] + 1, sizeof *pieces->items);
    for (size_t i = 0; i < own->charge_count; i++) {
        size_t at = 0;

        while (at < from->charge_count &&
               !rating_is_same_charge(&whole->charges[at], &own->charges[i]))
            at++;
        pieces->starts[i] = count;
        for (size_t k = at < from->charge_count ? from->starts[at] : 0;
             at < from->charge_count && k < from->starts[at + 1]; k++)
            pieces->items[count++] = from->items[k];
    }
    pieces->starts[own->charge_count] = count;
    pieces->charge_count = own->charge_count;
}

static void take_account(struct pooling *pooling)
{
    struct settlement *whole = &pooling->whole;
    struct settlement *payer = &pooling->parties[0].settlement;

    list_amounts(whole, payer);
    payer->input = whole->input; /* payments are restored from the account's burns */
    payer->credits = whole->credits;
    payer->commitment_count = whole->commitment_count;
    payer->commitments = whole->commitments;
    payer->moved_minor = whole->moved_minor;
    payer->cut_count = whole->cut_count;
    payer->cut_capacity = whole->cut_capacity;
    payer->cuts = whole->cuts;
    whole->credits = (struct credit_book){0};
    whole->cuts = NULL;
}

static bool settle_parties(struct pooling *pooling, const struct rating *rating, struct error *err)
{
    take_own_commitments(pooling, rating->charge_count);
    if (!take_late_commitments(pooling, err))
        return false;
    pooling_share_burns(pooling);
    for (size_t p = 0; p < pooling->count; p++) {
        struct settle_party *party = &pooling->parties[p];

        if (!settle_credit_lines(&party->settlement, err))
            return error_prefix(err, "'%s': ", party->input.tenant);
        settle_find_emptied(&party->settlement);
        party->count = party->settlement.adjustment_count;
    }
    take_account(pooling);
    return true;
}

bool settle_pool(const struct settle_input *pool, const struct rating *rating,
                 struct settle_party *parties, size_t count, struct error *err)
{
    struct pooling pooling = {.parties = parties, .count = count};
    struct rating own = *rating;
    struct rating_adjustment *sections =
        arena_array(pool->arena, pool->history->count + 1, sizeof *sections);

    take_pieces(rating, parties[0].own, pool->arena);
    settle_open(pool, &own, sections, 0, &pooling.whole);
    bool good = true;
    for (size_t p = 0; p < count && good; p++)
        good = open_party(&parties[p], err);
    good = good && settle_whole(&pooling, err) && settle_parties(&pooling, rating, err);
    settlement_release(&pooling.whole);
    return good;
}
