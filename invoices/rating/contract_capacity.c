/*
 * Reservations and spend plans of a contract: read, then checked.
 */
#include "rating/contract_capacity.h"

#include <string.h>

#include "base/instant.h"
#include "rating/pool.h"
#include "rating/unit_price.h"

#define ZERO ((struct decimal){0, 0})
#define ONE ((struct decimal){1, 0})

/* ------------------------------------------------------------------------------ reservations */

static bool read_factors(const struct reader *reader, struct reservation *out, struct error *err)
{
    out->factor_count = reader_count(reader, "factors");
    out->factors = arena_array(reader->arena, out->factor_count, sizeof *out->factors);
    for (size_t i = 0; i < out->factor_count; i++) {
        struct reader item = reader_item(reader, "factors", i);

        reader_conditions(&item, "where", &out->factors[i].where);
        if (!reader_amount(&item, "factor", ONE, &out->factors[i].factor, err))
            return false;
        if (out->factors[i].factor.coefficient == 0)
            return reader_refuse(&item, "factor", err, "a factor is above zero");
    }
    return true;
}

static enum reservation_kind kind_of(const char *word)
{
    if (strcmp(word, "block") == 0)
        return RESERVATION_BLOCK;
    return strcmp(word, "throughput") == 0 ? RESERVATION_THROUGHPUT : RESERVATION_UNITS;
}

static bool read_reservation(const struct reader *reader, struct reservation *out,
                             struct error *err)
{
    struct reader where = reader_member(reader, "where");

    out->kind = kind_of(reader_text(reader, "kind", "reservation"));
    out->id = reader_text(reader, "id", "");
    out->name = reader_text(reader, "name", out->id);
    out->meter = reader_text(&where, "meter", "");
    out->owner = reader_text(reader, "owner", NULL);
    out->is_shared = reader_flag(reader, "shared", false);
    out->tax_category = reader_text(reader, "tax_category", "standard");
    reader_conditions(reader, "where", &out->where);
    return reader_instant(reader, "from", 0, &out->from_us, err) &&
           reader_instant(reader, "to", 0, &out->to_us, err) &&
           reader_amount(reader, "units", ZERO, &out->units, err) &&
           reader_amount(reader, "rate", ZERO, &out->rate, err) &&
           reader_amount(reader, "price", ZERO, &out->price, err) &&
           reader_amount(reader, "usage_rate", ZERO, &out->usage_rate, err) &&
           reader_amount(reader, "upfront", ZERO, &out->upfront, err) &&
           reader_amount(reader, "size", ONE, &out->size, err) && read_factors(reader, out, err);
}

static bool read_reservations(const struct reader *reader, struct contract *contract,
                              struct error *err)
{
    size_t count = reader_count(reader, "reservations");

    contract->reservations = arena_array(reader->arena, count, sizeof *contract->reservations);
    contract->reservation_count = count;
    for (size_t i = 0; i < count; i++) {
        struct reader item = reader_item(reader, "reservations", i);

        if (!read_reservation(&item, &contract->reservations[i], err))
            return false;
        if (contract->member_count > 0 && !contract->reservations[i].owner)
            contract->reservations[i].owner = contract->tenant;
    }
    return true;
}

/* ------------------------------------------------------------------------------- spend plans */

static bool read_rates(const struct reader *reader, struct spend_plan *out, struct error *err)
{
    out->rate_count = reader_count(reader, "rates");
    out->rates = arena_array(reader->arena, out->rate_count, sizeof *out->rates);
    for (size_t i = 0; i < out->rate_count; i++) {
        struct reader item = reader_item(reader, "rates", i);

        out->rates[i].charge = reader_text(&item, "charge", "");
        reader_conditions(&item, "where", &out->rates[i].where);
        if (!reader_amount(&item, "price", ZERO, &out->rates[i].price, err))
            return false;
    }
    return true;
}

/* per_hour, less the discount where it is on-demand money, × the share that is not paid upfront. */
static bool set_fee(const struct reader *reader, struct spend_plan *plan, struct decimal share,
                    struct error *err)
{
    struct decimal fee = plan->per_hour;
    int128 hundred = 100 * number_power10(plan->discount.scale);
    bool fits = true;

    if (plan->counts_on_demand) {
        fits = number_multiply(fee.coefficient, hundred - plan->discount.coefficient,
                               &fee.coefficient);
        fee.scale += plan->discount.scale + 2;
    }
    fits = fits && number_multiply(fee.coefficient, share.coefficient, &fee.coefficient);
    fee.scale += share.scale;
    while (fee.scale > 0 && fee.coefficient % 10 == 0) {
        fee.coefficient /= 10;
        fee.scale--;
    }
    plan->fee = fee;
    return fits || reader_refuse(reader, "per_hour", err,
                                 "what an hour costs does not fit 128 bits; use fewer digits");
}

