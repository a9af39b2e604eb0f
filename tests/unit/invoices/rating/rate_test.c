/* Rating, rule by rule: the worked examples of invoices/README.md and laws on seeded data. */
#include "fixture.h"

#define UNIT                                                                                       \
    "\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"GPU-hour\",\"divisor\":\"3600000000\"}"
#define H100                                                                                       \
    "{\"charge\":\"h100\"," UNIT                                                                   \
    ",\"where\":{\"sku\":[\"h100\"]},\"model\":\"per_unit\",\"price\":\"2.50\"}"
#define A100                                                                                       \
    "{\"charge\":\"a100\"," UNIT                                                                   \
    ",\"where\":{\"sku\":[\"a100\"]},\"model\":\"per_unit\",\"price\":\"1\"}"
#define TIERS                                                                                      \
    "{\"charge\":\"g\"," UNIT ",\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"10\",\"price\":"   \
    "\"2\",\"flat\":\"5\"},{\"price\":\"1\"}]%s}"

static void prices_per_unit_and_taxes_once(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) && fixture_contract(&f, ONE_PLAN));
    fixture_use(&f, "h100", "a", "2026-10-01T00:00:00Z", INT64_C(22800) * 1000000); /* 6 h 20 min */
    fixture_use(&f, "l4", "a", "2026-10-01T00:00:00Z", 5);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 1583); /* 15.8333… */
    assert_int_equal(f.rating.tax_minor, 301);  /* 3.0077 */
    assert_int_equal(f.rating.total_minor, 1884);
    assert_string_equal(f.rating.charges[0].exact, "95/6");
    assert_int_equal(f.rating.lines[0].parts[0].amount, (int64_t)1583 * 100000000);
    assert_int_equal(f.rating.unrated_count, 1);
    fixture_close(&f);
}

static void rates_tiers_with_inclusive_borders_and_fees(void **state)
{
    static const struct {
        int128 units;
        int64_t minor;
    } cases[] = {
        {0, 500}, {5 * HOURS, 1500}, {10 * HOURS, 2500}, {11 * HOURS, 2600}, {HOURS / 2, 600}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_true(fixture_plan(&f, arena_printf(&f.arena, TIERS, "")) &&
                    fixture_contract(&f, ONE_PLAN));
        fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", cases[i].units);
        assert_true(fixture_rate(&f));
        assert_int_equal(f.rating.net_minor, cases[i].minor);
        fixture_close(&f);
    }
}

static void takes_the_free_allowance_before_the_tiers(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, arena_printf(&f.arena, TIERS, ",\"free\":\"4\"")) &&
                fixture_contract(&f, ONE_PLAN));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", 15 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 2600); /* 5 + 10 × 2 + 1 × 1 */
    fixture_close(&f);
}

static void runs_the_counter_on_over_plan_versions(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(
        fixture_plan(&f, arena_printf(&f.arena, TIERS, "")) &&
        fixture_plan(&f, arena_printf(&f.arena, TIERS, "")) &&
        fixture_contract(&f, "\"plans\":[{\"plan\":\"p\",\"version\":1,\"from\":\"2026-09-01T00:"
                             "00:00Z\",\"to\":\"2026-10-11T00:00:00Z\"},{\"plan\":\"p\","
                             "\"version\":2,\"from\":\"2026-10-11T00:00:00Z\",\"to\":null}]"));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", 8 * HOURS);
    fixture_use(&f, "h100", "a", "2026-10-12T00:00:00Z", 4 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 2700); /* 5 + 10 × 2 + 2 × 1: the fee once */
    fixture_close(&f);
}

#define RESERVED                                                                                   \
    ONE_PLAN                                                                                       \
    ",\"reservations\":[{\"id\":\"r1\",\"where\":{\"meter\":\"gpu_time\",\"sku\":["                \
    "\"h100\"]},\"units\":\"4\",\"from\":\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-01T03:"         \
    "00:00Z\",\"rate\":\"1.50\"}]"

