/*
 * Counters: free allowance, tiers, and their money shared by use.
 */
#include "rating/counter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rating/charge.h"
#include "rating/item.h"

/* A scheduled charge while it is rated. */
struct rated {
    struct job *job;
    const struct scheduled_charge *charge;
    const struct phase *last; /* the version at the period's end, or the last there was */
    struct fragment_source *source;
    struct phase_rates *rates; /* one a phase */
};

/* The part of a counter in one phase. */
struct stretch {
    struct item *items;
    size_t count;
    int128 units;  /* after coverage */
    int128 billed; /* after the allowance */
};

/* A line's part of a stretch at one tax rate, with what it weighs. */
struct group {
    struct by line;
    struct decimal tax_rate;
    int64_t at_us; /* of the slot; 0: no use */
    int128 weight;
    int128 free;
    size_t first_item; /* the group's items: those of equal line and rate from here on */
};

/* ------------------------------------------------------------------------------------ groups */

static int by_line(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;
    int order = by_compare(&a->line, &b->line);

    if (order != 0)
        return order;
    if (a->slot != b->slot)
        return a->slot < b->slot ? -1 : 1;
    return (a->first_lot > b->first_lot) - (a->first_lot < b->first_lot);
}

static struct why why_of(const struct phase *phase, const struct by *key, struct arena *arena)
{
    return (struct why){.plan = phase->plan->id,
                        .version = phase->plan->version,
                        .from_us = phase->from_us,
                        .to_us = phase->to_us,
                        .unit = phase->charge->unit,
                        .key_count = key->count,
                        .key_names = key->names,
                        .key_values = by_texts(key, arena)};
}

static struct fragment *add_fragment(const struct rated *rated, const struct phase *phase,
                                     const struct by *key, const struct group *group,
                                     enum part_kind kind)
{
    const struct fragment fragment = {
        .source = rated->source,
        .by = group->line,
        .tax_category = phase->charge->tax_category,
        .tax_rate = group->tax_rate,
        .kind = kind,
        .divisor = phase->charge->divisor,
        .at_us = group->at_us,
        .why = why_of(phase, key, rated->job->arena),
    };

    return fragments_add(&rated->job->fragments, &fragment);
}

static const char *decimal_text(struct decimal decimal, struct arena *arena)
{
    char text[DECIMAL_TEXT_SIZE];

    return arena_text(arena, decimal_format_short(decimal, text));
}

static void explain_tier(struct why *why, const struct charge *charge, const struct step *step,
                         struct arena *arena)
{
    const struct tier *tier = &charge->tiers[step->tier];

    why->price = step->kind == PART_FLAT ? tier->flat : tier->price;
    if (step->kind == PART_FLAT)
        why->unit = NULL;
    else if (tier->block.coefficient > 0)
        why->block = decimal_text(tier->block, arena);
    if (charge->tier_count == 1)
        return;
    why->tier = (unsigned)step->tier + 1;
    why->tier_from = step->tier > 0 ? decimal_text(tier[-1].up_to, arena) : "0";
    why->tier_up_to = tier->open ? NULL : decimal_text(tier->up_to, arena);
}

/* One step's units and money, for a group that weighs weight / total of it. */
static void add_step(const struct rated *rated, const struct phase *phase, const struct by *key,
                     const struct step *step, const struct group *group, int128 total)
{
    struct arena *arena = rated->job->arena;
    struct fragment *fragment = add_fragment(rated, phase, key, group, step->kind);
    char texts[2][INT128_TEXT_SIZE];

    explain_tier(&fragment->why, phase->charge, step, arena);
    mpq_set(fragment->units, step->units);
    mpq_set(fragment->money, step->money);
    if (group->weight == total)
        return;
    ratio_scale(fragment->units, group->weight, total);
    ratio_scale(fragment->money, group->weight, total);
    fragment->why.share = arena_printf(arena, "%s/%s", number_format(group->weight, texts[0]),
                                       number_format(total, texts[1]));
}

static void add_whole(const struct rated *rated, const struct phase *phase, const struct by *key,
                      const struct group *group, enum part_kind kind, int128 units,
                      const char *reservation)
{
    struct fragment *fragment = add_fragment(rated, phase, key, group, kind);

    ratio_set(fragment->units, units, 1);
    fragment->why.reservation = reservation;
}

/* ------------------------------------------------------------------------------------ covered */

