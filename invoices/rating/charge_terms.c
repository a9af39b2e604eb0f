/*
 * What a charge of any model may state beside its price: conversion, sessions, discounts, a
 * minimum, a maximum.
 */
#include <string.h>

#include "rating/charge.h"

#define NONE ((struct decimal){0, 0})
#define ONE ((struct decimal){1, 0})
#define PERCENT_MAX 100

static enum rounding read_mode(const struct reader *reader, const char *fallback)
{
    const char *word = reader_text(reader, "round", fallback);

    if (strcmp(word, "nearest") == 0)
        return ROUND_NEAREST;
    return strcmp(word, "down") == 0 ? ROUND_DOWN : ROUND_UP;
}

static bool read_whole(const struct reader *reader, const char *name, const char *fallback,
                       int128 *out, struct error *err)
{
    const char *text = reader_text(reader, name, fallback);

    return number_parse_int128(text, strlen(text), name, out, err);
}

static bool read_session(const struct reader *reader, struct charge *charge, struct error *err)
{
    struct reader session = reader_member(reader, "session");

    if (!session.object)
        return true;
    charge->session.is_set = true;
    charge->session.mode = read_mode(&session, "up");
    if (!read_whole(&session, "increment", "1", &charge->session.increment, err) ||
        !read_whole(&session, "minimum", "0", &charge->session.minimum, err))
        return false;
    return charge->session.increment > 0 ||
           reader_refuse(&session, "increment", err, "an increment has at least 1 base unit");
}

/* ------------------------------------------------------------------------------- conversion */

static void reduce(struct charge *charge)
{
    int128 common = number_gcd(charge->divisor, charge->multiple);

    charge->divisor /= common;
    charge->multiple /= common;
}

/* divisor × divide base units are multiply price units. */
static bool convert_unit(const struct reader *convert, struct charge *charge, struct error *err)
{
    struct decimal multiply;
    struct decimal divide;

    if (!reader_amount(convert, "multiply", ONE, &multiply, err) ||
        !reader_amount(convert, "divide", ONE, &divide, err))
        return false;
    if (multiply.coefficient == 0 || divide.coefficient == 0)
        return reader_refuse(convert, multiply.coefficient == 0 ? "multiply" : "divide", err,
                             "a factor is above zero");
    if (number_multiply(charge->divisor, divide.coefficient, &charge->divisor) &&
        number_multiply(charge->divisor, number_power10(multiply.scale), &charge->divisor) &&
        number_multiply(multiply.coefficient, number_power10(divide.scale), &charge->multiple)) {
        reduce(charge);
        return true;
    }
    return reader_refuse(convert, "divide", err,
                         "the converted unit does not fit 128 bits; use factors with fewer digits");
}

/* The step of a rounded conversion, which must be whole: it is placed in windows of the meter. */
static bool read_conversion_step(const struct reader *convert, struct charge *charge,
                                 struct error *err)
{
    int128 steps = 0;

    if (!json_object_get(convert->object, "round"))
        return !json_object_get(convert->object, "decimals") ||
               reader_refuse(
                   convert, "decimals", err,
                   "a conversion without round is exact; leave decimals out or say round");
    if (!number_multiply(charge->multiple,
                         number_power10((unsigned)reader_integer(convert, "decimals", 0)),
                         &steps) ||
        charge->divisor % steps != 0)
        return reader_refuse(convert, "decimals", err,
                             "a step of the rounded conversion is no whole number of the meter's "
                             "base units; use fewer decimals, other factors, or leave round out");
    charge->conversion.is_set = true;
    charge->conversion.mode = read_mode(convert, "up");
    charge->conversion.increment = charge->divisor / steps;
    return true;
}

static bool read_conversion(const struct reader *reader, struct charge *charge, struct error *err)
{
    struct reader convert = reader_member(reader, "convert");

    return !convert.object ||
           (convert_unit(&convert, charge, err) && read_conversion_step(&convert, charge, err));
}

/* --------------------------------------------------------------------------------- amounts */

/* amount × 10^exponent ≤ 10^15. */
static bool read_period_amount(const struct reader *reader, const char *name, unsigned exponent,
                               bool *out_has, struct decimal *out, struct error *err)
{
    *out_has = json_object_get(reader->object, name) != NULL;
    if (!reader_amount(reader, name, NONE, out, err))
        return false;
    return out->coefficient <= number_power10(FLAT_MINOR_MAX_POWER - exponent + out->scale) ||
           reader_refuse(reader, name, err, "an amount per period is at most 10^%d minor units",
                         FLAT_MINOR_MAX_POWER);
}

static bool read_discount(const struct reader *item, unsigned exponent, struct discount *out,
                          struct error *err)
{
    bool has_fixed = false;

    out->name = reader_text(item, "name", NULL);
    out->is_percent = json_object_get(item->object, "percent") != NULL;
    if (out->is_percent == (json_object_get(item->object, "fixed") != NULL))
        return reader_refuse(item, "", err, "a discount is either a percent or a fixed amount");
    if (!out->is_percent)
        return read_period_amount(item, "fixed", exponent, &has_fixed, &out->value, err);
    if (!reader_amount(item, "percent", NONE, &out->value, err))
        return false;
    return !decimal_is_below((struct decimal){PERCENT_MAX, 0}, out->value) ||
           reader_refuse(item, "percent", err, "a discount is at most 100 percent");
}

static bool read_discounts(const struct reader *reader, unsigned exponent, struct charge *charge,
                           struct error *err)
{
    charge->discount_count = reader_count(reader, "discounts");
    charge->discounts =
        arena_array(reader->arena, charge->discount_count, sizeof *charge->discounts);
    for (size_t i = 0; i < charge->discount_count; i++) {
        struct reader item = reader_item(reader, "discounts", i);

        if (!read_discount(&item, exponent, &charge->discounts[i], err))
            return false;
    }
    return true;
}

bool charge_compile_terms(const struct reader *reader, unsigned exponent, struct charge *charge,
                          struct error *err)
{
    charge->has_on_demand = json_object_get(reader->object, "on_demand") != NULL;
    if (!read_session(reader, charge, err) || !read_conversion(reader, charge, err) ||
        !read_discounts(reader, exponent, charge, err) ||
        !reader_amount(reader, "on_demand", NONE, &charge->on_demand, err) ||
        !read_period_amount(reader, "minimum", exponent, &charge->has_minimum, &charge->minimum,
                            err) ||
        !read_period_amount(reader, "maximum", exponent, &charge->has_maximum, &charge->maximum,
                            err))
        return false;
    return !charge->has_minimum || !charge->has_maximum ||
           !decimal_is_below(charge->maximum, charge->minimum) ||
           reader_refuse(reader, "maximum", err, "is below the minimum");
}
