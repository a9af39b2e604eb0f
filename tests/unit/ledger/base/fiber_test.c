#include "base/fiber.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FIBERS 3

struct told {
    struct fibers *fibers;
    char words[64];
};

static void say_and_wait(void *context, size_t which)
{
    struct told *told = context;
    for (size_t i = 0; i <= which; i++) {
        assert_int_equal(fiber_current(told->fibers), which);
        snprintf(told->words + strlen(told->words), 8, "%zu%c ", which, (int)('a' + i));
        fiber_wait(told->fibers);
    }
}

static void each_goes_on_where_it_waited(void **state)
{
    struct told told = {.fibers = fibers_open(FIBERS)};
    bool is_on_its_way[FIBERS] = {true, true, true};
    (void)state;
    for (size_t i = 0; i < FIBERS; i++)
        fiber_start(told.fibers, i, say_and_wait, &told);
    for (size_t turn = 0; turn <= FIBERS; turn++)
        for (size_t i = 0; i < FIBERS; i++)
            is_on_its_way[i] = is_on_its_way[i] && fiber_resume(told.fibers, i);
    assert_false(is_on_its_way[0] || is_on_its_way[1] || is_on_its_way[2]);
    assert_string_equal(told.words, "0a 1a 2a 1b 2b 2c ");
    fibers_release(told.fibers);
}

/* Deeper than a few pages, and other values in each. */
static uint64_t sum_to(struct fibers *fibers, uint64_t n)
{
    volatile unsigned char room[1000];
    room[0] = (unsigned char)n;
    if (n % 100 == 0)
        fiber_wait(fibers);
    return n == 0 ? 0 : n + sum_to(fibers, n - 1) + room[0] - (unsigned char)n;
}

struct sums {
    struct fibers *fibers;
    uint64_t values[FIBERS];
};

static void sum(void *context, size_t which)
{
    struct sums *sums = context;
    sums->values[which] = sum_to(sums->fibers, 1000 * (which + 1));
}

static void each_has_a_stack_of_its_own_more_than_once(void **state)
{
    struct sums sums = {.fibers = fibers_open(FIBERS)};
    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        bool is_on_its_way[FIBERS] = {true, true, true};
        memset(sums.values, 0, sizeof(sums.values));
        for (size_t i = 0; i < FIBERS; i++)
            fiber_start(sums.fibers, i, sum, &sums);
        for (size_t left = FIBERS; left > 0;) {
            left = 0;
            for (size_t i = 0; i < FIBERS; i++) {
                is_on_its_way[i] = is_on_its_way[i] && fiber_resume(sums.fibers, i);
                left += is_on_its_way[i];
            }
        }
        for (size_t i = 0; i < FIBERS; i++)
            assert_int_equal(sums.values[i], 1000 * (i + 1) * (1000 * (i + 1) + 1) / 2);
    }
    fibers_release(sums.fibers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_goes_on_where_it_waited),
        cmocka_unit_test(each_has_a_stack_of_its_own_more_than_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
