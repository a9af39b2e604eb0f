/*
 * The one rounding: fragments to charges, lines and parts.
 */
#include "rating/fragment.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rating/share.h"
#include "rating/usage.h"

/* A rating's list for the thread's next one: it is large, and malloc would give it back each time.
 */
#define KEPT_MAX 2048

static _Thread_local struct fragment *kept;
static _Thread_local size_t kept_capacity;

void fragments_init(struct fragments *fragments, struct arena *arena, struct ratio_pool *pool)
{
    *fragments =
        (struct fragments){.arena = arena, .pool = pool, .items = kept, .capacity = kept_capacity};
    kept = NULL;
    kept_capacity = 0;
}

void fragments_release(struct fragments *fragments)
{
    if (fragments->capacity > kept_capacity && fragments->capacity <= KEPT_MAX) {
        free(kept);
        kept = fragments->items;
        kept_capacity = fragments->capacity;
    } else {
        free(fragments->items);
    }
    fragments->items = NULL;
    fragments->capacity = 0;
}

struct fragment *fragments_add(struct fragments *fragments, const struct fragment *fragment)
{
    fragments->items = memory_grow(fragments->items, &fragments->capacity, fragments->count + 1,
                                   sizeof *fragments->items);
    struct fragment *added = &fragments->items[fragments->count];
    *added = *fragment;
    added->sequence = fragments->count++;
    added->units = ratio_new(fragments->pool);
    added->money = ratio_new(fragments->pool);
    return added;
}

/* ------------------------------------------------------------------------------------ orders */

int decimal_compare(struct decimal a, struct decimal b)
{
    if (a.scale == b.scale)
        return (a.coefficient > b.coefficient) - (a.coefficient < b.coefficient);
    int128 left = a.coefficient * number_power10(b.scale);
    int128 right = b.coefficient * number_power10(a.scale);

    return (left > right) - (left < right);
}

/* Of one charge, tax category and rate: what is rounded together. */
static int compare_charges(const struct fragment *a, const struct fragment *b)
{
    int order = (a->source->order > b->source->order) - (a->source->order < b->source->order);

    if (order == 0 && a->tax_category != b->tax_category)
        order = strcmp(a->tax_category, b->tax_category);
    if (order == 0)
        order = decimal_compare(a->tax_rate, b->tax_rate);
    return order;
}

static int compare_members(const struct fragment *a, const struct fragment *b)
{
    return a->member ? strcmp(a->member, b->member) : 0;
}

static int compare_lines(const struct fragment *a, const struct fragment *b)
{
    int order = compare_charges(a, b);

    if (order == 0)
        order = compare_members(a, b);
    return order != 0 ? order : by_compare(&a->by, &b->by);
}

