/*
 * A rating's and a difference's pieces of the invoice document.
 */
#include "base/instant.h"
#include "core/money.h"
#include "rating/difference.h"
#include "rating/rate.h"

static void set_money(json_t *object, const char *name, int128 minor, unsigned exponent)
{
    char text[DECIMAL_TEXT_SIZE];

    json_object_set_new(object, name, json_string(money_format(minor, exponent, text)));
}

static void set_decimal(json_t *object, const char *name, struct decimal decimal)
{
    char text[DECIMAL_TEXT_SIZE];

    json_object_set_new(object, name, json_string(decimal_format_short(decimal, text)));
}

static void set_instant(json_t *object, const char *name, int64_t instant_us)
{
    char text[INSTANT_TEXT_SIZE];

    json_object_set_new(object, name, json_string(instant_format(instant_us, text)));
}

json_t *rating_lines_json(const struct rating *rating)
{
    json_t *array = json_array();

    for (size_t i = 0; i < rating->line_count; i++)
        json_array_append_new(array, rating_line_json(&rating->lines[i], rating->exponent));
    return array;
}

static void set_quantities(json_t *object, const struct coverage_row *row,
                           const struct rating_reservation *reservation)
{
    unsigned scale = reservation->scale;

    set_decimal(object, "covered", (struct decimal){row->covered, scale});
    if (reservation->is_unlimited)
        return;
    set_decimal(object, "capacity", (struct decimal){row->capacity, scale});
    set_decimal(object, "unused", (struct decimal){row->unused, scale});
    set_decimal(object, "overage", (struct decimal){row->overage, scale});
}

static json_t *row_json(const struct coverage_row *row,
                        const struct rating_reservation *reservation)
{
    json_t *object = json_object();

    set_instant(object, "from", row->from_us);
    set_instant(object, "to", row->to_us);
    set_quantities(object, row, reservation);
    return object;
}

static json_t *reservation_json(const struct rating_reservation *reservation)
{
    const struct coverage_row sums = {.capacity = reservation->capacity,
                                      .covered = reservation->covered,
                                      .unused = reservation->unused,
                                      .overage = reservation->overage};
    json_t *object = json_object();
    json_t *rows = json_array();

    json_object_set_new(object, "id", json_string(reservation->id));
    json_object_set_new(object, "unit", json_string(reservation->unit));
    set_quantities(object, &sums, reservation);
    for (size_t i = 0; i < reservation->row_count; i++)
        json_array_append_new(rows, row_json(&reservation->rows[i], reservation));
    json_object_set_new(object, "coverage", rows);
    return object;
}

static json_t *reservations_json(const struct rating_reservation *reservations, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, reservation_json(&reservations[i]));
    return array;
}

json_t *rating_reservations_json(const struct rating *rating)
{
    return reservations_json(rating->reservations, rating->reservation_count);
}

json_t *rating_spend_plans_json(const struct rating *rating)
{
    return reservations_json(rating->spend_plans, rating->spend_plan_count);
}

static json_t *dimensions_json(const struct series *series)
{
    json_t *object = json_object();

    for (size_t i = 0; i < series->dimension_count; i++) {
        const struct dimension *pair = &series->dimensions[i];
        char name[256];

        snprintf(name, sizeof name, "%.*s", (int)pair->name.size, pair->name.data);
        json_object_set_new(object, name, json_stringn(pair->value.data, pair->value.size));
    }
    return object;
}

json_t *rating_unrated_json(const struct rating *rating)
{
    json_t *array = json_array();

    for (size_t i = 0; i < rating->unrated_count; i++) {
        const struct rating_unrated *unrated = &rating->unrated[i];
        const struct series *series = unrated->descriptor;
        char hex[DIGEST_HEX_SIZE];
        char number[INT128_TEXT_SIZE];
        json_t *object = json_object();

        json_object_set_new(object, "series", json_string(digest_hex(&unrated->series, hex)));
        json_object_set_new(object, "meter", json_stringn(series->meter.data, series->meter.size));
        json_object_set_new(object, "dimensions", dimensions_json(series));
        json_object_set_new(object, "quantity",
                            json_string(number_format(unrated->quantity, number)));
        json_array_append_new(array, object);
    }
    return array;
}

/* What was rounded, with the exact amount before: also of charges that print no line. */
static json_t *charges_json(const struct rating *rating)
{
    json_t *array = json_array();

    for (size_t i = 0; i < rating->charge_count; i++) {
        const struct rating_charge *charge = &rating->charges[i];
        json_t *object = json_object();

        json_object_set_new(object, "charge", json_string(charge->charge));
        json_object_set_new(object, "tax_category", json_string(charge->tax_category));
        set_decimal(object, "rate", charge->tax_rate);
        json_object_set_new(object, "exact", json_string(charge->exact));
        set_money(object, "amount", charge->amount_minor, rating->exponent);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *period_json(const struct period *period)
{
    json_t *object = json_object();

    json_object_set_new(object, "label", json_string(period->label));
    set_instant(object, "from", period->from_us);
    set_instant(object, "to", period->to_us);
    return object;
}

json_t *rating_json(const struct rating *rating)
{
    json_t *object = json_object();

    json_object_set_new(object, "currency", json_string(rating->currency));
    json_object_set_new(object, "exponent", json_integer(rating->exponent));
    json_object_set_new(object, "period", period_json(&rating->period));
    json_object_set_new(object, "charges", charges_json(rating));
    json_object_set_new(object, "lines", rating_lines_json(rating));
    json_object_set_new(object, "reservations", rating_reservations_json(rating));
    if (rating->spend_plan_count > 0)
        json_object_set_new(object, "spend_plans", rating_spend_plans_json(rating));
    json_object_set_new(object, "unrated", rating_unrated_json(rating));
    json_object_set_new(object, "taxes",
                        rating_taxes_json(rating->taxes, rating->tax_count, rating->exponent));
    set_money(object, "net", rating->net_minor, rating->exponent);
    set_money(object, "tax", rating->tax_minor, rating->exponent);
    set_money(object, "total", rating->total_minor, rating->exponent);
    return object;
}

json_t *rating_difference_json(const struct rating_difference *difference, unsigned exponent)
{
    json_t *object = json_object();
    json_t *lines = json_array();
    json_t *taxes = json_array();
    int128 tax_minor = 0;

    for (size_t i = 0; i < difference->line_count; i++)
        json_array_append_new(lines, rating_line_json(&difference->lines[i], exponent));
    for (size_t i = 0; i < difference->tax_count; i++) {
        const struct difference_tax *tax = &difference->taxes[i];
        json_t *item = json_object();

        json_object_set_new(item, "category", json_string(tax->category));
        set_decimal(item, "rate", tax->rate);
        set_money(item, "net", tax->net_minor, exponent);
        set_money(item, "tax", tax->tax_minor, exponent);
        json_array_append_new(taxes, item);
        tax_minor += tax->tax_minor;
    }
    json_object_set_new(object, "lines", lines);
    json_object_set_new(object, "taxes", taxes);
    set_money(object, "net", difference->net_minor, exponent);
    set_money(object, "tax", tax_minor, exponent);
    return object;
}
