/*
 * Plan versions in force, in time order, and the charges over them.
 */
#include "rating/schedule.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/contract_terms.h"
#include "rating/usage.h"

/* A plan version, cut to the period. */
struct term {
    const struct plan *plan;
    int64_t from_us;
    int64_t to_us;
    size_t listed;        /* place in the contract */
    int64_t line_from_us; /* there, not cut */
};

static const struct plan *find_plan(const struct plan *const *plans, size_t count, const char *id,
                                    uint32_t version)
{
    for (size_t i = 0; i < count; i++)
        if (plans[i]->version == version && strcmp(plans[i]->id, id) == 0)
            return plans[i];
    return NULL;
}

static int by_time(const void *left, const void *right)
{
    const struct term *a = left;
    const struct term *b = right;

    if (a->from_us != b->from_us)
        return a->from_us < b->from_us ? -1 : 1;
    return (a->listed > b->listed) - (a->listed < b->listed);
}

static bool check_plan(const struct contract *contract, const struct contract_plan *wanted,
                       const struct plan *plan, struct error *err)
{
    if (!plan)
        return error_set(err, ERROR_INPUT,
                         "contract %s: version %" PRIu32 " of plan '%s' was not given",
                         contract->id, wanted->version, wanted->plan);
    if (strcmp(plan->currency, contract->currency) != 0)
        return error_set(err, ERROR_INPUT, "contract %s is in %s, plan '%s' in %s", contract->id,
                         contract->currency, plan->id, plan->currency);
    return true;
}

static bool find_terms(const struct contract *contract, const struct plan *const *plans,
                       size_t plan_count, const struct period *period, struct term *terms,
                       size_t *out_count, struct error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < contract->plan_count; i++) {
        const struct contract_plan *wanted = &contract->plans[i];
        struct term term = {.from_us = instant_later(wanted->from_us, period->from_us),
                            .to_us = instant_earlier(wanted->to_us, period->to_us),
                            .listed = i,
                            .line_from_us = wanted->from_us};

        if (term.from_us >= term.to_us)
            continue;
        term.plan = find_plan(plans, plan_count, wanted->plan, wanted->version);
        if (!check_plan(contract, wanted, term.plan, err))
            return false;
        terms[count++] = term;
    }
    qsort(terms, count, sizeof *terms, by_time);
    *out_count = count;
    return true;
}

static struct scheduled_charge *find_charge(struct schedule *schedule, const char *plan,
                                            const char *charge)
{
    for (size_t i = 0; i < schedule->charge_count; i++)
        if (strcmp(schedule->charges[i].plan, plan) == 0 &&
            strcmp(schedule->charges[i].charge, charge) == 0)
            return &schedule->charges[i];
    return NULL;
}

/* The override in force at an instant; *until_us is where that changes next. */
static const struct contract_override *override_at(const struct contract *contract,
                                                   const struct plan *plan,
                                                   const struct charge *charge, int64_t at_us,
                                                   int64_t *until_us)
{
    const struct contract_override *found = NULL;

    for (size_t i = 0; i < contract->override_count; i++) {
        const struct contract_override *override = &contract->overrides[i];

        if (strcmp(override->plan, plan->id) != 0 || strcmp(override->charge, charge->id) != 0)
            continue;
        if (override->from_us <= at_us && at_us < override->to_us)
            found = override;
        if (override->from_us > at_us)
            *until_us = instant_earlier(*until_us, override->from_us);
        if (override->to_us > at_us)
            *until_us = instant_earlier(*until_us, override->to_us);
    }
    return found;
}

/* A charge's phases in a term: one, or more where the contract's overrides begin or end. */
/* In a pool each member has lines of its own, which are its shares of the charge. */
static const struct charge *charge_by_member(const struct charge *charge, struct arena *arena)
{
    struct charge *copy = arena_copy(arena, charge, sizeof *charge);
    size_t count = charge->line_by.count;
    const char **names = arena_array(arena, count + 1, sizeof *names);
    size_t place = 0;

    while (place < count && strcmp(charge->line_by.names[place], POOL_TENANT) < 0)
        place++;
    for (size_t i = 0; i < count; i++)
        names[i < place ? i : i + 1] = charge->line_by.names[i];
    names[place] = POOL_TENANT;
    copy->line_by = (struct dimension_names){.count = count + 1, .names = names};
    return copy;
}

static bool add_phases(struct schedule *schedule, const struct contract *contract,
                       const struct term *term, const struct charge *charge, size_t phases_max,
                       struct arena *arena, struct error *err)
{
    struct scheduled_charge *scheduled = find_charge(schedule, term->plan->id, charge->id);

    if (!scheduled) {
        scheduled = &schedule->charges[schedule->charge_count++];
        scheduled->plan = term->plan->id;
        scheduled->charge = charge->id;
        scheduled->phases = arena_array(arena, phases_max, sizeof *scheduled->phases);
    }
    for (int64_t at_us = term->from_us, next_us = 0; at_us < term->to_us; at_us = next_us) {
        struct phase phase = {.plan = term->plan,
                              .charge = charge,
                              .from_us = at_us,
                              .line_from_us = term->line_from_us};
        next_us = term->to_us;
        const struct contract_override *override =
            override_at(contract, term->plan, charge, at_us, &next_us);
        phase.to_us = next_us;
        phase.is_override = override != NULL;
        if (override && !override_compile(override, term->plan, charge, arena, &phase.charge, err))
            return false;
        if (contract->member_count > 0)
            phase.charge = charge_by_member(phase.charge, arena);
        scheduled->phases[scheduled->phase_count++] = phase;
    }
    return true;
}

