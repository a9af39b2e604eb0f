/* ingest/watchdog: a process that hangs ends by itself; one that still beats does not. */
#include "ingest/watchdog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <sysexits.h>

#include <cmocka.h>
#include <unistd.h>

#define HANGS_SECONDS 15 /* then it is ended from outside, which is not what is expected */
#define LIVES 77

/* How a process ends that does this and then nothing: its exit status, or minus the signal. */
static int end_of(void (*body)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(HANGS_SECONDS);
        watchdog_start();
        body();
        for (;;)
            pause();
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static void beats_once(void)
{
    watchdog_beat(0);
}

static void beats_then_again(void)
{
    watchdog_beat(1);
    watchdog_beat(1000);
    sleep(2);
    _exit(LIVES);
}

static void says_the_last_word(void)
{
    watchdog_deadline(0, 3);
}

static void beats_after_the_last_word(void)
{
    watchdog_deadline(1, 3);
    watchdog_beat(1000);
}

static void a_process_that_does_not_beat_again_ends_to_be_started_again(void **state)
{
    (void)state;
    assert_int_equal(end_of(beats_once), EX_TEMPFAIL);
}

static void a_beat_gives_more_time(void **state)
{
    (void)state;
    assert_int_equal(end_of(beats_then_again), LIVES);
}

static void after_the_last_word_it_ends_with_that_status(void **state)
{
    (void)state;
    assert_int_equal(end_of(says_the_last_word), 3);
}

static void no_beat_takes_the_last_word_back(void **state)
{
    (void)state;
    assert_int_equal(end_of(beats_after_the_last_word), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_process_that_does_not_beat_again_ends_to_be_started_again),
        cmocka_unit_test(a_beat_gives_more_time),
        cmocka_unit_test(after_the_last_word_it_ends_with_that_status),
        cmocka_unit_test(no_beat_takes_the_last_word_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
