/*
 * What commitments, credits and the rest must not say.
 */
#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "rating/contract.h"
#include "rating/field.h"

#define INTERVAL_PERIODS_MAX 1200 /* how far intervals are tiled to look at their end */

struct money_check {
    const struct reader *reader;
    const struct contract *contract;
    uint32_t grid_seconds;
};

static bool check_border(const struct money_check *check, const struct reader *item,
                         const char *name, int64_t instant_us, struct error *err)
{
    char text[INSTANT_TEXT_SIZE];

    if (instant_us == INSTANT_MAX)
        return true;
    if (instant_us < check->contract->from_us || instant_us > check->contract->to_us)
        return reader_refuse(item, name, err, "%s lies outside of the contract",
                             instant_format(instant_us, text));
    return calendar_check_grid(instant_us, check->grid_seconds,
                               arena_printf(item->arena, "%s: %s/%s", item->what, item->path, name),
                               err);
}

static bool check_span(const struct money_check *check, const struct reader *item,
                       const char *end_name, int64_t from_us, int64_t to_us, struct error *err)
{
    char texts[2][INSTANT_TEXT_SIZE];

    if (from_us >= to_us)
        return reader_refuse(item, end_name, err, "%s is not after from, %s",
                             instant_format(to_us, texts[0]), instant_format(from_us, texts[1]));
    return check_border(check, item, "from", from_us, err) &&
           check_border(check, item, end_name, to_us, err);
}

static bool check_tax(const struct money_check *check, const struct reader *item,
                      const char *category, int64_t at_us, struct error *err)
{
    struct decimal rate;

    return contract_tax_rate(check->contract, category, at_us, &rate, err) ||
           error_prefix(err, "%s: %s: ", item->what, item->path);
}

/* ------------------------------------------------------------------------------- commitments */

/* An interval of periods begins and ends where a period does. */
static bool check_tiles(const struct money_check *check, const struct reader *item,
                        const struct commitment *commitment, struct error *err)
{
    const struct contract *contract = check->contract;
    struct period period = {.to_us = commitment->from_us};
    unsigned count = 0;

    if (!contract_period_at(contract, commitment->from_us, &period, err))
        return false;
    if (period.from_us != commitment->from_us)
        return reader_refuse(item, "from", err, "it begins where a billing period begins");
    if (commitment->to_us == INSTANT_MAX)
        return commitment->interval != INTERVAL_CONTRACT ||
               reader_refuse(item, "to", err, "one interval over all of it needs an end");
    for (count = 1; period.to_us < commitment->to_us && count < INTERVAL_PERIODS_MAX; count++)
        if (!contract_period_at(contract, period.to_us, &period, err))
            return false;
    if (period.to_us != commitment->to_us)
        return reader_refuse(item, "to", err, "it ends where a billing period ends");
    return commitment->interval == INTERVAL_CONTRACT || count % commitment->period_count == 0 ||
           reader_refuse(item, "to", err,
                         "it has %u billing periods, which intervals of %u do not fill", count,
                         commitment->period_count);
}

static bool check_steps(const struct money_check *check, const struct reader *reader,
                        const struct commitment *commitment, struct error *err)
{
    int64_t last_us = commitment->from_us;

    for (size_t i = 0; i < commitment->step_count; i++) {
        struct reader item = reader_item(reader, "steps", i);
        int64_t from_us = commitment->steps[i].from_us;
        struct period period;

        if (from_us <= last_us || from_us >= commitment->to_us)
            return reader_refuse(&item, "from", err,
                                 "steps stand in the order of time, between from and to");
        if (!check_border(check, &item, "from", from_us, err))
            return false;
        if (!contract_period_at(check->contract, from_us, &period, err))
            return false;
        if (commitment->settle_at_step && period.from_us != from_us)
            return reader_refuse(&item, "from", err,
                                 "a step that is settled begins where a billing period begins");
        last_us = from_us;
    }
    return true;
}

static bool check_quantity(const struct reader *item, const struct commitment *commitment,
                           struct error *err)
{
    if (commitment->is_quantity && reader_text(item, "amount", NULL))
        return reader_refuse(item, "amount", err, "an amount or a quantity, not both");
    if (!commitment->is_quantity)
        return commitment->unit_price.coefficient == 0 ||
               reader_refuse(item, "unit_price", err, "an amount has none");
    if (commitment->unit_price.coefficient == 0)
        return reader_refuse(item, "unit_price", err, "a quantity needs the price of its units");
    return commitment->scope.count == 1 ||
           reader_refuse(item, "charges", err, "a quantity is one charge's");
}

static bool check_short(const struct reader *item, const struct commitment *commitment,
                        struct error *err)
{
    if (!commitment_is_short(commitment))
        return true;
    if (commitment->rollover_intervals > 0)
        return reader_refuse(item, "rollover", err,
                             "intervals shorter than a period carry nothing over");
    return !commitment->settle_at_step ||
           reader_refuse(item, "settle_at_step", err,
                         "intervals shorter than a period are prorated");
}

static bool check_commitment(const struct money_check *check, size_t at, struct error *err)
{
    struct commitment *commitment = &check->contract->money.commitments[at];
    struct reader item = reader_item(check->reader, "commitments", at);

    commitment->zone = check->contract->zone;
    for (size_t i = 0; i < at; i++)
        if (strcmp(check->contract->money.commitments[i].id, commitment->id) == 0)
            return reader_refuse(&item, "id", err, "'%s' is used twice", commitment->id);
    if (commitment->overage_factor.coefficient < number_power10(commitment->overage_factor.scale))
        return reader_refuse(&item, "overage_factor", err,
                             "it is at least 1; a cheaper price above a border is a tier");
    if (commitment->to_us == INSTANT_MAX)
        commitment->to_us = check->contract->to_us;
    return check_span(check, &item, "to", commitment->from_us, commitment->to_us, err) &&
           check_quantity(&item, commitment, err) && check_short(&item, commitment, err) &&
           (commitment_is_short(commitment) || check_tiles(check, &item, commitment, err)) &&
           check_steps(check, &item, commitment, err) &&
           check_tax(check, &item, commitment->tax_category, commitment->from_us, err);
}

