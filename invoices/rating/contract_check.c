/*
 * What a contract must not say, one check a function, each with what to do.
 */
#include "rating/contract_check.h"

#include <string.h>

#include "base/instant.h"
#include "rating/contract_capacity.h"

/* A border that the file states; the ends of time are not stated. */
static bool check_border(const struct contract_check *check, const struct reader *reader,
                         const char *name, int64_t instant_us, struct error *err)
{
    if (instant_us == INSTANT_MIN || instant_us == INSTANT_MAX)
        return true;
    return calendar_check_grid(
        instant_us, check->grid_seconds,
        arena_printf(reader->arena, "%s: %s/%s", reader->what, reader->path, name), err);
}

bool contract_check_span(const struct contract_check *check, const struct reader *reader,
                         int64_t from_us, int64_t to_us, struct error *err)
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

static bool check_plan(const struct contract_check *check, size_t at, struct error *err)
{
    const struct contract_plan *plans = check->contract->plans;
    struct reader item = reader_item(check->reader, "plans", at);

    if (!contract_check_span(check, &item, plans[at].from_us, plans[at].to_us, err))
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

static bool is_same_tax(const struct tax_rate *a, const struct tax_rate *b)
{
    return a->name && b->name ? strcmp(a->name, b->name) == 0 : a->name == b->name;
}

static bool check_tax(const struct contract_check *check, size_t at, struct error *err)
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

static bool check_periods(const struct contract_check *check, struct error *err)
{
    const struct contract *contract = check->contract;
    const char *what = arena_printf(check->reader->arena, "%s: /billing", check->reader->what);

    return calendar_check_periods(contract->zone, &contract->billing, contract->from_us,
                                  contract->to_us, check->grid_seconds, what, err);
}

bool contract_check(const struct reader *reader, const struct contract *contract,
                    uint32_t grid_seconds, struct error *err)
{
    struct contract_check check = {reader, contract, grid_seconds};
    char texts[2][INSTANT_TEXT_SIZE];

    if (!check_border(&check, reader, "from", contract->from_us, err) ||
        !check_border(&check, reader, "to", contract->to_us, err))
        return false;
    if (contract->from_us >= contract->to_us)
        return reader_refuse(reader, "to", err, "%s is not after from, %s",
                             instant_format(contract->to_us, texts[0]),
                             instant_format(contract->from_us, texts[1]));
    if (contract->seller.credit_note_series &&
        strcmp(contract->seller.credit_note_series, contract->seller.number_series) == 0)
        return reader_refuse(reader, "legal_entity/credit_note_series", err,
                             "credit notes count with invoices where it is left out");
    for (size_t i = 0; i < contract->plan_count; i++)
        if (!check_plan(&check, i, err))
            return false;
    if (!contract_check_capacity(&check, err))
        return false;
    for (size_t i = 0; i < contract->tax_count; i++)
        if (!check_tax(&check, i, err))
            return false;
    return check_periods(&check, err);
}
