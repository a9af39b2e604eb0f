#include "ingest/exchange.h"

#include <assert.h>
#include <time.h>

#include "base/instant.h"

static void lock(struct exchange *exchange)
{
    int failed = pthread_mutex_lock(&exchange->lock);
    assert(!failed);
}

static void unlock(struct exchange *exchange)
{
    int failed = pthread_mutex_unlock(&exchange->lock);
    assert(!failed);
}

/* A change that somebody may wait for. */
static void unlock_changed(struct exchange *exchange)
{
    pthread_cond_broadcast(&exchange->changed);
    unlock(exchange);
}

void exchange_init(struct exchange *exchange)
{
    pthread_condattr_t attributes;
    *exchange = (struct exchange){.free_count = 0};
    pthread_mutex_init(&exchange->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&exchange->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    for (size_t i = 0; i < EXCHANGE_LOADS; i++) {
        load_init(&exchange->loads[i]);
        exchange->free[exchange->free_count++] = &exchange->loads[i];
    }
}

void exchange_release(struct exchange *exchange)
{
    for (size_t i = 0; i < EXCHANGE_LOADS; i++)
        load_release(&exchange->loads[i]);
    control_drop(exchange->control);
    pthread_cond_destroy(&exchange->changed);
    pthread_mutex_destroy(&exchange->lock);
}

/* With the lock held. */
static void wait_until(struct exchange *exchange, int64_t deadline_us)
{
    struct timespec deadline = {.tv_sec = (time_t)(deadline_us / SECOND_US),
                                .tv_nsec = (long)(deadline_us % SECOND_US) * 1000};
    pthread_cond_timedwait(&exchange->changed, &exchange->lock, &deadline);
}

static void give_back(struct exchange *exchange, struct load *load)
{
    assert(exchange->free_count < EXCHANGE_LOADS);
    load_reset(load);
    exchange->free[exchange->free_count++] = load;
}

/* --------------------------------------------------------------------------------- the collector
 */

struct load *exchange_new_load(struct exchange *exchange)
{
    lock(exchange);
    assert(exchange->free_count > 0);
    struct load *load = exchange->free[--exchange->free_count];
    unlock(exchange);
    return load;
}

bool exchange_offer(struct exchange *exchange, struct load *load)
{
    lock(exchange);
    bool is_free = exchange->waiting == NULL && !exchange->must_claim;
    if (is_free)
        exchange->waiting = load;
    unlock_changed(exchange);
    return is_free;
}

void exchange_wait(struct exchange *exchange, int timeout_ms)
{
    lock(exchange);
    wait_until(exchange, instant_monotonic() + (int64_t)timeout_ms * 1000);
    unlock(exchange);
}

bool exchange_is_idle(struct exchange *exchange)
{
    lock(exchange);
    bool is_idle = exchange->waiting == NULL && !exchange->is_busy;
    unlock(exchange);
    return is_idle;
}

bool exchange_drain(struct exchange *exchange, int timeout_ms)
{
    int64_t deadline_us = instant_monotonic() + (int64_t)timeout_ms * 1000;
    lock(exchange);
    if (exchange->waiting)
        give_back(exchange, exchange->waiting);
    exchange->waiting = NULL;
    exchange->must_abandon = true;
    while (exchange->is_busy && instant_monotonic() < deadline_us)
        wait_until(exchange, deadline_us);
    bool is_drained = !exchange->is_busy;
    exchange->must_abandon = !is_drained;
    if (is_drained)
        exchange->must_claim = false;
    unlock(exchange);
    return is_drained;
}

bool exchange_must_claim(struct exchange *exchange)
{
    lock(exchange);
    bool must = exchange->must_claim;
    unlock(exchange);
    return must;
}

bool exchange_moves(struct exchange *exchange, unsigned seconds_max)
{
    lock(exchange);
    int64_t busy_us = exchange->is_busy ? instant_monotonic() - exchange->busy_since_us : 0;
    unlock(exchange);
    return busy_us < (int64_t)seconds_max * SECOND_US;
}

bool exchange_check(struct exchange *exchange, struct error *err)
{
    lock(exchange);
    bool has_failed = exchange->has_failed;
    if (has_failed)
        *err = exchange->error;
    unlock(exchange);
    return !has_failed;
}

struct control *exchange_newer_control(struct exchange *exchange, const struct control *known)
{
    struct control *newer = NULL;
    lock(exchange);
    if (exchange->control && exchange->control->generation != known->generation)
        newer = control_hold(exchange->control);
    unlock(exchange);
    return newer;
}

void exchange_stop(struct exchange *exchange)
{
    lock(exchange);
    exchange->is_stopping = true;
    unlock_changed(exchange);
}

/* --------------------------------------------------------------------------------- the committer
 */

struct load *exchange_take(struct exchange *exchange)
{
    lock(exchange);
    while (exchange->waiting == NULL && !exchange->is_stopping)
        pthread_cond_wait(&exchange->changed, &exchange->lock);
    struct load *load = exchange->is_stopping ? NULL : exchange->waiting;
    if (load) {
        exchange->waiting = NULL;
        exchange->is_busy = true;
        exchange->busy_since_us = instant_monotonic();
    }
    unlock_changed(exchange);
    return load;
}

void exchange_done(struct exchange *exchange, struct load *load)
{
    lock(exchange);
    give_back(exchange, load);
    exchange->is_busy = false;
    unlock_changed(exchange);
}

bool exchange_should_abandon(struct exchange *exchange)
{
    lock(exchange);
    bool should = exchange->must_abandon || exchange->is_stopping || exchange->must_claim;
    exchange->busy_since_us = instant_monotonic(); /* asked between batches: the committer lives */
    unlock(exchange);
    return should;
}

void exchange_ask_claim(struct exchange *exchange)
{
    lock(exchange);
    exchange->must_claim = true;
    unlock_changed(exchange);
}

void exchange_fail(struct exchange *exchange, const struct error *error)
{
    lock(exchange);
    exchange->has_failed = true;
    exchange->must_claim = true; /* nothing more is taken */
    exchange->error = *error;
    unlock_changed(exchange);
}

void exchange_publish_control(struct exchange *exchange, struct control *control)
{
    lock(exchange);
    if (exchange->control != control) {
        control_drop(exchange->control);
        exchange->control = control_hold(control);
    }
    unlock(exchange);
}
