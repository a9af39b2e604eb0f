/* rating/ratio: the one way to round, either side of zero, and what does not fit. */
#include "rating/ratio.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void rounds_half_away_from_zero_on_either_side(void **state)
{
    static const struct {
        int numerator, denominator;
        unsigned decimals;
        int rounded;
    } cases[] = {
        {1, 2, 0, 1},    {-1, 2, 0, -1},   {5, 1000, 2, 1},  {-5, 1000, 2, -1},
        {4, 1000, 2, 0}, {-4, 1000, 2, 0}, {-7, 3, 0, -2},   {7, 3, 0, 2},
        {-8, 3, 0, -3},  {0, 7, 4, 0},     {-3, 1, 2, -300}, {1, 3, 10, 0x7fffffff},
        {-5, 2, 0, -3},  {49, 100, 0, 0},
    };
    struct ratio_pool CLEANUP(ratio_pool_release) pool;
    (void)state;
    ratio_pool_init(&pool);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int128 rounded = 0;
        int128 wanted = cases[i].rounded == 0x7fffffff ? INT64_C(3333333333) : cases[i].rounded;
        struct error err;
        mpq_ptr ratio = ratio_new(&pool);
        ratio_set(ratio, cases[i].numerator, cases[i].denominator);
        assert_true(ratio_round(ratio, cases[i].decimals, "it", &rounded, &err));
        if (rounded != wanted)
            fail_msg("%d/%d at %u decimals: %lld", cases[i].numerator, cases[i].denominator,
                     cases[i].decimals, (long long)rounded);
    }
}

/* Of numbers that no machine word holds. */
static void rounds_large_ratios_the_same_way(void **state)
{
    static const char *const ratios[] = {"2000000000000000000000000000001/2",
                                         "-2000000000000000000000000000001/2"};
    const int128 half = (int128)1000000000000000 * 1000000000000000;
    (void)state;
    for (int i = 0; i < 2; i++) {
        mpq_t ratio;
        int128 rounded = 0;
        struct error err;
        mpq_init(ratio);
        assert_int_equal(mpq_set_str(ratio, ratios[i], 10), 0);
        assert_true(ratio_round(ratio, 0, "it", &rounded, &err));
        assert_true(rounded == (i == 0 ? half + 1 : -half - 1));
        mpq_clear(ratio);
    }
}

static void an_amount_beyond_128_bits_is_refused(void **state)
{
    struct ratio_pool CLEANUP(ratio_pool_release) pool;
    int128 rounded = 7;
    int128 greatest = (int128)(~(uint128)0 >> 1);
    struct error err;
    (void)state;
    ratio_pool_init(&pool);
    mpq_ptr ratio = ratio_new(&pool);
    ratio_set(ratio, greatest, 1);
    assert_true(ratio_round(ratio, 0, "it", &rounded, &err));
    assert_true(rounded == greatest);
    ratio_set(ratio, greatest / 5, 1);
    rounded = 7;
    assert_false(ratio_round(ratio, 1, "it", &rounded, &err));
    assert_int_equal(err.code, ERROR_INPUT);
    assert_true(rounded == 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_half_away_from_zero_on_either_side),
        cmocka_unit_test(rounds_large_ratios_the_same_way),
        cmocka_unit_test(an_amount_beyond_128_bits_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
