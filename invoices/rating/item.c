/*
 * Items: collected from the lots, and the free allowance among them.
 */
#include "rating/item.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/charge.h"
#include "rating/conditions.h"
#include "rating/share.h"

#define LOOK_BACK 16 /* items of a series that a lot is compared with; more only repeat an item */

/* ----------------------------------------------------------------------------------- collect */

struct collection {
    struct job *job;
    const struct scheduled_charge *charge;
    size_t at; /* in the schedule */
    const struct phase_rates *rates;
    struct items items;
    size_t capacity;
};

/* Lots of one series that begin in a phase. */
struct run {
    size_t phase;
    const struct charge *charge;
    size_t first;
    size_t end;
    size_t first_item;
};

/* Items are few against lots, so doubling in the arena is cheap. */
static struct item *add_item(struct items *items, size_t *capacity, struct arena *arena)
{
    items->items = arena_grow(arena, items->items, items->count, capacity, sizeof *items->items);
    struct item *item = &items->items[items->count++];
    *item = (struct item){.id = items->count - 1};
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

static bool refuse_lot(const struct collection *collection, const struct lot *lot,
                       struct error *err)
{
    char text[INSTANT_TEXT_SIZE];

    return error_prefix(
        err, "charge %s: usage of %s in the window from %s: ", collection->charge->charge,
        series_text(job_series(collection->job, lot), collection->job->arena),
        instant_format(lot->from_us, text));
}

/* What tells a lot's item from others of its series and phase. */
static bool place_lot(const struct collection *collection, const struct run *run,
                      const struct lot *lot, struct item *out, struct error *err)
{
    const struct charge *charge = run->charge;
    const struct phase_rates *rates = &collection->rates[run->phase];
    const struct charge_model_row *row = charge_model_of(charge->model);
    const struct lot_place place = {.zone = collection->job->contract->zone,
                                    .series = job_series(collection->job, lot),
                                    .from_us = lot->from_us,
                                    .to_us = lot->to_us};

    *out = (struct item){.cell = CELL_NONE, .counter_us = WINDOW_NONE, .window_us = WINDOW_NONE};
    out->slot = schedule_slot(rates->slots, rates->count, lot->from_us);
    if (charge->per_window)
        out->counter_us = lot->from_us;
    if (charge->per_window || charge->model == CHARGE_PEAK) {
        out->window_us = lot->from_us;
        out->end_us = lot->to_us;
    }
    return !row->find_cell || lot->left == 0 || row->find_cell(charge, &place, &out->cell, err) ||
           refuse_lot(collection, lot, err);
}

static struct item *find_item(struct items *items, const struct run *run, const struct item *like)
{
    size_t oldest =
        items->count > run->first_item + LOOK_BACK ? items->count - LOOK_BACK : run->first_item;

    for (size_t i = items->count; i-- > oldest;) {
        struct item *item = &items->items[i];

        if (item->slot == like->slot && item->cell == like->cell &&
            item->window_us == like->window_us)
            return item;
    }
    return NULL;
}

static bool collect_lot(struct collection *collection, const struct run *run, size_t at,
                        struct error *err)
{
    struct job *job = collection->job;
    struct lot *lot = &job->lots[at];
    struct item like;

    if (lot->rounder != 0 && lot->rounder != collection->at + 1)
        return error_set(err, ERROR_INPUT,
                         "charge %s rounds it and is not the only one that asks for it; give one "
                         "of them a meter of its own, or make their where disjoint",
                         job->schedule.charges[lot->rounder - 1].charge) ||
               refuse_lot(collection, lot, err);
    lot->is_rated = true;
    if (!place_lot(collection, run, lot, &like, err))
        return false;
    struct item *item = find_item(&collection->items, run, &like);
    if (!item) {
        item = add_item(&collection->items, &collection->capacity, job->arena);
        like.id = item->id;
        *item = like;
        item->phase = run->phase;
        item->first_lot = run->first;
        item->end_lot = run->end;
        item->key = by_of(&run->charge->key_by, job_series(job, lot), job->arena);
        item->line = by_of(&run->charge->line_by, job_series(job, lot), job->arena);
    }
    item->net += lot->quantity;
    item->rounded += lot->rounded;
    item->units += lot->left;
    collection->items.of_lot[at] = item->id + 1;
    return true;
}

/* Lots [first, end) are one series. */
static bool collect_series(struct collection *collection, size_t first, size_t end,
                           struct error *err)
{
    struct job *job = collection->job;
    const struct series *series = job_series(job, &job->lots[first]);

