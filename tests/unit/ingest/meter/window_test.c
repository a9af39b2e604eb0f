#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/instant.h"
#include "meter/window.h"

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

static uint64_t next_random(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static void takes_grids_that_nest_in_every_tenants(void **state)
{
    (void)state;
    static const struct {
        uint32_t grid_seconds;
        bool is_valid;
    } cases[] = {{3600, true}, {1800, true}, {900, true},  {60, true},    {1, true},    {450, true},
                 {0, false},   {7, false},   {600, false}, {1200, false}, {7200, false}};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(window_grid_is_valid(cases[i].grid_seconds), cases[i].is_valid);
    assert_int_equal(window_grid(3600, 0), 3600);
    assert_int_equal(window_grid(900, 1800), 900);
    assert_int_equal(window_grid(1800, 60), 60);
}

static void puts_an_instant_into_the_cell_that_starts_with_it(void **state)
{
    (void)state;
    assert_true(window_of(0, 3600).from_us == 0);
    assert_true(window_of(HOUR_US, 3600).from_us == HOUR_US);
    assert_true(window_of(HOUR_US - 1, 3600).from_us == 0);
    assert_true(window_of(-1, 3600).from_us == -HOUR_US);
    assert_int_equal(window_hour(-1), -1);
    assert_int_equal(window_hour(0), 0);
    assert_int_equal(window_hour(HOUR_US), 1);
    assert_int_equal(window_hour(INSTANT_MAX), 70389527);
}

static void cuts_nothing_out_of_an_empty_interval(void **state)
{
    (void)state;
    struct window_piece piece;
    struct window_cut cut = window_cut(5, 5, 900);
    assert_false(window_next(&cut, &piece));
    assert_int_equal(window_count(5, 5, 900), 0);
    assert_int_equal(window_count(6, 5, 900), 0);
    assert_int_equal(window_count(0, HOUR_US, 3600), 1);
    assert_int_equal(window_count(0, HOUR_US + 1, 3600), 2);
}

static void tiles_any_interval_with_pieces_inside_one_cell_each(void **state)
{
    (void)state;
    static const uint32_t grids[] = {3600, 1800, 900, 60, 1};
    for (int round = 0; round < 20000; round++) {
        uint32_t grid = grids[next_random() % COUNT_OF(grids)];
        int64_t from_us = (int64_t)(next_random() % (uint64_t)(4 * DAY_US)) - 2 * DAY_US;
        int64_t to_us = from_us + 1 + (int64_t)(next_random() % ((uint64_t)grid * 20000000));
        int64_t at_us = from_us;
        uint64_t count = 0;
        struct window_piece piece;
        struct window_cut cut = window_cut(from_us, to_us, grid);
        while (window_next(&cut, &piece)) {
            int64_t end_us = piece.window.from_us + (int64_t)grid * SECOND_US;
            assert_true(piece.from_us == at_us && piece.to_us > piece.from_us);
            assert_true(piece.from_us >= piece.window.from_us && piece.to_us <= end_us);
            assert_true(piece.window.from_us % ((int64_t)grid * SECOND_US) == 0);
            assert_int_equal(piece.window.length_seconds, grid);
            at_us = piece.to_us;
            count++;
        }
        assert_true(at_us == to_us);
        assert_true(count == window_count(from_us, to_us, grid));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_grids_that_nest_in_every_tenants),
        cmocka_unit_test(puts_an_instant_into_the_cell_that_starts_with_it),
        cmocka_unit_test(cuts_nothing_out_of_an_empty_interval),
        cmocka_unit_test(tiles_any_interval_with_pieces_inside_one_cell_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
