/* Prepaid credits: the worked examples of invoices/README.md. */
#include "account.h"

static void burns_by_priority_expiry_scope_and_kind(void **state)
{
    struct account a;

    (void)state;
    account_open(
        &a,
        "\"credits\":[" GRANT("wide", "10", "1", LOWERS) "," GRANT("narrow", "10", "1", LOWERS ",\"charges\":[\"a100\"]") "," GRANT(
            "soon", "10", "1",
            LOWERS
            ",\"expires\":\"2026-11-01T00:00:00Z\"") "," GRANT("first", "10", "0",
                                                               LOWERS) "," GRANT("paid", "10", "1",
                                                                                 "\"kind\":\"paid\",\"apply\":\"before_tax\"") "]");
    use(&a, "a100", "2026-09-03T00:00:00Z", 45);
    burns_are(bill(&a, "2026-09"),
              "first a100 10.00, soon a100 10.00, narrow a100 10.00, wide a100 "
              "10.00, paid a100 5.00");
    account_close(&a);
}

static void cuts_amounts_at_the_borders_of_grants_and_burns_by_time(void **state)
{
    struct account a;

    (void)state;
    account_open(&a, "\"credits\":[" GRANT("half", "100", "1",
                                           LOWERS ",\"expires\":\"2026-09-16T00:00:00Z\"") "]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 30);
    use(&a, "h100", "2026-09-16T00:00:00Z", 20);
    json_t *september = bill(&a, "2026-09");
    lines_are(september, "charge h100 50.00, credit half -30.00");
    assert_string_equal(text(credit(september, 0), "breakage"), "70.00");
    assert_string_equal(text(credit(september, 0), "closing"), "0.00");
    assert_string_equal(text(september, "tax"), "3.80"); /* of 20 */
    account_close(&a);
}

static void pays_after_tax_and_leaves_the_total_alone(void **state)
{
    struct account a;

    (void)state;
    account_open(&a, "\"credits\":[" GRANT("pot", "50", "1", PAYS ",\"charges\":[\"h100\"]") "]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 20);
    use(&a, "a100", "2026-09-03T00:00:00Z", 10);
    json_t *september = bill(&a, "2026-09");
    assert_string_equal(text(september, "total"), "35.70");
    assert_string_equal(settled(september, "paid"), "23.80"); /* 20 with its share of 5.70 */
    assert_string_equal(settled(september, "payable"), "11.90");
    burns_are(september, "pot h100 23.80");
    use(&a, "h100", "2026-10-03T00:00:00Z", 100);
    json_t *october = bill(&a, "2026-10");
    assert_string_equal(settled(october, "paid"), "26.20");
    assert_string_equal(text(credit(october, 0), "opening"), "26.20");
    account_close(&a);
}

/* What became cheaper gives back: after tax all that was paid, before tax what is above it. */
static void a_credit_note_restores_the_last_burnt_first(void **state)
{
    struct account a;
    struct rating then;

    (void)state;
    account_open(
        &a, "\"credits\":[" GRANT("one", "20", "1", PAYS) "," GRANT("two", "20", "2", PAYS) "]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 30);
    burns_are(bill(&a, "2026-09"), "one h100 20.00, two h100 15.70");
    assert_true(rate_month(&a, "2026-09", &then));
    use(&a, "h100", "2026-09-03T00:00:00Z", -20);
    json_t *october = bill_late(&a, "2026-10", "2026-09", &then);
    assert_string_equal(text(october, "total"), "-23.80");
    assert_string_equal(text(october, "document"), "credit_note");
    burns_are(october, "two h100 -15.70, one h100 -8.10");
    assert_string_equal(settled(october, "payable"), "0.00");
    assert_string_equal(text(credit(october, 0), "closing"), "8.10");
    assert_string_equal(text(credit(october, 1), "closing"), "20.00");
    account_close(&a);
}

static void a_credit_before_tax_pays_no_more_than_what_is_left(void **state)
{
    struct account a;
    struct rating then;

    (void)state;
    account_open(&a, "\"credits\":[" GRANT("one", "20", "1", LOWERS) "]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 30);
    bill(&a, "2026-09");
    assert_true(rate_month(&a, "2026-09", &then));
    use(&a, "h100", "2026-09-03T00:00:00Z", -25);
    json_t *october = bill_late(&a, "2026-10", "2026-09", &then);
    lines_are(json_array_get(json_object_get(october, "adjustments"), 0),
              "charge h100 -25.00, credit one 15.00"); /* 5 are left, and were paid by 5 */
    assert_string_equal(text(october, "total"), "-11.90");
    assert_string_equal(text(credit(october, 0), "closing"), "15.00");
    account_close(&a);
}

static void what_is_left_of_a_credit_is_not_lost_by_another_version(void **state)
{
    struct account a;
    struct fixture version;
    struct credit_book book = {0};

    (void)state;
    account_open(&a, "\"credits\":[" GRANT("pot", "50", "1", PAYS) "]");
    bill(&a, "2026-09");
    fixture_open(&version);
    assert_true(fixture_contract(&version, ONE_PLAN));
    assert_false(credit_open(&version.contract, &a.history, &a.f.period, &version.arena, &book,
                             &version.err));
    assert_non_null(strstr(version.err.message, "credit pot is not in it any more"));
    fixture_close(&version);
    contract_release(&a.f.contract);
    assert_true(
        fixture_contract(&a.f, ONE_PLAN ",\"credits\":[" GRANT("pot", "40", "1", PAYS) "]"));
    assert_false(credit_open(&a.f.contract, &a.history, &a.f.period, &a.f.arena, &book, &a.f.err));
    assert_non_null(strstr(a.f.err.message, "what was granted is not taken back"));
    account_close(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(burns_by_priority_expiry_scope_and_kind),
        cmocka_unit_test(cuts_amounts_at_the_borders_of_grants_and_burns_by_time),
        cmocka_unit_test(pays_after_tax_and_leaves_the_total_alone),
        cmocka_unit_test(a_credit_note_restores_the_last_burnt_first),
        cmocka_unit_test(a_credit_before_tax_pays_no_more_than_what_is_left),
        cmocka_unit_test(what_is_left_of_a_credit_is_not_lost_by_another_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