static bool read_spend_plan(const struct reader *reader, struct spend_plan *out, struct error *err)
{
    struct reader where = reader_member(reader, "where");
    struct decimal share = ONE;

    out->id = reader_text(reader, "id", "");
    out->name = reader_text(reader, "name", out->id);
    out->meter = reader_text(&where, "meter", NULL);
    out->charges = reader_texts(reader, "charges", &out->charge_count);
    out->counts_on_demand = strcmp(reader_text(reader, "basis", "discounted"), "on_demand") == 0;
    out->has_discount = json_object_get(reader->object, "discount") != NULL;
    out->tax_category = reader_text(reader, "tax_category", "standard");
    reader_conditions(reader, "where", &out->where);
    return reader_instant(reader, "from", 0, &out->from_us, err) &&
           reader_instant(reader, "to", 0, &out->to_us, err) &&
           reader_amount(reader, "per_hour", ZERO, &out->per_hour, err) &&
           reader_amount(reader, "discount", ZERO, &out->discount, err) &&
           reader_amount(reader, "upfront", ZERO, &out->upfront, err) &&
           reader_amount(reader, "rate_share", ONE, &share, err) && read_rates(reader, out, err) &&
           set_fee(reader, out, share, err);
}

static bool read_spend_plans(const struct reader *reader, struct contract *contract,
                             struct error *err)
{
    size_t count = reader_count(reader, "spend_plans");

    contract->spend_plans = arena_array(reader->arena, count, sizeof *contract->spend_plans);
    contract->spend_plan_count = count;
    for (size_t i = 0; i < count; i++) {
        struct reader item = reader_item(reader, "spend_plans", i);

        if (!read_spend_plan(&item, &contract->spend_plans[i], err))
            return false;
    }
    return true;
}

bool contract_read_capacity(const struct reader *reader, struct contract *contract,
                            struct error *err)
{
    return pool_read(reader, contract, err) && read_reservations(reader, contract, err) &&
           read_spend_plans(reader, contract, err);
}

/* ----------------------------------------------------------------------------------- checked */

static bool check_upfront(const struct contract_check *check, const struct reader *reader,
                          struct decimal upfront, struct error *err)
{
    unsigned exponent = check->contract->exponent;

    return upfront.coefficient <= number_power10(FLAT_MINOR_MAX_POWER - exponent + upfront.scale) ||
           reader_refuse(reader, "upfront", err, "an upfront is at most 10^%d minor units",
                         FLAT_MINOR_MAX_POWER);
}

static bool check_payment(const struct reader *reader, const struct reservation *reservation,
                          struct error *err)
{
    const char *payment = reader_text(reader, "payment", "none");
    bool has_upfront = reservation->upfront.coefficient > 0;

    if (strcmp(payment, "none") == 0 && has_upfront)
        return reader_refuse(reader, "upfront", err,
                             "payment none has no upfront; say partial or all");
    if (strcmp(payment, "none") != 0 && !has_upfront)
        return reader_refuse(reader, "upfront", err, "payment %s needs an upfront", payment);
    if (strcmp(payment, "all") == 0 && reservation->rate.coefficient > 0)
        return reader_refuse(reader, "rate", err,
                             "payment all leaves nothing for the hours; rate is \"0\"");
    return true;
}

static bool check_owner(const struct contract *contract, const struct reader *reader,
                        const struct reservation *reservation, struct error *err)
{
    int64_t from_us, to_us;

    if (contract->member_count == 0 && (reservation->is_shared || reservation->owner))
        return reader_refuse(reader, reservation->is_shared ? "shared" : "owner", err,
                             "a reservation is shared in a pool; the contract has none");
    return !reservation->owner || pool_tenure(contract, reservation->owner, &from_us, &to_us) ||
           reader_refuse(reader, "owner", err, "'%s' is not in the pool", reservation->owner);
}

/* Members that a kind of reservation needs (must) or cannot have. */
static bool check_members(const struct reader *reader, const struct reservation *reservation,
                          struct error *err)
{
    static const struct {
        const char *name;
        enum reservation_kind kind;
        bool must;
        const char *why;
    } rules[] = {
        {"rate", RESERVATION_UNITS, true, "a reservation needs the rate of a unit's hour"},
        {"price", RESERVATION_UNITS, false, "the hour's price of a reservation is its rate"},
        {"price", RESERVATION_BLOCK, true, "a block needs the price of a unit's hour"},
        {"rate", RESERVATION_BLOCK, false, "a block is paid at its beginning, by its price"},
        {"usage_rate", RESERVATION_BLOCK, false, "usage inside a block costs nothing"},
        {"upfront", RESERVATION_BLOCK, false, "a block's upfront is units × hours × price"},
        {"payment", RESERVATION_BLOCK, false, "a block is paid at its beginning"},
        {"rate", RESERVATION_THROUGHPUT, true, "throughput needs the rate of a unit's hour"},
        {"price", RESERVATION_THROUGHPUT, false, "the hour's price of throughput is its rate"},
        {"usage_rate", RESERVATION_THROUGHPUT, false, "what throughput serves costs nothing"},
        {"size", RESERVATION_THROUGHPUT, false, "throughput serves whatever it is sent"},
        {"factors", RESERVATION_THROUGHPUT, false, "throughput serves whatever it is sent"},
    };

    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (rules[i].kind == reservation->kind &&
            rules[i].must != (json_object_get(reader->object, rules[i].name) != NULL))
            return reader_refuse(reader, rules[i].name, err, "%s", rules[i].why);
    return true;
}

