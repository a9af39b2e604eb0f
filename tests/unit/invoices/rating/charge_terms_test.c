/* What a charge meets besides its price: windows, versions, sessions, terms, taxes; and what is
 * refused. */
#include "charges.h"

/* Both passes of the hour that is there twice match, when clocks go back on 25 October. */
static void matches_both_passes_of_a_repeated_hour(void **state)
{
    static const struct use uses[] = {{"a", "2026-10-24T23:00:00Z", H},
                                      {"a", "2026-10-25T00:00:00Z", H},
                                      {"a", "2026-10-25T01:00:00Z", H},
                                      {"a", "2026-10-25T02:00:00Z", H}};
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, SUNDAY_NIGHT) && fixture_contract(&f, ONE_PLAN));
    contract_release(&f.contract);
    assert_true(zone_open("Europe/Berlin", &f.contract.zone, &f.err));
    for (size_t i = 0; i < COUNT_OF(uses); i++)
        use(&f, &uses[i]);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 100 + 500 + 500 + 100);
    fixture_close(&f);
}

static void prorates_by_hours_of_a_month_where_a_plan_says_so(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, "{\"charge\":\"f\",\"model\":\"flat\",\"price\":\"73\"}") &&
                fixture_contract(&f, UNTIL("10-11")));
    f.plans[0].month_hours = 730;
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 2400); /* 240 h of 730 */
    assert_string_equal(f.rating.lines[0].parts[0].why.prorated, "864000/2628000 seconds");
    fixture_close(&f);
}

static const struct {
    const char *charges;
    const char *contract;
    struct use uses[2];
    const char *message;
} refused[] = {
    {MATRIX "}", ONE_PLAN, {{"l4", "2026-10-02T09:00:00Z", 1}}, "sku=l4} in the window from 2026"},
    {WEEK "}", ONE_PLAN, {{"a", "2026-10-04T09:00:00Z", 1}}, "no window of time_of_use matches"},
    {SPOT, ONE_PLAN, {{"a", "2026-10-01T09:00:00Z", 1}}, "before the first step"},
};

static void refuses_usage_without_a_price_and_names_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_true(fixture_plan(&f, refused[i].charges) &&
                    fixture_contract(&f, refused[i].contract));
        use(&f, &refused[i].uses[0]);
        assert_false(fixture_rate(&f));
        if (!strstr(f.err.message, refused[i].message))
            fail_msg("'%s' is not in '%s'", refused[i].message, f.err.message);
        fixture_close(&f);
    }
}

/* What is used in no window is not asked for a price. */
static void asks_no_price_for_what_a_reservation_covers(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, MATRIX "}") && fixture_contract(&f, RESERVED));
    use(&f, &(struct use){"l4", "2026-10-02T09:00:00Z", 6 * H});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 0);
    fixture_close(&f);
}

/* A session's addition has the price of its last window's version. */
static void prices_each_window_of_a_session_by_its_own_version(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, SESSION("")) &&
                fixture_plan(&f, METER
                             "\"model\":\"per_unit\",\"price\":\"4\",\"session\":{\"minimum\":"
                             "\"10800000000\"}}") &&
                fixture_contract(&f, TWO_PLANS));
    use(&f, &(struct use){"a", "2026-10-10T23:00:00Z", H});
    use(&f, &(struct use){"a", "2026-10-11T00:00:00Z", H});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 200 + 2 * 400);
    fixture_close(&f);
}

