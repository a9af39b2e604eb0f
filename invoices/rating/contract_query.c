/*
 * What contracts are asked: periods, tax rates, whether their plans fit.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "rating/charge.h"
#include "rating/contract.h"
#include "rating/contract_capacity.h"
#include "rating/contract_terms.h"

#define EN16931_EXPONENT_MAX 2

static bool clip(const struct contract *contract, struct period period, struct period *out,
                 struct error *err)
{
    if (period.from_us < contract->from_us) {
        struct civil local = zone_local(contract->zone, contract->from_us);

        period.from_us = contract->from_us;
        snprintf(period.label, sizeof period.label, "%04u-%02u-%02u", (unsigned)local.year % 10000u,
                 (unsigned)local.month % 100u, (unsigned)local.day % 100u);
    }
    if (period.to_us > contract->to_us)
        period.to_us = contract->to_us;
    if (period.from_us >= period.to_us)
        return error_set(err, ERROR_NOT_FOUND, "contract %s has no part of period %s", contract->id,
                         period.label);
    *out = period;
    return true;
}

/* The period that the contract's beginning cuts, by its own label. */
static bool first_period(const struct contract *contract, const char *label, struct period *out,
                         struct error *err)
{
    struct period first;
    struct civil day;

    if (!civil_parse_date(label, "period", &day, err) ||
        !contract_period_at(contract, contract->from_us, &first, err))
        return false;
    if (strcmp(first.label, label) != 0)
        return error_set(err, ERROR_NOT_FOUND, "contract %s has no period %s", contract->id, label);
    *out = first;
    return true;
}

bool contract_period(const struct contract *contract, const char *label, struct period *out,
                     struct error *err)
{
    struct period period;

    if (strlen(label) + 1 == PERIOD_LABEL_SIZE)
        return first_period(contract, label, out, err);
    return calendar_period_of_label(contract->zone, &contract->billing, label, &period, err) &&
           clip(contract, period, out, err);
}

const char *contract_number_series(const struct contract *contract, bool is_credit_note)
{
    const struct party *seller = &contract->seller;

    return is_credit_note && seller->credit_note_series ? seller->credit_note_series
                                                        : seller->number_series;
}

bool contract_period_at(const struct contract *contract, int64_t instant_us, struct period *out,
                        struct error *err)
{
    struct period period;
    char text[INSTANT_TEXT_SIZE];

    if (instant_us < contract->from_us || instant_us >= contract->to_us)
        return error_set(err, ERROR_NOT_FOUND, "contract %s is not in force at %s", contract->id,
                         instant_format(instant_us, text));
    return calendar_period_at(contract->zone, &contract->billing, instant_us, &period, err) &&
           clip(contract, period, out, err);
}

static const struct plan *find_plan(const struct plan *const *plans, size_t count,
                                    const struct contract_plan *wanted)
{
    for (size_t i = 0; i < count; i++)
        if (plans[i]->version == wanted->version && strcmp(plans[i]->id, wanted->plan) == 0)
            return plans[i];
    return NULL;
}

/* A price by the clock changes on the tenant's grid. */
static bool check_grid(const struct contract *contract, const struct contract_plan *wanted,
                       const struct charge *charge, struct error *err)
{
    return charge->model != CHARGE_TIME_OF_USE ||
           week_check_grid(charge, contract->zone, wanted->from_us, wanted->to_us,
                           contract->grid_seconds, err);
}

static bool check_plan(const struct contract *contract, const struct contract_plan *wanted,
                       const struct plan *plan, struct error *err)
{
    struct decimal rate;
    char text[INSTANT_TEXT_SIZE];

    if (!plan)
        return error_set(err, ERROR_NOT_FOUND,
                         "contract %s: there is no version %" PRIu32 " of plan '%s'", contract->id,
                         wanted->version, wanted->plan);
    if (strcmp(plan->currency, contract->currency) != 0)
        return error_set(err, ERROR_INPUT, "contract %s is in %s, plan '%s' in %s", contract->id,
                         contract->currency, plan->id, plan->currency);
    if (wanted->from_us < plan->effective_from_us)
        return error_set(
            err, ERROR_INPUT,
            "contract %s takes version %" PRIu32 " of plan '%s' before it is effective, %s",
            contract->id, plan->version, plan->id, instant_format(plan->effective_from_us, text));
    for (size_t i = 0; i < plan->charge_count; i++)
        if (!contract_tax_rate(contract, plan->charges[i].tax_category, wanted->from_us, &rate,
                               err) ||
            !check_grid(contract, wanted, &plan->charges[i], err))
            return false;
    return true;
}

