#include "testing.h"

#include "core/money.h"

static void knows_the_exponents_of_iso_4217(void **state)
{
    static const struct {
        const char *currency;
        unsigned exponent;
    } cases[] = {{"EUR", 2}, {"USD", 2}, {"JPY", 0}, {"KWD", 3}, {"CLF", 4}, {"CHF", 2},
                 {"VND", 0}, {"TND", 3}, {"AED", 2}, {"ZWG", 2}, {"BIF", 0}, {"XPF", 0}};
    unsigned exponent;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_ok(money_exponent(cases[i].currency, &exponent, &err));
        assert_int_equal(exponent, cases[i].exponent);
    }
}

static void refuses_what_is_no_currency(void **state)
{
    static const char *const wrong[] = {"",    "E",   "EU",  "EURO",    "eur", "XAU", "XXX", "XTS",
                                        "DEM", "   ", "R U", "AED AFN", "ED ", " EU", "ZZZ"};
    unsigned exponent = 9;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_refused(money_exponent(wrong[i], &exponent, &err), ERROR_INPUT);
    assert_int_equal(exponent, 9);
}

static void writes_amounts_with_their_exponent(void **state)
{
    char out[DECIMAL_TEXT_SIZE];

    (void)state;
    assert_string_equal(money_format(123456, 2, out), "1234.56");
    assert_string_equal(money_format(-5, 2, out), "-0.05");
    assert_string_equal(money_format(123456, 0, out), "123456");
    assert_string_equal(money_format(1, 3, out), "0.001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_exponents_of_iso_4217),
        cmocka_unit_test(refuses_what_is_no_currency),
        cmocka_unit_test(writes_amounts_with_their_exponent),
    };

    return run_with_core(tests);
}
