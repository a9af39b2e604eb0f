/*
 * Conversions and sessions.
 */
#include "rating/rounding.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/by.h"
#include "rating/conditions.h"

#define ALLOCATION "allocation"

/* Which of a charge's two roundings. */
typedef const struct step_rounding *rule_of(const struct charge *charge);

static const struct step_rounding *session_of(const struct charge *charge)
{
    return &charge->session;
}

static const struct step_rounding *conversion_of(const struct charge *charge)
{
    return &charge->conversion;
}

/* A lot, with what it is rounded together with. */
struct member {
    struct by group; /* key_by values, or the allocation */
    int64_t counter_us;
    const struct step_rounding *rule; /* of its plan version */
    size_t lot;
};

struct members {
    size_t count;
    size_t capacity;
    struct member *items; /* malloc */
};

/* ------------------------------------------------------------------------------------ collect */

/* In a pool an allocation is its tenant's. */
static const struct dimension_names by_allocation = {1, (const char *[]){ALLOCATION}};
static const struct dimension_names by_member = {2, (const char *[]){ALLOCATION, POOL_TENANT}};

static const struct dimension_names *group_by(const struct job *job, const struct charge *charge,
                                              bool is_session)
{
    if (!is_session)
        return &charge->key_by;
    return job->usage->is_pooled ? &by_member : &by_allocation;
}

static bool add_member(struct job *job, struct members *members, const struct charge *charge,
                       size_t lot, rule_of *find_rule, struct error *err)
{
    const struct series *series = job_series(job, &job->lots[lot]);
    bool is_session = find_rule == session_of;
    struct member member = {.rule = find_rule(charge), .counter_us = INT64_MIN, .lot = lot};

    if (is_session && !series_dimension(series, ALLOCATION).data) {
        if (!member.rule->is_set)
            return true;
        return error_set(err, ERROR_INPUT,
                         "charge %s: usage of %s has no dimension '%s', so that nobody knows its "
                         "sessions; the catalog's meter needs it",
                         charge->id, series_text(series, job->arena), ALLOCATION);
    }
    member.group = by_of(group_by(job, charge, is_session), series, job->arena);
    if (!is_session && charge->per_window)
        member.counter_us = job->lots[lot].from_us;
    members->items =
        memory_grow(members->items, &members->capacity, members->count + 1, sizeof *members->items);
    members->items[members->count++] = member;
    return true;
}

/* Lots [first, end) are one series. */
static bool collect_series(struct job *job, const struct scheduled_charge *scheduled, size_t first,
                           size_t end, rule_of *find_rule, struct members *members,
                           struct error *err)
{
    const struct series *series = job_series(job, &job->lots[first]);

    for (size_t p = 0; p < scheduled->phase_count; p++) {
        const struct phase *phase = &scheduled->phases[p];

        if (!conditions_match(phase->charge->meter, &phase->charge->where, series))
            continue;
        for (size_t i = first; i < end; i++)
            if (job->lots[i].from_us >= phase->from_us && job->lots[i].from_us < phase->to_us &&
                !add_member(job, members, phase->charge, i, find_rule, err))
                return false;
    }
    return true;
}

static bool collect(struct job *job, const struct scheduled_charge *scheduled, rule_of *find_rule,
                    struct members *members, struct error *err)
{
    for (size_t i = 0, end = 0; i < job->lot_count; i = end) {
        for (end = i + 1; end < job->lot_count && job->lots[end].series == job->lots[i].series;)
            end++;
        if (!collect_series(job, scheduled, i, end, find_rule, members, err))
            return false;
    }
    return true;
}

/* -------------------------------------------------------------------------------------- round */

