/*
 * Usage: series found by hash, rows summed by (series, window).
 */
#include "rating/usage.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "base/text.h"
#include "rating/sort.h"

#define NO_SERIES UINT32_MAX

void usage_init(struct rating_usage *usage, struct arena *arena)
{
    *usage = (struct rating_usage){.arena = arena};
}

void usage_release(struct rating_usage *usage)
{
    free(usage->series);
    free(usage->rows);
    free(usage->buckets);
    *usage = (struct rating_usage){.arena = usage->arena};
}

/* ----------------------------------------------------------------------------------- series */

/* Where the hash stands in the buckets, or the free bucket where it would. */
static size_t bucket_of(const struct rating_usage *usage, const struct digest *hash)
{
    uint32_t start;

    memcpy(&start, hash->bytes, sizeof start);
    for (size_t i = start & (usage->bucket_count - 1);; i = (i + 1) & (usage->bucket_count - 1)) {
        uint32_t series = usage->buckets[i];

        if (series == NO_SERIES ||
            memcmp(usage->series[series].hash.bytes, hash->bytes, DIGEST_SIZE) == 0)
            return i;
    }
}

static void make_room(struct rating_usage *usage)
{
    if (2 * (usage->series_count + 1) <= usage->bucket_count)
        return;
    usage->bucket_count = usage->bucket_count ? 2 * usage->bucket_count : 64;
    usage->buckets = memory_resize(usage->buckets, usage->bucket_count * sizeof *usage->buckets);
    memset(usage->buckets, 0xff, usage->bucket_count * sizeof *usage->buckets);
    for (size_t i = 0; i < usage->series_count; i++)
        usage->buckets[bucket_of(usage, &usage->series[i].hash)] = (uint32_t)i;
}

bool usage_find_series(const struct rating_usage *usage, const struct digest *hash,
                       uint32_t *out_series)
{
    uint32_t series = usage->bucket_count ? usage->buckets[bucket_of(usage, hash)] : NO_SERIES;

    if (series != NO_SERIES)
        *out_series = series;
    return series != NO_SERIES;
}

bool usage_add_series(struct rating_usage *usage, const void *descriptor, size_t size,
                      uint32_t *out_series, struct error *err)
{
    struct digest hash = digest_of(descriptor, size);
    struct series decoded;

    if (usage_find_series(usage, &hash, out_series))
        return true;
    const void *copy = arena_copy(usage->arena, descriptor, size);
    if (!series_decode(copy, size, &decoded, err))
        return false;
    make_room(usage);
    usage->series = memory_grow(usage->series, &usage->series_capacity, usage->series_count + 1,
                                sizeof *usage->series);
    usage->series[usage->series_count] = (struct usage_series){
        .hash = hash, .series = arena_copy(usage->arena, &decoded, sizeof decoded)};
    usage->buckets[bucket_of(usage, &hash)] = (uint32_t)usage->series_count;
    *out_series = (uint32_t)usage->series_count++;
    return true;
}

bool usage_add_series_of(struct rating_usage *usage, const char *tenant, const void *descriptor,
                         size_t size, uint32_t *out_series, struct error *err)
{
    struct series series;
    struct text bytes;

    if (!series_decode(descriptor, size, &series, err))
        return false;
    if (series_dimension(&series, POOL_TENANT).data ||
        series.dimension_count == SERIES_DIMENSIONS_MAX)
        return error_set(err, ERROR_INPUT,
                         "%s has a dimension '" POOL_TENANT "', or too many: a pool's series are "
                         "told apart by it",
                         series_text(&series, usage->arena));
    series.dimensions[series.dimension_count++] =
        (struct dimension){slice_of(POOL_TENANT), slice_of(tenant)};
    usage->is_pooled = true;
    text_init(&bytes);
    bool done = series_encode(&series, &bytes, err) &&
                usage_add_series(usage, bytes.data, bytes.size, out_series, err);
    text_release(&bytes);
    return done;
}

void usage_add(struct rating_usage *usage, uint32_t series, int64_t from_us,
               uint32_t length_seconds, int128 quantity)
{
    assert(series < usage->series_count && length_seconds > 0);
    usage->rows =
        memory_grow(usage->rows, &usage->row_capacity, usage->row_count + 1, sizeof *usage->rows);
    usage->rows[usage->row_count++] = (struct usage_row){.series = series,
                                                         .length_seconds = length_seconds,
                                                         .from_us = from_us,
                                                         .quantity = quantity};
}

