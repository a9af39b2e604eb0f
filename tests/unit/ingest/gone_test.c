/* ingest/gone: what brokers say once, or now and then, is not believed. */
#include "ingest/gone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void two_answers_at_the_ends_of_a_time_are_not_believed(void **state)
{
    struct gone gone = {.answers = 0};
    (void)state;
    assert_false(gone_hear(&gone, SECOND_US));
    assert_false(gone_hear(&gone, SECOND_US + GONE_US));
    assert_false(gone_hear(&gone, SECOND_US + 2 * GONE_US));
}

static void many_answers_at_once_are_not_believed(void **state)
{
    struct gone gone = {.answers = 0};
    (void)state;
    for (int i = 0; i < 100 * GONE_ANSWERS; i++)
        assert_false(gone_hear(&gone, SECOND_US + i));
}

static void another_answer_between_them_begins_anew(void **state)
{
    struct gone gone = {.answers = 0};
    (void)state;
    for (int i = 0; i < 1000; i++) {
        assert_false(gone_hear(&gone, i * SECOND_US));
        if (i % 29 == 28)
            gone_forget(&gone);
    }
}

static void what_is_gone_is_believed_within_a_minute(void **state)
{
    struct gone gone = {.answers = 0};
    int64_t now_us = 5 * SECOND_US;
    (void)state;
    while (!gone_hear(&gone, now_us))
        now_us += SECOND_US;
    assert_true(now_us >= 5 * SECOND_US + GONE_US && now_us <= 60 * SECOND_US);
    assert_true(gone_hear(&gone, now_us)); /* of the next partition, too */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_answers_at_the_ends_of_a_time_are_not_believed),
        cmocka_unit_test(many_answers_at_once_are_not_believed),
        cmocka_unit_test(another_answer_between_them_begins_anew),
        cmocka_unit_test(what_is_gone_is_believed_within_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
