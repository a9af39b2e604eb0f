/*
 * Fragments of a counter in one plan version.
 */
#include "rating/stretch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"

/* Items of one line, time slot and cell. */
struct group {
    const struct item *const *items;
    size_t count;
    struct place place;
    int64_t cell;
    int128 billed;
    int128 free;
    int128 rounded;
};

/* -------------------------------------------------------------------------------------- cells */

static int by_cell(const void *left, const void *right)
{
    const struct cell_units *a = left;
    const struct cell_units *b = right;

    return (a->cell > b->cell) - (a->cell < b->cell);
}

void stretch_cells(const struct stretch *stretch, struct arena *arena, struct counter_move *move)
{
    struct cell_units *cells = arena_array(arena, stretch->count, sizeof *cells);
    size_t count = 0;
    size_t kept = 0;

    for (size_t i = 0; i < stretch->count; i++) {
        const struct item *item = &stretch->all->items[stretch->first + i];

        if (item->billed > 0)
            cells[count++] = (struct cell_units){item->cell, item->billed};
    }
    if (count > 0)
        qsort(cells, count, sizeof *cells, by_cell);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && cells[kept - 1].cell == cells[i].cell)
            cells[kept - 1].units += cells[i].units;
        else
            cells[kept++] = cells[i];
    }
    move->cells = cells;
    move->cell_count = kept;
}

/* -------------------------------------------------------------------------------------- steps */

/* "weight/total" */
static const char *share_text(int128 weight, int128 total, struct arena *arena)
{
    char texts[2][INT128_TEXT_SIZE];
    size_t size = strlen(number_format(weight, texts[0]));
    size_t below = strlen(number_format(total, texts[1])) + 1;
    char *text = arena_bytes(arena, size + 1 + below);

    memcpy(text, texts[0], size);
    text[size] = '/';
    memcpy(text + size + 1, texts[1], below);
    return text;
}

void stretch_add_step(const struct rated *rated, const struct place *place, const struct step *step,
                      int128 weight, int128 total, const char *window)
{
    struct fragment *fragment = rated_add(rated, place, step->kind);
    struct why *why = &fragment->why;

    why->price = step->why.price;
    why->is_percent = step->why.is_percent;
    why->unit = step->why.unit;
    why->rule = step->why.rule;
    why->tier = step->why.tier;
    why->tier_from = step->why.tier_from;
    why->tier_up_to = step->why.tier_up_to;
    why->block = step->why.block;
    why->window = window;
    mpq_set(fragment->units, step->units);
    mpq_set(fragment->money, step->money);
    if (weight == total)
        return;
    ratio_scale(fragment->units, weight, total);
    ratio_scale(fragment->money, weight, total);
    why->share = share_text(weight, total, rated->job->arena);
}

