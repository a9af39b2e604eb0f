/*
 * Commitments over periods: the line of the interval that ends with the document, and what late
 * usage changes of intervals that were settled.
 */
#include <string.h>

#include "base/instant.h"
#include "rating/schedule.h"
#include "rating/settle.h"

struct uses {
    size_t count;
    struct commitment_use *items;
};

static bool counts(const struct commitment *commitment, enum line_kind kind, const char *charge)
{
    return kind < LINE_COMMITMENT && scope_holds(&commitment->scope, charge);
}

static void add_use(struct uses *uses, const struct period *period, int128 amount, int128 units)
{
    uses->items[uses->count++] = (struct commitment_use){period->from_us, amount, units};
}

static struct uses uses_then(const struct settlement *settlement,
                             const struct commitment *commitment)
{
    const struct history *history = settlement->input->history;
    size_t most = history->fact_count + settlement->own->charge_count;
    struct uses uses = {0};

    for (size_t i = 0; i < settlement->section_count; i++)
        most += settlement->sections[i].adjustment->difference->line_count;
    uses.items = arena_array(settlement->input->arena, most + 1, sizeof *uses.items);
    for (size_t i = 0; i < history->fact_count; i++) {
        const struct fact *fact = &history->facts[i];

        if (counts(commitment, fact->kind, fact->charge))
            add_use(&uses, &history->documents[fact->period].period, fact->amount_minor,
                    fact->base_quantity);
    }
    return uses;
}

static void add_uses_now(const struct settlement *settlement, const struct commitment *commitment,
                         struct uses *uses)
{
    const struct history *history = settlement->input->history;

    for (size_t s = 0; s < settlement->section_count; s++) {
        const struct settle_section *section = &settlement->sections[s];
        const struct rating_difference *difference = section->adjustment->difference;

        for (size_t i = 0; i < difference->line_count; i++)
            if (counts(commitment, difference->lines[i].kind, difference->lines[i].charge))
                add_use(uses, &history->documents[section->period].period,
                        difference->lines[i].amount_minor, difference->lines[i].base_quantity);
    }
    for (size_t i = 0; i < settlement->own->charge_count; i++) {
        const struct rating_charge *charge = &settlement->own->charges[i];

        if (counts(commitment, charge->kind, charge->charge))
            add_use(uses, &settlement->own->period, charge->amount_minor, charge->base_quantity);
    }
}

/* ------------------------------------------------------------------------------------- lines */

static struct rating_part part_of(const struct settled_commitment *settled, enum part_kind kind,
                                  const char *exact)
{
    const struct commitment *commitment = settled->commitment;
    struct rating_part part = {
        .kind = kind,
        .why = {.from_us = settled->interval.from_us,
                .to_us = settled->interval.to_us,
                .price = kind == PART_SURCHARGE ? commitment->overage_factor : commitment->amount,
                .exact = exact},
    };

    return part;
}

/* The parts at 10 decimals sum to the line: the rounding falls to the first of them. */
static size_t make_parts(const struct settled_commitment *settled, unsigned exponent,
                         struct rating_part out[3])
{
    const struct commitment_interval *interval = &settled->interval;
    const char *exact[] = {interval->true_up, interval->surcharge, interval->rolled_over};
    static const enum part_kind kinds[] = {PART_TRUE_UP, PART_SURCHARGE, PART_ROLLED_OVER};
    int128 left = interval->amount_minor * number_power10(PART_DECIMALS - exponent);
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (interval->parts[i] == 0)
            continue;
        out[count] = part_of(settled, kinds[i], exact[i]);
        out[count++].amount = interval->parts[i];
        left -= interval->parts[i];
    }
    if (count > 0)
        out[0].amount += left;
    return count;
}

static bool tax_at(const struct settlement *settlement, const struct commitment *commitment,
                   int64_t to_us, struct decimal *out, const struct tax_parts **out_parts,
                   struct error *err)
{
    const struct contract *contract = settlement->input->contract;

    if (!contract_tax_rate(contract, commitment->tax_category, to_us - SECOND_US, out, err))
        return error_prefix(err, "commitment %s: ", commitment->id);
    *out = schedule_decimal(*out);
    *out_parts = contract_tax_parts(contract, commitment->tax_category, to_us - SECOND_US,
                                    settlement->input->arena);
    return true;
}

