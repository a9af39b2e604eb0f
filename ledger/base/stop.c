#include "base/stop.h"

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/instant.h"

static volatile sig_atomic_t is_asked;
static int wake[2] = {-1,
                      -1}; /* a pipe: what is written by the handler ends a wait in any thread */

static void on_signal(int number)
{
    (void)number;
    is_asked = 1;
    ssize_t written = write(wake[1], "", 1);
    (void)written; /* full: woken already */
}

void stop_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    int failed = pipe2(wake, O_CLOEXEC | O_NONBLOCK);
    assert(!failed);
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGTERM, &action, NULL);
    (void)sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

bool stop_is_asked(void)
{
    return is_asked != 0;
}

bool stop_wait(int64_t milliseconds)
{
    struct pollfd end = {.fd = wake[0], .events = POLLIN};
    int64_t until_us = milliseconds < 0 ? INT64_MAX : instant_monotonic() + milliseconds * 1000;
    int64_t left_us = 0;
    while (!stop_is_asked() && (left_us = until_us - instant_monotonic()) > 0) {
        int64_t left_ms = (left_us + 999) / 1000;
        (void)poll(&end, 1, left_ms < INT_MAX ? (int)left_ms : INT_MAX);
    }
    return stop_is_asked();
}
