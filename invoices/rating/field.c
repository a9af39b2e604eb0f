/*
 * Members of JSON objects.
 */
#include "rating/field.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"

struct reader reader_member(const struct reader *reader, const char *name)
{
    struct reader member = *reader;

    member.object = json_object_get(reader->object, name);
    member.path = arena_printf(reader->arena, "%s/%s", reader->path, name);
    return member;
}

struct reader reader_item(const struct reader *reader, const char *name, size_t n)
{
    struct reader item = *reader;

    item.object = json_array_get(json_object_get(reader->object, name), n);
    item.path = arena_printf(reader->arena, "%s/%s/%zu", reader->path, name, n);
    return item;
}

size_t reader_count(const struct reader *reader, const char *name)
{
    return json_array_size(json_object_get(reader->object, name));
}

bool reader_refuse(const struct reader *reader, const char *name, struct error *err,
                   const char *format, ...)
{
    char message[ERROR_MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(err, ERROR_INPUT, "%s: %s%s%s: %s", reader->what, reader->path,
                     *name ? "/" : "", name, message);
}

const char *reader_text(const struct reader *reader, const char *name, const char *fallback)
{
    const char *text = json_string_value(json_object_get(reader->object, name));

    return text ? arena_text(reader->arena, text) : fallback;
}

bool reader_flag(const struct reader *reader, const char *name, bool fallback)
{
    const json_t *value = json_object_get(reader->object, name);

    return value ? json_is_true(value) : fallback;
}

int64_t reader_integer(const struct reader *reader, const char *name, int64_t fallback)
{
    const json_t *value = json_object_get(reader->object, name);

    return value ? json_integer_value(value) : fallback;
}

static const char **texts_of(const json_t *array, struct arena *arena, size_t *out_count)
{
    size_t count = json_array_size(array);
    const char **texts = arena_array(arena, count, sizeof *texts);

    for (size_t i = 0; i < count; i++)
        texts[i] = arena_text(arena, json_string_value(json_array_get(array, i)));
    *out_count = count;
    return texts;
}

const char **reader_texts(const struct reader *reader, const char *name, size_t *out_count)
{
    return texts_of(json_object_get(reader->object, name), reader->arena, out_count);
}

bool reader_amount(const struct reader *reader, const char *name, struct decimal fallback,
                   struct decimal *out, struct error *err)
{
    const char *text = json_string_value(json_object_get(reader->object, name));
    const char *what = arena_printf(reader->arena, "%s: %s/%s", reader->what, reader->path, name);
    struct decimal amount;

    if (!text) {
        *out = fallback;
        return true;
    }
    if (!decimal_parse(text, strlen(text), what, &amount, err))
        return false;
    if (amount.coefficient < 0)
        return reader_refuse(reader, name, err, "%s is below zero; credits are not prices", text);
    if (amount.scale > PRICE_DECIMALS_MAX)
        return reader_refuse(reader, name, err,
                             "%s has more than %d decimals; use a larger price unit", text,
                             PRICE_DECIMALS_MAX);
    if (amount.coefficient >= number_power10(PRICE_DIGITS_MAX))
        return reader_refuse(reader, name, err,
                             "%s has more than %d digits; use a smaller price unit", text,
                             PRICE_DIGITS_MAX);
    *out = amount;
    return true;
}

bool reader_instant(const struct reader *reader, const char *name, int64_t fallback_us,
                    int64_t *out_us, struct error *err)
{
    const char *text = json_string_value(json_object_get(reader->object, name));
    const char *what = arena_printf(reader->arena, "%s: %s/%s", reader->what, reader->path, name);

    if (text)
        return instant_parse(text, strlen(text), what, out_us, err);
    *out_us = fallback_us;
    return true;
}

static int by_dimension(const void *left, const void *right)
{
    const struct condition *a = left;
    const struct condition *b = right;

    return strcmp(a->dimension, b->dimension);
}

void reader_conditions(const struct reader *reader, const char *name, struct conditions *out)
{
    json_t *object = json_object_get(reader->object, name);
    const char *dimension;
    json_t *values;

    out->count = 0;
    out->items = arena_array(reader->arena, json_object_size(object) + 1, sizeof *out->items);
    json_object_foreach (object, dimension, values) {
        if (!json_is_array(values))
            continue;
        struct condition *condition = &out->items[out->count++];
        condition->dimension = arena_text(reader->arena, dimension);
        condition->values = texts_of(values, reader->arena, &condition->value_count);
    }
    qsort(out->items, out->count, sizeof *out->items, by_dimension);
}

void reader_values(const struct reader *reader, const char *name, struct conditions *out)
{
    json_t *object = json_object_get(reader->object, name);
    const char *dimension;
    json_t *value;

    out->count = 0;
    out->items = arena_array(reader->arena, json_object_size(object) + 1, sizeof *out->items);
    json_object_foreach (object, dimension, value) {
        struct condition *condition = &out->items[out->count++];

        condition->dimension = arena_text(reader->arena, dimension);
        condition->value_count = 1;
        condition->values = arena_array(reader->arena, 1, sizeof *condition->values);
        condition->values[0] = arena_text(reader->arena, json_string_value(value));
    }
    qsort(out->items, out->count, sizeof *out->items, by_dimension);
}

/* -------------------------------------------------------------------------------------- times */

static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + text[1] - '0';
}

bool reader_minute(const struct reader *reader, const char *name, int *out_minute,
                   struct error *err)
{
    const char *text = reader_text(reader, name, "");
    bool is_complete = strlen(text) == strlen("09:30");
    int hour = is_complete ? two_digits(text) : 0;
    int minute = is_complete ? two_digits(text + 3) : 0;

    if (!is_complete || hour > 24 || minute > 59 || (hour == 24 && minute > 0))
        return reader_refuse(reader, name, err, "'%s' is not a time such as 09:30", text);
    *out_minute = (hour * 60 + minute) % DAY_MINUTES;
    return true;
}
