#include "ingest/watchdog.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/log.h"

static _Atomic int64_t deadline_us = INT64_MAX;
static atomic_int status_at_deadline = EX_TEMPFAIL;
static atomic_bool is_last;

static void *watch(void *nothing)
{
    while (instant_monotonic() < atomic_load(&deadline_us))
        usleep(200000);
    if (!atomic_load(&is_last))
        log_error("nothing moved for too long: ending, to be started again");
    _exit(atomic_load(&status_at_deadline));
    return nothing;
}

void watchdog_start(void)
{
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, watch, NULL);
    assert(!failed);
    pthread_detach(thread);
}

void watchdog_beat(unsigned seconds)
{
    if (!atomic_load(&is_last))
        atomic_store(&deadline_us, instant_monotonic() + (int64_t)seconds * SECOND_US);
}

void watchdog_deadline(unsigned seconds, int status)
{
    atomic_store(&is_last, true);
    atomic_store(&status_at_deadline, status);
    atomic_store(&deadline_us, instant_monotonic() + (int64_t)seconds * SECOND_US);
}