static bool add_own(struct settlement *settlement, size_t at,
                    const struct settled_commitment *settled, struct error *err)
{
    const struct commitment *commitment = settled->commitment;
    struct rating_part parts[3];
    struct rating_charge charge = {
        .kind = LINE_COMMITMENT,
        .order = ORDER_COMMITMENT + at,
        .charge = commitment->id,
        .description = commitment->name,
        .tax_category = commitment->tax_category,
        .exact = settled->interval.exact,
        .amount_minor = settled->interval.amount_minor,
        .divisor = 1,
        .multiple = 1,
    };

    if (charge.amount_minor == 0)
        return true;
    if (!tax_at(settlement, commitment, settled->interval.to_us, &charge.tax_rate,
                &charge.tax_parts, err))
        return false;
    settle_append(settlement->own, &charge, parts,
                  make_parts(settled, settlement->own->exponent, parts), settlement->input->arena);
    return true;
}

/* The document whose period ends with the interval; history.count when it is not there. */
static size_t settled_by(const struct history *history, int64_t to_us)
{
    size_t at = 0;

    while (at < history->count && history->documents[at].period.to_us != to_us)
        at++;
    return at;
}

static bool add_late(struct settlement *settlement, size_t at, const struct commitment *commitment,
                     const struct commitment_interval *now, const struct commitment_interval *then,
                     struct error *err)
{
    size_t period = settled_by(settlement->input->history, now->to_us);
    struct settle_section *section;
    struct rating_line line = {
        .kind = LINE_COMMITMENT,
        .order = ORDER_COMMITMENT + at,
        .charge = commitment->id,
        .description = commitment->name,
        .tax_category = commitment->tax_category,
        .amount_minor = now->amount_minor - then->amount_minor,
    };

    if (line.amount_minor == 0 || period == settlement->input->history->count)
        return true;
    if (!tax_at(settlement, commitment, now->to_us, &line.tax_rate, &line.tax_parts, err) ||
        !settle_section(settlement, period, &section, err))
        return false;
    settle_append_section(section->adjustment->difference, &line, settlement->input->arena);
    return true;
}

/* -------------------------------------------------------------------------------------- settle */

/* Base units in a price unit of the charge that a quantity is of. */
static int128 divisor_of(const struct settle_input *input, const struct commitment *commitment)
{
    for (size_t i = 0; commitment->is_quantity && i < input->plan_count; i++) {
        const struct charge *charge = plan_charge(input->plans[i], commitment->scope.ids[0]);

        if (charge)
            return charge->divisor;
    }
    return 1;
}

static bool settle_one(struct settlement *settlement, size_t at, struct error *err)
{
    const struct settle_input *input = settlement->input;
    const struct commitment *commitment = &input->contract->money.commitments[at];
    const struct period *period = &settlement->own->period;
    struct uses uses = uses_then(settlement, commitment);
    int128 divisor = divisor_of(input, commitment);
    struct commitment_interval *now;
    struct commitment_interval *then;
    size_t now_count;
    size_t then_count;

    if (!commitment_settle(input->contract, commitment, uses.items, uses.count, period->from_us,
                           divisor, input->arena, &then, &then_count, err))
        return false;
    add_uses_now(settlement, commitment, &uses);
    if (!commitment_settle(input->contract, commitment, uses.items, uses.count, period->to_us,
                           divisor, input->arena, &now, &now_count, err))
        return false;
    for (size_t i = 0; i < now_count; i++) {
        const struct settled_commitment settled = {commitment, now[i]};

        if (now[i].to_us <= period->from_us) {
            if (i < then_count && !add_late(settlement, at, commitment, &now[i], &then[i], err))
                return false;
            continue;
        }
        settlement->commitments[settlement->commitment_count++] = settled;
        if (now[i].is_over && !add_own(settlement, at, &settled, err))
            return false;
    }
    return true;
}

bool settle_commitments(struct settlement *settlement, struct error *err)
{
    const struct contract_money *money = &settlement->input->contract->money;

    /* An interval that is not over at the period's begin is the last one, so one of each. */
    settlement->commitments = arena_array(settlement->input->arena, money->commitment_count + 1,
                                          sizeof *settlement->commitments);
    for (size_t i = 0; i < money->commitment_count; i++)
        if (!commitment_is_short(&money->commitments[i]) && !settle_one(settlement, i, err))
            return false;
    return true;
}