static void covers_by_utc_hour_and_bills_what_is_unused(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) && fixture_contract(&f, RESERVED));
    fixture_use(&f, "h100", "a", "2026-10-01T00:00:00Z", 6 * HOURS);
    fixture_use(&f, "h100", "a", "2026-10-01T01:00:00Z", 1 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 1800 + 500); /* 12 h × 1.50, 2 h × 2.50 beyond */
    const struct rating_reservation *r = &f.rating.reservations[0];
    assert_int_equal(r->row_count, 3);
    assert_int_equal(r->covered, 5 * HOURS);
    assert_int_equal(r->unused, 7 * HOURS);
    assert_int_equal(r->overage, 2 * HOURS);
    assert_true(r->covered + r->unused == r->capacity);
    fixture_close(&f);
}

static void refuses_overflow_and_leaves_the_result_alone(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) && fixture_contract(&f, ONE_PLAN));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", USAGE_SERIES_MAX);
    fixture_use(&f, "h100", "a", "2026-10-02T01:00:00Z", 1);
    f.rating.net_minor = 77;
    assert_false(fixture_rate(&f));
    assert_int_equal(f.err.code, ERROR_INPUT);
    assert_non_null(strstr(f.err.message, "coarser scale"));
    assert_int_equal(f.rating.net_minor, 77);
    fixture_close(&f);
}

static void names_a_window_below_zero_and_drops_one_of_zero(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) && fixture_contract(&f, ONE_PLAN));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", 5);
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", -5);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.line_count, 0);
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", -1);
    assert_false(fixture_rate(&f));
    assert_non_null(strstr(f.err.message, "2026-10-02T00:00:00Z"));
    fixture_close(&f);
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void use_at_random(struct fixture *f, uint32_t seed, bool backwards)
{
    static const char *const projects[] = {"a", "b", "c"};
    uint32_t seeds[20];

    for (size_t i = 0; i < 20; i++)
        seeds[i] = seed * 100 + (uint32_t)(backwards ? 19 - i : i);
    for (size_t i = 0; i < 20; i++) {
        uint32_t s = seeds[i];
        char from[32];

        snprintf(from, sizeof from, "2026-10-%02uT%02u:00:00Z", next(&s) % 31 + 1, next(&s) % 24);
        const char *project = projects[next(&s) % 3];
        fixture_use(f, "h100", project, from, (int128)next(&s) * 1000);
    }
}

static void check_sums(const struct rating *rating)
{
    int128 lines = 0;
    int128 charges = 0;

    for (size_t i = 0; i < rating->line_count; i++) {
        int128 parts = 0;

        for (size_t p = 0; p < rating->lines[i].part_count; p++)
            parts += rating->lines[i].parts[p].amount;
        assert_true(parts == rating->lines[i].amount_minor * 100000000);
        lines += rating->lines[i].amount_minor;
    }
    for (size_t i = 0; i < rating->charge_count; i++)
        charges += rating->charges[i].amount_minor;
    assert_true(lines == charges && charges == rating->net_minor);
}

static void splits_and_order_never_change_the_charge(void **state)
{
    static const char *const splits[] = {"", ",\"line_by\":[\"project\"]",
                                         ",\"line_by\":[\"project\",\"sku\"]"};

    (void)state;
    for (uint32_t seed = 0; seed < 200; seed++) {
        int128 nets[COUNT_OF(splits)];

        for (size_t i = 0; i < COUNT_OF(splits); i++) {
            struct fixture f;

            fixture_open(&f);
            assert_true(fixture_plan(&f, arena_printf(&f.arena, TIERS, splits[i])) &&
                        fixture_contract(&f, RESERVED));
            use_at_random(&f, seed, i % 2 == 1);
            assert_true(fixture_rate(&f));
            check_sums(&f.rating);
            nets[i] = f.rating.net_minor;
            assert_true(nets[i] == nets[0]);
            fixture_close(&f);
        }
    }
}