static int in_sequence(const void *left, const void *right)
{
    const struct fragment *a = left;
    const struct fragment *b = right;
    int order = compare_lines(a, b);

    return order != 0 ? order : (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

/* ----------------------------------------------------------------------------------- members */

/* Whose it is; what is left of `by` tells the member's lines apart. */
static void set_member(struct fragment *fragment, const char *payer, struct arena *arena)
{
    const struct by by = fragment->by;
    struct by left = {.names = arena_array(arena, by.count, sizeof *left.names),
                      .values = arena_array(arena, by.count, sizeof *left.values)};

    fragment->member = payer;
    for (size_t i = 0; i < by.count; i++) {
        if (strcmp(by.names[i], POOL_TENANT) != 0) {
            left.names[left.count] = by.names[i];
            left.values[left.count++] = by.values[i];
        } else if (by.values[i].data) {
            fragment->member = arena_text_n(arena, by.values[i].data, by.values[i].size);
        }
    }
    fragment->by = left;
}

static void set_members(struct fragments *fragments, const char *payer)
{
    for (size_t i = 0; payer && i < fragments->count; i++)
        set_member(&fragments->items[i], payer, fragments->arena);
}

/* ------------------------------------------------------------------------------------- lines */

/* One charge under construction: a run of the sorted fragments. */
struct run {
    struct fragment *fragments;
    size_t count;
    size_t line_count;
    size_t *starts;  /* of each line, and the end */
    mpq_ptr *exact;  /* of each line, in the currency */
    mpq_ptr total;   /* Σ exact, in the currency */
    int128 *amounts; /* of each line, in minor units */
};

static void split_lines(struct run *run, struct fragments *fragments)
{
    run->starts = arena_array(fragments->arena, run->count + 1, sizeof *run->starts);
    run->exact = arena_array(fragments->arena, run->count, sizeof *run->exact);
    run->amounts = arena_array(fragments->arena, run->count, sizeof *run->amounts);
    run->total = ratio_new(fragments->pool);
    for (size_t i = 0; i < run->count; i++) {
        if (i == 0 || compare_lines(&run->fragments[i - 1], &run->fragments[i]) != 0) {
            run->exact[run->line_count] = ratio_new(fragments->pool);
            run->starts[run->line_count++] = i;
        }
        mpq_ptr line = run->exact[run->line_count - 1];
        mpq_add(line, line, run->fragments[i].money);
    }
    run->starts[run->line_count] = run->count;
    for (size_t i = 0; i < run->line_count; i++)
        mpq_add(run->total, run->total, run->exact[i]);
}

/* An upfront has one where it is of units × hours. */
static bool has_quantity(const struct fragment *fragment)
{
    enum part_kind kind = fragment->kind;

    return (kind == PART_UPFRONT && fragment->why.unit) || kind == PART_TIER ||
           kind == PART_ROUNDED || kind == PART_FREE || kind == PART_COVERED ||
           kind == PART_CAPACITY || kind == PART_USAGE || kind == PART_FEE;
}

/* Base units that were billed or free; 0 for a reservation, whose units are hours. */
static void sum_units(const struct fragment *fragments, size_t count, mpq_ptr sum)
{
    for (size_t i = 0; i < count; i++)
        if (fragments[i].kind == PART_TIER || fragments[i].kind == PART_FREE ||
            fragments[i].kind == PART_CAPACITY || fragments[i].kind == PART_FEE ||
            fragments[i].kind == PART_UPFRONT)
            mpq_add(sum, sum, fragments[i].units);
}

static void set_quantity(struct rating_line *line, const struct fragment_source *source,
                         mpq_ptr units, struct arena *arena)
{
    if (source->kind == LINE_COMMITMENT)
        return;
    if (source->kind == LINE_CHARGE && source->unit)
        line->base_quantity = ratio_floor(units);
    ratio_scale(units, source->multiple, source->divisor);
    line->quantity = ratio_display(units, QUANTITY_DECIMALS, arena);
}

static void set_parts(struct rating_line *line, const struct fragment *fragments, size_t count,
                      int128 total, struct fragments *all)
{
    mpq_ptr *exact = arena_array(all->arena, count, sizeof *exact);
    int128 *amounts = arena_array(all->arena, count, sizeof *amounts);

    line->parts = arena_array(all->arena, count, sizeof *line->parts);
    line->part_count = count;
    for (size_t i = 0; i < count; i++)
        exact[i] = fragments[i].money;
    share_spread(total, exact, count, number_power10(PART_DECIMALS), amounts);
    for (size_t i = 0; i < count; i++) {
        struct rating_part *part = &line->parts[i];

        part->kind = fragments[i].kind;
        part->amount = amounts[i];
        part->why = fragments[i].why;
        part->why.exact = ratio_text(fragments[i].money, all->arena);
    }
}

/* Part quantities in price units: the fragments' are base units of a charge. */
static void set_part_quantities(struct rating_line *line, const struct fragment *fragments,
                                struct fragments *all)
{
    mpq_ptr units = ratio_new(all->pool);

    for (size_t i = 0; i < line->part_count; i++) {
        if (!has_quantity(&fragments[i]))
            continue;
        mpq_set(units, fragments[i].units);
        ratio_scale(units, fragments[i].multiple, fragments[i].divisor);
        line->parts[i].quantity = ratio_text(units, all->arena);
    }
}

static bool make_line(const struct run *run, size_t at, unsigned exponent, struct fragments *all,
                      struct rating_line *out, struct error *err)
{
    const struct fragment *first = &run->fragments[run->starts[at]];
    size_t count = run->starts[at + 1] - run->starts[at];
    int128 total = 0;
    struct rating_line line = {
        .kind = first->source->kind,
        .member = first->member,
        .plan = first->source->plan,
        .charge = first->source->charge,
        .description = first->source->description,
        .by_count = first->by.count,
        .by_names = first->by.names,
        .by_values = by_texts(&first->by, all->arena),
        .tax_category = first->tax_category,
        .tax_rate = first->tax_rate,
        .tax_parts = first->tax_parts,
        .unit = first->source->unit,
        .amount_minor = run->amounts[at],
    };

    if (!number_multiply(line.amount_minor, number_power10(PART_DECIMALS - exponent), &total))
        return error_set(err, ERROR_INPUT,
                         "%s: the amount does not fit 128 bits at %d decimals; choose a coarser "
                         "scale for the meter or a larger price unit",
                         line.charge, PART_DECIMALS);
    mpq_ptr units = ratio_new(all->pool);
    sum_units(first, count, units);
    set_quantity(&line, first->source, units, all->arena);
    set_parts(&line, first, count, total, all);
    set_part_quantities(&line, first, all);
    *out = line;
    return true;
}

/* ----------------------------------------------------------------------------------- charges */

/* All of a charge, or what of it a member's fragments are; not rounded. */
static struct rating_charge sum_charge(const struct fragment *first, size_t count, mpq_ptr total,
                                       struct fragments *all)
{
    mpq_ptr units = ratio_new(all->pool);
    struct rating_charge charge = {
        .kind = first->source->kind,
        .order = first->source->order,
        .plan = first->source->plan,
        .charge = first->source->charge,
        .description = first->source->description,
        .tax_category = first->tax_category,
        .tax_rate = first->tax_rate,
        .tax_parts = first->tax_parts,
        .divisor = first->source->divisor,
        .multiple = first->source->multiple,
        .unit = first->source->unit,
        .exact = ratio_text(total, all->arena),
    };

    sum_units(first, count, units);
    if (charge.kind == LINE_CHARGE && charge.unit)
        charge.base_quantity = ratio_floor(units);
    return charge;
}

/* The members' lines in the run: of each the first, and the end. */
static size_t split_members(const struct run *run, size_t *out_starts)
{
    size_t count = 0;

    for (size_t i = 0; i < run->line_count; i++)
        if (i == 0 || compare_members(&run->fragments[run->starts[i - 1]],
                                      &run->fragments[run->starts[i]]) != 0)
            out_starts[count++] = i;
    out_starts[count] = run->line_count;
    return count;
}

/* A charge's amount is shared over the members, and what is a member's over its lines: how the
 * lines are told apart changes nobody's share. */
static void share_charge(const struct run *run, int128 amount, unsigned exponent,
                         struct fragments *all, struct fragment_result *result)
{
    size_t *starts = arena_array(all->arena, run->line_count + 1, sizeof *starts);
    mpq_ptr *exact = arena_array(all->arena, run->line_count, sizeof *exact);
    int128 *amounts = arena_array(all->arena, run->line_count, sizeof *amounts);
    size_t count = split_members(run, starts);
    int128 scale = number_power10(exponent);

    for (size_t m = 0; m < count; m++) {
        exact[m] = ratio_new(all->pool);
        for (size_t i = starts[m]; i < starts[m + 1]; i++)
            mpq_add(exact[m], exact[m], run->exact[i]);
    }
    share_spread(amount, exact, count, scale, amounts);
    for (size_t m = 0; m < count; m++) {
        size_t first = run->starts[starts[m]];
        struct rating_charge *share = &result->shares[result->share_count++];

        share_spread(amounts[m], &run->exact[starts[m]], starts[m + 1] - starts[m], scale,
                     &run->amounts[starts[m]]);
        *share =
            sum_charge(&run->fragments[first], run->starts[starts[m + 1]] - first, exact[m], all);
        share->member = run->fragments[first].member;
        share->amount_minor = amounts[m];
    }
}

static bool finish_run(struct run *run, unsigned exponent, struct fragments *all,
                       struct fragment_result *result, struct error *err)
{
    struct rating_charge *charge = &result->charges[result->charge_count];

    split_lines(run, all);
    *charge = sum_charge(run->fragments, run->count, run->total, all);
    if (!ratio_round(run->total, exponent, charge->charge, &charge->amount_minor, err))
        return false;
    result->charge_count++;
    if (run->fragments->member)
        share_charge(run, charge->amount_minor, exponent, all, result);
    else
        share_spread(charge->amount_minor, run->exact, run->line_count, number_power10(exponent),
                     run->amounts);
    for (size_t i = 0; i < run->line_count; i++) {
        if (run->amounts[i] == 0 && !run->fragments[run->starts[i]].source->print_zero)
            continue;
        if (!make_line(run, i, exponent, all, &result->lines[result->line_count], err))
            return false;
        result->lines[result->line_count++].order = run->fragments->source->order;
    }
    return true;
}

static int compare_texts(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    return strcmp(a, b);
}

/* Order in the document: charge, line_by values, category, rate. Of a charge of a pool each
 * member's lines stand together. */
static int by_document(const void *left, const void *right)
{
    const struct rating_line *a = left;
    const struct rating_line *b = right;
    int order = (a->order > b->order) - (a->order < b->order);

    if (order == 0 && a->member)
        order = strcmp(a->member, b->member);
    for (size_t i = 0; order == 0 && i < a->by_count && i < b->by_count; i++)
        order = compare_texts(a->by_values[i], b->by_values[i]);
    if (order == 0)
        order = (a->by_count > b->by_count) - (a->by_count < b->by_count);
    for (size_t i = 0; order == 0 && i < a->by_count; i++)
        order = strcmp(a->by_names[i], b->by_names[i]);
    if (order == 0)
        order = strcmp(a->tax_category, b->tax_category);
    return order != 0 ? order : decimal_compare(a->tax_rate, b->tax_rate);
}

bool fragments_finish(struct fragments *fragments, const char *payer, unsigned exponent,
                      struct fragment_result *out, struct error *err)
{
    struct fragment_result result = {0};

    set_members(fragments, payer);
    result.shares = arena_array(fragments->arena, fragments->count, sizeof *result.shares);
    result.charges = arena_array(fragments->arena, fragments->count, sizeof *result.charges);
    result.lines = arena_array(fragments->arena, fragments->count, sizeof *result.lines);
    if (fragments->count > 0)
        qsort(fragments->items, fragments->count, sizeof *fragments->items, in_sequence);
    for (size_t i = 0, end = 0; i < fragments->count; i = end) {
        for (end = i + 1; end < fragments->count &&
                          compare_charges(&fragments->items[i], &fragments->items[end]) == 0;)
            end++;
        struct run run = {.fragments = &fragments->items[i], .count = end - i};
        if (!finish_run(&run, exponent, fragments, &result, err))
            return false;
    }
    qsort(result.lines, result.line_count, sizeof *result.lines, by_document);
    *out = result;
    return true;
}
