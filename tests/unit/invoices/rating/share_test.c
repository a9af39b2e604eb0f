/* rating/share: shares sum to the total, and what is left goes to the largest remainders. */
#include "rating/share.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rating/ratio.h"

static void what_a_division_leaves_goes_to_the_largest_remainders(void **state)
{
    static const struct {
        int total, weights[4], shares[4];
    } cases[] = {
        {7, {1, 2, 3, 0}, {1, 2, 4, 0}},       {7, {3, 2, 1, 0}, {4, 2, 1, 0}},
        {10, {1, 1, 1, 0}, {4, 3, 3, 0}},      {2, {1, 1, 1, 1}, {1, 1, 0, 0}},
        {100, {1, 1, 1, 4}, {15, 14, 14, 57}}, {0, {0, 0, 0, 0}, {0, 0, 0, 0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int128 weights[4], shares[4];
        for (size_t k = 0; k < 4; k++)
            weights[k] = cases[i].weights[k];
        share_whole(cases[i].total, weights, 4, shares);
        for (size_t k = 0; k < 4; k++)
            if (shares[k] != cases[i].shares[k])
                fail_msg("%d: share %zu is %lld", cases[i].total, k, (long long)shares[k]);
    }
}

static void shares_of_exact_amounts_sum_to_the_rounded_total(void **state)
{
    struct ratio_pool CLEANUP(ratio_pool_release) pool;
    mpq_ptr exact[3];
    int128 shares[3];
    (void)state;
    ratio_pool_init(&pool);
    for (size_t i = 0; i < 3; i++) {
        exact[i] = ratio_new(&pool);
        ratio_set(exact[i], (int128)i + 1, 3); /* 33 1/3, 66 2/3 and 100 cents */
    }
    share_spread(200, exact, 3, 100, shares);
    assert_true(shares[0] == 33 && shares[1] == 67 && shares[2] == 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_division_leaves_goes_to_the_largest_remainders),
        cmocka_unit_test(shares_of_exact_amounts_sum_to_the_rounded_total),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
