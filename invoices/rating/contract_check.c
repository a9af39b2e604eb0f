/*
 * What a contract must not say, one check a function, each with what to do.
 */
#include "rating/contract_check.h"

#include <string.h>

#include "base/instant.h"

struct check {
    const struct reader *reader;
    const struct contract *contract;
    uint32_t grid_seconds;
};

/* A border that the file states; the ends of time are not stated. */
static bool check_border(const struct check *check, const struct reader *reader, const char *name,
                         int64_t instant_us, struct error *err)
{
    if (instant_us == INSTANT_MIN || instant_us == INSTANT_MAX)
        return true;
    return calendar_check_grid(
        instant_us, check->grid_seconds,
        arena_printf(reader->arena, "%s: %s/%s", reader->what, reader->path, name), err);
}

/* [from, to) is not empty, on the grid and inside the contract. */
static bool check_span(const struct check *check, const struct reader *reader, int64_t from_us,
                       int64_t to_us, struct error *err)
{
    char texts[2][INSTANT_TEXT_SIZE];

    if (!check_border(check, reader, "from", from_us, err) ||
        !check_border(check, reader, "to", to_us, err))
        return false;
    if (from_us >= to_us)
        return reader_refuse(reader, "to", err, "%s is not after from, %s",
                             instant_format(to_us, texts[0]), instant_format(from_us, texts[1]));
    if (from_us < check->contract->from_us)
        return reader_refuse(reader, "from", err, "begins before the contract, %s",
                             instant_format(check->contract->from_us, texts[0]));
    if (to_us > check->contract->to_us)
        return reader_refuse(reader, "to", err, "ends after the contract, %s",
                             instant_format(check->contract->to_us, texts[0]));
    return true;
}

static bool check_plan(const struct check *check, size_t at, struct error *err)
{
    const struct contract_plan *plans = check->contract->plans;
    struct reader item = reader_item(check->reader, "plans", at);

    if (!check_span(check, &item, plans[at].from_us, plans[at].to_us, err))
        return false;
    for (size_t i = 0; i < at; i++)
        if (strcmp(plans[i].plan, plans[at].plan) == 0 && plans[i].from_us < plans[at].to_us &&
            plans[at].from_us < plans[i].to_us)
            return reader_refuse(&item, "from", err,
                                 "version %u of %s overlaps version %u (/plans/%zu); end that one "
                                 "where this one begins",
                                 plans[at].version, plans[at].plan, plans[i].version, i);
    return true;
}

static bool check_payment(const struct check *check, const struct reader *reader,
                          const struct reservation *reservation, struct error *err)
{
    const char *payment = reader_text(reader, "payment", "none");
    struct decimal upfront = reservation->upfront;
    bool has_upfront = upfront.coefficient > 0;

    if (upfront.coefficient >
        number_power10(FLAT_MINOR_MAX_POWER - check->contract->exponent + upfront.scale))
        return reader_refuse(reader, "upfront", err, "an upfront is at most 10^%d minor units",
                             FLAT_MINOR_MAX_POWER);
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

static bool check_reservation(const struct check *check, size_t at, struct error *err)
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
    return check_span(check, &item, reservation->from_us, reservation->to_us, err) &&
           check_payment(check, &item, reservation, err);
}

static bool is_same_tax(const struct tax_rate *a, const struct tax_rate *b)
{
    return a->name && b->name ? strcmp(a->name, b->name) == 0 : a->name == b->name;
}

static bool check_tax(const struct check *check, size_t at, struct error *err)
{
    const struct tax_rate *taxes = check->contract->taxes;
    struct reader tax = reader_member(check->reader, "tax");
    struct reader item = reader_item(&tax, "profile", at);

    for (size_t i = 0; i < at; i++)
        if (strcmp(taxes[i].category, taxes[at].category) == 0 &&
            taxes[i].from_us == taxes[at].from_us && is_same_tax(&taxes[i], &taxes[at]))
            return reader_refuse(&item, "from", err,
                                 "category '%s' has two rates from the same instant on",
                                 taxes[at].category);
    if (!contract_check_tax_parts(check->contract, at, check->reader->arena, err))
        return error_prefix(err, "%s: %s: ", item.what, item.path);
    return check_border(check, &item, "from", taxes[at].from_us, err);
}

static bool check_periods(const struct check *check, struct error *err)
{
    const struct contract *contract = check->contract;
    const char *what = arena_printf(check->reader->arena, "%s: /billing", check->reader->what);

    return calendar_check_periods(contract->zone, &contract->billing, contract->from_us,
                                  contract->to_us, check->grid_seconds, what, err);
}

bool contract_check(const struct reader *reader, const struct contract *contract,
                    uint32_t grid_seconds, struct error *err)
{
    struct check check = {reader, contract, grid_seconds};
    char texts[2][INSTANT_TEXT_SIZE];

    if (!check_border(&check, reader, "from", contract->from_us, err) ||
        !check_border(&check, reader, "to", contract->to_us, err))
        return false;
    if (contract->from_us >= contract->to_us)
        return reader_refuse(reader, "to", err, "%s is not after from, %s",
                             instant_format(contract->to_us, texts[0]),
                             instant_format(contract->from_us, texts[1]));
    for (size_t i = 0; i < contract->plan_count; i++)
        if (!check_plan(&check, i, err))
            return false;
    for (size_t i = 0; i < contract->reservation_count; i++)
        if (!check_reservation(&check, i, err))
            return false;
    for (size_t i = 0; i < contract->tax_count; i++)
        if (!check_tax(&check, i, err))
            return false;
    return check_periods(&check, err);
}
