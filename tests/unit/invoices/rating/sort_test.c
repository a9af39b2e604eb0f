#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rating/sort.h"

#define ITEMS 500

struct item {
    int64_t number;
    int64_t order; /* within the number */
    unsigned char rest[24];
};

static int64_t number_of(const void *item, const void *context)
{
    (void)context;
    return ((const struct item *)item)->number;
}

static int compare(const void *left, const void *right, void *context)
{
    const struct item *a = left;
    const struct item *b = right;

    (void)context;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

/* The same items as qsort_r() has them. */
static void check(const struct item *items, size_t count)
{
    struct item sorted[ITEMS], expected[ITEMS];

    memcpy(sorted, items, count * sizeof *items);
    memcpy(expected, items, count * sizeof *items);
    qsort_r(expected, count, sizeof *expected, compare, NULL);
    sort_by_number(sorted, count, sizeof *sorted, number_of, compare, NULL);
    assert_memory_equal(sorted, expected, count * sizeof *items);
}

static void fill(struct item *items, int64_t numbers, int64_t apart)
{
    uint64_t state = 7;

    memset(items, 0, ITEMS * sizeof *items);
    for (size_t i = 0; i < ITEMS; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        items[i].number = ((int64_t)(state >> 33) % numbers - numbers / 2) * apart;
        items[i].order = (int64_t)(state >> 40) % 1000;
        items[i].rest[i % sizeof items[i].rest] = 1;
        items[i].order = items[i].order * ITEMS + (int64_t)i; /* no two are equal */
    }
}

static void items_stand_by_their_number_and_then_as_compared(void **state)
{
    struct item items[ITEMS];

    (void)state;
    fill(items, 40, 1);
    for (size_t count = 0; count <= ITEMS; count++)
        check(items, count);
}

static void numbers_may_lie_far_apart(void **state)
{
    struct item items[ITEMS];

    (void)state;
    fill(items, 40, INT64_C(1) << 55);
    check(items, ITEMS);
    items[0].number = INT64_MIN;
    items[1].number = INT64_MAX;
    check(items, ITEMS);
}

static void what_is_sorted_stays(void **state)
{
    struct item items[ITEMS];

    (void)state;
    fill(items, 40, 1);
    qsort_r(items, ITEMS, sizeof *items, compare, NULL);
    check(items, ITEMS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_stand_by_their_number_and_then_as_compared),
        cmocka_unit_test(numbers_may_lie_far_apart),
        cmocka_unit_test(what_is_sorted_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
