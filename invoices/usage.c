#include "invoices/usage.h"

#include <stdlib.h>
#include <string.h>

#include "store/usage.h"

/* ------------------------------------------------------------------------- known at a cut */

static bool add_series(void *context, const struct digest *series, struct slice descriptor,
                       struct error *err)
{
    uint32_t position;
    (void)series;
    return usage_add_series(context, descriptor.data, descriptor.size, &position, err);
}

static bool add_sum(void *context, const struct usage_sum *sum, struct error *err)
{
    struct rating_usage *usage = context;
    uint32_t series;
    char hex[DIGEST_HEX_SIZE];
    if (!usage_find_series(usage, &sum->series, &series))
        return error_set(err, ERROR_CONFLICT, "series %s of an entry is not spelled out",
                         digest_hex(&sum->series, hex));
    int128 quantity = sum->quantity;
    if (usage->series[series].series->aggregation == AGGREGATION_MAX &&
        !number_add(sum->greatest, sum->corrected, &quantity))
        return error_set(err, ERROR_CONFLICT, "series %s: a window does not fit 128 bits",
                         digest_hex(&sum->series, hex));
    usage_add(usage, series, sum->from_us, sum->length_seconds, quantity);
    return true;
}

bool known_usage(struct session *session, const struct tenant *tenant, uint64_t size,
                 const struct period *period, struct rating_usage *out, struct error *err)
{
    usage_init(out, &session->arena);
    if (usage_each_series(session->store, session->log.log, tenant->number, size, period->from_us,
                          period->to_us, add_series, out, err) &&
        usage_each_sum(session->store, session->log.log, tenant->number, size, period->from_us,
                       period->to_us, add_sum, out, err))
        return true;
    usage_release(out);
    return false;
}

/* ---------------------------------------------------------------------- a window's capacity */

struct held_window {
    struct slice allocation;
    int64_t from_us;
    uint32_t length_seconds;
    int128 quantity;
    int128 gpu_milli;
};

static int compare_held(const void *a, const void *b)
{
    const struct held_window *x = a, *y = b;
    int order = slice_compare(x->allocation, y->allocation);
    if (order != 0)
        return order;
    if (x->from_us != y->from_us)
        return x->from_us < y->from_us ? -1 : 1;
    return (x->length_seconds > y->length_seconds) - (x->length_seconds < y->length_seconds);
}

static bool check_held(const struct held_window *held, struct error *err)
{
    char from[INSTANT_TEXT_SIZE], used[INT128_TEXT_SIZE], most[INT128_TEXT_SIZE];
    int128 capacity = held->gpu_milli * 1000 * (int128)held->length_seconds;
    if (held->quantity <= capacity)
        return true;
    return error_set(err, ERROR_REFUSED,
                     "allocation '%.*s' used %s uGPU.s in the window at %s, which holds %s: "
                     "correct it first",
                     (int)held->allocation.size, held->allocation.data,
                     number_format(held->quantity, used), instant_format(held->from_us, from),
                     number_format(capacity, most));
}

/* False when the row says nothing about an allocation. */
static bool held_of_row(const struct rating_usage *usage, const struct usage_row *row,
                        struct held_window *out)
{
    struct error ignored;
    const struct series *series = usage->series[row->series].series;
    struct slice milli = series_dimension(series, "gpu_milli");
    *out = (struct held_window){
        .allocation = series_dimension(series, "allocation"),
        .from_us = row->from_us,
        .length_seconds = row->length_seconds,
        .quantity = row->quantity,
    };
    return slice_equals(series->meter, "gpu_time") && out->allocation.data != NULL &&
           milli.data != NULL &&
           number_parse_int128(milli.data, milli.size, "gpu_milli", &out->gpu_milli, &ignored);
}

bool known_fits_capacity(const struct rating_usage *usage, const struct period *period,
                         struct arena *arena, struct error *err)
{
    struct usage_row *rows;
    size_t row_count, count = 0;
    if (!usage_net(usage, period->from_us, period->to_us, arena, &rows, &row_count, err))
        return false;
    struct held_window *held = arena_array(arena, row_count + 1, sizeof(*held));
    for (size_t i = 0; i < row_count; i++)
        count += held_of_row(usage, &rows[i], &held[count]);
    qsort(held, count, sizeof(*held), compare_held);
    for (size_t i = 0; i < count; i++) {
        struct held_window sum = held[i];
        while (i + 1 < count && compare_held(&held[i], &held[i + 1]) == 0) {
            sum.quantity += held[++i].quantity;
            if (held[i].gpu_milli > sum.gpu_milli)
                sum.gpu_milli = held[i].gpu_milli;
        }
        if (!check_held(&sum, err))
            return false;
    }
    return true;
}
