#include "serve/bucket.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const struct granularity_row {
    const char *word;
    int64_t days_max;
    int64_t step_least_us; /* no bucket but the first and the last is shorter */
} granularities[] = {
    [GRANULARITY_HOUR] = {"hour", 31, HOUR_US / 2},
    [GRANULARITY_DAY] = {"day", 400, 12 * HOUR_US},
    [GRANULARITY_MONTH] = {"month", 3660, 27 * DAY_US},
    [GRANULARITY_TOTAL] = {"total", 3660, 3660 * DAY_US},
};

bool granularity_parse(const char *word, enum granularity *out, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(granularities); i++)
        if (strcmp(granularities[i].word, word) == 0) {
            *out = (enum granularity)i;
            return true;
        }
    return error_set(err, ERROR_INPUT, "'%.40s' is not hour, day, month or total", word);
}

static int64_t next_hour(const struct zone *zone, int64_t at_us)
{
    int64_t offset_us = zone_offset_seconds(zone, at_us) * SECOND_US;
    return instant_floor(at_us + offset_us, HOUR_US) - offset_us + HOUR_US;
}

/* The first midnight after the instant that begins a day, or a month. */
static int64_t next_midnight(const struct zone *zone, int64_t at_us, bool month)
{
    struct civil local = zone_local(zone, at_us);
    int64_t day = civil_days(local.year, local.month, month ? 1 : local.day);
    int64_t next_us;
    do {
        day += month ? 31 : 1;
        struct civil civil = civil_of_days(day);
        if (month)
            civil.day = 1;
        next_us = zone_instant(zone, civil);
    } while (next_us <= at_us);
    return next_us;
}

static int64_t next_edge(enum granularity granularity, const struct zone *zone, int64_t at_us,
                         int64_t to_us)
{
    int64_t next_us = to_us;
    switch (granularity) {
    case GRANULARITY_HOUR: next_us = next_hour(zone, at_us); break;
    case GRANULARITY_DAY:
    case GRANULARITY_MONTH:
        next_us = next_midnight(zone, at_us, granularity == GRANULARITY_MONTH);
        break;
    case GRANULARITY_TOTAL: break;
    }
    return next_us < to_us ? next_us : to_us;
}

static bool check_range(int64_t from_us, int64_t to_us, enum granularity granularity,
                        struct error *err)
{
    int64_t days_max = granularities[granularity].days_max;
    if (from_us >= to_us)
        return error_set(err, ERROR_INPUT, "from is not before to");
    /* A day more, for the hour that a summer's end adds and for months. */
    return to_us - from_us <= (days_max + 1) * DAY_US ||
           error_set(err, ERROR_INPUT, "by %s at most %" PRId64 " days are answered at once",
                     granularities[granularity].word, days_max);
}

bool buckets_make(int64_t from_us, int64_t to_us, enum granularity granularity,
                  const struct zone *zone, uint32_t grid_seconds, struct arena *arena,
                  struct buckets *out, struct error *err)
{
    if (!check_range(from_us, to_us, granularity, err))
        return false;
    size_t most = (size_t)((to_us - from_us) / granularities[granularity].step_least_us) + 4;
    struct buckets buckets = {0, arena_array(arena, most, sizeof(int64_t))};
    int64_t at_us = from_us;
    for (;;) {
        char text[INSTANT_TEXT_SIZE];
        assert(buckets.count < most);
        if (instant_floor(at_us, grid_seconds * SECOND_US) != at_us)
            return error_set(err, ERROR_INPUT,
                             "%s is not on the grid of %" PRIu32 " seconds that usage is kept in",
                             instant_format(at_us, text), grid_seconds);
        buckets.edges[buckets.count] = at_us;
        if (at_us == to_us)
            break;
        buckets.count++;
        at_us = next_edge(granularity, zone, at_us, to_us);
    }
    *out = buckets;
    return true;
}

size_t buckets_find(const struct buckets *buckets, int64_t instant_us)
{
    size_t low = 0, high = buckets->count;
    assert(instant_us >= buckets->edges[0] && instant_us < buckets->edges[buckets->count]);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (buckets->edges[middle] <= instant_us)
            low = middle;
        else
            high = middle;
    }
    return low;
}