/* Discounts and the maximum are shared in proportion to amounts; a minimum stands for itself. */
static void shares_terms_over_lines(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, PER_UNIT ",\"line_by\":[\"sku\"],\"maximum\":\"9\"},{\"charge\":"
                                          "\"m\",\"meter\":\"other\",\"price_unit\":{\"name\":"
                                          "\"h\",\"divisor\":\"1\"},\"model\":\"per_unit\","
                                          "\"price\":\"1\",\"line_by\":[\"sku\"],\"minimum\":"
                                          "\"7\"}") &&
                fixture_contract(&f, ONE_PLAN));
    use(&f, &(struct use){"a", "2026-10-02T09:00:00Z", 2 * H});
    use(&f, &(struct use){"b", "2026-10-02T09:00:00Z", 4 * H});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.line_count, 3);
    assert_int_equal(f.rating.lines[0].amount_minor, 300);
    assert_int_equal(f.rating.lines[1].amount_minor, 600);
    assert_null(f.rating.lines[2].by_values[0]);
    assert_int_equal(f.rating.lines[2].amount_minor, 700);
    const struct rating_part *part = &f.rating.lines[1].parts[1];
    assert_int_equal(part->kind, PART_MAXIMUM);
    assert_string_equal(part->why.of, "8");
    assert_string_equal(part->why.share, "2/3"); /* of the 3.00 above the maximum */
    fixture_close(&f);
}

/* Whoever has the parts can do the sum again. */
static void says_what_each_version_owes_of_a_minimum(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, PER_UNIT ",\"minimum\":\"31\"}") &&
                fixture_plan(&f, PER_UNIT ",\"minimum\":\"62\"}") &&
                fixture_contract(&f, TWO_PLANS));
    use(&f, &(struct use){"a", "2026-10-02T09:00:00Z", 20 * H});
    assert_true(fixture_rate(&f));
    const struct rating_part *part = &f.rating.lines[0].parts[1];
    assert_int_equal(part->kind, PART_MINIMUM);
    assert_string_equal(part->why.rule, "31 for 10/31 days + 62 for 21/31 days");
    assert_string_equal(part->why.of, "40");
    assert_string_equal(part->why.exact, "12");
    fixture_close(&f);
}

/* The smallest tier that holds the peak of every meter. */
static void chooses_a_tier_by_several_peaks(void **state)
{
    static const struct {
        int128 h100;
        int128 l4;
        int64_t minor;
    } peaks[] = {{100 * H, 1000 * H, 1000}, {101 * H, 1 * H, 2000}, {1 * H, 2001 * H, 3000}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(peaks); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_true(
            fixture_plan(&f, "{\"charge\":\"c\",\"model\":\"peak\",\"peaks\":[{\"name\":\"h\","
                             "\"meter\":\"gpu_time\",\"where\":{\"sku\":[\"h100\"]},\"divisor\":"
                             "\"3600000000\"},{\"name\":\"l\",\"meter\":\"gpu_time\",\"where\":"
                             "{\"sku\":[\"l4\"]},\"divisor\":\"3600000000\"}],\"tiers\":[{"
                             "\"up_to\":{\"h\":\"100\",\"l\":\"1000\"},\"flat\":\"10\"},{"
                             "\"up_to\":{\"h\":\"200\",\"l\":\"2000\"},\"flat\":\"20\"},{"
                             "\"flat\":\"30\"}]}") &&
            fixture_contract(&f, ONE_PLAN));
        use(&f, &(struct use){"h100", "2026-10-02T09:00:00Z", peaks[i].h100});
        use(&f, &(struct use){"h100", "2026-10-02T10:00:00Z", 1});
        use(&f, &(struct use){"l4", "2026-10-12T10:00:00Z", peaks[i].l4});
        assert_true(fixture_rate(&f));
        assert_int_equal(f.rating.net_minor, peaks[i].minor);
        assert_int_equal(f.rating.unrated_count, 0);
        fixture_close(&f);
    }
}

