#include "ingest/progress.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/instant.h"
#include "base/log.h"
#include "store/progress.h"

struct progress_watch {
    pthread_t thread;
    atomic_bool is_stopping;
    const char *conninfo;
    const char *published;
    int log;
    struct feed *feed;
    struct partitions *partitions;
    int64_t clock_error_us;
    struct store *store;    /* NULL: not connected */
    size_t partition_count; /* of the topic, held or not */
    size_t view_count;
    struct partition_view views[FEED_PARTITIONS_MAX];
    struct feed_position ends[FEED_PARTITIONS_MAX];
    struct progress_marks marks[FEED_PARTITIONS_MAX];
};

/* ----------------------------------------------------------------------------------------- marks
 */

static void add_mark(struct progress_marks *marks, int64_t time_us, uint64_t high)
{
    if (marks->count == PROGRESS_MARKS)
        marks->count--; /* the newest gives way: the oldest is the first to be reached */
    marks->marks[marks->count++] = (struct progress_mark){time_us, high};
}

void progress_observe(struct progress_marks *marks, int64_t time_us, uint64_t high,
                      uint64_t committed, int64_t clock_error_us)
{
    size_t reached = 0;
    add_mark(marks, time_us, high);
    while (reached < marks->count && marks->marks[reached].high <= committed)
        reached++;
    if (reached == 0)
        return;
    int64_t through_us = marks->marks[reached - 1].time_us - clock_error_us;
    if (through_us > marks->complete_through_us)
        marks->complete_through_us = through_us;
    marks->count -= reached;
    memmove(marks->marks, marks->marks + reached, marks->count * sizeof *marks->marks);
}

/* ------------------------------------------------------------------------------------------ rows
 */

static bool write_row(struct progress_watch *watch, const struct partition_view *view,
                      uint64_t high)
{
    char reason[512] = "";
    struct error err;
    uint32_t number = view->assignment.partition;
    if (view->halt != HALT_NONE)
        snprintf(reason, sizeof reason, "%s: %s; %s", halt_row(view->halt)->word, view->halt_detail,
                 halt_row(view->halt)->advice);
    struct progress row = {.feed = view->assignment.feed,
                           .partition = number,
                           .incarnation = view->assignment.incarnation,
                           .partition_count = watch->partition_count > number
                                                  ? (uint32_t)watch->partition_count
                                                  : number + 1,
                           .feed_name = watch->feed->name,
                           .position = view->committed,
                           .high = high,
                           .complete_through_us = watch->marks[number].complete_through_us,
                           .state = view->halt == HALT_NONE ? "running" : "halted",
                           .reason = reason};
    if (progress_write(watch->store, watch->log, &row, &err))
        return true;
    log_warning("progress of partition %u: %s", number, err.message);
    return false;
}

static bool is_held(const struct progress_watch *watch, uint32_t number)
{
    for (size_t i = 0; i < watch->view_count; i++)
        if (watch->views[i].assignment.partition == number)
            return true;
    return false;
}

/* What was marked before a partition went elsewhere says nothing when it comes back. */
static void forget_others(struct progress_watch *watch)
{
    for (uint32_t number = 0; number < FEED_PARTITIONS_MAX; number++)
        if (!is_held(watch, number))
            watch->marks[number] = (struct progress_marks){.complete_through_us = COMPLETE_NEVER};
}

/* What an older copy of the database lost is not complete, although this process has seen it. */
static bool connect_store(struct progress_watch *watch)
{
    struct error err;
    if (watch->store && store_is_alive(watch->store))
        return true;
    bool ok = watch->store
                  ? store_reopen(watch->store, &err)
                  : store_open(watch->conninfo, "daybook-ingest progress", &watch->store, &err);
    ok = ok && store_guard(watch->store, watch->log, watch->published, &err);
    if (!ok)
        log_warning("progress: %s", err.message);
    return ok;
}

/* Halted before its first claim: the book does not know it. */
static bool is_known(const struct partition_view *view)
{
    return view->assignment.incarnation > 0;
}

/* One partition; `high` is OFFSET_NONE where the brokers do not say it. That it halted is told all
 * the same. */
static void tell(struct progress_watch *watch, const struct partition_view *view, uint64_t high,
                 int64_t now_us)
{
    if (view->halt == HALT_NONE && high == OFFSET_NONE)
        return;
    if (view->halt == HALT_NONE)
        progress_observe(&watch->marks[view->assignment.partition], now_us, high, view->committed,
                         watch->clock_error_us);
    bool is_told =
        !is_known(view) || write_row(watch, view, high == OFFSET_NONE ? view->committed : high);
    if (is_told && view->halt != HALT_NONE)
        partitions_told(watch->partitions, view->assignment.partition, view->halt);
}

/* The position of the book is read before the time, and the time before the marks are asked. */
static void round_of(struct progress_watch *watch)
{
    struct error err;
    if (!connect_store(watch))
        return;
    watch->view_count = partitions_view(watch->partitions, watch->views);
    forget_others(watch);
    for (size_t i = 0; i < watch->view_count; i++)
        watch->ends[i].partition = watch->views[i].assignment.partition;
    int64_t now_us = instant_now();
    if (watch->view_count == 0)
        return;
    bool is_answered = watch->feed->kind->ends(watch->feed, watch->ends, watch->view_count,
                                               &watch->partition_count, &err);
    if (!is_answered)
        log_warning("progress: %s", err.message);
    for (size_t i = 0; i < watch->view_count; i++)
        tell(watch, &watch->views[i], is_answered ? watch->ends[i].offset : OFFSET_NONE, now_us);
}

static void *watch_progress(void *context)
{
    struct progress_watch *watch = context;
    while (!atomic_load(&watch->is_stopping)) {
        round_of(watch);
        int64_t next_us = instant_monotonic() + PROGRESS_INTERVAL_US;
        while (instant_monotonic() < next_us && !atomic_load(&watch->is_stopping) &&
               !partitions_take_news(watch->partitions))
            usleep(50000);
    }
    round_of(watch);
    return NULL;
}

struct progress_watch *progress_start(const struct session *session, struct feed *feed,
                                      struct partitions *partitions, int64_t clock_error_us)
{
    struct progress_watch *watch = memory_alloc(sizeof *watch);
    watch->conninfo = session->conninfo;
    watch->published = session->published;
    watch->log = session->log;
    watch->feed = feed;
    watch->partitions = partitions;
    watch->clock_error_us = clock_error_us;
    forget_others(watch);
    int failed = pthread_create(&watch->thread, NULL, watch_progress, watch);
    assert(!failed);
    return watch;
}

void progress_stop(struct progress_watch *watch)
{
    atomic_store(&watch->is_stopping, true);
    pthread_join(watch->thread, NULL);
    store_close(watch->store);
    free(watch);
}
