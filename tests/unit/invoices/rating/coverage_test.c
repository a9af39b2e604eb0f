#include "fixture.h"

#define H100                                                                                       \
    "{\"charge\":\"h100\",\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"GPU-hour\","           \
    "\"divisor\":\"3600000000\"},\"model\":\"per_unit\",\"price\":\"2.50\"}"

#define RESERVED(units, size, factor)                                                              \
    ONE_PLAN                                                                                       \
    ",\"reservations\":[{\"id\":\"r1\",\"where\":{\"meter\":\"gpu_time\"},\"units\":\"" units      \
    "\",\"size\":\"" size "\",\"from\":\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-01T03:"           \
    "00:00Z\",\"rate\":\"1.50\",\"factors\":[{\"where\":{\"sku\":[\"h100\"]},\"factor\":\"" factor \
    "\"}]}]"

/* 10^18 × 10^24 is beyond 128 bits, and was another factor. */
static void refuses_factors_that_do_not_fit(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(
        fixture_plan(&f, H100) &&
        fixture_contract(&f, RESERVED("0.000000000001", "0.000000000001", "999999999999999999")));
    fixture_use(&f, "h100", "a", "2026-10-01T00:00:00Z", 1);
    assert_false(fixture_rate(&f));
    assert_int_equal(f.err.code, ERROR_INPUT);
    assert_non_null(strstr(f.err.message, "reservation r1: its factors do not fit"));
    fixture_close(&f);
}

/* An hour of one large machine fills a reservation of half its size. */
static void counts_a_machine_by_its_factor(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) && fixture_contract(&f, RESERVED("1", "4", "8")));
    fixture_use(&f, "h100", "a", "2026-10-01T00:00:00Z", 1 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 450 + 125); /* 3 h × 1.50, half an hour × 2.50 beyond */
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_factors_that_do_not_fit),
        cmocka_unit_test(counts_a_machine_by_its_factor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
