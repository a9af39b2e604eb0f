/* Commitments: the worked examples of invoices/README.md. */
#include "account.h"

static void bills_what_was_committed_and_not_used(void **state)
{
    struct account a;

    (void)state;
    account_open(
        &a, "\"commitments\":[{\"id\":\"k\",\"amount\":\"100\",\"interval\":\"period\"," FROM "}]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 40);
    use(&a, "h100", "2026-10-03T00:00:00Z", 130);
    lines_are(bill(&a, "2026-09"), "charge h100 40.00, commitment k 60.00");
    lines_are(bill(&a, "2026-10"), "charge h100 130.00");
    lines_are(bill(&a, "2026-11"), "commitment k 100.00");
    account_close(&a);
}

static void settles_once_for_several_months(void **state)
{
    struct account a;

    (void)state;
    account_open(&a,
                 "\"commitments\":[{\"id\":\"q\",\"amount\":\"300\",\"interval\":{\"months\":3},"
                 "\"charges\":[\"h100\"]," FROM "}]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 40);
    use(&a, "a100", "2026-09-03T00:00:00Z", 7);
    use(&a, "h100", "2026-10-03T00:00:00Z", 130);
    lines_are(bill(&a, "2026-09"), "charge h100 40.00, charge a100 7.00");
    lines_are(bill(&a, "2026-10"), "charge h100 130.00");
    lines_are(bill(&a, "2026-11"), "commitment q 130.00");
    account_close(&a);
}

static void takes_a_surcharge_only_reports_and_needs_usage_where_it_says_so(void **state)
{
    struct account a;

    (void)state;
    account_open(&a, "\"commitments\":[{\"id\":\"over\",\"amount\":\"100\",\"interval\":\"period\","
                     "\"overage_factor\":\"1.5\",\"every\":false," FROM
                     "},{\"id\":\"seen\",\"quantity\":\"500\",\"unit_price\":\"0.8\",\"charges\":["
                     "\"h100\"],\"interval\":\"period\",\"true_up\":false," FROM "}]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 130);
    json_t *september = bill(&a, "2026-09");
    lines_are(september, "charge h100 130.00, commitment over 15.00"); /* 30 × 0.5 */
    const json_t *seen =
        json_array_get(json_object_get(json_object_get(september, "settlement"), "commitments"), 1);
    assert_string_equal(text(seen, "committed"), "400");
    assert_string_equal(text(seen, "used"), "104");
    assert_string_equal(text(seen, "amount"), "0.00");
    lines_are(bill(&a, "2026-10"), "");
    account_close(&a);
}

static void prorates_a_ramp_by_seconds_or_settles_its_steps(void **state)
{
    static const struct {
        const char *more, *september, *october;
    } rows[] = {
        {"", "charge h100 4.00", "commitment r 192.72"}, /* (90 × 30 + 300 × 31) / 61 − 4 */
        {",\"settle_at_step\":true", "charge h100 4.00, commitment r 40.26", "commitment r 152.46"},
    };
    char members[512];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct account a;

        snprintf(
            members, sizeof members,
            "\"commitments\":[{\"id\":\"r\",\"amount\":\"90\",\"interval\":{\"months\":2}," FROM
            ",\"steps\":[{\"from\":\"2026-10-01T00:00:00Z\",\"amount\":\"300\"}]%s}]",
            rows[i].more);
        account_open(&a, members);
        use(&a, "h100", "2026-09-03T00:00:00Z", 4);
        lines_are(bill(&a, "2026-09"), rows[i].september);
        lines_are(bill(&a, "2026-10"), rows[i].october);
        account_close(&a);
    }
}

static void rolls_unused_amounts_over_once_oldest_first(void **state)
{
    struct account a;

    (void)state;
    account_open(&a, "\"commitments\":[{\"id\":\"k\",\"amount\":\"100\",\"interval\":\"period\","
                     "\"overage_factor\":\"2\",\"rollover\":{\"intervals\":2}," FROM "}]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 70);
    use(&a, "h100", "2026-10-03T00:00:00Z", 80);
    use(&a, "h100", "2026-11-03T00:00:00Z", 140);
    use(&a, "h100", "2026-12-03T00:00:00Z", 120);
    lines_are(bill(&a, "2026-09"), "charge h100 70.00, commitment k 30.00");
    lines_are(bill(&a, "2026-10"), "charge h100 80.00, commitment k 20.00");
    lines_are(bill(&a, "2026-11"), "charge h100 140.00, commitment k -40.00"); /* 30, then 10 */
    lines_are(bill(&a, "2026-12"), "charge h100 120.00"); /* −10, and 10 × (2 − 1) on the rest */
    account_close(&a);
}

static void settles_hours_and_times_of_the_day_on_exact_amounts(void **state)
{
    struct account a;

    (void)state;
    account_open(&a, "\"commitments\":[{\"id\":\"h\",\"amount\":\"10\",\"interval\":{\"hours\":1},"
                     "\"charges\":[\"h100\"],\"overage_factor\":\"1.5\",\"from\":"
                     "\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-01T03:00:00Z\"},{\"id\":\"night\","
                     "\"amount\":\"5\",\"interval\":{\"time_of_day\":{\"from\":\"22:00\",\"to\":"
                     "\"06:00\"}},\"charges\":[\"a100\"],\"every\":false," FROM "}]");
    use(&a, "h100", "2026-10-01T00:00:00Z", 15);
    use(&a, "h100", "2026-10-01T01:00:00Z", 6);
    use(&a, "h100", "2026-10-01T02:00:00Z", 10);
    use(&a, "a100", "2026-10-02T23:00:00Z", 1);
    use(&a, "a100", "2026-10-03T05:00:00Z", 1);
    use(&a, "a100", "2026-10-03T06:00:00Z", 1);
    lines_are(bill(&a, "2026-10"), /* 5 × 0.5 + 4; 5 − 2 */
              "charge h100 31.00, charge a100 3.00, commitment h 6.50, commitment night 3.00");
    account_close(&a);
}

static void late_usage_takes_from_what_was_owed(void **state)
{
    struct account a;
    struct rating then;

    (void)state;
    account_open(
        &a, "\"commitments\":[{\"id\":\"k\",\"amount\":\"100\",\"interval\":\"period\"," FROM "}]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 40);
    bill(&a, "2026-09");
    assert_true(rate_month(&a, "2026-09", &then));
    use(&a, "h100", "2026-09-04T00:00:00Z", 70);
    json_t *october = bill_late(&a, "2026-10", "2026-09", &then);
    lines_are(json_array_get(json_object_get(october, "adjustments"), 0),
              "charge h100 70.00, commitment k -60.00");
    assert_string_equal(text(october, "net"), "110.00"); /* September costs 110, October 100 */
    account_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bills_what_was_committed_and_not_used),
        cmocka_unit_test(settles_once_for_several_months),
        cmocka_unit_test(takes_a_surcharge_only_reports_and_needs_usage_where_it_says_so),
        cmocka_unit_test(prorates_a_ramp_by_seconds_or_settles_its_steps),
        cmocka_unit_test(rolls_unused_amounts_over_once_oldest_first),
        cmocka_unit_test(settles_hours_and_times_of_the_day_on_exact_amounts),
        cmocka_unit_test(late_usage_takes_from_what_was_owed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
