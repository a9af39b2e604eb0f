/*
 * Differences of two ratings.
 */
#include "rating/difference.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rating/fragment.h"
#include "rating/ratio.h"

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool rating_is_same_charge(const struct rating_charge *a, const struct rating_charge *b)
{
    return a->kind == b->kind && is_same_text(a->plan, b->plan) &&
           is_same_text(a->charge, b->charge) && is_same_text(a->tax_category, b->tax_category) &&
           decimal_compare(a->tax_rate, b->tax_rate) == 0;
}

void rating_add_charges(struct rating *sum, const struct rating *step, struct arena *arena)
{
    for (size_t i = 0; i < step->charge_count; i++) {
        const struct rating_charge *charge = &step->charges[i];
        size_t count = sum->charge_count;
        size_t at = 0;

        while (at < count && !rating_is_same_charge(&sum->charges[at], charge))
            at++;
        if (at < count) {
            sum->charges[at].amount_minor += charge->amount_minor;
            sum->charges[at].base_quantity += charge->base_quantity;
            continue;
        }
        struct rating_charge *charges = arena_array(arena, count + 1, sizeof *charges);
        if (count > 0)
            memcpy(charges, sum->charges, count * sizeof *charges);
        charges[count] = *charge;
        sum->charges = charges;
        sum->charge_count = count + 1;
    }
}

static const struct rating_charge *find_charge(const struct rating *rating,
                                               const struct rating_charge *wanted)
{
    for (size_t i = 0; i < rating->charge_count; i++)
        if (rating_is_same_charge(&rating->charges[i], wanted))
            return &rating->charges[i];
    return NULL;
}

/* One side may be missing: then it is worth nothing. */
static void add_line(struct rating_difference *difference, const struct rating_charge *now,
                     const struct rating_charge *then, struct arena *arena)
{
    const struct rating_charge *known = now ? now : then;

    assert(known);
    int128 amount = (now ? now->amount_minor : 0) - (then ? then->amount_minor : 0);
    int128 units = (now ? now->base_quantity : 0) - (then ? then->base_quantity : 0);
    struct rating_line line = {
        .kind = known->kind,
        .order = known->order,
        .plan = known->plan,
        .charge = known->charge,
        .description = known->description,
        .tax_category = known->tax_category,
        .tax_rate = known->tax_rate,
        .tax_parts = known->tax_parts,
        .unit = known->unit,
        .base_quantity = units,
        .amount_minor = amount,
    };

    if (amount == 0)
        return;
    if (known->kind == LINE_CHARGE && known->unit)
        line.quantity = quantity_text(units, known->multiple, known->divisor, arena);
    difference->lines[difference->line_count++] = line;
    difference->net_minor += amount;
}

/* Order in the document: charge, category, rate; what is only in one rating stands in its place. */
static int by_document(const void *left, const void *right)
{
    const struct rating_line *a = left;
    const struct rating_line *b = right;

    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    int order = strcmp(a->tax_category, b->tax_category);
    return order != 0 ? order : decimal_compare(a->tax_rate, b->tax_rate);
}

static int128 net_of(const struct rating *rating, const char *category, struct decimal rate)
{
    for (size_t i = 0; i < rating->tax_count; i++)
        if (strcmp(rating->taxes[i].category, category) == 0 &&
            decimal_compare(rating->taxes[i].rate, rate) == 0)
            return rating->taxes[i].net_minor;
    return 0;
}

static struct difference_tax *find_tax(struct rating_difference *difference, const char *category,
                                       struct decimal rate)
{
    for (size_t i = 0; i < difference->tax_count; i++)
        if (strcmp(difference->taxes[i].category, category) == 0 &&
            decimal_compare(difference->taxes[i].rate, rate) == 0)
            return &difference->taxes[i];
    return NULL;
}

static void add_tax(struct rating_difference *difference, const struct rating *now,
                    const struct rating *then, const struct rating_line *line)
{
    struct difference_tax *tax = find_tax(difference, line->tax_category, line->tax_rate);

    if (!tax) {
        tax = &difference->taxes[difference->tax_count++];
        tax->category = line->tax_category;
        tax->rate = line->tax_rate;
        tax->parts = line->tax_parts;
        tax->emptied = net_of(now, tax->category, tax->rate) == 0 &&
                       net_of(then, tax->category, tax->rate) != 0;
    }
    tax->net_minor += line->amount_minor;
}

bool rating_difference(const struct rating *now, const struct rating *then, struct arena *arena,
                       struct rating_difference *out, struct error *err)
{
    size_t most = now->charge_count + then->charge_count;
    struct rating_difference difference = {0};
    struct rating *kept = arena_alloc(arena, sizeof *kept);

    if (strcmp(now->currency, then->currency) != 0 || now->period.from_us != then->period.from_us ||
        now->period.to_us != then->period.to_us)
        return error_set(err, ERROR_INPUT, "a difference is of one period and one currency");
    *kept = *now;
    difference.now = kept;
    difference.lines = arena_array(arena, most, sizeof *difference.lines);
    difference.taxes = arena_array(arena, most, sizeof *difference.taxes);
    for (size_t i = 0; i < now->charge_count; i++)
        add_line(&difference, &now->charges[i], find_charge(then, &now->charges[i]), arena);
    for (size_t i = 0; i < then->charge_count; i++)
        if (!find_charge(now, &then->charges[i]))
            add_line(&difference, NULL, &then->charges[i], arena);
    if (difference.line_count > 0)
        qsort(difference.lines, difference.line_count, sizeof *difference.lines, by_document);
    for (size_t i = 0; i < difference.line_count; i++)
        add_tax(&difference, now, then, &difference.lines[i]);
    *out = difference;
    return true;
}