int series_compare(const struct series *a, const struct series *b)
{
    int order = slice_compare(a->meter, b->meter);

    for (size_t i = 0; order == 0 && i < a->dimension_count && i < b->dimension_count; i++) {
        order = slice_compare(a->dimensions[i].name, b->dimensions[i].name);
        if (order == 0)
            order = slice_compare(a->dimensions[i].value, b->dimensions[i].value);
    }
    if (order != 0)
        return order;
    return (a->dimension_count > b->dimension_count) - (a->dimension_count < b->dimension_count);
}

const char *series_text(const struct series *series, struct arena *arena)
{
    struct text text;

    text_init(&text);
    text_printf(&text, "%.*s{", (int)series->meter.size, series->meter.data);
    for (size_t i = 0; i < series->dimension_count; i++) {
        const struct dimension *pair = &series->dimensions[i];

        text_printf(&text, "%s%.*s=%.*s", i > 0 ? ", " : "", (int)pair->name.size, pair->name.data,
                    (int)pair->value.size, pair->value.data);
    }
    text_append(&text, "}");
    const char *result = arena_text_n(arena, text.data, text.size);
    text_release(&text);
    return result;
}

/* ------------------------------------------------------------------------------ net quantities */

static int by_series(const void *left, const void *right, void *context)
{
    const struct rating_usage *usage = context;
    const struct usage_series *a = &usage->series[*(const uint32_t *)left];
    const struct usage_series *b = &usage->series[*(const uint32_t *)right];
    int order = usage->is_pooled ? slice_compare(series_dimension(a->series, POOL_TENANT),
                                                 series_dimension(b->series, POOL_TENANT))
                                 : 0;

    if (order == 0)
        order = series_compare(a->series, b->series);
    return order != 0 ? order : memcmp(a->hash.bytes, b->hash.bytes, DIGEST_SIZE);
}

/* ranks[s]: the place of series s in series key order. */
static uint32_t *rank_series(const struct rating_usage *usage, struct arena *arena)
{
    uint32_t *order = arena_array(arena, usage->series_count, sizeof *order);
    uint32_t *ranks = arena_array(arena, usage->series_count, sizeof *ranks);

    for (size_t i = 0; i < usage->series_count; i++)
        order[i] = (uint32_t)i;
    qsort_r(order, usage->series_count, sizeof *order, by_series, (void *)(uintptr_t)usage);
    for (size_t i = 0; i < usage->series_count; i++)
        ranks[order[i]] = (uint32_t)i;
    return ranks;
}

/* Of rows inside a period. */
struct window_order {
    const uint32_t *ranks;
    int64_t from_us;
    int64_t hours;
};

static int64_t place_of(const void *item, const void *context)
{
    const struct usage_row *row = item;
    const struct window_order *order = context;

    return order->ranks[row->series] * order->hours + (row->from_us - order->from_us) / HOUR_US;
}

/* Equal windows by quantity too, so that messages do not depend on the order of the rows. */
static int by_window(const void *left, const void *right, void *context)
{
    const struct window_order *order = context;
    const uint32_t *ranks = order->ranks;
    const struct usage_row *a = left;
    const struct usage_row *b = right;

    if (ranks[a->series] != ranks[b->series])
        return ranks[a->series] < ranks[b->series] ? -1 : 1;
    if (a->from_us != b->from_us)
        return a->from_us < b->from_us ? -1 : 1;
    if (a->length_seconds != b->length_seconds)
        return a->length_seconds < b->length_seconds ? -1 : 1;
    return (a->quantity > b->quantity) - (a->quantity < b->quantity);
}

static bool is_same_window(const struct usage_row *a, const struct usage_row *b)
{
    return a->series == b->series && a->from_us == b->from_us &&
           a->length_seconds == b->length_seconds;
}

static const char *row_text(const struct rating_usage *usage, const struct usage_row *row,
                            struct arena *arena)
{
    char from[INSTANT_TEXT_SIZE];