/* The first covered record of a lot, by bisection. */
static size_t first_covered(const struct job *job, size_t lot)
{
    size_t low = 0;
    size_t high = job->covered_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (job->covered[middle].lot < lot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void sum_covered(const struct rated *rated, const struct item *item, int128 *sums)
{
    const struct job *job = rated->job;
    const struct phase_rates *rates = &rated->rates[item->phase];

    for (size_t i = first_covered(job, item->first_lot);
         i < job->covered_count && job->covered[i].lot < item->end_lot; i++)
        if (schedule_slot(rates->slots, rates->count, job->lots[job->covered[i].lot].from_us) ==
            item->slot)
            sums[job->covered[i].reservation] += job->covered[i].quantity;
}

/* What reservations cover of a group's items stands in its line, at no price. */
static void add_covered(const struct rated *rated, const struct phase *phase, const struct by *key,
                        const struct group *group, const struct item *items, size_t count)
{
    const struct contract *contract = rated->job->contract;
    int128 *sums;

    if (rated->job->covered_count == 0)
        return;
    sums = memory_alloc(contract->reservation_count * sizeof *sums);
    for (size_t i = 0; i < count; i++)
        sum_covered(rated, &items[i], sums);
    for (size_t r = 0; r < contract->reservation_count; r++)
        if (sums[r] > 0)
            add_whole(rated, phase, key, group, PART_COVERED, sums[r],
                      contract->reservations[r].id);
    free(sums);
}

/* ---------------------------------------------------------------------------------- stretches */

/* Adds a stretch's fragments: the items in groups of one line and rate, sorted for it. */
static void add_stretch(const struct rated *rated, const struct phase *phase, const struct by *key,
                        struct stretch *stretch, const struct steps *steps)
{
    struct item *items = stretch->items;
    const struct phase_rates *rates = &rated->rates[phase - rated->charge->phases];

    if (stretch->count > 0)
        qsort(items, stretch->count, sizeof *items, by_line);
    for (size_t i = 0, end = 0; i < stretch->count; i = end) {
        const struct rate_slot *slot = &rates->slots[items[i].slot];
        struct group group = {
            .line = items[i].line, .tax_rate = slot->rate, .at_us = slot->from_us};

        for (end = i; end < stretch->count && items[end].slot == items[i].slot &&
                      by_compare(&items[end].line, &items[i].line) == 0;
             end++) {
            group.weight += items[end].billed;
            group.free += items[end].free;
        }
        add_covered(rated, phase, key, &group, &items[i], end - i);
        if (group.free > 0)
            add_whole(rated, phase, key, &group, PART_FREE, group.free, NULL);
        for (size_t s = 0; group.weight > 0 && s < steps->count; s++)
            add_step(rated, phase, key, &steps->items[s], &group, stretch->billed);
    }
}

/* floor(free × divisor) in base units. */
static int128 allowance_of(const struct charge *charge)
{
    mpq_t units;

    mpq_init(units);
    ratio_set_decimal(units, charge->free);
    ratio_scale(units, charge->divisor, 1);
    int128 allowance = ratio_floor(units);
    mpq_clear(units);
    return allowance;
}

/* A new version's allowance is what it grants less all units that earlier versions left. */
static int128 free_in(const struct charge *charge, int128 left_before, int128 units)
{
    int128 allowance = allowance_of(charge) - left_before;

    if (allowance < 0)
        return 0;
    return allowance < units ? allowance : units;
}

/* Splits a counter's items by phase and takes the free allowance. Returns what is billed. */
static int128 split_phases(const struct rated *rated, struct item *items, size_t count,
                           struct stretch *stretches)
{
    int128 left_before = 0;
    int128 total = 0;
    size_t at = 0;

    for (size_t p = 0; p < rated->charge->phase_count; p++) {
        struct stretch *stretch = &stretches[p];

        *stretch = (struct stretch){.items = &items[at]};
        for (; at < count && items[at].phase == p; at++, stretch->count++)
            stretch->units += items[at].units;
        int128 free_units = free_in(rated->charge->phases[p].charge, left_before, stretch->units);
        items_share_free(rated->job, &rated->rates[p], stretch->items, stretch->count, free_units);
        stretch->billed = stretch->units - free_units;
        left_before += stretch->units;
        total += stretch->billed;
    }
    return total;
}

static void init_steps(const struct rated *rated, struct steps *steps)
{
    *steps = (struct steps){.arena = rated->job->arena, .pool = &rated->job->pool};
}

static void price_phases(const struct rated *rated, const struct by *key, struct stretch *stretches,
                         int128 total)
{
    struct counter_move move = {.total = total};

    for (size_t p = 0; p < rated->charge->phase_count; p++) {
        const struct phase *phase = &rated->charge->phases[p];
        struct steps steps;

        init_steps(rated, &steps);
        move.units = stretches[p].billed;
        if (move.units > 0)
            charge_model_of(phase->charge->model)->price(phase->charge, &move, &steps);
        add_stretch(rated, phase, key, &stretches[p], &steps);
        move.before += move.units;
    }
}

/* ------------------------------------------------------------------------------ nothing to bill */

/* The rate at the period's last instant: where what has no time of its own lies. */
static struct decimal rate_at_end(const struct rated *rated)
{
    const struct phase_rates *rates = &rated->rates[rated->charge->phase_count - 1];

    return rates->slots[rates->count - 1].rate;
}

/* What an item weighs where nothing is billed: its use after coverage, or before if all of the
 * counter's is covered. */
static int128 weight_at_zero(const struct item *item, bool any_left)
{
    return any_left ? item->units : item->net;
}

static void add_fee(const struct rated *rated, const struct by *key, const struct step *step,
                    struct item *items, size_t count)
{
    struct group group = {.tax_rate = rate_at_end(rated)};
    int128 total = 0;
    bool any_left = false;

    for (size_t i = 0; i < count; i++)
        any_left |= items[i].units > 0;
    for (size_t i = 0; i < count; i++)
        total += weight_at_zero(&items[i], any_left);
    for (size_t i = 0; i < count; i++) {
        group.line = items[i].line;
        group.weight = weight_at_zero(&items[i], any_left);
        if (group.weight > 0)
            add_step(rated, rated->last, key, step, &group, total);
    }
    if (count > 0)
        return;
    group.line = by_of(&rated->last->charge->line_by, NULL, rated->job->arena);
    add_step(rated, rated->last, key, step, &group, 0);
}

/* Tier 1's flat fee applies when nothing is left to bill (flat_at_zero). */
static void add_fee_at_zero(const struct rated *rated, const struct by *key, struct item *items,
                            size_t count)
{
    const struct charge *charge = rated->last->charge;
    struct steps steps;

    if (!charge->flat_at_zero || charge->tiers[0].flat.coefficient == 0)
        return;
    init_steps(rated, &steps);
    struct step *step = steps_add(&steps, PART_FLAT, 0);
    ratio_set_decimal(step->money, charge->tiers[0].flat);
    add_fee(rated, key, step, items, count);
}

/* A line that says zero, for a plan that wants to see it. */
static void add_zero_line(const struct rated *rated)
{
    const struct by no_key = {0};
    struct group group = {.tax_rate = rate_at_end(rated)};

    group.line = by_of(&rated->last->charge->line_by, NULL, rated->job->arena);
    add_whole(rated, rated->last, &no_key, &group, PART_TIER, 0, NULL);
}

/* ------------------------------------------------------------------------------------ charges */

static void rate_counter(const struct rated *rated, const struct by *key, struct item *items,
                         size_t count)
{
    struct stretch *stretches = memory_alloc(rated->charge->phase_count * sizeof *stretches);
    int128 total = split_phases(rated, items, count, stretches);

    price_phases(rated, key, stretches, total);
    if (total == 0)
        add_fee_at_zero(rated, key, items, count);
    free(stretches);
}

/* Each counter; the one without keys exists without usage too. */
static void rate_counters(const struct rated *rated, struct items *items)
{
    const struct by no_key = {0};
    bool has_plain = rated->last->charge->key_by.count > 0;

    for (size_t i = 0, end = 0; i < items->count; i = end) {
        struct by key = items->items[i].key;

        for (end = i; end < items->count && by_compare(&items->items[end].key, &key) == 0;)
            end++;
        has_plain |= key.count == 0;
        rate_counter(rated, &key, &items->items[i], end - i);
    }
    if (!has_plain)
        rate_counter(rated, &no_key, NULL, 0);
}

static bool find_rates(struct rated *rated, struct error *err)
{
    const struct scheduled_charge *charge = rated->charge;
    struct arena *arena = rated->job->arena;

    rated->rates = arena_array(arena, charge->phase_count, sizeof *rated->rates);
    for (size_t p = 0; p < charge->phase_count; p++)
        if (!schedule_rates(rated->job->contract, charge->phases[p].charge->tax_category,
                            charge->phases[p].from_us, charge->phases[p].to_us, arena,
                            &rated->rates[p].slots, &rated->rates[p].count, err))
            return error_prefix(err, "charge %s: ", charge->charge);
    return true;
}

static struct fragment_source *make_source(const struct rated *rated, size_t order)
{
    const struct charge *charge = rated->last->charge;
    struct fragment_source *source = arena_alloc(rated->job->arena, sizeof *source);

    *source = (struct fragment_source){.order = order,
                                       .kind = LINE_CHARGE,
                                       .plan = rated->last->plan->id,
                                       .charge = charge->id,
                                       .description = charge->name,
                                       .unit = charge->unit,
                                       .divisor = charge->divisor,
                                       .print_zero = charge->print_zero};
    return source;
}

bool counter_rate(struct job *job, size_t at, struct error *err)
{
    const struct scheduled_charge *charge = &job->schedule.charges[at];
    struct rated rated = {.job = job, .charge = charge};
    size_t before = job->fragments.count;
    struct items items;

    rated.last = &charge->phases[charge->phase_count - 1];
    if (!find_rates(&rated, err))
        return false;
    rated.source = make_source(&rated, at);
    items_collect(job, charge, rated.rates, &items);
    rate_counters(&rated, &items);
    if (job->fragments.count == before && rated.source->print_zero)
        add_zero_line(&rated);
    return true;
}
