/*
 * Items: collected from the lots, and the free allowance among them.
 */
#include "rating/item.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rating/share.h"

/* ----------------------------------------------------------------------------------- collect */

/* Room for one more; items are few against lots, so doubling in the arena is cheap. */
static struct item *add_item(struct items *items, size_t *capacity, struct arena *arena)
{
    if (items->count == *capacity) {
        size_t larger = *capacity ? 2 * *capacity : 16;
        struct item *moved = arena_array(arena, larger, sizeof *moved);

        if (items->count > 0)
            memcpy(moved, items->items, items->count * sizeof *moved);
        items->items = moved;
        *capacity = larger;
    }
    struct item *item = &items->items[items->count++];
    *item = (struct item){0};
    return item;
}

/* Lots of one series that begin in the phase: *first is moved to the first, the end returned. */
static size_t lots_in_phase(const struct job *job, const struct phase *phase, size_t *first,
                            size_t end)
{
    while (*first < end && job->lots[*first].from_us < phase->from_us)
        (*first)++;
    size_t last = *first;
    while (last < end && job->lots[last].from_us < phase->to_us)
        last++;
    return last;
}

struct collection {
    struct job *job;
    const struct scheduled_charge *charge;
    const struct phase_rates *rates;
    struct items items;
    size_t capacity;
};

static void collect_slot(struct collection *collection, size_t phase, size_t slot, size_t first,
                         size_t end)
{
    struct job *job = collection->job;
    const struct charge *charge = collection->charge->phases[phase].charge;
    const struct phase_rates *rates = &collection->rates[phase];
    struct item sum = {.phase = phase, .slot = slot, .first_lot = first, .end_lot = end};

    for (size_t i = first; i < end; i++) {
        if (schedule_slot(rates->slots, rates->count, job->lots[i].from_us) != slot)
            continue;
        sum.net += job->lots[i].quantity;
        sum.units += job->lots[i].left;
    }
    if (sum.net == 0)
        return;
    sum.key = by_of(&charge->key_by, job_series(job, &job->lots[first]), job->arena);
    sum.line = by_of(&charge->line_by, job_series(job, &job->lots[first]), job->arena);
    *add_item(&collection->items, &collection->capacity, job->arena) = sum;
}

/* Lots [first, end) are one series. */
static void collect_series(struct collection *collection, size_t first, size_t end)
{
    struct job *job = collection->job;
    const struct series *series = job_series(job, &job->lots[first]);

    for (size_t p = 0; p < collection->charge->phase_count; p++) {
        const struct phase *phase = &collection->charge->phases[p];
        size_t from = first;

        if (!conditions_match(phase->charge->meter, &phase->charge->where, series))
            continue;
        size_t to = lots_in_phase(job, phase, &from, end);
        for (size_t i = from; i < to; i++)
            job->lots[i].is_rated = true;
        for (size_t slot = 0; from < to && slot < collection->rates[p].count; slot++)
            collect_slot(collection, p, slot, from, to);
    }
}

/* Lots stand in series key order, so theirs is that of the series. */
static int by_counter(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;
    int order = by_compare(&a->key, &b->key);

    if (order != 0)
        return order;
    if (a->phase != b->phase)
        return a->phase < b->phase ? -1 : 1;
    if (a->first_lot != b->first_lot)
        return a->first_lot < b->first_lot ? -1 : 1;
    return (a->slot > b->slot) - (a->slot < b->slot);
}

void items_collect(struct job *job, const struct scheduled_charge *charge,
                   const struct phase_rates *rates, struct items *out)
{
    struct collection collection = {.job = job, .charge = charge, .rates = rates};

    for (size_t i = 0, end = 0; i < job->lot_count; i = end) {
        for (end = i + 1; end < job->lot_count && job->lots[end].series == job->lots[i].series;)
            end++;
        collect_series(&collection, i, end);
    }
    if (collection.items.count > 0)
        qsort(collection.items.items, collection.items.count, sizeof *collection.items.items,
              by_counter);
    *out = collection.items;
}

/* ------------------------------------------------------------------------------ free allowance */

static size_t series_end(const struct item *items, size_t from, size_t count)
{
    size_t end = from + 1;

    while (end < count && items[end].first_lot == items[from].first_lot)
        end++;
    return end;
}

/* Shares over the windows of one series, then adds up by tax rate. */
static void share_windows(const struct job *job, const struct phase_rates *rates,
                          struct item *items, size_t count, int128 free_units)
{
    size_t first = items->first_lot;
    size_t lot_count = items->end_lot - first;
    int128 *weights = memory_alloc(2 * lot_count * sizeof *weights);

    for (size_t i = 0; i < lot_count; i++)
        weights[i] = job->lots[first + i].left;
    share_whole(free_units, weights, lot_count, weights + lot_count);
    for (size_t i = 0; i < lot_count; i++) {
        size_t slot = schedule_slot(rates->slots, rates->count, job->lots[first + i].from_us);

        for (size_t k = 0; k < count; k++)
            if (items[k].slot == slot)
                items[k].free += weights[lot_count + i];
    }
    free(weights);
}

void items_share_free(const struct job *job, const struct phase_rates *rates, struct item *items,
                      size_t count, int128 free_units)
{
    int128 *weights = memory_alloc(2 * count * sizeof *weights + 1);
    size_t series_count = 0;

    for (size_t i = 0; i < count; i = series_end(items, i, count), series_count++)
        for (size_t k = i; k < series_end(items, i, count); k++)
            weights[series_count] += items[k].units;
    share_whole(free_units, weights, series_count, weights + count);
    for (size_t i = 0, s = 0; i < count; s++) {
        size_t end = series_end(items, i, count);

        if (end - i == 1)
            items[i].free = weights[count + s];
        else
            share_windows(job, rates, &items[i], end - i, weights[count + s]);
        i = end;
    }
    for (size_t i = 0; i < count; i++)
        items[i].billed = items[i].units - items[i].free;
    free(weights);
}
