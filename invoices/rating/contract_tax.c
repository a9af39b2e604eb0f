/*
 * A contract's taxes: the rate of a category at an instant, and the several taxes that make it.
 */
#include <string.h>

#include "base/instant.h"
#include "rating/contract.h"
#include "rating/fragment.h"

static bool is_same_name(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Whether a rate is its tax's newest at an instant. */
static bool is_in_force(const struct contract *contract, const struct tax_rate *rate,
                        int64_t instant_us)
{
    if (rate->from_us > instant_us)
        return false;
    for (size_t i = 0; i < contract->tax_count; i++) {
        const struct tax_rate *other = &contract->taxes[i];

        if (strcmp(other->category, rate->category) == 0 && is_same_name(other->name, rate->name) &&
            other->from_us <= instant_us && other->from_us > rate->from_us)
            return false;
    }
    return true;
}

static struct decimal add_rates(struct decimal a, struct decimal b)
{
    unsigned scale = a.scale > b.scale ? a.scale : b.scale;

    return (struct decimal){a.coefficient * number_power10(scale - a.scale) +
                                b.coefficient * number_power10(scale - b.scale),
                            scale};
}

bool contract_tax_rate(const struct contract *contract, const char *category, int64_t instant_us,
                       struct decimal *out, struct error *err)
{
    struct decimal sum = {0, 0};
    bool is_found = false;
    char text[INSTANT_TEXT_SIZE];

    for (size_t i = 0; i < contract->tax_count; i++)
        if (strcmp(contract->taxes[i].category, category) == 0 &&
            is_in_force(contract, &contract->taxes[i], instant_us)) {
            sum = is_found ? add_rates(sum, contract->taxes[i].rate) : contract->taxes[i].rate;
            is_found = true;
        }
    if (!is_found)
        return error_set(err, ERROR_NOT_FOUND,
                         "contract %s has no tax rate for category '%s' at %s; add one to "
                         "/tax/profile",
                         contract->id, category, instant_format(instant_us, text));
    *out = sum;
    return true;
}

const struct tax_parts *contract_tax_parts(const struct contract *contract, const char *category,
                                           int64_t instant_us, struct arena *arena)
{
    struct tax_parts *parts = arena_alloc(arena, sizeof *parts);

    *parts =
        (struct tax_parts){.items = arena_array(arena, contract->tax_count, sizeof *parts->items)};
    for (size_t i = 0; i < contract->tax_count; i++)
        if (strcmp(contract->taxes[i].category, category) == 0 && contract->taxes[i].name &&
            is_in_force(contract, &contract->taxes[i], instant_us))
            parts->items[parts->count++] =
                (struct tax_part){contract->taxes[i].name, contract->taxes[i].rate};
    return parts->count > 0 ? parts : NULL;
}

static bool is_same_parts(const struct tax_parts *a, const struct tax_parts *b)
{
    if (!a || !b)
        return a == b;
    for (size_t i = 0; i < a->count; i++) {
        bool is_found = false;

        for (size_t k = 0; k < b->count; k++)
            is_found |= strcmp(a->items[i].name, b->items[k].name) == 0 &&
                        decimal_compare(a->items[i].rate, b->items[k].rate) == 0;
        if (!is_found)
            return false;
    }
    return a->count == b->count;
}

bool contract_check_tax_parts(const struct contract *contract, size_t at, struct arena *arena,
                              struct error *err)
{
    const struct tax_rate *tax = &contract->taxes[at];
    const struct tax_parts *parts =
        contract_tax_parts(contract, tax->category, tax->from_us, arena);
    struct decimal rate;
    struct decimal other_rate;

    if (!contract_tax_rate(contract, tax->category, tax->from_us, &rate, err))
        return false;
    for (size_t i = 0; i < contract->tax_count; i++) {
        const struct tax_rate *other = &contract->taxes[i];

        if ((other->name == NULL) != (tax->name == NULL) &&
            strcmp(other->category, tax->category) == 0)
            return error_set(err, ERROR_INPUT,
                             "category '%s' has a tax with a name and one without; name each",
                             tax->category);
        if (strcmp(other->category, tax->category) != 0 || other->from_us == tax->from_us ||
            !contract_tax_rate(contract, other->category, other->from_us, &other_rate, err))
            continue;
        if (decimal_compare(rate, other_rate) == 0 &&
            !is_same_parts(parts,
                           contract_tax_parts(contract, other->category, other->from_us, arena)))
            return error_set(err, ERROR_INPUT,
                             "the taxes of category '%s' change while their sum stays; a document "
                             "tells rates apart by category and sum: use another category from "
                             "then on",
                             tax->category);
    }
    return true;
}
