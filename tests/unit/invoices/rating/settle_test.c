/* Service levels, another currency, and terms that are refused. */
#include "account.h"

/* -------------------------------------------------------------------- service levels, currency */

static void credits_a_month_of_low_availability_on_the_next_document(void **state)
{
    struct account a;

    (void)state;
    account_open(&a,
                 "\"sla\":[{\"id\":\"up\",\"charges\":[\"h100\"],\"bands\":[{\"below\":\"99.9\","
                 "\"percent\":\"10\"},{\"below\":\"99\",\"percent\":\"30\"}],\"measured\":[{"
                 "\"month\":\"2026-09\",\"availability\":\"98.5\"},{\"month\":\"2026-10\","
                 "\"availability\":\"99.95\"}]}]");
    use(&a, "h100", "2026-09-03T00:00:00Z", 50);
    use(&a, "a100", "2026-09-03T00:00:00Z", 50);
    use(&a, "h100", "2026-10-03T00:00:00Z", 40);
    lines_are(bill(&a, "2026-09"), "charge h100 50.00, charge a100 50.00");
    json_t *october = bill(&a, "2026-10");
    lines_are(october, "charge h100 40.00, sla up -15.00");
    assert_string_equal(text(october, "net"), "25.00");
    lines_are(bill(&a, "2026-11"), "");
    account_close(&a);
}

static void converts_rounded_money_only(void **state)
{
    struct account a;

    (void)state;
    account_open(&a, "\"fx\":{\"currency\":\"JPY\",\"source\":\"ECB\",\"direction\":"
                     "\"contract_to_document\",\"decimals\":0,\"rates\":[{\"date\":\"2026-01-01\","
                     "\"rate\":\"161.37\"},{\"date\":\"2027-01-01\",\"rate\":\"1\"}]}");
    use(&a, "h100", "2026-09-03T00:00:00Z", 10);
    const json_t *fx = json_object_get(json_object_get(bill(&a, "2026-09"), "settlement"), "fx");
    assert_string_equal(text(fx, "date"), "2026-01-01");
    assert_string_equal(text(fx, "net"), "1614");   /* 10.00 */
    assert_string_equal(text(fx, "tax"), "307");    /* 1.90 → 306.603 */
    assert_string_equal(text(fx, "total"), "1921"); /* a sum, not a conversion */
    account_close(&a);
}

/* -------------------------------------------------------------------------------------- what must
 * not be said */

static void refuses_terms_that_would_be_billed_wrongly(void **state)
{
    static const struct {
        const char *members, *message;
    } rows[] = {
        {"\"commitments\":[{\"id\":\"k\",\"amount\":\"1\",\"interval\":\"period\",\"from\":"
         "\"2026-09-02T00:00:00Z\",\"to\":null}]",
         "it begins where a billing period begins"},
        {"\"commitments\":[{\"id\":\"k\",\"amount\":\"1\",\"interval\":{\"months\":3},\"from\":"
         "\"2026-09-01T00:00:00Z\",\"to\":\"2026-11-01T00:00:00Z\"}]",
         "intervals of 3 do not fill"},
        {"\"commitments\":[{\"id\":\"k\",\"amount\":\"1\",\"interval\":\"contract\"," FROM "}]",
         "needs an end"},
        {"\"commitments\":[{\"id\":\"k\",\"amount\":\"1\",\"interval\":\"window\"," FROM "}]",
         "/commitments/0/interval"},
        {"\"commitments\":[{\"id\":\"k\",\"quantity\":\"1\",\"unit_price\":\"1\",\"interval\":"
         "\"period\"," FROM "}]",
         "a quantity is one charge's"},
        {"\"commitments\":[{\"id\":\"k\",\"amount\":\"1\",\"interval\":\"period\","
         "\"overage_factor\":\"0.5\"," FROM "}]",
         "at least 1"},
        {"\"credits\":[" GRANT("g", "1.005", "1", PAYS) "]", "at most 2 decimals"},
        {"\"credits\":[" GRANT("g", "0", "1", PAYS) "]", "more than nothing"},
        {"\"credits\":[" GRANT("g", "1", "1", PAYS) "," GRANT("g", "1", "1", PAYS) "]",
         "used twice"},
        {"\"credits\":[" GRANT("g", "1", "1", PAYS ",\"expires\":\"2026-09-01T00:30:00Z\"") "]",
         "2026-09-01T01:00:00Z"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_false(fixture_contract(&f, arena_printf(&f.arena, ONE_PLAN ",%s", rows[i].members)));
        if (!strstr(f.err.message, rows[i].message))
            fail_msg("'%s' is not in '%s'", rows[i].message, f.err.message);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credits_a_month_of_low_availability_on_the_next_document),
        cmocka_unit_test(converts_rounded_money_only),
        cmocka_unit_test(refuses_terms_that_would_be_billed_wrongly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
