/*
 * Counters: their allowance, their moves through the versions.
 */
#include "rating/counter.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/charge.h"
#include "rating/stretch.h"

/* ------------------------------------------------------------------------------------- peaks */

static bool is_peak(const struct rated *rated, const struct item *item)
{
    return rated->charge->phases[item->phase].charge->model == CHARGE_PEAK;
}

static int by_window(const void *left, const void *right)
{
    const struct item *a = *(struct item *const *)left;
    const struct item *b = *(struct item *const *)right;

    return (a->window_us > b->window_us) - (a->window_us < b->window_us);
}

/* The window with the highest sum, the earliest of equals; the items stand by window. */
static int64_t find_peak(struct item *const *items, size_t count)
{
    int64_t peak_us = WINDOW_NONE;
    int128 highest = 0;
    int128 sum = 0;

    for (size_t i = 0; i < count; i++) {
        sum = i > 0 && items[i]->window_us == items[i - 1]->window_us ? sum + items[i]->units
                                                                      : items[i]->units;
        if (sum > highest) {
            highest = sum;
            peak_us = items[i]->window_us;
        }
    }
    return peak_us;
}

/* Of versions whose model is peak only the period's highest window is billed. */
static void keep_peak(const struct rated *rated, struct item *items, size_t count)
{
    struct item **peaks = memory_alloc((count + 1) * sizeof(struct item *));
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (is_peak(rated, &items[i]))
            peaks[kept++] = &items[i];
    qsort(peaks, kept, sizeof(struct item *), by_window);
    int64_t peak_us = find_peak(peaks, kept);
    for (size_t i = 0; i < kept; i++)
        if (peaks[i]->window_us != peak_us)
            peaks[i]->units = 0;
    free(peaks);
}

/* --------------------------------------------------------------------------------- allowance */

/* floor(free × divisor / multiple) in base units. */
static int128 allowance_of(const struct charge *charge)
{
    mpq_t units;

    mpq_init(units);
    ratio_set_decimal(units, charge->free);
    charge_base_units(charge, units);
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

/* Splits a counter's items [first, first + count) by phase and takes the free allowance. Returns
 * what is billed. */
static int128 split_phases(const struct rated *rated, struct items *all, size_t first, size_t count,
                           struct stretch *stretches)
{
    int128 left_before = 0;
    int128 total = 0;
    size_t at = first;

    for (size_t p = 0; p < rated->charge->phase_count; p++) {
        struct stretch *stretch = &stretches[p];
        size_t from = at;

        *stretch = (struct stretch){.all = all, .phase = p};
        for (; at < first + count && all->items[at].phase == p; at++)
            stretch->units += all->items[at].units;
        stretch->first = from;
        stretch->count = at - from;
        int128 free_units = free_in(rated->charge->phases[p].charge, left_before, stretch->units);
        items_share_free(rated->job, all, from, stretch->count, free_units);
        stretch->billed = stretch->units - free_units;
        left_before += stretch->units;
        total += stretch->billed;
    }
    return total;
}

/* ------------------------------------------------------------------------------------ pricing */

static struct steps no_steps(const struct rated *rated)
{
    return (struct steps){.arena = rated->job->arena, .pool = &rated->job->pool};
}

/* What coverage took of a counter's usage. */
static int128 covered_of(const struct item *items, size_t count)
{
    int128 covered = 0;

    for (size_t i = 0; i < count; i++)
        covered += items[i].net - items[i].units;
    return covered;
}

static void price_phases(const struct rated *rated, const struct by *key, struct stretch *stretches,
                         int128 covered, int128 total)
{
    int128 billed = 0;

    for (size_t p = 0; p < rated->charge->phase_count; p++) {
        const struct charge *charge = rated->charge->phases[p].charge;
        int128 first = charge->counts_covered ? covered : 0;
        struct counter_move move = {.first = first,
                                    .before = first + billed,
                                    .units = stretches[p].billed,
                                    .total = first + total};
        struct steps steps = no_steps(rated);

        stretch_cells(&stretches[p], rated->job->arena, &move);
        if (move.units > 0)
            charge_model_of(charge->model)->price(charge, &move, &steps);
        stretch_add(rated, &stretches[p], key, &steps);
        billed += move.units;
    }
}

/* ------------------------------------------------------------------------------ nothing to bill */

/* What an item weighs where nothing is billed: its use after coverage, or before if all of the
 * counter's is covered. */
static int128 weight_at_zero(const struct item *item, bool any_left)
{
    return any_left ? item->units : item->net;
}

/* The fee shared by use; without any it stands in the plain line. */
static void share_fee(const struct rated *rated, const struct by *key, const struct step *step,
                      const struct item *items, size_t count)
{
    struct place place = {.phase = rated->charge->phase_count - 1, .slot = &rated->end, .key = key};
    int128 total = 0;
    bool any_left = false;

    for (size_t i = 0; i < count; i++)
        any_left |= items[i].units > 0;
    for (size_t i = 0; i < count; i++)
        total += weight_at_zero(&items[i], any_left);
    for (size_t i = 0; i < count; i++) {
        int128 weight = weight_at_zero(&items[i], any_left);

        place.line = items[i].line;
        if (weight > 0)
            stretch_add_step(rated, &place, step, weight, total, NULL);
    }
    place.line = rated_plain_line(rated, place.phase);
    if (count == 0)
        stretch_add_step(rated, &place, step, 1, 1, NULL);
}

/* Tier 1's flat fee applies when nothing is left to bill (flat_at_zero). */
static void add_fee_at_zero(const struct rated *rated, const struct by *key,
                            const struct item *items, size_t count)
{
    struct steps steps = no_steps(rated);

    tier_price_nothing(rated->last->charge, &steps);
    for (size_t i = 0; i < steps.count; i++)
        share_fee(rated, key, &steps.items[i], items, count);
}

/* ----------------------------------------------------------------------------------- counters */

/* The items [first, first + count). */
static void rate_counter(const struct rated *rated, const struct by *key, struct items *all,
                         size_t first, size_t count)
{
    struct stretch *stretches = memory_alloc(rated->charge->phase_count * sizeof *stretches);
    struct item *items = count > 0 ? &all->items[first] : NULL;
    int128 covered = covered_of(items, count);

    keep_peak(rated, items, count);
    int128 total = split_phases(rated, all, first, count, stretches);
    price_phases(rated, key, stretches, covered, total);
    if (total == 0)
        add_fee_at_zero(rated, key, items, count);
    free(stretches);
}

/* Each counter; the one without keys exists without usage too, unless windows have counters. */
static void rate_all(const struct rated *rated, struct items *items)
{
    const struct by no_key = {0};
    const struct charge *charge = rated->last->charge;
    bool has_plain = charge->key_by.count > 0 || charge->per_window;

    for (size_t i = 0, end = 0; i < items->count; i = end) {
        struct by key = items->items[i].key;
        int64_t counter_us = items->items[i].counter_us;

        for (end = i; end < items->count && by_compare(&items->items[end].key, &key) == 0 &&
                      items->items[end].counter_us == counter_us;)
            end++;
        has_plain |= key.count == 0;
        rate_counter(rated, &key, items, i, end - i);
    }
    if (!has_plain)
        rate_counter(rated, &no_key, items, 0, 0);
}

bool counters_rate(const struct rated *rated, struct error *err)
{
    struct items items = {0};

    if (!items_collect(rated->job, rated->at, rated->rates, &items, err))
        return false;
    rate_all(rated, &items);
    items_release(&items);
    return true;
}