static bool check_reservation(const struct contract_check *check, size_t at, struct error *err)
{
    const struct reservation *reservations = check->contract->reservations;
    const struct reservation *reservation = &reservations[at];
    struct reader item = reader_item(check->reader, "reservations", at);

    for (size_t i = 0; i < at; i++)
        if (strcmp(reservations[i].id, reservation->id) == 0)
            return reader_refuse(&item, "id", err, "'%s' is used twice", reservation->id);
    if (reservation->units.coefficient == 0)
        return reader_refuse(&item, "units", err, "a reservation holds more than nothing");
    if (reservation->size.coefficient == 0)
        return reader_refuse(&item, "size", err, "a unit's size is above zero");
    return check_members(&item, reservation, err) &&
           check_owner(check->contract, &item, reservation, err) &&
           contract_check_span(check, &item, reservation->from_us, reservation->to_us, err) &&
           check_upfront(check, &item, reservation->upfront, err) &&
           check_payment(&item, reservation, err);
}

static bool check_ids(const struct contract *contract, const struct reader *reader, size_t at,
                      struct error *err)
{
    const char *id = contract->spend_plans[at].id;

    for (size_t i = 0; i < at; i++)
        if (strcmp(contract->spend_plans[i].id, id) == 0)
            return reader_refuse(reader, "id", err, "'%s' is used twice", id);
    for (size_t i = 0; i < contract->reservation_count; i++)
        if (strcmp(contract->reservations[i].id, id) == 0)
            return reader_refuse(reader, "id", err, "'%s' is a reservation's id", id);
    return true;
}

static bool check_prices(const struct reader *reader, const struct spend_plan *plan,
                         struct error *err)
{
    if (plan->per_hour.coefficient == 0)
        return reader_refuse(reader, "per_hour", err, "an hour is worth more than nothing");
    if (plan->discount.coefficient > 100 * number_power10(plan->discount.scale))
        return reader_refuse(reader, "discount", err, "a discount is at most 100 percent");
    if (plan->rate_count == 0 && !plan->has_discount)
        return reader_refuse(reader, "rates", err, "say what usage costs: rates or a discount");
    if (plan->counts_on_demand && !plan->has_discount)
        return reader_refuse(reader, "discount", err,
                             "an amount of on-demand money costs what its discount leaves");
    if (plan->counts_on_demand && plan->rate_count > 0)
        return reader_refuse(reader, "rates", err,
                             "an amount of on-demand money has one discount and no rates");
    return true;
}

static bool check_spend_plan(const struct contract_check *check, size_t at, struct error *err)
{
    const struct spend_plan *plan = &check->contract->spend_plans[at];
    struct reader item = reader_item(check->reader, "spend_plans", at);

    return check_ids(check->contract, &item, at, err) && check_prices(&item, plan, err) &&
           contract_check_span(check, &item, plan->from_us, plan->to_us, err) &&
           check_upfront(check, &item, plan->upfront, err);
}

bool contract_check_capacity(const struct contract_check *check, struct error *err)
{
    if (!pool_check(check, err))
        return false;
    for (size_t i = 0; i < check->contract->reservation_count; i++)
        if (!check_reservation(check, i, err))
            return false;
    for (size_t i = 0; i < check->contract->spend_plan_count; i++)
        if (!check_spend_plan(check, i, err))
            return false;
    return true;
}

static bool check_named(const struct contract *contract, const struct spend_plan *spend,
                        const char *charge_id, const struct plan *const *plans, size_t plan_count,
                        struct error *err)
{
    const struct charge *found = NULL;

    for (size_t i = 0; i < plan_count; i++) {
        const struct charge *charge = plan_charge(plans[i], charge_id);

        if (charge && !unit_price_is_fixed(charge))
            return error_set(err, ERROR_INPUT,
                             "contract %s: spend plan %s names charge '%s' of plan '%s', whose "
                             "price depends on the total; state its on_demand there",
                             contract->id, spend->id, charge_id, plans[i]->id);
        found = charge ? charge : found;
    }
    return found || error_set(err, ERROR_INPUT,
                              "contract %s: spend plan %s names charge '%s', which none of the "
                              "contract's plans has",
                              contract->id, spend->id, charge_id);
}

bool contract_check_spend_charges(const struct contract *contract, const struct plan *const *plans,
                                  size_t plan_count, struct error *err)
{
    for (size_t i = 0; i < contract->spend_plan_count; i++) {
        const struct spend_plan *spend = &contract->spend_plans[i];

        for (size_t c = 0; c < spend->charge_count; c++)
            if (!check_named(contract, spend, spend->charges[c], plans, plan_count, err))
                return false;
        for (size_t r = 0; r < spend->rate_count; r++)
            if (!check_named(contract, spend, spend->rates[r].charge, plans, plan_count, err))
                return false;
    }
    return true;
}
