/*
 * The order of a settlement, and how lines are added to what is there.
 */
#include "rating/settle.h"

#include <stdlib.h>
#include <string.h>

#include "rating/fragment.h"
#include "rating/taxed.h"

void settlement_release(struct settlement *settlement)
{
    credit_release(&settlement->credits);
    credit_release(&settlement->own_burns);
    free(settlement->cuts);
    settlement->cuts = NULL;
}

/* -------------------------------------------------------------------------------------- lines */

static void *one_more(const void *items, size_t count, size_t size, struct arena *arena)
{
    char *more = arena_array(arena, count + 1, size);

    if (count > 0)
        memcpy(more, items, count * size);
    return more;
}

void settle_append(struct rating *rating, const struct rating_charge *charge,
                   const struct rating_part *parts, size_t part_count, struct arena *arena)
{
    const struct rating_line line = {
        .kind = charge->kind,
        .order = charge->order,
        .charge = charge->charge,
        .description = charge->description,
        .tax_category = charge->tax_category,
        .tax_rate = charge->tax_rate,
        .tax_parts = charge->tax_parts,
        .amount_minor = charge->amount_minor,
        .part_count = part_count,
        .parts = one_more(parts, part_count, sizeof *parts, arena),
    };

    rating->charges =
        one_more(rating->charges, rating->charge_count, sizeof *rating->charges, arena);
    rating->charges[rating->charge_count++] = *charge;
    if (charge->amount_minor == 0)
        return;
    rating->lines = one_more(rating->lines, rating->line_count, sizeof *rating->lines, arena);
    rating->lines[rating->line_count++] = line;
}

static struct difference_tax *tax_of(struct rating_difference *difference,
                                     const struct rating_line *line, struct arena *arena)
{
    for (size_t i = 0; i < difference->tax_count; i++)
        if (strcmp(difference->taxes[i].category, line->tax_category) == 0 &&
            decimal_compare(difference->taxes[i].rate, line->tax_rate) == 0)
            return &difference->taxes[i];
    difference->taxes =
        one_more(difference->taxes, difference->tax_count, sizeof *difference->taxes, arena);
    difference->taxes[difference->tax_count] = (struct difference_tax){
        .category = line->tax_category, .rate = line->tax_rate, .parts = line->tax_parts};
    return &difference->taxes[difference->tax_count++];
}

void settle_append_section(struct rating_difference *difference, const struct rating_line *line,
                           struct arena *arena)
{
    difference->lines =
        one_more(difference->lines, difference->line_count, sizeof *difference->lines, arena);
    difference->lines[difference->line_count++] = *line;
    difference->net_minor += line->amount_minor;
    tax_of(difference, line, arena)->net_minor += line->amount_minor;
}

/* ----------------------------------------------------------------------------------- sections */

static bool taxed_so_far(const struct history *history, size_t original, struct arena *arena,
                         struct rating_adjustment *out, struct error *err)
{
    struct taxed_list taxed = {.arena = arena};

    for (size_t i = original; i < history->count; i++)
        if (!taxed_add(&taxed, history->documents[i].json, history->documents[original].number,
                       i == original, err))
            return false;
    out->taxed_count = taxed.count;
    out->taxed = taxed.items;
    return true;
}

static void point_sections(struct settlement *settlement)
{
    const struct history *history = settlement->input->history;

    settlement->section_count = 0;
    for (size_t i = 0; i < settlement->adjustment_count; i++) {
        size_t period = history_find(history, settlement->adjustments[i].original);

        if (period < history->count)
            settlement->sections[settlement->section_count++] =
                (struct settle_section){&settlement->adjustments[i], period};
    }
}

/* Adjustments of another contract's documents are older, and stand first. */
static size_t place_of(const struct settlement *settlement, size_t period)
{
    size_t at = settlement->adjustment_count;

    for (size_t s = settlement->section_count; s > 0 && settlement->sections[s - 1].period > period;
         s--)
        at = (size_t)(settlement->sections[s - 1].adjustment - settlement->adjustments);
    return at;
}

bool settle_section(struct settlement *settlement, size_t period, struct settle_section **out,
                    struct error *err)
{
    const struct history *history = settlement->input->history;
    struct arena *arena = settlement->input->arena;

    for (size_t i = 0; i < settlement->section_count; i++)
        if (settlement->sections[i].period == period) {
            *out = &settlement->sections[i];
            return true;
        }
    size_t at = place_of(settlement, period);
    struct rating_adjustment *made = &settlement->adjustments[at];
    memmove(made + 1, made, (settlement->adjustment_count - at) * sizeof *made);
    settlement->adjustment_count++;
    *made = (struct rating_adjustment){
        .difference = arena_alloc(arena, sizeof *made->difference),
        .original = history->documents[period].number,
        .original_hash = history->documents[period].hash,
    };
    *made->difference = (struct rating_difference){0};
    point_sections(settlement);
    return taxed_so_far(history, period, arena, made, err) &&
           settle_section(settlement, period, out, err);
}

/* What is left of an original's (category, rate), with its credits and commitments. */
static int128 net_of(const struct history *history, size_t period, const struct difference_tax *tax)
{
    int128 net = 0;

    for (size_t i = 0; i < history->fact_count; i++)
        if (history->facts[i].period == period &&
            strcmp(history->facts[i].category, tax->category) == 0 &&
            decimal_compare(history->facts[i].rate, tax->rate) == 0)
            net += history->facts[i].amount_minor;
    return net;
}

void settle_find_emptied(struct settlement *settlement)
{
    for (size_t s = 0; s < settlement->section_count; s++) {
        struct rating_difference *difference = settlement->sections[s].adjustment->difference;

        for (size_t i = 0; i < difference->tax_count; i++) {
            struct difference_tax *tax = &difference->taxes[i];
            int128 net = net_of(settlement->input->history, settlement->sections[s].period, tax);

            tax->emptied = net != 0 && net + tax->net_minor == 0;
        }
    }
}

/* -------------------------------------------------------------------------------------- order */

void settle_open(const struct settle_input *input, struct rating *own,
                 struct rating_adjustment *adjustments, size_t count, struct settlement *out)
{
    *out = (struct settlement){
        .input = input, .own = own, .adjustments = adjustments, .adjustment_count = count};
    out->sections = arena_array(input->arena, input->history->count + 1, sizeof *out->sections);
    point_sections(out);
}

struct credit_book *settle_own_burns(struct settlement *settlement)
{
    return settlement->is_pooled ? &settlement->own_burns : &settlement->credits;
}

const struct credit_book *settle_burns_of(const struct settlement *settlement)
{
    return settlement->is_pooled ? &settlement->own_burns : &settlement->credits;
}

bool settle_lines(const struct settle_input *input, struct rating *own,
                  struct rating_adjustment *adjustments, size_t *count, struct settlement *out,
                  struct error *err)
{
    struct settlement settlement;

    settle_open(input, own, adjustments, *count, &settlement);
    if (!settle_commitments(&settlement, err) || !settle_slas(&settlement, err) ||
        !credit_open(input->contract, input->history, &own->period, input->arena,
                     &settlement.credits, err)) {
        settlement_release(&settlement);
        return false;
    }
    settle_burn_before_tax(&settlement);
    if (!settle_credit_lines(&settlement, err)) {
        settlement_release(&settlement);
        return false;
    }
    settle_find_emptied(&settlement);
    *count = settlement.adjustment_count;
    *out = settlement;
    return true;
}
