#include "invoices/usage.h"

#include <stdlib.h>
#include <string.h>

#include "rating/windows.h"
#include "store/usage.h"

/* ------------------------------------------------------------------------- known at a cut */

/* Sums as they come from the database: a series' descriptor is asked for when all are there. */
struct gathered {
    struct arena arena;
    size_t count;
    size_t capacity;
    struct usage_sum *sums; /* of one series: a run, or several */
    size_t name_count;
    struct digest *names; /* of series, sorted, each once */
    struct rating_usage *usage;
};

static void release_gathered(struct gathered *gathered)
{
    free(gathered->sums);
    arena_release(&gathered->arena);
}

static bool gather_sum(void *context, const struct usage_sum *sum, struct error *err)
{
    struct gathered *gathered = context;
    (void)err;
    gathered->sums = memory_grow(gathered->sums, &gathered->capacity, gathered->count + 1,
                                 sizeof(*gathered->sums));
    gathered->sums[gathered->count++] = *sum;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE);
}

#define SEEN 1024 /* series whose last place is remembered, so that few names are sorted */

/* Whether the name is the last one that was seen with these bits. */
static bool is_seen(size_t *seen, const struct digest *names, size_t count,
                    const struct digest *name)
{
    size_t *place = &seen[(name->bytes[0] | name->bytes[1] << 8) % SEEN];
    if (*place > 0 && digest_equals(&names[*place - 1], name))
        return true;
    *place = count + 1;
    return false;
}

static void list_names(struct gathered *gathered)
{
    size_t seen[SEEN] = {0};
    struct digest *names = arena_array(&gathered->arena, gathered->count + 1, sizeof(*names));
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < gathered->count; i++)
        if (!is_seen(seen, names, count, &gathered->sums[i].series))
            names[count++] = gathered->sums[i].series;
    qsort(names, count, sizeof(*names), compare_names);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !digest_equals(&names[kept - 1], &names[i]))
            names[kept++] = names[i];
    gathered->names = names;
    gathered->name_count = kept;
}

static bool add_series(void *context, const struct digest *series, struct slice descriptor,
                       struct error *err)
{
    struct gathered *gathered = context;
    uint32_t position;
    (void)series;
    return usage_add_series(gathered->usage, descriptor.data, descriptor.size, &position, err);
}

static bool find_series(const struct rating_usage *usage, const struct digest *series,
                        uint32_t *out, struct error *err)
{
    char hex[DIGEST_HEX_SIZE];
    return usage_find_series(usage, series, out) ||
           error_set(err, ERROR_CONFLICT, "series %s of an entry is not spelled out",
                     digest_hex(series, hex));
}

static bool add_sum(struct rating_usage *usage, const struct usage_sum *sum, struct error *err)
{
    uint32_t series;
    char hex[DIGEST_HEX_SIZE];
    if (!find_series(usage, &sum->series, &series, err))
        return false;
    int128 quantity = sum->quantity;
    if (usage->series[series].series->aggregation == AGGREGATION_MAX &&
        !number_add(sum->greatest, sum->corrected, &quantity))
        return error_set(err, ERROR_CONFLICT, "series %s: a window does not fit 128 bits",
                         digest_hex(&sum->series, hex));
    usage_add(usage, series, sum->from_us, sum->length_seconds, quantity);
    return true;
}

/* What was asked for, and of whom. */
struct known {
    struct session *session;
    uint64_t tenant;
    uint64_t size;
    const struct period *period;
};

static bool spell_out(const struct known *known, struct gathered *gathered, struct error *err)
{
    list_names(gathered);
    return gathered->name_count == 0 ||
           usage_each_descriptor(known->session->store, known->session->log.log, known->tenant,
                                 gathered->names, gathered->name_count, add_series, gathered, err);
}

/* Windows of these series, or of all. */
static bool add_windows(const struct known *known, const struct digest *series, size_t count,
                        struct rating_usage *usage, struct error *err)
{
    struct gathered CLEANUP(release_gathered) gathered = {.usage = usage};
    arena_init(&gathered.arena);
    if (!usage_each_sum(known->session->store, known->session->log.log, known->tenant, known->size,
                        known->period->from_us, known->period->to_us, series, count, gather_sum,
                        &gathered, err) ||
        (series == NULL && !spell_out(known, &gathered, err)))
        return false;
    for (size_t i = 0; i < gathered.count; i++)
        if (!add_sum(usage, &gathered.sums[i], err))
            return false;
    return true;
}