static void an_unchanged_period_differs_by_nothing_and_late_usage_by_itself(void **state)
{
    struct fixture f;
    struct rating then;
    struct rating_difference difference;
    struct rating_totals totals;
    struct rating_taxed taxed;
    struct rating_adjustment adjustment = {
        .difference = &difference, .taxed_count = 1, .taxed = &taxed};

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) && fixture_contract(&f, ONE_PLAN));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", HOURS);
    assert_true(fixture_rate(&f));
    then = f.rating;
    assert_true(rating_difference(&f.rating, &then, &f.arena, &difference, &f.err));
    assert_int_equal(difference.line_count, 0);
    fixture_use(&f, "h100", "a", "2026-10-03T00:00:00Z", 2 * HOURS);
    assert_true(fixture_rate(&f));
    assert_true(rating_difference(&f.rating, &then, &f.arena, &difference, &f.err));
    assert_int_equal(difference.net_minor, 500);
    /* Back again: the document that empties a rate takes what was taxed there. */
    struct rating more = f.rating;
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", -HOURS);
    fixture_use(&f, "h100", "a", "2026-10-03T00:00:00Z", -2 * HOURS);
    assert_true(fixture_rate(&f));
    assert_true(rating_difference(&f.rating, &more, &f.arena, &difference, &f.err));
    taxed = (struct rating_taxed){.category = "standard", .rate = {19, 0}, .tax_minor = 144};
    assert_true(rating_totals(NULL, &adjustment, 1, &f.arena, &totals, &f.err));
    assert_int_equal(totals.net_minor, -750);
    assert_int_equal(totals.tax_minor, -144);
    fixture_close(&f);
}

static void a_difference_keeps_the_order_of_documents_for_what_is_gone(void **state)
{
    struct fixture f;
    struct rating_difference difference;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100 "," A100) && fixture_contract(&f, ONE_PLAN));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", HOURS);
    assert_true(fixture_rate(&f));
    struct rating then = f.rating;
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", -HOURS);
    fixture_use(&f, "a100", "a", "2026-10-02T00:00:00Z", HOURS);
    assert_true(fixture_rate(&f));
    assert_true(rating_difference(&f.rating, &then, &f.arena, &difference, &f.err));
    assert_int_equal(difference.line_count, 2);
    assert_true(difference.lines[0].amount_minor < 0 && difference.lines[1].amount_minor > 0);
    fixture_close(&f);
}

static void an_adjustments_tax_is_the_step_that_it_makes_in_the_documents(void **state)
{
    struct fixture f;
    struct rating_difference difference;
    struct rating_totals totals;
    struct rating_adjustment adjustment = {.difference = &difference};

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) && fixture_contract(&f, ONE_PLAN));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", 2004 * HOURS / 1000);
    assert_true(fixture_rate(&f));
    struct rating own = f.rating;
    fixture_use(&f, "h100", "a", "2026-10-03T00:00:00Z", 8 * HOURS / 1000);
    assert_true(fixture_rate(&f));
    assert_true(rating_difference(&f.rating, &own, &f.arena, &difference, &f.err));
    assert_true(rating_totals(&own, &adjustment, 1, &f.arena, &totals, &f.err));
    assert_int_equal(own.tax_minor, 95);
    assert_int_equal(totals.net_minor, 503);
    assert_int_equal(totals.tax_minor, 96);
    assert_int_equal(difference.taxes[0].tax_minor, 1);
    fixture_close(&f);
}

static void writes_lines_with_reasons_as_json(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, H100) && fixture_contract(&f, RESERVED));
    fixture_use(&f, "h100", "a", "2026-10-01T00:00:00Z", 6 * HOURS);
    assert_true(fixture_rate(&f));
    CLEANUP(json_release) json_t *json = rating_json(&f.rating);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_non_null(strstr(text, "\"kind\":\"covered\",\"quantity\":\"4\""));
    assert_non_null(strstr(text, "\"price\":\"2.5\",\"unit\":\"GPU-hour\""));
    assert_non_null(strstr(text, "\"total\":\"27.37\""));
    free(text);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_per_unit_and_taxes_once),
        cmocka_unit_test(rates_tiers_with_inclusive_borders_and_fees),
        cmocka_unit_test(takes_the_free_allowance_before_the_tiers),
        cmocka_unit_test(runs_the_counter_on_over_plan_versions),
        cmocka_unit_test(covers_by_utc_hour_and_bills_what_is_unused),
        cmocka_unit_test(refuses_overflow_and_leaves_the_result_alone),
        cmocka_unit_test(names_a_window_below_zero_and_drops_one_of_zero),
        cmocka_unit_test(splits_and_order_never_change_the_charge),
        cmocka_unit_test(an_unchanged_period_differs_by_nothing_and_late_usage_by_itself),
        cmocka_unit_test(a_difference_keeps_the_order_of_documents_for_what_is_gone),
        cmocka_unit_test(an_adjustments_tax_is_the_step_that_it_makes_in_the_documents),
        cmocka_unit_test(writes_lines_with_reasons_as_json),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
