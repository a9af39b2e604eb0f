/*
 * Discounts, minimum and maximum of a charge.
 */
#include "rating/terms.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rating/proration.h"

/* What is left of a line's amount in one version and time slot. */
struct amount {
    struct place place;
    struct rate_slot slot;
    mpq_ptr left; /* ≥ 0 */
};

struct amounts {
    const struct rated *rated;
    size_t count;
    struct amount *items; /* malloc */
};

/* A term that versions state each with its own number. */
struct term {
    enum part_kind kind;
    size_t discount;  /* position in the lists, of PART_DISCOUNT */
    size_t count;     /* versions that state it */
    const char *rule; /* "31 for 10/31 days + 62 for 21/31 days" */
};

/* ------------------------------------------------------------------------------------ amounts */

static int by_place(const void *left, const void *right)
{
    const struct amount *a = left;
    const struct amount *b = right;

    if (a->place.phase != b->place.phase)
        return a->place.phase < b->place.phase ? -1 : 1;
    if (a->slot.from_us != b->slot.from_us)
        return a->slot.from_us < b->slot.from_us ? -1 : 1;
    return by_compare(&a->place.line, &b->place.line);
}

static void merge_amounts(struct amounts *amounts)
{
    size_t kept = 0;

    if (amounts->count > 0)
        qsort(amounts->items, amounts->count, sizeof *amounts->items, by_place);
    for (size_t i = 0; i < amounts->count; i++) {
        struct amount *last = kept > 0 ? &amounts->items[kept - 1] : NULL;

        if (last && by_place(last, &amounts->items[i]) == 0)
            mpq_add(last->left, last->left, amounts->items[i].left);
        else
            amounts->items[kept++] = amounts->items[i];
    }
    amounts->count = kept;
}

/* Of the fragments from `first` on; room for one more. */
static void collect(struct amounts *amounts, size_t first)
{
    const struct fragments *all = &amounts->rated->job->fragments;

    amounts->items = memory_alloc((all->count - first + 1) * sizeof *amounts->items);
    for (size_t i = first; i < all->count; i++) {
        const struct fragment *fragment = &all->items[i];
        struct amount *amount = &amounts->items[amounts->count];

        if (mpq_sgn(fragment->money) == 0)
            continue;
        amount->place = (struct place){.phase = fragment->phase, .line = fragment->by};
        amount->slot = (struct rate_slot){
            .from_us = fragment->at_us, .rate = fragment->tax_rate, .parts = fragment->tax_parts};
        amount->left = ratio_new(&amounts->rated->job->pool);
        mpq_set(amount->left, fragment->money);
        amounts->count++;
    }
    merge_amounts(amounts);
}

/* Takes `part` of what is left of an amount; a fragment of its own says so. */
static struct fragment *take(const struct amounts *amounts, struct amount *amount, mpq_srcptr part,
                             enum part_kind kind)
{
    struct arena *arena = amounts->rated->job->arena;

    amount->place.slot = &amount->slot;
    struct fragment *fragment = rated_add(amounts->rated, &amount->place, kind);
    fragment->why.of = ratio_text(amount->left, arena);
    mpq_sub(amount->left, amount->left, part);
    mpq_neg(fragment->money, part);
    return fragment;
}

static void take_percent(const struct amounts *amounts, struct amount *amount,
                         struct decimal percent, const char *name)
{
    mpq_t part;

    if (mpq_sgn(amount->left) == 0 || percent.coefficient == 0)
        return;
    mpq_init(part);
    ratio_set_decimal(part, percent);
    ratio_scale(part, 1, 100);
    mpq_mul(part, part, amount->left);
    struct fragment *fragment = take(amounts, amount, part, PART_DISCOUNT);
    fragment->why.price = percent;
    fragment->why.is_percent = true;
    fragment->why.name = name;
    mpq_clear(part);
}

/* -------------------------------------------------------------------------- what versions state */

static const struct charge *charge_of(const struct amounts *amounts, size_t phase)
{
    return amounts->rated->charge->phases[phase].charge;
}

/* Whether a version states the term, and its number. */
static bool states(const struct charge *charge, const struct term *term, struct decimal *out)
{
    const struct discount *discount =
        term->discount < charge->discount_count ? &charge->discounts[term->discount] : NULL;

    if (term->kind == PART_MINIMUM)
        *out = charge->minimum;
    else if (term->kind == PART_MAXIMUM)
        *out = charge->maximum;
    else if (discount)
        *out = discount->value;
    if (term->kind == PART_DISCOUNT)
        return discount && !discount->is_percent;
    return term->kind == PART_MINIMUM ? charge->has_minimum : charge->has_maximum;
}