bool known_usage(struct session *session, const struct tenant *tenant, uint64_t size,
                 const struct period *period, struct rating_usage *out, struct error *err)
{
    const struct known known = {session, tenant->number, size, period};
    usage_init(out, &session->arena);
    if (add_windows(&known, NULL, 0, out, err))
        return true;
    usage_release(out);
    return false;
}

/* --------------------------------------------------------------------- sums of the whole period */

static bool gather_series(void *context, const struct usage_series_sum *sum, struct error *err)
{
    const struct usage_sum whole = {
        .series = sum->series, .quantity = sum->quantity, .length_seconds = sum->is_corrected};
    return gather_sum(context, &whole, err);
}

/* What a correction changed must be looked at window by window, whether one is below zero; the
 * greatest of a window is no sum. */
static bool add_whole(const struct known *known, struct gathered *gathered, struct error *err)
{
    const struct period *period = known->period;
    struct digest *exact = arena_array(&gathered->arena, gathered->count + 1, sizeof(*exact));
    size_t exact_count = 0;
    uint32_t series;
    for (size_t i = 0; i < gathered->count; i++) {
        const struct usage_sum *sum = &gathered->sums[i];
        if (!find_series(gathered->usage, &sum->series, &series, err))
            return false;
        bool is_corrected = sum->length_seconds != 0;
        if (is_corrected || gathered->usage->series[series].series->aggregation == AGGREGATION_MAX)
            exact[exact_count++] = sum->series;
        else
            usage_add(gathered->usage, series, period->from_us,
                      (uint32_t)((period->to_us - period->from_us) / SECOND_US), sum->quantity);
    }
    return exact_count == 0 || add_windows(known, exact, exact_count, gathered->usage, err);
}

static bool add_sums(const struct known *known, struct rating_usage *usage, struct error *err)
{
    struct gathered CLEANUP(release_gathered) gathered = {.usage = usage};
    arena_init(&gathered.arena);
    return usage_each_series_sum(known->session->store, known->session->log.log, known->tenant,
                                 known->size, known->period->from_us, known->period->to_us,
                                 gather_series, &gathered, err) &&
           spell_out(known, &gathered, err) && add_whole(known, &gathered, err);
}

/* All of the range's series: one without a row costs nothing. */
static bool spell_range(const struct usage_range *range, struct rating_usage *usage,
                        struct error *err)
{
    uint32_t position;
    for (size_t i = 0; i < range->series_count; i++)
        if (!usage_add_series(usage, range->series[i].descriptor.data,
                              range->series[i].descriptor.size, &position, err))
            return false;
    return true;
}

static bool add_range(const struct known *known, const struct usage_range *range,
                      struct rating_usage *usage, struct error *err)
{
    struct gathered CLEANUP(release_gathered) gathered = {.usage = usage};
    arena_init(&gathered.arena);
    if (!spell_range(range, usage, err))
        return false;
    for (size_t i = 0; i < range->total_count; i++) {
        const struct usage_total *total = &range->totals[i];
        const struct usage_series_sum sum = {total->series, total->quantity, total->is_corrected};
        if (!total->is_unrated && strcmp(total->label, known->period->label) == 0 &&
            !gather_series(&gathered, &sum, err))
            return false;
    }
    return add_whole(known, &gathered, err);
}

static bool asks_for_sums(const struct agreement *agreement, const struct period *period)
{
    return !rate_needs_windows(&agreement->contract, agreement->plans.plans, agreement->plans.count,
                               period);
}

bool known_sums(struct session *session, const struct tenant *tenant, uint64_t size,
                const struct period *period, struct rating_usage *out, struct error *err)
{
    const struct known known = {session, tenant->number, size, period};
    usage_init(out, &session->arena);
    if (add_sums(&known, out, err))
        return true;
    usage_release(out);
    return false;
}

bool known_usage_of(struct session *session, const struct tenant *tenant, uint64_t size,
                    const struct period *period, const struct agreement *agreement,
                    struct rating_usage *out, struct error *err)
{
    return asks_for_sums(agreement, period) ? known_sums(session, tenant, size, period, out, err)
                                            : known_usage(session, tenant, size, period, out, err);
}

bool known_usage_of_range(struct session *session, const struct tenant *tenant, uint64_t size,
                          const struct period *period, const struct agreement *agreement,
                          const struct usage_range *range, struct rating_usage *out,
                          struct error *err)
{
    const struct known known = {session, tenant->number, size, period};
    if (!asks_for_sums(agreement, period))
        return known_usage(session, tenant, size, period, out, err);
    usage_init(out, &session->arena);
    if (add_range(&known, range, out, err))
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
