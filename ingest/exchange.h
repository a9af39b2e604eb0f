/*
 * Between the two threads: one collects loads, the other commits them. One load waits at most, so
 * memory is bounded and the collector feels the committer's pace.
 */
#ifndef INGEST_EXCHANGE_H
#define INGEST_EXCHANGE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "ingest/load.h"

#define EXCHANGE_LOADS 3 /* one is filled, one waits, one is committed */

struct exchange {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under the lock: */
    struct load loads[EXCHANGE_LOADS];
    struct load *free[EXCHANGE_LOADS];
    size_t free_count;
    struct load *waiting;
    bool is_busy;          /* a load is being committed */
    int64_t busy_since_us; /* with the attempt that runs; monotonic */
    bool is_stopping;      /* the committer ends after the batch that runs */
    bool must_abandon;     /* the committer gives up its load after the attempt that runs */
    bool must_claim;       /* what memory and claims say may be wrong: claim again */
    bool has_failed;       /* for good, with `error` */
    struct error error;
    struct control *control; /* the newest that the committer saw */
};

void exchange_init(struct exchange *exchange);
void exchange_release(struct exchange *exchange);

/* For the collector. */
struct load *exchange_new_load(struct exchange *exchange); /* there is always one */
/* False when one waits already. */
bool exchange_offer(struct exchange *exchange, struct load *load);
/* Waits until something changes, at most so long. */
void exchange_wait(struct exchange *exchange, int timeout_ms);
bool exchange_is_idle(struct exchange *exchange); /* nothing waits, nothing is committed */
/* Throws away what waits, lets the batch that runs finish. False when it did not in time. */
bool exchange_drain(struct exchange *exchange, int timeout_ms);
bool exchange_must_claim(struct exchange *exchange);
/* False when the committer has been at one attempt for longer than that. */
bool exchange_moves(struct exchange *exchange, unsigned seconds_max);
/* False, with the committer's error, when it failed for good. */
MUST_CHECK bool exchange_check(struct exchange *exchange, struct error *err);
/* The newest control entries, held; or NULL when they are those of `known`. */
struct control *exchange_newer_control(struct exchange *exchange, const struct control *known);
void exchange_stop(struct exchange *exchange);

/* For the committer. */
struct load *exchange_take(struct exchange *exchange); /* NULL: stop */
void exchange_done(struct exchange *exchange, struct load *load);
bool exchange_should_abandon(struct exchange *exchange);
void exchange_ask_claim(struct exchange *exchange);
void exchange_fail(struct exchange *exchange, const struct error *error);
void exchange_publish_control(struct exchange *exchange, struct control *control);

#endif
