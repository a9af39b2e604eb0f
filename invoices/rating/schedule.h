/*
 * What is in force when: a period's plan versions, the charges over them, tax rates.
 */
#ifndef RATING_SCHEDULE_H
#define RATING_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/calendar.h"
#include "rating/contract.h"
#include "rating/plan.h"

/* A charge as one plan version has it, for the part of the period in which that is in force. */
struct phase {
    const struct plan *plan;
    const struct charge *charge;
    int64_t from_us;
    int64_t to_us;
    int64_t line_from_us; /* the contract's line begins, maybe before the period */
    bool is_override;     /* the contract changed the charge */
};

/* A charge over the versions of its plan: phases in time order, at least one. */
struct scheduled_charge {
    const char *plan;
    const char *charge;
    size_t phase_count;
    struct phase *phases;
};

struct schedule {
    size_t charge_count;
    struct scheduled_charge *charges; /* in order of first appearance */
    size_t border_count;
    int64_t *borders_us; /* where plan versions begin or end, inside the period, rising */
};

/* A tax rate in force for [from, to). What lies in one slot is never cut by money's borders
 * (contract_money_cut()); two slots may have the same rate. */
struct rate_slot {
    int64_t from_us;
    int64_t to_us;
    struct decimal rate; /* percent, without trailing zeros */
    const struct tax_parts *parts;
};

MUST_CHECK bool schedule_make(const struct contract *contract, const struct plan *const *plans,
                              size_t plan_count, const struct period *period, struct arena *arena,
                              struct schedule *out, struct error *err);
/* A category's rates over [from, to): at least one slot, they tile it. */
MUST_CHECK bool schedule_rates(const struct contract *contract, const char *category,
                               int64_t from_us, int64_t to_us, struct arena *arena,
                               struct rate_slot **out_slots, size_t *out_count, struct error *err);
/* A rate without trailing zeros. */
struct decimal schedule_decimal(struct decimal decimal);
/* The slot of an instant that lies in one. */
size_t schedule_slot(const struct rate_slot *slots, size_t count, int64_t instant_us);

#endif