    return arena_printf(arena, "%s, %s for %" PRIu32 " s",
                        series_text(usage->series[row->series].series, arena),
                        instant_format(row->from_us, from), row->length_seconds);
}

static bool refuse_negative(const struct rating_usage *usage, const struct usage_row *rows,
                            size_t count, int128 sum, struct arena *arena, struct error *err)
{
    struct text quantities;
    char number[INT128_TEXT_SIZE];

    text_init(&quantities);
    for (size_t i = 0; i < count && i < 8; i++)
        text_printf(&quantities, "%s%s", i > 0 ? ", " : "",
                    number_format(rows[i].quantity, number));
    error_set(err, ERROR_INPUT,
              "usage of %s is %s, below zero; its %zu rows are %s%s: a correction takes more than "
              "there is",
              row_text(usage, rows, arena), number_format(sum, number), count, quantities.data,
              count > 8 ? " …" : "");
    text_release(&quantities);
    return false;
}

/* Sums rows[0 … count), all of one window. */
static bool sum_window(const struct rating_usage *usage, const struct usage_row *rows, size_t count,
                       struct arena *arena, int128 *out, struct error *err)
{
    int128 sum = 0;

    for (size_t i = 0; i < count; i++)
        if (!number_add(sum, rows[i].quantity, &sum))
            return error_set(err, ERROR_INPUT, "usage of %s does not fit 128 bits",
                             row_text(usage, rows, arena));
    if (sum < 0)
        return refuse_negative(usage, rows, count, sum, arena, err);
    *out = sum;
    return true;
}

static bool add_to_series(const struct rating_usage *usage, const struct usage_row *row,
                          struct arena *arena, int128 *total, struct error *err)
{
    if (row->quantity > USAGE_SERIES_MAX - *total)
        return error_set(err, ERROR_INPUT,
                         "usage of %s is above 10^18 base units in a period; choose a coarser "
                         "scale for the meter",
                         series_text(usage->series[row->series].series, arena));
    *total += row->quantity;
    return true;
}

/* Sums equal windows of sorted rows in place; zeros vanish. */
static bool merge(const struct rating_usage *usage, struct usage_row *rows, size_t count,
                  struct arena *arena, size_t *out_count, struct error *err)
{
    size_t kept = 0;
    int128 total = 0;
    uint32_t series = NO_SERIES;

    for (size_t i = 0, end = 0; i < count; i = end) {
        struct usage_row sum = rows[i];

        for (end = i + 1; end < count && is_same_window(&rows[i], &rows[end]);)
            end++;
        if (!sum_window(usage, &rows[i], end - i, arena, &sum.quantity, err))
            return false;
        if (series != sum.series)
            total = 0;
        series = sum.series;
        if (!add_to_series(usage, &sum, arena, &total, err))
            return false;
        if (sum.quantity > 0)
            rows[kept++] = sum;
    }
    *out_count = kept;
    return true;
}

static bool check_inside(const struct rating_usage *usage, int64_t from_us, int64_t to_us,
                         struct arena *arena, struct error *err)
{
    for (size_t i = 0; i < usage->row_count; i++) {
        const struct usage_row *row = &usage->rows[i];

        if (row->from_us < from_us ||
            row->from_us + (int64_t)row->length_seconds * SECOND_US > to_us)
            return error_set(err, ERROR_INPUT, "usage of %s lies outside of the period",
                             row_text(usage, row, arena));
    }
    return true;
}

bool usage_net(const struct rating_usage *usage, int64_t from_us, int64_t to_us,
               struct arena *arena, struct usage_row **out_rows, size_t *out_count,
               struct error *err)
{
    if (!check_inside(usage, from_us, to_us, arena, err))
        return false;
    struct usage_row *rows = arena_array(arena, usage->row_count + 1, sizeof *rows);
    if (usage->row_count > 0)
        memcpy(rows, usage->rows, usage->row_count * sizeof *rows);
    const struct window_order order = {.ranks = rank_series(usage, arena),
                                       .from_us = from_us,
                                       .hours = (to_us - from_us) / HOUR_US + 1};
    sort_by_number(rows, usage->row_count, sizeof *rows, place_of, by_window, &order);
    if (!merge(usage, rows, usage->row_count, arena, out_count, err))
        return false;
    *out_rows = rows;
    return true;
}
