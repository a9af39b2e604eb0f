/* Periods tile the time line for every zone and anchor. */
#include "fixture.h"

static void periods_tile_the_time_line(void **state)
{
    static const struct {
        const char *zone;
        struct billing billing;
        uint32_t grid_seconds;
    } cases[] = {
        {"America/New_York", {1, 17, 0}, 3600},   {"Asia/Kolkata", {1, 0, 0}, 1800},
        {"Asia/Kathmandu", {1, 0, 0}, 900},       {"Europe/Berlin", {31, 2, 0}, 3600},
        {"Europe/Berlin", {29, 3, 0}, 3600},      {"UTC", {31, 23, 0}, 3600},
        {"Australia/Lord_Howe", {5, 2, 0}, 1800}, {"Pacific/Apia", {30, 0, 0}, 3600},
    };
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct zone *zone = NULL;
        struct period period;
        struct period next;
        struct period again;
        int64_t from_us = instant_of_civil_utc((struct civil){.year = 2020, .month = 1, .day = 15});

        assert_true(zone_open(cases[i].zone, &zone, &err));
        assert_true(calendar_period_at(zone, &cases[i].billing, from_us, &period, &err));
        assert_true(period.from_us <= from_us && from_us < period.to_us);
        for (int month = 0; month < 150; month++) {
            calendar_period_next(zone, &cases[i].billing, &period, &next);
            assert_true(next.from_us == period.to_us && next.from_us < next.to_us);
            assert_true(strcmp(period.label, next.label) < 0);
            assert_int_equal(next.from_us % ((int64_t)cases[i].grid_seconds * SECOND_US), 0);
            assert_true(calendar_period_at(zone, &cases[i].billing, next.to_us - 1, &again, &err));
            assert_string_equal(again.label, next.label);
            assert_true(
                calendar_period_of_label(zone, &cases[i].billing, next.label, &again, &err));
            assert_true(again.from_us == next.from_us && again.to_us == next.to_us);
            period = next;
        }
        zone_close(zone);
    }
}

static void knows_months_of_odd_length(void **state)
{
    static const struct {
        const char *zone;
        const char *label;
        int64_t hours;
    } cases[] = {{"Europe/Berlin", "2026-03", 743},
                 {"Europe/Berlin", "2026-10", 745},
                 {"Asia/Kolkata", "2028-02", 696}};
    static const struct billing billing = {1, 0, 0};
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct zone *zone = NULL;
        struct period period;

        assert_true(zone_open(cases[i].zone, &zone, &err));
        assert_true(calendar_period_of_label(zone, &billing, cases[i].label, &period, &err));
        assert_int_equal((period.to_us - period.from_us) / HOUR_US, cases[i].hours);
        zone_close(zone);
    }
}

static void refuses_borders_off_the_grid_and_labels_that_are_none(void **state)
{
    static const struct billing billing = {1, 0, 0};
    struct error err;
    struct period period;
    struct zone *zone = NULL;

    (void)state;
    assert_false(calendar_check_grid(900 * SECOND_US, 3600, "x", &err));
    assert_non_null(strstr(err.message, "1970-01-01T01:00:00Z"));
    assert_true(zone_open("Asia/Kolkata", &zone, &err));
    assert_false(
        calendar_check_periods(zone, &billing, 0, INT64_C(1) << 50, 3600, "/billing", &err));
    assert_false(calendar_period_of_label(zone, &billing, "2026-13", &period, &err));
    assert_false(calendar_period_of_label(zone, &billing, "x", &period, &err));
    zone_close(zone);
}

/* Days begin at the anchor's minute; a date that a zone leaves out is none. */
static void tells_where_the_days_of_a_period_end(void **state)
{
    static const struct {
        const char *zone;
        struct billing billing;
        const char *label;
        size_t count;
        size_t long_day; /* from 0: 25 hours, or 23 where it is marked so */
        int hours;
    } cases[] = {
        {"UTC", {1, 0, 0}, "2026-10", 31, 0, 24},
        {"Europe/Berlin", {1, 0, 0}, "2026-10", 31, 24, 25},
        {"Europe/Berlin", {1, 0, 0}, "2026-03", 31, 28, 23},
        {"America/New_York", {1, 17, 0}, "2026-03", 31, 6, 23},
        {"UTC", {31, 0, 0}, "2026-02", 31, 0, 24},          /* from 28 February to 31 March */
        {"Pacific/Apia", {1, 0, 0}, "2011-12", 30, 28, 24}, /* without the 30th */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct zone *zone = NULL;
        struct period period;
        struct error err;
        int64_t ends_us[PERIOD_DAYS_MAX];

        assert_true(zone_open(cases[i].zone, &zone, &err));
        assert_true(
            calendar_period_of_label(zone, &cases[i].billing, cases[i].label, &period, &err));
        assert_int_equal(calendar_days(zone, &cases[i].billing, &period, ends_us), cases[i].count);
        assert_true(ends_us[cases[i].count - 1] == period.to_us);
        size_t day = cases[i].long_day;
        int64_t begin_us = day > 0 ? ends_us[day - 1] : period.from_us;
        assert_int_equal((ends_us[day] - begin_us) / HOUR_US, cases[i].hours);
        zone_close(zone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_where_the_days_of_a_period_end),
        cmocka_unit_test(periods_tile_the_time_line),
        cmocka_unit_test(knows_months_of_odd_length),
        cmocka_unit_test(refuses_borders_off_the_grid_and_labels_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
