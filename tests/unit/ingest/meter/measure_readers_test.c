/*
 * A month of generated events, measured by both readers: the same refusal or the same measure, bit
 * for bit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "dev/generate.h"
#include "meter/measure.h"
#include "meter/scan_parts.h"

#define AS_OF_US (INT64_C(1800000000) * SECOND_US)

static struct {
    struct catalog *catalog;
    struct measure_keys keys;
    struct series_cache *series;
    struct arena arena;
    size_t measured;
    size_t refused;
} own;

/* What one reader makes of an event. */
struct result {
    bool is_good;
    struct refusal refusal;
    struct measure measure;
};

static struct result measure_one(const struct record *record)
{
    struct measure_context context = {own.catalog, &own.keys, own.series};
    struct measure_input input = {
        .grid_seconds = 3600, .broker_time_us = AS_OF_US, .is_file = record->is_file};
    struct event event;
    struct result result = {0};
    input.event = &event;
    result.is_good =
        event_read(own.catalog->scan, record, &own.arena, &event, &result.refusal) &&
        catalog_admit(own.catalog, &event, slice_of("usage"), &input.type, &result.refusal) &&
        measure_event(&context, &input, &own.arena, &result.measure, &result.refusal);
    return result;
}

static void check_same_measure(const struct measure *a, const struct measure *b)
{
    assert_int_equal(a->event_hour, b->event_hour);
    assert_memory_equal(a->identity, b->identity, MEASURE_IDENTITY_SIZE);
    assert_true(a->meaning == b->meaning);
    assert_int_equal(a->part_count, b->part_count);
    for (size_t i = 0; i < a->part_count; i++) {
        const struct measure_part *x = &a->parts[i];
        const struct measure_part *y = &b->parts[i];
        assert_ptr_equal(x->meter, y->meter);
        assert_ptr_equal(x->series, y->series);
        assert_true(x->window.from_us == y->window.from_us);
        assert_int_equal(x->window.length_seconds, y->window.length_seconds);
        assert_true(x->quantity == y->quantity);
    }
}

static void check_record(const struct record *record)
{
    scan_use_fast(false);
    struct result slow = measure_one(record);
    scan_use_fast(true);
    struct result fast = measure_one(record);
    assert_true(fast.is_good == slow.is_good);
    assert_int_equal(fast.refusal.reason, slow.refusal.reason);
    assert_string_equal(fast.refusal.detail, slow.refusal.detail);
    if (fast.is_good)
        check_same_measure(&fast.measure, &slow.measure);
    own.measured += fast.is_good;
    own.refused += !fast.is_good;
    arena_reset(&own.arena);
}

static bool check_generated(void *context, const struct generated *event, struct error *err)
{
    (void)context;
    (void)err;
    const struct record_header structured = {slice_of("content-type"),
                                             slice_of("application/cloudevents+json")};
    const struct record_header binary[] = {
        {slice_of("ce_specversion"), slice_of("1.0")},
        {slice_of("ce_id"), slice_of(event->id)},
        {slice_of("ce_source"), slice_of(event->source)},
        {slice_of("ce_type"), slice_of(event->type)},
        {slice_of("ce_subject"), slice_of(event->tenant)},
        {slice_of("ce_time"), slice_of(event->time)},
        {slice_of("content-type"), slice_of("application/json")},
    };
    struct record record = {.timestamp_type = 1,
                            .key = slice_of(event->tenant),
                            .headers = event->is_binary ? binary : &structured,
                            .header_count = event->is_binary ? COUNT_OF(binary) : 1,
                            .value = slice_of(event->json)};
    check_record(&record);
    return true;
}

static void both_readers_measure_a_month_alike(void **state)
{
    (void)state;
    struct generate_plan plan = {.seed = 7,
                                 .events = 60000,
                                 .from_us = AS_OF_US - 60 * DAY_US,
                                 .hours = 720,
                                 .allocations = 20,
                                 .binary = true};
    struct generate_counts counts;
    struct error err;
    if (!generate_run(&plan, PHASE_MAIN, check_generated, NULL, &counts, &err))
        fail_msg("%s", err.message);
    assert_true(own.measured > 50000 && own.refused > 10);
}

static int set_up(void **state)
{
    struct text bytes CLEANUP(text_release);
    struct error err;
    (void)state;
    core_init();
    text_init(&bytes);
    if (!file_read("deploy/examples/catalog.json", (size_t)1 << 20, &bytes, &err) ||
        !catalog_parse(bytes.data, bytes.size, "catalog", &own.catalog, &err))
        fail_msg("%s", err.message);
    own.keys = measure_keys_of((const unsigned char *)"0123456789abcdefghijklmnopqrstuv");
    own.series = series_cache_make(own.keys.identity);
    arena_init(&own.arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    series_cache_release(own.series);
    catalog_release(own.catalog);
    arena_release(&own.arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_readers_measure_a_month_alike),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