static void add_whole(const struct rated *rated, const struct place *place, enum part_kind kind,
                      int128 units, const struct covered_source *source)
{
    struct fragment *fragment = rated_add(rated, place, kind);

    ratio_set(fragment->units, units, 1);
    fragment->why.unit = rated->charge->phases[place->phase].charge->unit;
    if (!source)
        return;
    fragment->why.reservation = source->reservation;
    fragment->why.spend_plan = source->spend_plan;
    fragment->why.plan_price = source->price;
    fragment->why.on_demand = source->on_demand;
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

static void sum_covered(const struct rated *rated, const struct stretch *stretch,
                        const struct item *item, int128 *sums)
{
    const struct job *job = rated->job;
    const struct items *all = stretch->all;

    for (size_t i = first_covered(job, item->first_lot);
         i < job->covered_count && job->covered[i].lot < item->end_lot; i++) {
        const struct covered *covered = &job->covered[i];
        size_t of_lot = all->of_lot[covered->lot];

        if (of_lot > 0 && &all->items[of_lot - 1] == item &&
            (covered->charge == EVERY_CHARGE || covered->charge == rated->at))
            sums[covered->source] += covered->quantity;
    }
}

/* What is covered of a group's items stands in its line, at no price. */
static void add_covered(const struct rated *rated, const struct stretch *stretch,
                        const struct group *group)
{
    const struct job *job = rated->job;
    int128 *sums;

    if (job->covered_count == 0)
        return;
    sums = memory_alloc(job->source_count * sizeof *sums);
    for (size_t i = 0; i < group->count; i++)
        sum_covered(rated, stretch, group->items[i], sums);
    for (size_t s = 0; s < job->source_count; s++)
        if (sums[s] > 0)
            add_whole(rated, &group->place, PART_COVERED, sums[s], &job->sources[s]);
    free(sums);
}

/* ------------------------------------------------------------------------------------- groups */

/* Use without a price stands with the use that is billed: only cells that are priced come apart. */
static int by_line(const void *left, const void *right)
{
    const struct item *a = *(const struct item *const *)left;
    const struct item *b = *(const struct item *const *)right;
    int order = by_compare(&a->line, &b->line);

    if (order != 0)
        return order;
    if (a->slot != b->slot)
        return a->slot < b->slot ? -1 : 1;
    if (a->cell != b->cell)
        return a->cell < b->cell ? -1 : 1;
    return (a > b) - (a < b);
}

static bool is_one_group(const struct item *a, const struct item *b)
{
    return a->slot == b->slot && a->cell == b->cell && by_compare(&a->line, &b->line) == 0;
}

static const char *window_text(const struct item *item, struct arena *arena)
{
    char texts[2][INSTANT_TEXT_SIZE];

    if (item->window_us == WINDOW_NONE)
        return NULL;
    return arena_printf(arena, "%s/%s", instant_format(item->window_us, texts[0]),
                        instant_format(item->end_us, texts[1]));
}

/* The window of what is billed, where windows matter: all that is billed in a stretch is of one. */
static const char *billed_window(const struct group *group, struct arena *arena)
{
    for (size_t i = 0; i < group->count; i++)
        if (group->items[i]->billed > 0)
            return window_text(group->items[i], arena);
    return NULL;
}

static int128 units_of_cell(const struct counter_move *cells, int64_t cell)
{
    for (size_t i = 0; i < cells->cell_count; i++)
        if (cells->cells[i].cell == cell)
            return cells->cells[i].units;
    return 0;
}

static void add_group(const struct rated *rated, const struct stretch *stretch,
                      const struct group *group, const struct steps *steps,
                      const struct counter_move *cells)
{
    const char *window = billed_window(group, rated->job->arena);

    add_covered(rated, stretch, group);
    if (group->rounded != 0)
        add_whole(rated, &group->place, PART_ROUNDED, group->rounded, NULL);
    if (group->free > 0)
        add_whole(rated, &group->place, PART_FREE, group->free, NULL);
    for (size_t s = 0; group->billed > 0 && s < steps->count; s++) {
        const struct step *step = &steps->items[s];
        bool is_of_all = step->cell == CELL_NONE;

        if (is_of_all || step->cell == group->cell)
            stretch_add_step(rated, &group->place, step, group->billed,
                             is_of_all ? stretch->billed : units_of_cell(cells, step->cell),
                             window);
    }
}

void stretch_add(const struct rated *rated, const struct stretch *stretch, const struct by *key,
                 const struct steps *steps)
{
    const struct item **items = memory_alloc((stretch->count + 1) * sizeof(struct item *));
    const struct rate_slot *slots = rated->rates[stretch->phase].slots;
    struct counter_move cells;

    stretch_cells(stretch, rated->job->arena, &cells);
    for (size_t i = 0; i < stretch->count; i++)
        items[i] = &stretch->all->items[stretch->first + i];
    qsort(items, stretch->count, sizeof(struct item *), by_line);
    for (size_t i = 0, end = 0; i < stretch->count; i = end) {
        struct group group = {.items = &items[i], .cell = items[i]->cell};

        for (end = i; end < stretch->count && is_one_group(items[i], items[end]); end++) {
            group.billed += items[end]->billed;
            group.free += items[end]->free;
            group.rounded += items[end]->rounded;
        }
        group.count = end - i;
        group.place = (struct place){.phase = stretch->phase,
                                     .line = items[i]->line,
                                     .slot = &slots[items[i]->slot],
                                     .key = key};
        add_group(rated, stretch, &group, steps, &cells);
    }
    free(items);
}
