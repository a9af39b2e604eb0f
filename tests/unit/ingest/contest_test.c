/* ingest/contest: batches that are lost in a row stop the program only where nothing moves. */
#include "ingest/contest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void losses_while_the_book_grows_never_end_it(void **state)
{
    struct contest contest = {.lost = 0};
    (void)state;
    for (unsigned i = 0; i < 100 * CONTEST_STANDS_MAX; i++)
        assert_true(contest_lose(&contest, i / 2));
    assert_int_equal(contest.lost, 100 * CONTEST_STANDS_MAX);
}

static void losses_at_one_place_end_it(void **state)
{
    struct contest contest = {.lost = 0};
    (void)state;
    assert_true(contest_lose(&contest, 1));
    for (unsigned i = 1; i < CONTEST_STANDS_MAX; i++)
        assert_true(contest_lose(&contest, 2));
    assert_false(contest_lose(&contest, 2));
}

static void a_batch_that_is_taken_makes_all_good(void **state)
{
    struct contest contest = {.lost = 0};
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        assert_true(contest_lose(&contest, 0));
        if (i % 5 == 4)
            contest_win(&contest);
    }
}

/* A load of two partitions that stands where it stands. */
static uint64_t place(uint32_t first, uint32_t incarnation, uint64_t from, uint64_t other_from)
{
    struct claim one = {.assignment = {.partition = first, .incarnation = incarnation}};
    struct claim other = {.assignment = {.partition = 7, .incarnation = 1}};
    struct load_range ranges[] = {{.claim = &one, .from = from},
                                  {.claim = &other, .from = other_from}};
    struct load load = {.range_count = 2, .ranges = ranges};
    return contest_place(&load);
}

static void whatever_moves_is_another_place(void **state)
{
    (void)state;
    uint64_t here = place(0, 1, 10, 20);
    assert_true(here == place(0, 1, 10, 20));
    assert_true(here != place(1, 1, 10, 20));
    assert_true(here != place(0, 2, 10, 20));
    assert_true(here != place(0, 1, 11, 20));
    assert_true(here != place(0, 1, 10, 21));
    assert_true(here != place(0, 1, 20, 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_while_the_book_grows_never_end_it),
        cmocka_unit_test(losses_at_one_place_end_it),
        cmocka_unit_test(a_batch_that_is_taken_makes_all_good),
        cmocka_unit_test(whatever_moves_is_another_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
