#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "invoices/usage.h"

#define HOUR_CAPACITY ((int128)3600000000) /* of 1000 thousandths of a GPU */

struct month {
    struct arena arena;
    struct rating_usage usage;
    struct period period;
};

static void month_init(struct month *month)
{
    arena_init(&month->arena);
    usage_init(&month->usage, &month->arena);
    month->period = (struct period){.label = "1970-01", .from_us = 0, .to_us = 31 * DAY_US};
}

static void month_release(struct month *month)
{
    usage_release(&month->usage);
    arena_release(&month->arena);
}

/* An hour of one whole GPU's allocation, sold in a market. */
static void add_hour(struct month *month, const char *allocation, const char *market, int hour,
                     int128 quantity)
{
    struct error err;
    struct text CLEANUP(text_release) descriptor;
    uint32_t position;
    struct series series = {
        .meter = slice_of("gpu_time"),
        .unit = slice_of("uGPU.s"),
        .scale = 6,
        .aggregation = AGGREGATION_SUM,
        .dimension_count = 3,
        .dimensions = {{slice_of("allocation"), slice_of(allocation)},
                       {slice_of("gpu_milli"), slice_of("1000")},
                       {slice_of("market"), slice_of(market)}},
    };
    text_init(&descriptor);
    assert_true(series_encode(&series, &descriptor, &err));
    assert_true(usage_add_series(&month->usage, descriptor.data, descriptor.size, &position, &err));
    usage_add(&month->usage, position, hour * HOUR_US, 3600, quantity);
}

static bool fits(struct month *month, struct error *err)
{
    return known_fits_capacity(&month->usage, &month->period, &month->arena, err);
}

static void a_full_hour_fits(void **state)
{
    struct month CLEANUP(month_release) month;
    struct error err;
    (void)state;
    month_init(&month);
    add_hour(&month, "a1", "on_demand", 0, HOUR_CAPACITY);
    add_hour(&month, "a1", "on_demand", 1, HOUR_CAPACITY);
    add_hour(&month, "a2", "on_demand", 0, HOUR_CAPACITY);
    assert_true(fits(&month, &err));
}

static void more_than_an_allocation_can_run_is_refused(void **state)
{
    struct month CLEANUP(month_release) month;
    struct error err;
    (void)state;
    month_init(&month);
    add_hour(&month, "a1", "on_demand", 7, HOUR_CAPACITY + 1);
    assert_false(fits(&month, &err));
    assert_int_equal(err.code, ERROR_REFUSED);
    assert_non_null(strstr(err.message, "1970-01-01T07:00:00Z"));
}

static void the_series_of_one_allocation_share_its_capacity(void **state)
{
    struct month CLEANUP(month_release) month;
    struct error err;
    (void)state;
    month_init(&month);
    add_hour(&month, "a1", "on_demand", 0, HOUR_CAPACITY / 2);
    add_hour(&month, "a1", "spot", 0, HOUR_CAPACITY / 2);
    assert_true(fits(&month, &err));
    add_hour(&month, "a1", "spot", 0, 1);
    assert_false(fits(&month, &err));
}

static void a_correction_makes_room(void **state)
{
    struct month CLEANUP(month_release) month;
    struct error err;
    (void)state;
    month_init(&month);
    add_hour(&month, "a1", "on_demand", 0, 2 * HOUR_CAPACITY);
    add_hour(&month, "a1", "on_demand", 0, -HOUR_CAPACITY);
    assert_true(fits(&month, &err));
}

int main(void)
{
    core_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_hour_fits),
        cmocka_unit_test(more_than_an_allocation_can_run_is_refused),
        cmocka_unit_test(the_series_of_one_allocation_share_its_capacity),
        cmocka_unit_test(a_correction_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