/* The charge that an override changes is in each version of its plan, and compiles as changed. */
static bool check_override(const struct contract *contract,
                           const struct contract_override *override,
                           const struct plan *const *plans, size_t plan_count, struct error *err)
{
    struct arena arena CLEANUP(arena_release);
    bool is_found = false;

    arena_init(&arena);
    for (size_t i = 0; i < contract->plan_count; i++) {
        const struct contract_plan *wanted = &contract->plans[i];
        const struct plan *plan = find_plan(plans, plan_count, wanted);
        const struct charge *charge = plan_charge(plan, override->charge);
        struct decimal rate;

        if (strcmp(wanted->plan, override->plan) != 0 || !charge ||
            wanted->from_us >= override->to_us || wanted->to_us <= override->from_us)
            continue;
        is_found = true;
        if (!override_compile(override, plan, charge, &arena, &charge, err) ||
            !contract_tax_rate(contract, charge->tax_category, wanted->from_us, &rate, err) ||
            !check_grid(contract, wanted, charge, err))
            return error_prefix(err, "contract %s: ", contract->id);
    }
    return is_found ||
           error_set(err, ERROR_INPUT,
                     "contract %s: /overrides: it has no plan '%s' with a charge '%s' in that time",
                     contract->id, override->plan, override->charge);
}

/* A discount's scope names charges that some plan of the contract has. */
static bool check_scope(const struct contract *contract, const struct contract_discount *discount,
                        const struct plan *const *plans, size_t plan_count, struct error *err)
{
    for (size_t c = 0; c < discount->charge_count; c++) {
        bool is_found = false;

        for (size_t i = 0; i < contract->plan_count; i++)
            is_found |= plan_charge(find_plan(plans, plan_count, &contract->plans[i]),
                                    discount->charges[c]) != NULL;
        if (!is_found)
            return error_set(err, ERROR_INPUT, "contract %s: /discounts: no plan has a charge '%s'",
                             contract->id, discount->charges[c]);
    }
    return true;
}

bool contract_check_plans(const struct contract *contract, const struct plan *const *plans,
                          size_t plan_count, struct error *err)
{
    struct decimal rate;

    for (size_t i = 0; i < contract->plan_count; i++)
        if (!check_plan(contract, &contract->plans[i],
                        find_plan(plans, plan_count, &contract->plans[i]), err))
            return false;
    for (size_t i = 0; i < contract->override_count; i++)
        if (!check_override(contract, &contract->overrides[i], plans, plan_count, err))
            return false;
    for (size_t i = 0; i < contract->discount_count; i++)
        if (!check_scope(contract, &contract->discounts[i], plans, plan_count, err))
            return false;
    for (size_t i = 0; i < contract->reservation_count; i++)
        if (!contract_tax_rate(contract, contract->reservations[i].tax_category,
                               contract->reservations[i].from_us, &rate, err))
            return false;
    for (size_t i = 0; i < contract->spend_plan_count; i++)
        if (!contract_tax_rate(contract, contract->spend_plans[i].tax_category,
                               contract->spend_plans[i].from_us, &rate, err))
            return false;
    return contract_check_spend_charges(contract, plans, plan_count, err) &&
           contract_money_check_plans(contract, plans, plan_count, err);
}

/* ---------------------------------------------------------------------------------- warnings */

void contract_warnings(const struct contract *contract, struct text *out)
{
    if (contract->exponent > EN16931_EXPONENT_MAX)
        text_printf(out,
                    "%s has %u decimals: no document of this contract can be an EN 16931 one\n",
                    contract->currency, contract->exponent);
    contract_warn_capacity(contract, out);
}