/* Lots stand in series key order: their places are that of the series. */
static int by_time(const void *left, const void *right, void *lots)
{
    const struct member *a = left;
    const struct member *b = right;
    const struct lot *lot_a = &((const struct lot *)lots)[a->lot];
    const struct lot *lot_b = &((const struct lot *)lots)[b->lot];
    int order = by_compare(&a->group, &b->group);

    if (order != 0)
        return order;
    if (a->counter_us != b->counter_us)
        return a->counter_us < b->counter_us ? -1 : 1;
    if (lot_a->from_us != lot_b->from_us)
        return lot_a->from_us < lot_b->from_us ? -1 : 1;
    return (a->lot > b->lot) - (a->lot < b->lot);
}

/* First the increment, then the minimum; nearest rounds halves up. */
static bool round_total(const struct step_rounding *rule, int128 total, int128 *out,
                        struct error *err)
{
    int128 more = rule->mode == ROUND_UP        ? rule->increment - 1
                  : rule->mode == ROUND_NEAREST ? rule->increment / 2
                                                : 0;

    if (!number_add(total, more, out))
        return error_set(err, ERROR_INPUT, "a rounded quantity does not fit 128 bits");
    *out -= *out % rule->increment;
    if (*out < rule->minimum)
        *out = rule->minimum;
    return true;
}

static void move_lots(struct lot *lots, const struct member *members, size_t count, int128 more)
{
    struct lot *last = &lots[members[count - 1].lot];

    if (more > 0) {
        last->quantity += more;
        last->left += more;
        last->rounded += more;
    }
    for (size_t i = count; more < 0 && i-- > 0;) {
        struct lot *lot = &lots[members[i].lot];
        int128 less = lot->quantity < -more ? lot->quantity : -more;

        lot->quantity -= less;
        lot->left -= less;
        lot->rounded -= less;
        more += less;
    }
}

static bool round_group(struct job *job, const struct member *members, size_t count,
                        size_t scheduled, struct error *err)
{
    const struct step_rounding *rule = members[count - 1].rule;
    int128 total = 0;
    int128 rounded = 0;

    if (!rule->is_set)
        return true;
    for (size_t i = 0; i < count; i++) {
        total += job->lots[members[i].lot].quantity;
        job->lots[members[i].lot].rounder = scheduled + 1;
    }
    if (!round_total(rule, total, &rounded, err))
        return false;
    move_lots(job->lots, members, count, rounded - total);
    return true;
}

static bool round_groups(struct job *job, struct members *members, size_t scheduled,
                         struct error *err)
{
    struct member *items = members->items;

    if (members->count > 0)
        qsort_r(items, members->count, sizeof *items, by_time, job->lots);
    for (size_t i = 0, end = 0; i < members->count; i = end) {
        for (end = i + 1; end < members->count && items[end].counter_us == items[i].counter_us &&
                          by_compare(&items[end].group, &items[i].group) == 0;)
            end++;
        if (!round_group(job, &items[i], end - i, scheduled, err))
            return false;
    }
    return true;
}

/* A window of which nothing is left does not exist for rating. */
static void drop_empty(struct job *job)
{
    size_t kept = 0;

    for (size_t i = 0; i < job->lot_count; i++)
        if (job->lots[i].quantity > 0)
            job->lots[kept++] = job->lots[i];
    job->lot_count = kept;
}

static bool round_charge(struct job *job, size_t at, rule_of *find_rule, struct error *err)
{
    const struct scheduled_charge *scheduled = &job->schedule.charges[at];
    struct members members = {0};
    bool is_asked = false;

    for (size_t p = 0; p < scheduled->phase_count; p++)
        is_asked |= find_rule(scheduled->phases[p].charge)->is_set;
    if (!is_asked)
        return true;
    bool done =
        collect(job, scheduled, find_rule, &members, err) && round_groups(job, &members, at, err);
    free(members.items);
    drop_empty(job);
    return done;
}

bool rounding_apply(struct job *job, struct error *err)
{
    static rule_of *const rules[] = {conversion_of, session_of};

    for (size_t r = 0; r < COUNT_OF(rules); r++)
        for (size_t i = 0; i < job->schedule.charge_count; i++)
            if (!round_charge(job, i, rules[r], err))
                return false;
    return true;
}
