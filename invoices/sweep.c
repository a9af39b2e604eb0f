#include "invoices/sweep.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/money.h"

bool sweep_parse(const char *text, struct arena *arena, struct sweep *out, struct error *err)
{
    const char *equals = strchr(text, '='), *dots = equals != NULL ? strstr(equals, "..") : NULL;
    struct sweep sweep;
    if (equals == NULL || equals == text || dots == NULL)
        return error_set(err, ERROR_INPUT,
                         "sweep '%s': say a reservation and its sizes, as in reservation=0..64",
                         text);
    if (!number_parse_u64(equals + 1, (size_t)(dots - equals) - 1, "sweep", &sweep.first, err) ||
        !number_parse_u64(dots + 2, strlen(dots + 2), "sweep", &sweep.last, err))
        return false;
    if (sweep.last < sweep.first || sweep.last - sweep.first >= SWEEP_SIZES_MAX)
        return error_set(err, ERROR_INPUT, "sweep '%s': rising, and at most %d sizes", text,
                         SWEEP_SIZES_MAX);
    sweep.reservation = arena_text_n(arena, text, (size_t)(equals - text));
    *out = sweep;
    return true;
}

/* ---------------------------------------------------------------------------------- the variants
 */

struct sweep_place {
    size_t terms;       /* of the variant */
    size_t reservation; /* of its contract */
};

static bool find_reservation(const struct sweep *sweep, const struct variant *variant,
                             struct sweep_place *out, struct error *err)
{
    const int last = strcmp(sweep->reservation, "reservation") == 0 ? 1 : 0;
    for (int any = 0; any <= last; any++)
        for (size_t i = 0; i < variant->count; i++) {
            const struct contract *contract = variant->terms[i].contract;
            for (size_t j = 0; j < contract->reservation_count; j++)
                if (any || strcmp(contract->reservations[j].id, sweep->reservation) == 0) {
                    *out = (struct sweep_place){i, j};
                    return true;
                }
        }
    return error_set(err, ERROR_INPUT, "sweep: no contract has a reservation '%s'",
                     sweep->reservation);
}

/* upfront × units / the units that it was stated for, to the currency's decimals at least. */
static bool scale_upfront(struct reservation *reservation, uint64_t units, unsigned exponent,
                          struct error *err)
{
    struct decimal *upfront = &reservation->upfront;
    const struct decimal stated = reservation->units;
    int128 product;
    if (upfront->scale < exponent) {
        upfront->coefficient *= number_power10(exponent - upfront->scale);
        upfront->scale = exponent;
    }
    if (!number_multiply(upfront->coefficient, (int128)units, &product) ||
        !number_multiply(product, number_power10(stated.scale), &product))
        return error_set(err, ERROR_INPUT,
                         "sweep: %" PRIu64 " units of reservation '%s' are too "
                         "many for its upfront",
                         units, reservation->id);
    upfront->coefficient = number_divide_round(product, stated.coefficient);
    return true;
}

/* Without any unit there is no reservation. */
static void drop_reservation(struct contract *contract, size_t at)
{
    contract->reservation_count--;
    memmove(&contract->reservations[at], &contract->reservations[at + 1],
            (contract->reservation_count - at) * sizeof(*contract->reservations));
}

static bool resize(const struct variant *from, const struct sweep_place *place, uint64_t units,
                   struct arena *arena, struct variant *out, struct error *err)
{
    const struct contract *stated = from->terms[place->terms].contract;
    struct contract *contract = arena_copy(arena, stated, sizeof(*stated));
    contract->reservations = arena_copy(arena, stated->reservations,
                                        stated->reservation_count * sizeof(*stated->reservations));
    struct reservation *reservation = &contract->reservations[place->reservation];
    if (!scale_upfront(reservation, units, contract->exponent, err))
        return false;
    reservation->units = (struct decimal){.coefficient = (int128)units, .scale = 0};
    if (units == 0)
        drop_reservation(contract, place->reservation);
    out->count = from->count;
    out->terms = arena_copy(arena, from->terms, from->count * sizeof(*from->terms));
    out->terms[place->terms].contract = contract;
    return true;
}

/* --------------------------------------------------------------------------------------- the sums
 */

struct sums {
    const char *currency; /* NULL: nothing was rated yet */
    char name[8];
    unsigned exponent;
    int128 *of_variant;
};

static bool add_up(void *context, size_t variant, const struct rating *rating, struct error *err)
{
    struct sums *sums = context;
    if (sums->currency == NULL) {
        snprintf(sums->name, sizeof(sums->name), "%s", rating->currency);
        sums->currency = sums->name;
        sums->exponent = rating->exponent;
    }
    if (strcmp(sums->currency, rating->currency) != 0)
        return error_set(err, ERROR_INPUT, "sweep: %s and %s have no sum", sums->currency,
                         rating->currency);
    sums->of_variant[variant] += rating->net_minor;
    return true;
}

static void take_sums(const struct sweep *sweep, const struct sums *sums, struct arena *arena,
                      struct sweep_result *out)
{
    out->as_is = sums->of_variant[0];
    out->totals = &sums->of_variant[1];
    out->currency = arena_text(arena, sums->currency);
    out->exponent = sums->exponent;
    sweep_choose(sweep, out);
}

void sweep_choose(const struct sweep *sweep, struct sweep_result *result)
{
    result->cheapest = sweep->first;
    for (uint64_t units = sweep->first; units <= sweep->last; units++)
        if (result->totals[units - sweep->first] < result->totals[result->cheapest - sweep->first])
            result->cheapest = units;
}

