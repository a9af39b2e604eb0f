#include "serve/usage_group.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"

#define SERIES_MAX 8

struct known {
    struct arena arena;
    size_t count;
    struct read_series series[SERIES_MAX];
    struct digest names[SERIES_MAX]; /* in the order of adding */
    struct buckets buckets;
    int64_t edges[3];
};

static void known_init(struct known *known)
{
    *known = (struct known){.edges = {0, HOUR_US, 3 * HOUR_US}};
    arena_init(&known->arena);
    known->buckets = (struct buckets){2, known->edges};
}

/* A series of a tenant with up to two dimensions; NULL leaves one out. */
static void add_series(struct known *known, uint64_t tenant, const char *meter,
                       enum aggregation aggregation, const char *sku, const char *zone)
{
    struct error err;
    struct text CLEANUP(text_release) bytes;
    struct series series = {
        .meter = slice_of(meter), .unit = slice_of("x"), .aggregation = aggregation};
    text_init(&bytes);
    if (sku != NULL)
        series.dimensions[series.dimension_count++] =
            (struct dimension){slice_of("sku"), slice_of(sku)};
    if (zone != NULL)
        series.dimensions[series.dimension_count++] =
            (struct dimension){slice_of("zone"), slice_of(zone)};
    assert_true(series_encode(&series, &bytes, &err));
    known->names[known->count] = digest_of(bytes.data, bytes.size);
    known->series[known->count] = (struct read_series){
        .tenant = tenant,
        .series = known->names[known->count],
        .descriptor = {arena_copy(&known->arena, bytes.data, bytes.size), bytes.size}};
    known->count++;
}

static int by_name(const void *a, const void *b)
{
    const struct read_series *left = a, *right = b;
    if (left->tenant != right->tenant)
        return left->tenant < right->tenant ? -1 : 1;
    return memcmp(left->series.bytes, right->series.bytes, DIGEST_SIZE);
}

static void make(struct known *known, const struct usage_question *question,
                 struct usage_groups *out)
{
    struct error err;
    qsort(known->series, known->count, sizeof known->series[0], by_name);
    assert_true(usage_groups_make(question, known->series, known->count, &known->buckets,
                                  &known->arena, out, &err));
}

static void add(struct usage_groups *groups, const struct known *known, uint64_t tenant,
                size_t series, int hour, int64_t sum, int64_t greatest, int64_t corrected)
{
    struct error err;
    struct read_usage row = {.tenant = tenant,
                             .series = known->names[series],
                             .from_us = hour * HOUR_US,
                             .sum = sum,
                             .greatest = greatest,
                             .corrected = corrected};
    assert_true(usage_groups_add(groups, &row, &err));
}

static int64_t cell(const struct usage_groups *groups, size_t group, size_t bucket)
{
    const struct usage_cell *at = &groups->cells[group * groups->buckets.count + bucket];
    return at->is_used ? (int64_t)at->quantity : -1;
}

static void adds_series_that_the_question_does_not_tell_apart(void **state)
{
    struct known known;
    struct usage_groups groups;
    struct usage_question question = {.by_count = 1, .by = {"sku"}};
    (void)state;
    known_init(&known);
    add_series(&known, 1, "gpu", AGGREGATION_SUM, "a100", "x");
    add_series(&known, 1, "gpu", AGGREGATION_SUM, "a100", "y");
    add_series(&known, 1, "gpu", AGGREGATION_SUM, "h100", "x");
    add_series(&known, 1, "gpu", AGGREGATION_SUM, NULL, "x");
    make(&known, &question, &groups);
    assert_int_equal(groups.group_count, 3);
    add(&groups, &known, 1, 0, 0, 5, 5, 0);
    add(&groups, &known, 1, 1, 0, 7, 7, 0);
    add(&groups, &known, 1, 2, 1, 11, 11, 0);
    add(&groups, &known, 1, 3, 2, 13, 15, -2);
    /* a series without the dimension first, then by value */
    assert_int_equal(cell(&groups, 0, 1), 13);
    assert_int_equal(cell(&groups, 1, 0), 12);
    assert_int_equal(cell(&groups, 2, 1), 11);
    assert_int_equal(cell(&groups, 2, 0), -1);
    arena_release(&known.arena);
}

