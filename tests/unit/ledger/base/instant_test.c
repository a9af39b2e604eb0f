#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/instant.h"

static void reads_rfc_3339(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t instant_us;
        const char *canonical;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0, NULL},
        {"2026-10-01T00:00:00Z", INT64_C(1790812800000000), NULL},
        {"2026-10-01t00:00:00z", INT64_C(1790812800000000), "2026-10-01T00:00:00Z"},
        {"2026-10-01T05:30:00+05:30", INT64_C(1790812800000000), "2026-10-01T00:00:00Z"},
        {"2026-09-30T20:00:00-04:00", INT64_C(1790812800000000), "2026-10-01T00:00:00Z"},
        {"2026-10-01T00:00:00-00:00", INT64_C(1790812800000000), "2026-10-01T00:00:00Z"},
        {"2026-10-01T23:59:00+23:59", INT64_C(1790812800000000), "2026-10-01T00:00:00Z"},
        {"2026-10-01T00:00:00.5Z", INT64_C(1790812800500000), NULL},
        {"2026-10-01T00:00:00.000001Z", INT64_C(1790812800000001), NULL},
        {"2026-10-01T00:00:00.120Z", INT64_C(1790812800120000), "2026-10-01T00:00:00.12Z"},
        {"2026-10-01T00:00:00.123456000Z", INT64_C(1790812800123456),
         "2026-10-01T00:00:00.123456Z"},
        {"2026-10-01T00:00:00.000Z", INT64_C(1790812800000000), "2026-10-01T00:00:00Z"},
        {"1969-12-31T23:59:59.999999Z", -1, NULL},
        {"2000-02-29T12:00:00Z", INT64_C(951825600000000), NULL},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800000000), NULL},
        {"0001-01-01T00:00:00Z", INSTANT_MIN, NULL},
        {"9999-12-31T23:59:59.999999Z", INSTANT_MAX, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t out = 7;
        struct error err = {0};
        char text[INSTANT_TEXT_SIZE];
        assert_true(instant_parse(cases[i].text, strlen(cases[i].text), "time", &out, &err));
        assert_true(out == cases[i].instant_us);
        const char *canonical = cases[i].canonical != NULL ? cases[i].canonical : cases[i].text;
        assert_string_equal(instant_format(out, text), canonical);
    }
}

static void refuses_what_is_no_instant_and_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"", "is not an RFC 3339 time like '2026-10-01T00:00:00Z'"},
        {"2026-10-01", "is not an RFC 3339 time like '2026-10-01T00:00:00Z'"},
        {"2026-10-01 00:00:00Z", "is not an RFC 3339 time like '2026-10-01T00:00:00Z'"},
        {"2026-10-01T00:00Z", "is not an RFC 3339 time like '2026-10-01T00:00:00Z'"},
        {"+026-10-01T00:00:00Z", "is not an RFC 3339 time like '2026-10-01T00:00:00Z'"},
        {"2026-10-01T24:00:00Z", "has a time of day that does not exist"},
        {"2026-10-01T00:60:00Z", "has a time of day that does not exist"},
        {"2026-10-01T00:00:61Z", "has a time of day that does not exist"},
        {"2016-12-31T23:59:60Z", "is a leap second, which POSIX time does not have"},
        {"2026-13-01T00:00:00Z", "has a date that does not exist"},
        {"2026-00-01T00:00:00Z", "has a date that does not exist"},
        {"2026-01-00T00:00:00Z", "has a date that does not exist"},
        {"2026-04-31T00:00:00Z", "has a date that does not exist"},
        {"2026-02-29T00:00:00Z", "has a date that does not exist"},
        {"1900-02-29T00:00:00Z", "has a date that does not exist"},
        {"0000-01-01T00:00:00Z", "has a date that does not exist"},
        {"2026-10-01T00:00:00", "does not end with 'Z' or an offset like '+05:30'"},
        {"2026-10-01T00:00:00+0530", "does not end with 'Z' or an offset like '+05:30'"},
        {"2026-10-01T00:00:00+05", "does not end with 'Z' or an offset like '+05:30'"},
        {"2026-10-01T00:00:00Zx", "does not end with 'Z' or an offset like '+05:30'"},
        {"2026-10-01T00:00:00+05:30Z", "does not end with 'Z' or an offset like '+05:30'"},
        {"2026-10-01T00:00:00,5Z", "does not end with 'Z' or an offset like '+05:30'"},
        {"2026-10-01T00:00:00+24:00", "has an offset beyond 23:59"},
        {"2026-10-01T00:00:00+05:60", "has an offset beyond 23:59"},
        {"2026-10-01T00:00:00.Z", "has no digits after its point"},
        {"2026-10-01T00:00:00.1234567Z", "has more than 6 decimals of a second"},
        {"2026-10-01T00:00:00.0000000001Z", "has more than 6 decimals of a second"},
        {"0001-01-01T00:00:00+00:01", "is outside the years 1 to 9999"},
        {"9999-12-31T23:59:59-00:01", "is outside the years 1 to 9999"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t out = 7;
        struct error err = {0};
        assert_false(instant_parse(cases[i].text, strlen(cases[i].text), "start", &out, &err));
        assert_int_equal(err.code, ERROR_INPUT);
        assert_non_null(strstr(err.message, cases[i].problem));
        assert_true(out == 7);
    }
}