bool sweep_rate(const struct sweep *sweep, struct session *session, const struct tenant *tenant,
                const struct tenant_terms *terms, uint64_t size, const struct month_range *months,
                struct sweep_result *out, struct error *err)
{
    const struct variant *changed = &terms->variants[VARIANT_CHANGED];
    size_t count = (size_t)(sweep->last - sweep->first) + 2;
    struct variant *variants = arena_array(&session->arena, count, sizeof(*variants));
    struct sums sums = {.of_variant = arena_array(&session->arena, count, sizeof(int128))};
    struct sweep_place place = {0};
    if (!find_reservation(sweep, changed, &place, err))
        return false;
    out->reservation = changed->terms[place.terms].contract->reservations[place.reservation].id;
    variants[0] = terms->variants[VARIANT_AS_IS];
    for (size_t i = 1; i < count; i++)
        if (!resize(changed, &place, sweep->first + i - 1, &session->arena, &variants[i], err))
            return false;
    if (!variants_rate(session, tenant, size, months, variants, count, add_up, &sums, err))
        return false;
    if (sums.currency == NULL)
        return error_set(err, ERROR_INPUT, "tenant '%s' has no contract in these months",
                         tenant->id);
    take_sums(sweep, &sums, &session->arena, out);
    return true;
}

/* ------------------------------------------------------------------------ from another process */

json_t *sweep_totals(const struct sweep *part, const struct sweep_result *result)
{
    json_t *totals = json_array();
    char number[INT128_TEXT_SIZE];
    for (uint64_t i = 0; i <= part->last - part->first; i++)
        json_array_append_new(totals, json_string(number_format(result->totals[i], number)));
    return json_pack("{s:s,s:s,s:i,s:s,s:o}", "reservation", result->reservation, "currency",
                     result->currency, "exponent", (int)result->exponent, "as_is",
                     number_format(result->as_is, number), "totals", totals);
}

static bool read_total(const json_t *json, int128 *out, struct error *err)
{
    return number_parse_int128(json_string_value(json), json_string_length(json), "total", out,
                               err);
}

bool sweep_take(const struct sweep *whole, const struct sweep *part, const json_t *totals,
                struct arena *arena, struct sweep_result *out, struct error *err)
{
    const json_t *total;
    size_t i;
    if (out->totals == NULL)
        out->totals =
            arena_array(arena, (size_t)(whole->last - whole->first) + 1, sizeof(*out->totals));
    out->reservation = arena_text(arena, json_string_value(json_object_get(totals, "reservation")));
    out->currency = arena_text(arena, json_string_value(json_object_get(totals, "currency")));
    out->exponent = (unsigned)json_integer_value(json_object_get(totals, "exponent"));
    if (!read_total(json_object_get(totals, "as_is"), &out->as_is, err))
        return false;
    json_array_foreach (json_object_get(totals, "totals"), i, total)
        if (!read_total(total, &out->totals[part->first - whole->first + i], err))
            return false;
    return true;
}

/* ---------------------------------------------------------------------------------------- forms */

struct size_texts {
    char total[DECIMAL_TEXT_SIZE];
    char difference[DECIMAL_TEXT_SIZE];
};

static void write_size(const struct sweep *sweep, const struct sweep_result *result, uint64_t units,
                       struct size_texts *out)
{
    int128 total = result->totals[units - sweep->first];
    money_format(total, result->exponent, out->total);
    money_format(total - result->as_is, result->exponent, out->difference);
}

void sweep_print_text(const struct sweep *sweep, const struct sweep_result *result)
{
    struct size_texts texts;
    char as_is[DECIMAL_TEXT_SIZE];
    printf("%10s %16s %16s\n", "units", "total", "difference");
    for (uint64_t units = sweep->first; units <= sweep->last; units++) {
        write_size(sweep, result, units, &texts);
        printf("%10" PRIu64 " %16s %16s%s\n", units, texts.total, texts.difference,
               units == result->cheapest ? "  cheapest" : "");
    }
    write_size(sweep, result, result->cheapest, &texts);
    printf("cheapest: %" PRIu64 " units of '%s', %s %s (as it is: %s)\n", result->cheapest,
           result->reservation, texts.total, result->currency,
           money_format(result->as_is, result->exponent, as_is));
}

void sweep_print_csv(const struct sweep *sweep, const struct sweep_result *result)
{
    struct size_texts texts;
    printf("reservation,units,currency,total,difference\n");
    for (uint64_t units = sweep->first; units <= sweep->last; units++) {
        write_size(sweep, result, units, &texts);
        printf("%s,%" PRIu64 ",%s,%s,%s\n", result->reservation, units, result->currency,
               texts.total, texts.difference);
    }
}

json_t *sweep_json(const struct sweep *sweep, const struct sweep_result *result)
{
    json_t *sizes = json_array();
    struct size_texts texts;
    char as_is[DECIMAL_TEXT_SIZE];
    for (uint64_t units = sweep->first; units <= sweep->last; units++) {
        write_size(sweep, result, units, &texts);
        json_array_append_new(sizes, json_pack("{s:I,s:s,s:s}", "units", (json_int_t)units, "total",
                                               texts.total, "difference", texts.difference));
    }
    return json_pack("{s:s,s:s,s:s,s:o,s:I}", "reservation", result->reservation, "currency",
                     result->currency, "before",
                     money_format(result->as_is, result->exponent, as_is), "sizes", sizes,
                     "cheapest", (json_int_t)result->cheapest);
}