/* ------------------------------------------------------------------------------ the other ones */

static bool check_grant(const struct money_check *check, size_t at, struct error *err)
{
    const struct credit_grant *grants = check->contract->money.grants;
    struct reader item = reader_item(check->reader, "credits", at);

    for (size_t i = 0; i < at; i++)
        if (strcmp(grants[i].id, grants[at].id) == 0)
            return reader_refuse(&item, "id", err, "'%s' is used twice", grants[at].id);
    return check_span(check, &item, "expires", grants[at].from_us, grants[at].expires_us, err);
}

static bool check_sla(const struct money_check *check, size_t at, struct error *err)
{
    const struct sla *slas = check->contract->money.slas;
    struct reader item = reader_item(check->reader, "sla", at);

    for (size_t i = 0; i < at; i++)
        if (strcmp(slas[i].id, slas[at].id) == 0)
            return reader_refuse(&item, "id", err, "'%s' is used twice", slas[at].id);
    for (size_t i = 0; i < slas[at].band_count; i++)
        if (slas[at].bands[i].percent.coefficient >
            100 * number_power10(slas[at].bands[i].percent.scale))
            return reader_refuse(&item, "bands", err, "a credit is at most 100 percent");
    for (size_t i = 0; i < slas[at].measure_count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(slas[at].measures[i].month, slas[at].measures[k].month) == 0 &&
                strcmp(slas[at].measures[i].region ? slas[at].measures[i].region : "",
                       slas[at].measures[k].region ? slas[at].measures[k].region : "") == 0)
                return reader_refuse(&item, "measured", err, "%s is measured twice",
                                     slas[at].measures[i].month);
    return true;
}

bool contract_money_check(const struct reader *reader, struct contract *contract,
                          uint32_t grid_seconds, struct error *err)
{
    struct money_check check = {reader, contract, grid_seconds};

    for (size_t i = 0; i < contract->money.commitment_count; i++)
        if (!check_commitment(&check, i, err))
            return false;
    for (size_t i = 0; i < contract->money.grant_count; i++)
        if (!check_grant(&check, i, err))
            return false;
    for (size_t i = 0; i < contract->money.sla_count; i++)
        if (!check_sla(&check, i, err))
            return false;
    return true;
}

/* ----------------------------------------------------------------------------- against the plans
 */

/* Is it the id of a reservation, or of a charge of some plan version of the contract? */
static const struct charge *find_charge(const struct plan *const *plans, size_t plan_count,
                                        const char *id)
{
    for (size_t i = 0; i < plan_count; i++) {
        const struct charge *charge = plan_charge(plans[i], id);

        if (charge)
            return charge;
    }
    return NULL;
}

/* A reservation or a spend plan. */
static bool is_capacity(const struct contract *contract, const char *id)
{
    for (size_t i = 0; i < contract->spend_plan_count; i++)
        if (strcmp(contract->spend_plans[i].id, id) == 0)
            return true;
    for (size_t i = 0; i < contract->reservation_count; i++)
        if (strcmp(contract->reservations[i].id, id) == 0)
            return true;
    return false;
}

static bool check_scope(const struct contract *contract, const struct plan *const *plans,
                        size_t plan_count, const char *where, const char *id,
                        const struct money_scope *scope, struct error *err)
{
    for (size_t i = 0; i < scope->count; i++)
        if (!is_capacity(contract, scope->ids[i]) && !find_charge(plans, plan_count, scope->ids[i]))
            return error_set(err, ERROR_INPUT,
                             "contract %s: %s '%s': no plan has a charge '%s', and no reservation "
                             "or spend plan is called so",
                             contract->id, where, id, scope->ids[i]);
    return true;
}

static bool check_per_unit(const struct contract *contract, const struct plan *const *plans,
                           size_t plan_count, const struct commitment *commitment,
                           struct error *err)
{
    for (size_t i = 0; commitment->is_quantity && i < plan_count; i++) {
        const struct charge *charge = plan_charge(plans[i], commitment->scope.ids[0]);

        if (charge && (charge->model != CHARGE_PER_UNIT || charge->multiple != 1))
            return error_set(err, ERROR_INPUT,
                             "contract %s: commitment '%s': a quantity is of a charge per_unit "
                             "without a conversion",
                             contract->id, commitment->id);
    }
    return true;
}

bool contract_money_check_plans(const struct contract *contract, const struct plan *const *plans,
                                size_t plan_count, struct error *err)
{
    const struct contract_money *money = &contract->money;

    for (size_t i = 0; i < money->commitment_count; i++)
        if (!check_scope(contract, plans, plan_count, "commitment", money->commitments[i].id,
                         &money->commitments[i].scope, err) ||
            !check_per_unit(contract, plans, plan_count, &money->commitments[i], err))
            return false;
    for (size_t i = 0; i < money->grant_count; i++)
        if (!check_scope(contract, plans, plan_count, "credit", money->grants[i].id,
                         &money->grants[i].scope, err))
            return false;
    for (size_t i = 0; i < money->sla_count; i++)
        if (!check_scope(contract, plans, plan_count, "sla", money->slas[i].id,
                         &money->slas[i].scope, err))
            return false;
    return true;
}
