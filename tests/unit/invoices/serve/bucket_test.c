#include "serve/bucket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;
static struct error err;

static bool cut(const char *from, const char *to, enum granularity granularity, const char *name,
                uint32_t grid_seconds, struct buckets *out)
{
    int64_t from_us, to_us;
    struct zone *zone;
    assert_true(instant_parse(from, strlen(from), "from", &from_us, &err));
    assert_true(instant_parse(to, strlen(to), "to", &to_us, &err));
    assert_true(zone_open(name, &zone, &err));
    bool made = buckets_make(from_us, to_us, granularity, zone, grid_seconds, &arena, out, &err);
    zone_close(zone);
    return made;
}

static void a_day_has_as_many_hours_as_its_zone_gives_it(void **state)
{
    struct buckets buckets;
    (void)state;
    assert_true(cut("2026-10-24T00:00:00+02:00", "2026-10-26T00:00:00+01:00", GRANULARITY_DAY,
                    "Europe/Berlin", 3600, &buckets));
    assert_int_equal(buckets.count, 2);
    assert_true(buckets.edges[2] - buckets.edges[1] == 25 * HOUR_US);
    assert_true(cut("2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", GRANULARITY_HOUR,
                    "Europe/Berlin", 3600, &buckets));
    assert_int_equal(buckets.count, 25);
}

static void months_are_cut_at_their_first_midnight(void **state)
{
    struct buckets buckets;
    (void)state;
    assert_true(cut("2026-01-31T00:00:00Z", "2026-04-02T00:00:00Z", GRANULARITY_MONTH, "UTC", 3600,
                    &buckets));
    assert_int_equal(buckets.count, 4);
    assert_int_equal(buckets_find(&buckets, buckets.edges[3]), 3);
    assert_int_equal(buckets_find(&buckets, buckets.edges[3] - 1), 2);
}

static void refuses_to_divide_a_window(void **state)
{
    struct buckets buckets;
    (void)state;
    assert_false(cut("2026-10-01T00:00:00+05:30", "2026-10-02T00:00:00+05:30", GRANULARITY_TOTAL,
                     "UTC", 3600, &buckets));
    assert_true(cut("2026-10-01T00:00:00+05:30", "2026-10-02T00:00:00+05:30", GRANULARITY_DAY,
                    "Asia/Kolkata", 1800, &buckets));
    assert_int_equal(buckets.count, 1);
}

static void refuses_ranges_that_are_empty_or_too_long(void **state)
{
    struct buckets buckets;
    (void)state;
    assert_false(cut("2026-10-01T00:00:00Z", "2026-10-01T00:00:00Z", GRANULARITY_DAY, "UTC", 3600,
                     &buckets));
    assert_false(cut("2026-10-01T00:00:00Z", "2026-12-01T00:00:00Z", GRANULARITY_HOUR, "UTC", 3600,
                     &buckets));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_has_as_many_hours_as_its_zone_gives_it),
        cmocka_unit_test(months_are_cut_at_their_first_midnight),
        cmocka_unit_test(refuses_to_divide_a_window),
        cmocka_unit_test(refuses_ranges_that_are_empty_or_too_long),
    };
    arena_init(&arena);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_release(&arena);
    return failed;
}
