/* Late usage moves burns before tax: the worked examples of invoices/README.md. */
#include "account.h"

static json_t *adjusted(const json_t *document, size_t at)
{
    return json_array_get(json_object_get(document, "adjustments"), at);
}

/* Two months, 60 and 80, of which the credit paid 60 and 40; then September changes. */
static json_t *late(struct account *a, const char *members, int hours)
{
    struct rating then;

    account_open(a, members);
    use(a, "h100", "2026-09-03T00:00:00Z", 60);
    use(a, "a100", "2026-10-03T00:00:00Z", 80);
    burns_are(bill(a, "2026-09"), "one h100 60.00");
    burns_are(bill(a, "2026-10"), "one a100 40.00");
    assert_true(rate_month(a, "2026-09", &then));
    use(a, "h100", "2026-09-04T00:00:00Z", hours > 0 ? hours : 1);
    if (hours < 0)
        use(a, "h100", "2026-09-03T00:00:00Z", hours - 1);
    return bill_late(a, "2026-11", "2026-09", &then);
}

static void what_came_earlier_is_paid_first_and_the_document_in_between_pays_again(void **state)
{
    struct account a;

    (void)state;
    json_t *november = late(&a, "\"credits\":[" GRANT("one", "100", "1", LOWERS) "]", 30);
    burns_are(november, "one a100 -30.00, one h100 30.00");
    lines_are(adjusted(november, 0), "charge h100 30.00, credit one -30.00");
    lines_are(adjusted(november, 1), "credit one 30.00");
    assert_string_equal(text(adjusted(november, 1), "original"), "2026-10");
    assert_string_equal(text(november, "total"), "35.70");
    assert_string_equal(text(credit(november, 0), "closing"), "0.00");
    account_close(&a);
}

/* In time October would have burnt it; a credit that has expired since does not lose it. */
static void what_is_given_back_pays_the_document_in_between_though_the_credit_is_closed(
    void **state)
{
    struct account a;

    (void)state;
    json_t *november =
        late(&a,
             "\"credits\":[" GRANT("one", "100", "1",
                                   LOWERS ",\"expires\":\"2026-11-01T00:00:00Z\"") "]",
             -50);
    burns_are(november, "one h100 -50.00, one a100 40.00");
    lines_are(adjusted(november, 0), "charge h100 -50.00, credit one 50.00");
    lines_are(adjusted(november, 1), "credit one -40.00");
    assert_string_equal(text(november, "total"), "-47.60");
    assert_string_equal(text(credit(november, 0), "breakage"), "10.00");
    account_close(&a);
}

/* A closed grant moves, and does not grow. */
static void a_closed_grant_burns_at_most_what_was_burnt_of_it(void **state)
{
    struct account a;
    struct rating then;

    (void)state;
    account_open(&a, "\"credits\":[" GRANT("one", "100", "1",
                                           LOWERS ",\"expires\":\"2026-10-01T00:00:00Z\"") "]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 60);
    assert_string_equal(text(credit(bill(&a, "2026-09"), 0), "breakage"), "40.00");
    assert_true(rate_month(&a, "2026-09", &then));
    use(&a, "h100", "2026-09-04T00:00:00Z", 30);
    json_t *october = bill_late(&a, "2026-10", "2026-09", &then);
    burns_are(october, "");
    assert_string_equal(text(october, "net"), "30.00");
    account_close(&a);
}

/* Use before the 16th that comes late is paid by the credit that was in force then. */
static void late_use_is_cut_where_it_lies(void **state)
{
    struct account a;
    struct rating then;

    (void)state;
    account_open(&a, "\"credits\":[{\"id\":\"half\",\"amount\":\"100\",\"priority\":1," LOWERS
                     ",\"from\":\"2026-09-16T00:00:00Z\"}]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 30);
    use(&a, "h100", "2026-09-16T00:00:00Z", 20);
    burns_are(bill(&a, "2026-09"), "half h100 20.00");
    assert_true(rate_month(&a, "2026-09", &then));
    use(&a, "h100", "2026-09-04T00:00:00Z", 5);
    use(&a, "h100", "2026-09-17T00:00:00Z", 7);
    json_t *october = bill_late(&a, "2026-10", "2026-09", &then);
    burns_are(october, "half h100 7.00");
    const json_t *cuts = json_object_get(json_object_get(october, "settlement"), "cuts");
    assert_int_equal(json_array_size(cuts), 2);
    assert_string_equal(text(json_array_get(cuts, 0), "amount"), "35.00");
    assert_string_equal(text(json_array_get(cuts, 1), "amount"), "27.00");
    account_close(&a);
}

static void what_an_earlier_engine_left_of_free_use_is_cut_as_one(void **state)
{
    const struct contract contract = {.currency = "EUR", .exponent = 2};
    const struct period period = {.from_us = 0, .to_us = DAY_US};
    const struct credit_claim left = {.charge = "h100", .category = "standard", .amount_minor = 1};
    const struct rating_piece free_use = {.at_us = HOUR_US, .exact = "0"};
    struct credit_claim cut;
    struct ratio_pool pool;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    ratio_pool_init(&pool);
    assert_int_equal(
        credit_cut(&contract, &period, &left, &free_use, 1, false, &pool, &arena, &cut), 1);
    assert_int_equal(cut.amount_minor, 1);
    ratio_pool_release(&pool);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_earlier_is_paid_first_and_the_document_in_between_pays_again),
        cmocka_unit_test(
            what_is_given_back_pays_the_document_in_between_though_the_credit_is_closed),
        cmocka_unit_test(a_closed_grant_burns_at_most_what_was_burnt_of_it),
        cmocka_unit_test(late_use_is_cut_where_it_lies),
        cmocka_unit_test(what_an_earlier_engine_left_of_free_use_is_cut_as_one),
    };
    return cmocka_run_group_tests_name("moved burns", tests, NULL, NULL);
}