static void every_cut_of_a_time_is_refused_without_reading_beyond_it(void **state)
{
    (void)state;
    static const char whole[] = "2026-10-01T00:00:00.25+05:30";
    for (size_t size = 0; size < sizeof whole - 1; size++) {
        int64_t out;
        struct error err = {0};
        assert_false(instant_parse(whole, size, "time", &out, &err));
    }
}

/* The rule in other words: digits where there were digits, a T or t, else what was there. */
static bool may_stand(char c, char before)
{
    bool is_digit = c >= '0' && c <= '9';
    if (before >= '0' && before <= '9')
        return is_digit;
    return c == before || (before == 'T' && c == 't');
}

static void takes_each_character_in_its_place_only(void **state)
{
    (void)state;
    static const char whole[] = "2111-11-11T11:11:11Z";
    for (size_t at = 0; at < 19; at++)
        for (int c = 0; c < 256; c++) {
            char text[sizeof whole];
            int64_t out = 7;
            struct error err = {0};
            memcpy(text, whole, sizeof text);
            text[at] = (char)c;
            bool taken = instant_parse(text, sizeof text - 1, "time", &out, &err);
            bool is_there = strstr(err.message, "is not an RFC 3339 time") == NULL;
            if ((taken || is_there) != may_stand((char)c, whole[at]) || (!taken && out != 7))
                fail_msg("character %d at %zu", c, at);
        }
}

static void reads_every_second_of_a_day(void **state)
{
    (void)state;
    char text[INSTANT_TEXT_SIZE];
    int64_t day_us = civil_days(2028, 2, 29) * DAY_US;
    for (int64_t second = 0; second < 86400; second++) {
        int64_t wanted = day_us + second * SECOND_US + second % 1000 * 1000;
        int64_t out = 0;
        struct error err;
        instant_format(wanted, text);
        assert_true(instant_parse(text, strlen(text), "time", &out, &err));
        assert_true(out == wanted);
    }
}

static void every_day_of_the_calendar_follows_the_one_before(void **state)
{
    (void)state;
    int64_t days = civil_days(1, 1, 1);
    int weekday = 0; /* 0001-01-01 was a Monday */
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= civil_month_days(year, month); day++) {
                struct civil civil = civil_of_days(days);
                if (civil.year != year || civil.month != month || civil.day != day ||
                    civil_days(year, month, day) != days || civil_weekday(days) != weekday)
                    fail_msg("%d-%d-%d", year, month, day);
                days++;
                weekday = (weekday + 1) % 7;
            }
    assert_true(days * DAY_US == INSTANT_MAX + 1);
}

static void civil_time_goes_there_and_back(void **state)
{
    (void)state;
    struct civil civil = {2024, 2, 29, 23, 59, 58};
    int64_t instant_us = instant_of_civil_utc(civil);
    struct civil back = civil_of_instant(instant_us + 999999);
    assert_memory_equal(&back, &civil, sizeof back);
    back = civil_of_instant(-1);
    assert_int_equal(back.year, 1969);
    assert_int_equal(back.second, 59);
}

static void reads_dates_that_exist(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "2026-1-01",   "2026-02-29", "2026-10-011",
                                        "2026/10/01", "2026-10-01 ", "0000-01-01", "2026-10-32"};
    struct civil date = {0};
    struct error err = {0};
    assert_true(civil_parse_date("2024-02-29", "issue date", &date, &err));
    assert_int_equal(date.year * 10000 + date.month * 100 + date.day, 20240229);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(civil_parse_date(wrong[i], "issue date", &date, &err));
    assert_int_equal(date.day, 29);
}

static void floors_below_zero_too(void **state)
{
    (void)state;
    static const struct {
        int64_t instant, step, floor;
    } cases[] = {{0, 10, 0},    {9, 10, 0},     {10, 10, 10},
                 {-1, 10, -10}, {-10, 10, -10}, {INSTANT_MIN, DAY_US, INSTANT_MIN}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_true(instant_floor(cases[i].instant, cases[i].step) == cases[i].floor);
}

static void clocks_go_on(void **state)
{
    (void)state;
    int64_t before = instant_monotonic();
    assert_true(instant_monotonic() >= before);
    assert_true(instant_now() > INT64_C(1700000000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_rfc_3339),
        cmocka_unit_test(refuses_what_is_no_instant_and_says_why),
        cmocka_unit_test(every_cut_of_a_time_is_refused_without_reading_beyond_it),
        cmocka_unit_test(takes_each_character_in_its_place_only),
        cmocka_unit_test(reads_every_second_of_a_day),
        cmocka_unit_test(every_day_of_the_calendar_follows_the_one_before),
        cmocka_unit_test(civil_time_goes_there_and_back),
        cmocka_unit_test(reads_dates_that_exist),
        cmocka_unit_test(floors_below_zero_too),
        cmocka_unit_test(clocks_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