/* Each is rounded on the whole base, none on another; their sum is the rate. */
static void takes_several_taxes_on_one_base(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, PER_UNIT ",\"tax_category\":\"more\"}"));
    const char *json = arena_printf(
        &f.arena,
        "{\"contract\":\"c\",\"tenant\":\"t\",\"legal_entity\":{\"id\":\"e\",\"name\":\"E\","
        "\"address\":[\"A\"],\"country\":\"CA\",\"number_series\":\"N\"},\"customer\":{\"name\":"
        "\"C\",\"address\":[\"A\"],\"country\":\"CA\"},\"currency\":\"EUR\",\"zone\":\"UTC\","
        "\"billing\":{\"day\":1,\"hour\":0,\"minute\":0},\"from\":\"2026-09-01T00:00:00Z\","
        "\"to\":null,%s,\"tax\":{\"profile\":[{\"category\":\"more\",\"name\":\"GST\",\"rate\":"
        "\"5\"},{\"category\":\"more\",\"name\":\"QST\",\"rate\":\"9.975\"}]}}",
        ONE_PLAN);
    assert_true(contract_parse(json, strlen(json), "c", 0, &f.arena, &f.contract, &f.err));
    use(&f, &(struct use){"a", "2026-10-02T09:00:00Z", 105 * H / 100});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 210);
    assert_int_equal(f.rating.tax_count, 1);
    assert_int_equal(f.rating.taxes[0].rate.coefficient, 14975);
    assert_int_equal(f.rating.taxes[0].parts->count, 2);
    assert_int_equal(f.rating.taxes[0].parts_minor[0], 11); /* 0.105 */
    assert_int_equal(f.rating.taxes[0].parts_minor[1], 21); /* 0.209475 */
    assert_int_equal(f.rating.tax_minor, 32);               /* 14.975 % would be 0.3145: 0.31 */
    fixture_close(&f);
}

/* Which parts a line has, step by step. */
static void takes_one_invoice_through_the_steps(void **state)
{
    static const enum part_kind kinds[] = {PART_COVERED, PART_ROUNDED, PART_FREE,
                                           PART_TIER,    PART_TIER,    PART_DISCOUNT};
    static const int64_t cents[] = {0, 0, 0, 1200, 400, -160};
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(
        fixture_plan(&f, METER "\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"4\",\"price\":"
                               "\"3\"},{\"price\":\"2\"}],\"session\":{\"increment\":"
                               "\"900000000\"},\"free\":\"1\",\"discounts\":[{\"percent\":"
                               "\"10\"}],\"minimum\":\"15\",\"maximum\":\"40\"}") &&
        fixture_contract(&f, ONE_PLAN
                         ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"gpu_time\"},"
                         "\"units\":\"1\",\"from\":\"2026-10-02T09:00:00Z\",\"to\":"
                         "\"2026-10-02T10:00:00Z\",\"rate\":\"1\"}]"));
    use(&f, &(struct use){"a", "2026-10-02T09:00:00Z", H});
    use(&f, &(struct use){"a", "2026-10-02T10:00:00Z", 5 * H / 6});
    use(&f, &(struct use){"b", "2026-10-02T12:00:00Z", 6 * H});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.lines[0].part_count, 7);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        assert_int_equal(f.rating.lines[0].parts[i].kind, kinds[i]);
        assert_int_equal(f.rating.lines[0].parts[i].amount, cents[i] * 100000000);
    }
    assert_string_equal(f.rating.lines[0].parts[1].quantity, "1/6"); /* 10 minutes */
    assert_int_equal(f.rating.lines[0].parts[6].kind, PART_MINIMUM);
    assert_int_equal(f.rating.lines[0].parts[6].amount, (int64_t)60 * 100000000);
    assert_int_equal(f.rating.lines[0].amount_minor, 1500);
    assert_int_equal(f.rating.lines[1].amount_minor, 100);
    assert_int_equal(f.rating.tax_minor, 304);
    assert_int_equal(f.rating.total_minor, 1904);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matches_both_passes_of_a_repeated_hour),
        cmocka_unit_test(prorates_by_hours_of_a_month_where_a_plan_says_so),
        cmocka_unit_test(refuses_usage_without_a_price_and_names_it),
        cmocka_unit_test(asks_no_price_for_what_a_reservation_covers),
        cmocka_unit_test(prices_each_window_of_a_session_by_its_own_version),
        cmocka_unit_test(shares_terms_over_lines),
        cmocka_unit_test(says_what_each_version_owes_of_a_minimum),
        cmocka_unit_test(chooses_a_tier_by_several_peaks),
        cmocka_unit_test(takes_several_taxes_on_one_base),
        cmocka_unit_test(takes_one_invoice_through_the_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
