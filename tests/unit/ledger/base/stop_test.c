#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/stop.h"

static void *ask_from_elsewhere(void *main_thread)
{
    (void)main_thread;
    (void)stop_wait(20);
    kill(getpid(), SIGTERM);
    return NULL;
}

static void a_wait_ends_when_its_time_is_over_or_a_signal_asks(void **state)
{
    (void)state;
    pthread_t thread;
    stop_catch();
    assert_false(stop_is_asked());
    assert_false(stop_wait(10));
    assert_int_equal(pthread_create(&thread, NULL, ask_from_elsewhere, NULL), 0);
    assert_true(stop_wait(-1));
    assert_true(stop_is_asked());
    assert_int_equal(pthread_join(thread, NULL), 0);
    int64_t before_us = instant_monotonic();
    assert_true(stop_wait(60000));
    assert_true(instant_monotonic() - before_us < 30 * SECOND_US);
}

static void a_broken_pipe_does_not_end_the_program(void **state)
{
    (void)state;
    assert_int_equal(raise(SIGPIPE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wait_ends_when_its_time_is_over_or_a_signal_asks),
        cmocka_unit_test(a_broken_pipe_does_not_end_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
