#include "rating/coverage_order.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "rating/ratio.h"

/* Bits of what a scope names: zone before SKU before region before family. */
static unsigned narrowness(const struct conditions *where)
{
    static const char *const dimensions[] = {"family", "region", "sku", "zone"};
    unsigned bits = 0;

    for (size_t i = 0; i < where->count; i++)
        for (unsigned d = 0; d < COUNT_OF(dimensions); d++)
            if (strcmp(where->items[i].dimension, dimensions[d]) == 0)
                bits |= 1u << d;
    return bits;
}

/* The narrower first. */
static int compare_scopes(const struct conditions *a, const struct conditions *b)
{
    unsigned a_bits = narrowness(a);
    unsigned b_bits = narrowness(b);

    return (a_bits < b_bits) - (a_bits > b_bits);
}

/* a's hour (rate + usage rate per normalised unit) against b's. */
static int compare_hours(const struct reservation *a, const struct reservation *b)
{
    const struct reservation *both[] = {a, b};
    mpq_t hours[2];
    mpq_t term;

    mpq_inits(hours[0], hours[1], term, NULL);
    for (size_t i = 0; i < 2; i++) {
        ratio_set_decimal(hours[i], both[i]->rate);
        ratio_set_decimal(term, both[i]->usage_rate);
        mpq_add(hours[i], hours[i], term);
        ratio_set_decimal(term, both[i]->size);
        mpq_div(hours[i], hours[i], term);
    }
    int order = mpq_cmp(hours[0], hours[1]);
    mpq_clears(hours[0], hours[1], term, NULL);
    return order;
}

static int by_turn(const void *left, const void *right, void *context)
{
    const struct contract *contract = context;
    const struct reservation *a = &contract->reservations[*(const size_t *)left];
    const struct reservation *b = &contract->reservations[*(const size_t *)right];
    int order = compare_scopes(&a->where, &b->where);

    if (order == 0)
        order = compare_hours(a, b);
    return order != 0 ? order : strcmp(a->id, b->id);
}

void coverage_order(const struct contract *contract, size_t *positions, size_t count)
{
    qsort_r(positions, count, sizeof *positions, by_turn, (void *)(uintptr_t)contract);
}

/* ------------------------------------------------------------------------------- spend plans */

/* How many charges a plan may buy; SIZE_MAX: any. */
static size_t charges_of(const struct spend_plan *plan)
{
    size_t different = 0;

    if (plan->charge_count > 0)
        return plan->charge_count;
    if (plan->has_discount)
        return SIZE_MAX;
    for (size_t i = 0; i < plan->rate_count; i++) {
        bool seen = false;

        for (size_t j = 0; j < i; j++)
            seen |= strcmp(plan->rates[i].charge, plan->rates[j].charge) == 0;
        different += !seen;
    }
    return different;
}

static int by_breadth(const void *left, const void *right, void *context)
{
    const struct contract *contract = context;
    const struct spend_plan *a = &contract->spend_plans[*(const size_t *)left];
    const struct spend_plan *b = &contract->spend_plans[*(const size_t *)right];
    int order = compare_scopes(&a->where, &b->where);

    if (order == 0)
        order = (b->meter != NULL) - (a->meter != NULL);
    if (order == 0)
        order = (charges_of(a) > charges_of(b)) - (charges_of(a) < charges_of(b));
    return order != 0 ? order : strcmp(a->id, b->id);
}

void spend_order(const struct contract *contract, size_t *positions, size_t count)
{
    qsort_r(positions, count, sizeof *positions, by_breadth, (void *)(uintptr_t)contract);
}