    for (size_t p = 0; p < collection->charge->phase_count; p++) {
        const struct phase *phase = &collection->charge->phases[p];
        struct run run = {.phase = p, .charge = phase->charge, .first = first};

        if (!conditions_match(phase->charge->meter, &phase->charge->where, series))
            continue;
        run.end = lots_in_phase(job, phase, &run.first, end);
        run.first_item = collection->items.count;
        for (size_t i = run.first; i < run.end; i++)
            if (!collect_lot(collection, &run, i, err))
                return false;
    }
    return true;
}

/* Lots stand in series key order, so theirs is that of the series. */
static int by_counter(const void *left, const void *right)
{
    const struct item *a = left;
    const struct item *b = right;
    int order = by_compare(&a->key, &b->key);

    if (order != 0)
        return order;
    if (a->counter_us != b->counter_us)
        return a->counter_us < b->counter_us ? -1 : 1;
    if (a->phase != b->phase)
        return a->phase < b->phase ? -1 : 1;
    if (a->first_lot != b->first_lot)
        return a->first_lot < b->first_lot ? -1 : 1;
    if (a->slot != b->slot)
        return a->slot < b->slot ? -1 : 1;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

/* Sorted for counters; lots find their items again. */
static void sort_items(struct items *items, size_t lot_count)
{
    size_t *places = memory_alloc((items->count + 1) * sizeof *places);

    if (items->count > 0)
        qsort(items->items, items->count, sizeof *items->items, by_counter);
    for (size_t i = 0; i < items->count; i++)
        places[items->items[i].id] = i;
    for (size_t i = 0; i < lot_count; i++)
        if (items->of_lot[i] > 0)
            items->of_lot[i] = places[items->of_lot[i] - 1] + 1;
    free(places);
}

bool items_collect(struct job *job, size_t charge, const struct phase_rates *rates,
                   struct items *out, struct error *err)
{
    struct collection collection = {
        .job = job, .charge = &job->schedule.charges[charge], .at = charge, .rates = rates};
    bool done = true;

    collection.items.of_lot = memory_alloc((job->lot_count + 1) * sizeof(size_t));
    for (size_t i = 0, end = 0; done && i < job->lot_count; i = end) {
        for (end = i + 1; end < job->lot_count && job->lots[end].series == job->lots[i].series;)
            end++;
        done = collect_series(&collection, i, end, err);
    }
    if (!done) {
        items_release(&collection.items);
        return false;
    }
    sort_items(&collection.items, job->lot_count);
    *out = collection.items;
    return true;
}

void items_release(struct items *items)
{
    free(items->of_lot);
    items->of_lot = NULL;
}

/* ------------------------------------------------------------------------------ free allowance */

static size_t series_end(const struct item *items, size_t from, size_t count)
{
    size_t end = from + 1;

    while (end < count && items[end].first_lot == items[from].first_lot)
        end++;
    return end;
}

/* Shares over the windows of one series, then adds up by item. Only windows of the items
 * [first, first + count) count: others may be another counter's. */
static void share_windows(const struct job *job, struct items *items, size_t first, size_t count,
                          int128 free_units)
{
    size_t first_lot = items->items[first].first_lot;
    size_t lot_count = items->items[first].end_lot - first_lot;
    int128 *weights = memory_alloc(2 * lot_count * sizeof *weights);

    for (size_t i = 0; i < lot_count; i++) {
        size_t item = items->of_lot[first_lot + i];

        if (item > first && item <= first + count && items->items[item - 1].units > 0)
            weights[i] = job->lots[first_lot + i].left;
    }
    share_whole(free_units, weights, lot_count, weights + lot_count);
    for (size_t i = 0; i < lot_count; i++)
        if (weights[i] > 0)
            items->items[items->of_lot[first_lot + i] - 1].free += weights[lot_count + i];
    free(weights);
}

void items_share_free(const struct job *job, struct items *all, size_t first, size_t count,
                      int128 free_units)
{
    struct item *items = &all->items[first];
    int128 *weights = memory_alloc(2 * count * sizeof *weights + 1);
    size_t series_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (i > 0 && items[i].first_lot != items[i - 1].first_lot)
            series_count++;
        weights[series_count] += items[i].units;
    }
    series_count += count > 0;
    share_whole(free_units, weights, series_count, weights + count);
    for (size_t i = 0, s = 0; i < count; s++) {
        size_t end = series_end(items, i, count);

        if (end - i == 1)
            items[i].free = weights[count + s];
        else
            share_windows(job, all, first + i, end - i, weights[count + s]);
        i = end;
    }
    for (size_t i = 0; i < count; i++)
        items[i].billed = items[i].units - items[i].free;
    free(weights);
}
