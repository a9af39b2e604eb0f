/* ingest/progress: through when a partition is complete; ingest/quarantine: how much is too much.
 */
#include "ingest/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/quarantine.h"
#include "store/progress.h"

static void an_idle_partition_is_complete_through_now(void **state)
{
    (void)state;
    struct progress_marks marks = {.complete_through_us = COMPLETE_NEVER};
    progress_observe(&marks, 1000 * SECOND_US, 50, 50, SECOND_US);
    assert_int_equal(marks.complete_through_us, 999 * SECOND_US);
}

static void a_partition_that_is_behind_is_not_complete(void **state)
{
    (void)state;
    struct progress_marks marks = {.complete_through_us = COMPLETE_NEVER};
    progress_observe(&marks, 1000 * SECOND_US, 50, 49, 0);
    assert_true(marks.complete_through_us == COMPLETE_NEVER);
}

static void under_constant_flow_it_follows_the_marks_that_were_reached(void **state)
{
    (void)state;
    struct progress_marks marks = {.complete_through_us = COMPLETE_NEVER};
    for (int64_t i = 0; i < 100; i++)
        progress_observe(&marks, i * 5 * SECOND_US, (uint64_t)i * 100,
                         i < 3 ? 0 : (uint64_t)(i - 3) * 100, 0);
    assert_int_equal(marks.complete_through_us, 96 * 5 * SECOND_US);
    assert_int_equal(marks.count, 3);
}

static void long_behind_it_keeps_the_oldest_marks(void **state)
{
    (void)state;
    struct progress_marks marks = {.complete_through_us = COMPLETE_NEVER};
    for (int64_t i = 0; i < 10 * PROGRESS_MARKS; i++)
        progress_observe(&marks, i * SECOND_US, (uint64_t)i + 1, 0, 0);
    assert_int_equal(marks.count, PROGRESS_MARKS);
    progress_observe(&marks, 10000 * SECOND_US, 10000, 5, 0);
    assert_int_equal(marks.complete_through_us, 4 * SECOND_US);
}

static void the_rate_is_said_once_at_each_limit(void **state)
{
    (void)state;
    static struct quarantine_rates rates;
    size_t alarms = 0;
    size_t halts = 0;
    memset(&rates, 0, sizeof rates);
    for (int i = 0; i < 1500; i++) {
        enum quarantine_verdict verdict =
            quarantine_count(&rates, 0, slice_of("/bad"), 60 * SECOND_US, 10);
        alarms += verdict == RATE_ALARM;
        halts += verdict == RATE_HALT;
        assert_int_equal(verdict == RATE_HALT, i == 999);
    }
    assert_int_equal(alarms, 1);
    assert_int_equal(halts, 1);
}

static void every_source_and_minute_has_its_own_rate(void **state)
{
    (void)state;
    static struct quarantine_rates rates;
    memset(&rates, 0, sizeof rates);
    for (int i = 0; i < 9; i++)
        quarantine_count(&rates, 0, slice_of("/a"), 0, 10);
    assert_int_equal(quarantine_count(&rates, 0, slice_of("/b"), 0, 10), RATE_FINE);
    assert_int_equal(quarantine_count(&rates, 0, slice_of("/a"), MINUTE_US, 10), RATE_FINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_idle_partition_is_complete_through_now),
        cmocka_unit_test(a_partition_that_is_behind_is_not_complete),
        cmocka_unit_test(under_constant_flow_it_follows_the_marks_that_were_reached),
        cmocka_unit_test(long_behind_it_keeps_the_oldest_marks),
        cmocka_unit_test(the_rate_is_said_once_at_each_limit),
        cmocka_unit_test(every_source_and_minute_has_its_own_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