static void never_adds_what_is_two_tenants_or_two_meters(void **state)
{
    struct known known;
    struct usage_groups groups;
    struct usage_question question = {.by_count = 0};
    (void)state;
    known_init(&known);
    add_series(&known, 1, "gpu", AGGREGATION_SUM, "a100", NULL);
    add_series(&known, 2, "gpu", AGGREGATION_SUM, "a100", NULL);
    add_series(&known, 2, "tokens", AGGREGATION_SUM, "a100", NULL);
    make(&known, &question, &groups);
    assert_int_equal(groups.group_count, 3);
    add(&groups, &known, 1, 0, 0, 1, 1, 0);
    add(&groups, &known, 2, 1, 0, 2, 2, 0);
    add(&groups, &known, 2, 2, 0, 4, 4, 0);
    assert_int_equal(groups.groups[0].tenant, 1);
    assert_int_equal(cell(&groups, 0, 0), 1);
    assert_int_equal(cell(&groups, 1, 0), 2);
    assert_int_equal(cell(&groups, 2, 0), 4);
    arena_release(&known.arena);
}

/* The values "a" and "b" of one name must not be those of "ab" and "" of the next. */
static void keeps_values_apart_wherever_they_end(void **state)
{
    struct known known;
    struct usage_groups groups;
    struct usage_question question = {.by_count = 2, .by = {"sku", "zone"}};
    (void)state;
    known_init(&known);
    add_series(&known, 1, "gpu", AGGREGATION_SUM, "a", "b");
    add_series(&known, 1, "gpu", AGGREGATION_SUM, "ab", NULL);
    add_series(&known, 1, "gpu", AGGREGATION_SUM, "ab", "b");
    add_series(&known, 1, "gpu", AGGREGATION_SUM, NULL, "ab");
    make(&known, &question, &groups);
    assert_int_equal(groups.group_count, 4);
    arena_release(&known.arena);
}

static void a_window_of_greatest_values_is_its_greatest_entry(void **state)
{
    struct known known;
    struct usage_groups groups;
    struct usage_question question = {.by_count = 0};
    (void)state;
    known_init(&known);
    add_series(&known, 1, "space", AGGREGATION_MAX, NULL, NULL);
    make(&known, &question, &groups);
    add(&groups, &known, 1, 0, 1, 170, 100, 0); /* two entries, 70 and 100 */
    add(&groups, &known, 1, 0, 2, 20, 30, -10);
    assert_int_equal(cell(&groups, 0, 1), 120);
    arena_release(&known.arena);
}

static void leaves_out_what_was_not_asked_for(void **state)
{
    struct known known;
    struct usage_groups groups;
    struct usage_question question = {.meter = "gpu"};
    (void)state;
    known_init(&known);
    add_series(&known, 1, "gpu", AGGREGATION_SUM, NULL, NULL);
    add_series(&known, 1, "gpus", AGGREGATION_SUM, NULL, NULL);
    make(&known, &question, &groups);
    add(&groups, &known, 1, 1, 0, 9, 9, 0);
    assert_int_equal(groups.group_count, 1);
    assert_int_equal(cell(&groups, 0, 0), -1);
    arena_release(&known.arena);
}

static void refuses_answers_without_end_and_sums_that_do_not_fit(void **state)
{
    struct known known;
    struct usage_groups groups;
    struct usage_question question = {.by_count = 0};
    struct error err;
    (void)state;
    known_init(&known);
    add_series(&known, 1, "gpu", AGGREGATION_SUM, NULL, NULL);
    known.buckets.count = USAGE_CELLS_MAX + 1;
    assert_false(
        usage_groups_make(&question, known.series, 1, &known.buckets, &known.arena, &groups, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    known.buckets.count = 2;
    make(&known, &question, &groups);
    struct read_usage row = {
        .tenant = 1, .series = known.names[0], .sum = (int128)(((uint128)1 << 127) - 1)};
    assert_true(usage_groups_add(&groups, &row, &err));
    assert_false(usage_groups_add(&groups, &row, &err));
    row.tenant = 2;
    assert_false(usage_groups_add(&groups, &row, &err));
    arena_release(&known.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_series_that_the_question_does_not_tell_apart),
        cmocka_unit_test(never_adds_what_is_two_tenants_or_two_meters),
        cmocka_unit_test(keeps_values_apart_wherever_they_end),
        cmocka_unit_test(a_window_of_greatest_values_is_its_greatest_entry),
        cmocka_unit_test(leaves_out_what_was_not_asked_for),
        cmocka_unit_test(refuses_answers_without_end_and_sums_that_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
