#include "rating/windows.h"

#include "rating/schedule.h"

/* Models that price a counter's total, or its series. */
static bool counts_totals(const struct charge *charge)
{
    switch (charge->model) {
    case CHARGE_PER_UNIT:
    case CHARGE_GRADUATED:
    case CHARGE_VOLUME:
    case CHARGE_PACKAGE:
    case CHARGE_PERCENTAGE:
    case CHARGE_GRADUATED_PERCENTAGE:
    case CHARGE_MATRIX:
    case CHARGE_FLAT:
        return !charge->per_window && !charge->session.is_set && !charge->conversion.is_set;
    case CHARGE_TIME_OF_USE:
    case CHARGE_SERIES:
    case CHARGE_PEAK: break;
    }
    return false;
}

static bool discounts_hold(const struct contract *contract, const struct period *period)
{
    for (size_t i = 0; i < contract->discount_count; i++)
        if (contract->discounts[i].from_us > period->from_us ||
            contract->discounts[i].to_us < period->to_us)
            return false;
    return true;
}

/* One version, one tax rate, all the time. */
static bool is_steady(const struct contract *contract, const struct scheduled_charge *charge,
                      const struct period *period, struct arena *arena)
{
    const struct phase *phase = &charge->phases[0];
    struct rate_slot *slots;
    struct error ignored;
    size_t count = 0;

    return charge->phase_count == 1 && phase->from_us <= period->from_us &&
           phase->to_us >= period->to_us && counts_totals(phase->charge) &&
           schedule_rates(contract, phase->charge->tax_category, period->from_us, period->to_us,
                          arena, &slots, &count, &ignored) &&
           count == 1;
}

static bool all_are_steady(const struct contract *contract, const struct plan *const *plans,
                           size_t plan_count, const struct period *period, struct arena *arena)
{
    struct schedule schedule;
    struct error ignored;

    if (!schedule_make(contract, plans, plan_count, period, arena, &schedule, &ignored) ||
        schedule.border_count > 0)
        return false;
    for (size_t i = 0; i < schedule.charge_count; i++)
        if (!is_steady(contract, &schedule.charges[i], period, arena))
            return false;
    return true;
}

static bool has_short_commitments(const struct contract *contract)
{
    for (size_t i = 0; i < contract->money.commitment_count; i++)
        if (commitment_is_short(&contract->money.commitments[i]))
            return true;
    return false;
}

bool rate_amounts_need_windows(const struct contract *contract, const struct plan *const *plans,
                               size_t plan_count, const struct period *period)
{
    struct arena CLEANUP(arena_release) arena;

    arena_init(&arena);
    return contract->reservation_count > 0 || contract->spend_plan_count > 0 ||
           has_short_commitments(contract) || !discounts_hold(contract, period) ||
           !all_are_steady(contract, plans, plan_count, period, &arena);
}

bool rate_needs_windows(const struct contract *contract, const struct plan *const *plans,
                        size_t plan_count, const struct period *period)
{
    return contract->member_count > 0 || contract_has_money(contract) ||
           rate_amounts_need_windows(contract, plans, plan_count, period);
}