static bool add_charges(struct schedule *schedule, const struct contract *contract,
                        const struct term *terms, size_t count, struct arena *arena,
                        struct error *err)
{
    size_t phases_max = count + 2 * contract->override_count;
    size_t charges_max = 0;

    for (size_t i = 0; i < count; i++)
        charges_max += terms[i].plan->charge_count;
    schedule->charges = arena_array(arena, charges_max, sizeof *schedule->charges);
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < terms[i].plan->charge_count; c++)
            if (!add_phases(schedule, contract, &terms[i], &terms[i].plan->charges[c], phases_max,
                            arena, err))
                return false;
    return true;
}

static int by_number(const void *left, const void *right)
{
    const int64_t *a = left;
    const int64_t *b = right;

    return (*a > *b) - (*a < *b);
}

static void add_borders(struct schedule *schedule, const struct term *terms, size_t count,
                        const struct period *period, struct arena *arena)
{
    size_t kept = 0;

    schedule->borders_us = arena_array(arena, 2 * count + 1, sizeof *schedule->borders_us);
    for (size_t i = 0; i < count; i++) {
        if (terms[i].from_us > period->from_us)
            schedule->borders_us[kept++] = terms[i].from_us;
        if (terms[i].to_us < period->to_us)
            schedule->borders_us[kept++] = terms[i].to_us;
    }
    qsort(schedule->borders_us, kept, sizeof *schedule->borders_us, by_number);
    for (size_t i = 0; i < kept; i++)
        if (i == 0 || schedule->borders_us[i] != schedule->borders_us[schedule->border_count - 1])
            schedule->borders_us[schedule->border_count++] = schedule->borders_us[i];
}

bool schedule_make(const struct contract *contract, const struct plan *const *plans,
                   size_t plan_count, const struct period *period, struct arena *arena,
                   struct schedule *out, struct error *err)
{
    struct term *terms = arena_array(arena, contract->plan_count, sizeof *terms);
    struct schedule schedule = {0};
    size_t count = 0;

    if (!find_terms(contract, plans, plan_count, period, terms, &count, err))
        return false;
    if (!add_charges(&schedule, contract, terms, count, arena, err))
        return false;
    add_borders(&schedule, terms, count, period, arena);
    *out = schedule;
    return true;
}

/* ------------------------------------------------------------------------------------ tax rates */

struct decimal schedule_decimal(struct decimal decimal)
{
    while (decimal.scale > 0 && decimal.coefficient % 10 == 0) {
        decimal.coefficient /= 10;
        decimal.scale--;
    }
    return decimal;
}

/* Where the category's rate changes next after an instant, or money must be cut; `to_us` when
 * neither. */
static int64_t next_change(const struct contract *contract, const char *category, int64_t after_us,
                           int64_t to_us)
{
    int64_t next_us = to_us;

    for (size_t i = 0; i < contract->tax_count; i++)
        if (strcmp(contract->taxes[i].category, category) == 0 &&
            contract->taxes[i].from_us > after_us)
            next_us = instant_earlier(next_us, contract->taxes[i].from_us);
    return instant_earlier(next_us, instant_earlier(contract_money_cut(contract, after_us),
                                                    contract_terms_cut(contract, after_us)));
}

static struct rate_slot *more_slots(const struct rate_slot *slots, size_t *capacity,
                                    struct arena *arena)
{
    struct rate_slot *more = arena_array(arena, 2 * *capacity, sizeof *more);

    memcpy(more, slots, *capacity * sizeof *more);
    *capacity *= 2;
    return more;
}

bool schedule_rates(const struct contract *contract, const char *category, int64_t from_us,
                    int64_t to_us, struct arena *arena, struct rate_slot **out_slots,
                    size_t *out_count, struct error *err)
{
    size_t capacity = contract->tax_count + 1;
    struct rate_slot *slots = arena_array(arena, capacity, sizeof *slots);
    size_t count = 0;

    assert(from_us < to_us);
    for (int64_t at_us = from_us; at_us < to_us; at_us = slots[count++].to_us) {
        if (count == capacity)
            slots = more_slots(slots, &capacity, arena);
        if (!contract_tax_rate(contract, category, at_us, &slots[count].rate, err))
            return false;
        slots[count].rate = schedule_decimal(slots[count].rate);
        slots[count].parts = contract_tax_parts(contract, category, at_us, arena);
        slots[count].from_us = at_us;
        slots[count].to_us = next_change(contract, category, at_us, to_us);
    }
    *out_slots = slots;
    *out_count = count;
    return true;
}

size_t schedule_slot(const struct rate_slot *slots, size_t count, int64_t instant_us)
{
    size_t low = 0;

    while (count > 1) { /* the last that begins at or before the instant */
        size_t half = count / 2;

        if (slots[low + half].from_us <= instant_us)
            low += half;
        count -= half;
    }
    return low;
}
