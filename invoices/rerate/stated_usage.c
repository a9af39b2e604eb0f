#include <stdlib.h>
#include <string.h>

#include "rerate/stated.h"

/* A series' window: what its entries add up to, and the greatest of them. */
struct window {
    uint32_t series;
    uint32_t length_seconds;
    int64_t from_us;
    int128 sum;
    int128 greatest; /* of the usage entries */
    int128 corrected;
};

struct windows {
    size_t count;
    size_t capacity;
    struct window *items;
};

static void release_windows(struct windows *windows)
{
    free(windows->items);
}

/* ------------------------------------------------------------------------------------ entries */

static bool is_rated(const struct stated *stated, const struct stated_entry *entry,
                     const struct period *period)
{
    return (entry->entry.kind == ENTRY_USAGE || entry->entry.kind == ENTRY_CORRECTION) &&
           entry->entry.tenant == stated->tenant && entry->index < stated->cut_size &&
           entry->entry.usage.from_us >= period->from_us &&
           entry->entry.usage.from_us < period->to_us;
}

bool stated_touches(const struct stated *stated, const struct period *period)
{
    for (size_t i = 0; i < stated->count; i++)
        if (is_rated(stated, &stated->entries[i], period) &&
            stated->entries[i].entry.stream_seq >= stated->usage_from_seq)
            return true;
    return false;
}

static bool find_series(const struct stated *stated, const struct digest *hash,
                        struct rating_usage *usage, uint32_t *out, struct error *err)
{
    char hex[DIGEST_HEX_SIZE];
    if (usage_find_series(usage, hash, out))
        return true;
    size_t low = 0, high = stated->series_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(stated->series[middle].hash.bytes, hash->bytes, DIGEST_SIZE);
        if (order == 0)
            return usage_add_series(usage, stated->series[middle].descriptor,
                                    stated->series[middle].size, out, err);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return error_set(err, ERROR_INPUT, "series %s is not spelled out", digest_hex(hash, hex));
}

static bool add_entry(const struct stated *stated, const struct entry *entry,
                      struct windows *windows, struct rating_usage *usage, struct error *err)
{
    const struct usage_body *body = &entry->usage;
    struct window window = {
        .length_seconds = body->length_seconds, .from_us = body->from_us, .sum = body->quantity};
    if (entry->kind == ENTRY_USAGE)
        window.greatest = body->quantity;
    else
        window.corrected = body->quantity;
    windows->items = memory_grow(windows->items, &windows->capacity, windows->count + 1,
                                 sizeof(*windows->items));
    if (!find_series(stated, &body->series, usage, &window.series, err))
        return false;
    windows->items[windows->count++] = window;
    return true;
}

/* ------------------------------------------------------------------------------------ windows */

static int compare_windows(const void *a, const void *b)
{
    const struct window *x = a, *y = b;
    if (x->series != y->series)
        return x->series < y->series ? -1 : 1;
    if (x->from_us != y->from_us)
        return x->from_us < y->from_us ? -1 : 1;
    return (x->length_seconds > y->length_seconds) - (x->length_seconds < y->length_seconds);
}

static bool add_window(const struct window *window, struct rating_usage *usage, struct error *err)
{
    int128 quantity = window->sum;
    if (usage->series[window->series].series->aggregation == AGGREGATION_MAX &&
        !number_add(window->greatest, window->corrected, &quantity))
        return error_set(err, ERROR_INPUT, "a window does not fit 128 bits");
    usage_add(usage, window->series, window->from_us, window->length_seconds, quantity);
    return true;
}

static bool add_windows(struct windows *windows, struct rating_usage *usage, struct error *err)
{
    if (windows->count > 0)
        qsort(windows->items, windows->count, sizeof(*windows->items), compare_windows);
    for (size_t i = 0; i < windows->count;) {
        struct window window = windows->items[i];
        for (i++; i < windows->count && compare_windows(&window, &windows->items[i]) == 0; i++) {
            const struct window *next = &windows->items[i];
            if (!number_add(window.sum, next->sum, &window.sum) ||
                !number_add(window.corrected, next->corrected, &window.corrected))
                return error_set(err, ERROR_INPUT, "a window does not fit 128 bits");
            if (next->greatest > window.greatest)
                window.greatest = next->greatest;
        }
        if (!add_window(&window, usage, err))
            return false;
    }
    return true;
}

bool stated_usage(struct stated *stated, const struct period *period, uint64_t before_seq,
                  struct rating_usage *out, struct error *err)
{
    struct windows CLEANUP(release_windows) windows = {0};
    bool good = true;
    usage_init(out, &stated->arena);
    for (size_t i = 0; i < stated->count && good; i++)
        if (is_rated(stated, &stated->entries[i], period) &&
            stated->entries[i].entry.stream_seq < before_seq)
            good = add_entry(stated, &stated->entries[i].entry, &windows, out, err);
    if (good && add_windows(&windows, out, err))
        return true;
    usage_release(out);
    return false;
}
