#include "rating/sort.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define ROOM 1024 /* numbers without an item that are always worth while */

struct sort {
    unsigned char *items;
    size_t count;
    size_t size;
    sort_compare *compare;
    void *context;
    int64_t first;  /* the least number */
    size_t numbers; /* the greatest − first + 1 */
};

static void sort_all(const struct sort *sort, unsigned char *from, size_t count)
{
    qsort_r(from, count, sort->size, sort->compare, sort->context);
}

static bool is_sorted(const struct sort *sort, const unsigned char *from, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (sort->compare(from + (i - 1) * sort->size, from + i * sort->size, sort->context) > 0)
            return false;
    return true;
}

/* Each item's number; false where they lie too far apart. */
static bool number_items(struct sort *sort, sort_number *number, int64_t *out)
{
    int64_t last = INT64_MIN;

    sort->first = INT64_MAX;
    for (size_t i = 0; i < sort->count; i++) {
        out[i] = number(sort->items + i * sort->size, sort->context);
        sort->first = out[i] < sort->first ? out[i] : sort->first;
        last = out[i] > last ? out[i] : last;
    }
    uint64_t span = (uint64_t)last - (uint64_t)sort->first;
    sort->numbers = (size_t)span + 1;
    return span < 4 * (uint64_t)sort->count + ROOM;
}

/* ends[n]: how many items have a number up to the n-th, so where its last one ends. */
static void place_items(const struct sort *sort, const int64_t *numbers, size_t *ends)
{
    size_t bytes = sort->count * sort->size;
    unsigned char *placed = memory_alloc(bytes);

    for (size_t i = 0; i < sort->count; i++)
        ends[numbers[i] - sort->first]++;
    for (size_t n = 1; n < sort->numbers; n++)
        ends[n] += ends[n - 1];
    for (size_t i = sort->count; i-- > 0;) {
        size_t place = --ends[numbers[i] - sort->first];

        memcpy(placed + place * sort->size, sort->items + i * sort->size, sort->size);
    }
    memcpy(sort->items, placed, bytes);
    free(placed);
}

/* ends[n] is where the n-th begins by now. */
static void sort_within(const struct sort *sort, const size_t *begins)
{
    for (size_t n = 0; n < sort->numbers; n++) {
        size_t end = n + 1 < sort->numbers ? begins[n + 1] : sort->count;
        unsigned char *from = sort->items + begins[n] * sort->size;

        if (!is_sorted(sort, from, end - begins[n]))
            sort_all(sort, from, end - begins[n]);
    }
}

void sort_by_number(void *items, size_t count, size_t size, sort_number *number,
                    sort_compare *compare, const void *context)
{
    struct sort sort = {.items = items,
                        .count = count,
                        .size = size,
                        .compare = compare,
                        .context = (void *)(uintptr_t)context};

    if (is_sorted(&sort, items, count))
        return;
    int64_t *numbers = memory_alloc(count * sizeof *numbers);
    if (number_items(&sort, number, numbers)) {
        size_t *places = memory_alloc(sort.numbers * sizeof *places);
        place_items(&sort, numbers, places);
        sort_within(&sort, places);
        free(places);
    } else {
        sort_all(&sort, items, count);
    }
    free(numbers);
}