/* The prorated numbers of all versions that state it; *out_last is the last of these. */
static bool sum_terms(const struct amounts *amounts, struct term *term, mpq_ptr sum, bool *out_any,
                      size_t *out_last, struct error *err)
{
    mpq_ptr share = ratio_new(&amounts->rated->job->pool);
    mpq_ptr number = ratio_new(&amounts->rated->job->pool);
    struct decimal stated = {0};
    struct arena *arena = amounts->rated->job->arena;
    const char *text = NULL;

    *out_any = false;
    for (size_t p = 0; p < amounts->rated->charge->phase_count; p++) {
        if (!states(charge_of(amounts, p), term, &stated))
            continue;
        if (!proration_of(amounts->rated, p, false, share, &text, err))
            return false;
        term->rule =
            arena_printf(arena, "%s%s%s for %s", *out_any ? term->rule : "", *out_any ? " + " : "",
                         why_decimal(stated, arena), text ? text : "all");
        term->count++;
        ratio_set_decimal(number, stated);
        ratio_add_product(sum, number, share);
        *out_any = true;
        *out_last = p;
    }
    return true;
}

static void sum_amounts(const struct amounts *amounts, const struct term *term, mpq_ptr sum)
{
    struct decimal ignored;

    for (size_t i = 0; i < amounts->count; i++)
        if (states(charge_of(amounts, amounts->items[i].place.phase), term, &ignored))
            mpq_add(sum, sum, amounts->items[i].left);
}

/* The term's number in a version, and how much of it that version owes. */
static bool explain(const struct amounts *amounts, const struct term *term, size_t phase,
                    struct fragment *fragment, struct error *err)
{
    const struct charge *charge = charge_of(amounts, phase);
    mpq_ptr ignored = ratio_new(&amounts->rated->job->pool);

    if (term->count > 1)
        fragment->why.rule = term->rule;
    if (term->kind == PART_DISCOUNT)
        fragment->why.name = charge->discounts[term->discount].name;
    return states(charge, term, &fragment->why.price) &&
           proration_of(amounts->rated, phase, false, ignored, &fragment->why.prorated, err);
}

/* Takes `excess` from the amounts of versions that state the term, in proportion to them. */
static bool share_out(const struct amounts *amounts, const struct term *term, mpq_srcptr excess,
                      mpq_srcptr total, struct error *err)
{
    struct arena *arena = amounts->rated->job->arena;
    mpq_ptr rate = ratio_new(&amounts->rated->job->pool);
    mpq_ptr part = ratio_new(&amounts->rated->job->pool);
    struct decimal ignored;

    if (mpq_sgn(excess) <= 0)
        return true;
    for (size_t i = 0; i < amounts->count; i++) {
        struct amount *amount = &amounts->items[i];

        if (!states(charge_of(amounts, amount->place.phase), term, &ignored) ||
            mpq_sgn(amount->left) == 0)
            continue;
        mpq_div(rate, amount->left, total);
        mpq_mul(part, excess, rate);
        struct fragment *fragment = take(amounts, amount, part, term->kind);
        if (mpq_cmp_ui(rate, 1, 1) != 0)
            fragment->why.share = ratio_fraction(rate, arena);
        if (!explain(amounts, term, amount->place.phase, fragment, err))
            return false;
    }
    return true;
}

/* -------------------------------------------------------------------------------------- terms */

static bool apply_fixed(const struct amounts *amounts, size_t at, struct error *err)
{
    struct term term = {.kind = PART_DISCOUNT, .discount = at};
    mpq_ptr fixed = ratio_new(&amounts->rated->job->pool);
    mpq_ptr total = ratio_new(&amounts->rated->job->pool);
    bool is_stated = false;
    size_t last = 0;

    if (!sum_terms(amounts, &term, fixed, &is_stated, &last, err))
        return false;
    sum_amounts(amounts, &term, total);
    if (mpq_cmp(fixed, total) > 0)
        mpq_set(fixed, total);
    return share_out(amounts, &term, fixed, total, err);
}

