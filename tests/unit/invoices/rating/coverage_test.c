#include "fixture.h"
#include "rating/coverage_cost.h"

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

#define HELD(members)                                                                              \
    ONE_PLAN                                                                                       \
    ",\"reservations\":[{\"id\":\"r1\",\"units\":\"4\",\"from\":\"2026-10-01T00:00:00Z\","         \
    "\"to\":\"2026-10-01T03:00:00Z\"," members "}]"

/* README, "Reservations": 4 units × 3 h × 2.00 at the beginning, whatever is used. */
static void a_block_is_paid_whole_at_its_beginning(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) &&
                fixture_contract(&f, HELD("\"kind\":\"block\",\"where\":{\"meter\":\"gpu_time\"},"
                                          "\"price\":\"2.00\"")));
    fixture_use(&f, "h100", "a", "2026-10-01T00:00:00Z", 4 * HOURS);
    fixture_use(&f, "h100", "a", "2026-10-01T03:00:00Z", 1 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 2400 + 250);
    const struct rating_line *line = &f.rating.lines[f.rating.line_count - 1];
    assert_string_equal(line->quantity, "12");
    assert_int_equal(line->part_count, 1);
    assert_int_equal(line->parts[0].kind, PART_UPFRONT);
    fixture_close(&f);
}

/* README, "Reservations": what says capacity=provisioned costs nothing, the rest its price. */
static void throughput_serves_what_it_is_sent(void **state)
{
    const struct dimension served = {slice_of("capacity"), slice_of("provisioned")};
    const struct dimension spilled = {slice_of("capacity"), slice_of("spillover")};
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) &&
                fixture_contract(&f, HELD("\"kind\":\"throughput\",\"where\":{\"meter\":\"gpu_"
                                          "time\"},\"rate\":\"1.50\"")));
    fixture_use_of(&f, &served, 1, "2026-10-01T00:00:00Z", 100 * HOURS);
    fixture_use_of(&f, &spilled, 1, "2026-10-01T00:00:00Z", 1 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 1800 + 250);
    assert_true(f.rating.reservations[0].rows[0].covered == 100 * HOURS);
    fixture_close(&f);
}

static void refuses_what_a_kind_cannot_have(void **state)
{
    static const struct {
        const char *members;
        const char *message;
    } cases[] = {
        {"\"kind\":\"block\",\"where\":{\"meter\":\"m\"},\"rate\":\"1\"",
         "/reservations/0/price: "},
        {"\"kind\":\"block\",\"where\":{\"meter\":\"m\"},\"price\":\"1\",\"rate\":\"1\"",
         "/reservations/0/rate: "},
        {"\"kind\":\"throughput\",\"where\":{\"meter\":\"m\"},\"price\":\"1\"",
         "/reservations/0/rate: "},
        {"\"where\":{\"meter\":\"m\"},\"price\":\"1\"", "/reservations/0/rate: "},
    };
    struct fixture f;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fixture_open(&f);
        assert_false(fixture_contract(
            &f,
            arena_printf(&f.arena,
                         ONE_PLAN ",\"reservations\":[{\"id\":\"r1\",\"units\":\"4\",\"from\":"
                                  "\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-01T03:00:00Z\",%s}]",
                         cases[i].members)));
        if (!strstr(f.err.message, cases[i].message))
            fail_msg("case %zu: %s", i, f.err.message);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_factors_that_do_not_fit),
        cmocka_unit_test(counts_a_machine_by_its_factor),
        cmocka_unit_test(a_block_is_paid_whole_at_its_beginning),
        cmocka_unit_test(throughput_serves_what_it_is_sent),
        cmocka_unit_test(refuses_what_a_kind_cannot_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
