/*
 * Series descriptors.
 */
#include "core/series.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

#define DESCRIPTOR_VERSION 0x01
#define FIXED_SIZE 8 /* version, scale, aggregation, count */

static const char *const aggregation_words[] = {
    [AGGREGATION_SUM] = "sum",
    [AGGREGATION_COUNT] = "count",
    [AGGREGATION_MAX] = "max",
};

const char *aggregation_word(enum aggregation aggregation)
{
    return aggregation >= AGGREGATION_SUM && aggregation <= AGGREGATION_MAX
               ? aggregation_words[aggregation]
               : NULL;
}

struct slice series_dimension(const struct series *series, const char *name)
{
    for (size_t i = 0; i < series->dimension_count; i++)
        if (slice_equals(series->dimensions[i].name, name))
            return series->dimensions[i].value;
    return (struct slice){NULL, 0};
}

/* ------------------------------------------------------------------------------- the rules */

static bool check_text(struct slice text, bool may_be_empty, const char *what, struct error *err)
{
    if (text.size == 0 && !may_be_empty)
        return error_set(err, ERROR_INPUT, "a series has an empty %s", what);
    if (!utf8_is_valid(text.data, text.size))
        return error_set(err, ERROR_INPUT, "a series has a %s that is not UTF-8", what);
    return true;
}

static bool check_dimensions(const struct series *series, struct error *err)
{
    const struct dimension *dimensions = series->dimensions;

    for (size_t i = 0; i < series->dimension_count; i++) {
        if (!check_text(dimensions[i].name, false, "dimension name", err) ||
            !check_text(dimensions[i].value, true, "dimension value", err))
            return false;
        if (i > 0 && slice_compare(dimensions[i - 1].name, dimensions[i].name) >= 0)
            return error_set(err, ERROR_INPUT, "a series has dimension '%.*s' twice or unsorted",
                             (int)dimensions[i].name.size, dimensions[i].name.data);
    }
    return true;
}

static bool check_series(const struct series *series, struct error *err)
{
    if (!check_text(series->meter, false, "meter", err) ||
        !check_text(series->unit, false, "unit", err))
        return false;
    if (series->scale > DECIMAL_SCALE_MAX)
        return error_set(err, ERROR_INPUT, "a series has scale %" PRIu32 ", more than %d",
                         series->scale, DECIMAL_SCALE_MAX);
    if (!aggregation_word(series->aggregation))
        return error_set(err, ERROR_INPUT, "a series has unknown aggregation %d",
                         (int)series->aggregation);
    return check_dimensions(series, err);
}

static size_t descriptor_size(const struct series *series)
{
    size_t size = FIXED_SIZE + 2 + series->meter.size + 2 + series->unit.size;

    for (size_t i = 0; i < series->dimension_count; i++)
        size += 4 + series->dimensions[i].name.size + series->dimensions[i].value.size;
    return size;
}

/* --------------------------------------------------------------------------------- writing */

static int compare_dimensions(const void *a, const void *b)
{
    const struct dimension *left = a;
    const struct dimension *right = b;

    return slice_compare(left->name, right->name);
}

static void put_text(struct text *out, struct slice text)
{
    unsigned char size[2];

    bytes_put_u16(size, (uint16_t)text.size);
    text_append_n(out, size, sizeof(size));
    text_append_n(out, text.data, text.size);
}

bool series_encode(struct series *series, struct text *out, struct error *err)
{
    unsigned char fixed[7];

    if (series->dimension_count > SERIES_DIMENSIONS_MAX)
        return error_set(err, ERROR_INPUT, "a series has %zu dimensions, more than %d",
                         series->dimension_count, SERIES_DIMENSIONS_MAX);
    qsort(series->dimensions, series->dimension_count, sizeof(series->dimensions[0]),
          compare_dimensions);
    if (!check_series(series, err))
        return false;
    if (descriptor_size(series) > SERIES_DESCRIPTOR_SIZE_MAX)
        return error_set(err, ERROR_INPUT, "a series' descriptor has %zu bytes, more than %d",
                         descriptor_size(series), SERIES_DESCRIPTOR_SIZE_MAX);

    text_append_char(out, DESCRIPTOR_VERSION);
    put_text(out, series->meter);
    put_text(out, series->unit);
    bytes_put_u32(fixed, series->scale);
    fixed[4] = (unsigned char)series->aggregation;
    bytes_put_u16(fixed + 5, (uint16_t)series->dimension_count);
    text_append_n(out, fixed, sizeof(fixed));
    for (size_t i = 0; i < series->dimension_count; i++) {
        put_text(out, series->dimensions[i].name);
        put_text(out, series->dimensions[i].value);
    }
    return true;
}

/* --------------------------------------------------------------------------------- reading */

/* What is left to read. */
struct reader {
    const unsigned char *bytes;
    size_t size;
};

static const unsigned char *take(struct reader *reader, size_t size)
{
    const unsigned char *taken = reader->bytes;

    if (size > reader->size)
        return NULL;
    reader->bytes += size;
    reader->size -= size;
    return taken;
}

static bool take_text(struct reader *reader, struct slice *out)
{
    const unsigned char *size = take(reader, 2);
    const unsigned char *bytes = size ? take(reader, bytes_get_u16(size)) : NULL;

    if (!bytes)
        return false;
    *out = (struct slice){(const char *)bytes, bytes_get_u16(size)};
    return true;
}

static bool take_series(struct reader *reader, struct series *series)
{
    const unsigned char *fixed = take(reader, 1);

    if (!fixed || *fixed != DESCRIPTOR_VERSION || !take_text(reader, &series->meter) ||
        !take_text(reader, &series->unit))
        return false;
    fixed = take(reader, 7);
    if (!fixed)
        return false;
    series->scale = bytes_get_u32(fixed);
    series->aggregation = (enum aggregation)fixed[4];
    series->dimension_count = bytes_get_u16(fixed + 5);
    if (series->dimension_count > SERIES_DIMENSIONS_MAX)
        return false;
    for (size_t i = 0; i < series->dimension_count; i++)
        if (!take_text(reader, &series->dimensions[i].name) ||
            !take_text(reader, &series->dimensions[i].value))
            return false;
    return reader->size == 0;
}

bool series_decode(const void *bytes, size_t size, struct series *out, struct error *err)
{
    struct reader reader = {bytes, size};
    struct series series;

    memset(&series, 0, sizeof(series));
    if (size > SERIES_DESCRIPTOR_SIZE_MAX || !take_series(&reader, &series))
        return error_set(err, ERROR_INPUT, "%zu bytes are not a series' descriptor", size);
    if (!check_series(&series, err))
        return false;
    *out = series;
    return true;
}