/* Discount by discount: percentages version by version, fixed ones together. */
static bool apply_discounts(const struct amounts *amounts, struct error *err)
{
    size_t most = 0;

    for (size_t p = 0; p < amounts->rated->charge->phase_count; p++)
        if (charge_of(amounts, p)->discount_count > most)
            most = charge_of(amounts, p)->discount_count;
    for (size_t d = 0; d < most; d++) {
        for (size_t i = 0; i < amounts->count; i++) {
            const struct charge *charge = charge_of(amounts, amounts->items[i].place.phase);

            if (d < charge->discount_count && charge->discounts[d].is_percent)
                take_percent(amounts, &amounts->items[i], charge->discounts[d].value,
                             charge->discounts[d].name);
        }
        if (!apply_fixed(amounts, d, err))
            return false;
    }
    return true;
}

static bool is_in_scope(const struct contract_discount *discount, const char *charge)
{
    for (size_t i = 0; i < discount->charge_count; i++)
        if (strcmp(discount->charges[i], charge) == 0)
            return true;
    return discount->charge_count == 0;
}

/* Slots do not go through a discount's borders: the schedule is cut there. */
static void apply_contract_discounts(const struct amounts *amounts)
{
    const struct contract *contract = amounts->rated->job->contract;

    for (size_t d = 0; d < contract->discount_count; d++) {
        const struct contract_discount *discount = &contract->discounts[d];

        for (size_t i = 0; i < amounts->count; i++) {
            struct amount *amount = &amounts->items[i];

            if (is_in_scope(discount, amounts->rated->charge->charge) &&
                amount->slot.from_us >= discount->from_us && amount->slot.from_us < discount->to_us)
                take_percent(amounts, amount, discount->percent, discount->name);
        }
    }
}

/* Adds what is missing to the minimum, which the maximum then sees too. */
static bool apply_minimum(struct amounts *amounts, struct error *err)
{
    struct term term = {.kind = PART_MINIMUM};
    const struct rated *rated = amounts->rated;
    mpq_ptr least = ratio_new(&rated->job->pool);
    mpq_ptr total = ratio_new(&rated->job->pool);
    struct amount more = {.left = ratio_new(&rated->job->pool)};
    bool is_stated = false;

    if (!sum_terms(amounts, &term, least, &is_stated, &more.place.phase, err))
        return false;
    sum_amounts(amounts, &term, total);
    mpq_sub(more.left, least, total);
    if (!is_stated || mpq_sgn(more.left) <= 0)
        return true;
    if (!rated_moment(rated, charge_of(amounts, more.place.phase)->tax_category, false, &more.slot,
                      err))
        return false;
    more.place.line = rated_plain_line(rated, more.place.phase);
    more.place.slot = &more.slot;
    struct fragment *fragment = rated_add(rated, &more.place, PART_MINIMUM);
    mpq_set(fragment->money, more.left);
    fragment->why.of = ratio_text(total, rated->job->arena);
    amounts->items[amounts->count++] = more;
    return explain(amounts, &term, more.place.phase, fragment, err);
}

static bool apply_maximum(const struct amounts *amounts, struct error *err)
{
    struct term term = {.kind = PART_MAXIMUM};
    mpq_ptr most = ratio_new(&amounts->rated->job->pool);
    mpq_ptr total = ratio_new(&amounts->rated->job->pool);
    bool is_stated = false;
    size_t last = 0;

    if (!sum_terms(amounts, &term, most, &is_stated, &last, err))
        return false;
    sum_amounts(amounts, &term, total);
    mpq_sub(most, total, most);
    return !is_stated || share_out(amounts, &term, most, total, err);
}

static bool has_terms(const struct rated *rated)
{
    bool has_any = rated->job->contract->discount_count > 0;

    for (size_t p = 0; p < rated->charge->phase_count; p++) {
        const struct charge *charge = rated->charge->phases[p].charge;

        has_any |= charge->discount_count > 0 || charge->has_minimum || charge->has_maximum;
    }
    return has_any;
}

bool terms_apply(const struct rated *rated, size_t first, struct error *err)
{
    struct amounts amounts = {.rated = rated};

    if (!has_terms(rated))
        return true;
    collect(&amounts, first);
    bool done = apply_discounts(&amounts, err);
    if (done)
        apply_contract_discounts(&amounts);
    done = done && apply_minimum(&amounts, err) && apply_maximum(&amounts, err);
    free(amounts.items);
    return done;
}
