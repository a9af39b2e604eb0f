/*
 * How far each partition is, and through when it is complete.
 *
 * Every 5 s the time is taken, then the partition's high watermark is asked. Once the book holds
 * everything below that mark it is complete through that time, less the clock error that is
 * declared: whatever the broker stamped before then was already counted in the mark.
 *
 * A halt is told at once, even when the brokers do not answer, and after the partition was taken
 * away: whoever has it next tells of it what he finds.
 *
 * A thread of its own: asking for watermarks may take longer than a poll may wait.
 */
#ifndef INGEST_PROGRESS_H
#define INGEST_PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "ingest/feed.h"
#include "ingest/partition.h"
#include "ingest/session.h"

#define PROGRESS_INTERVAL_US (5 * SECOND_US)
#define PROGRESS_MARKS 32 /* remembered for a partition that is behind; then the newest wait */

/* "At time_us the partition ended at high." */
struct progress_mark {
    int64_t time_us;
    uint64_t high;
};

struct progress_marks {
    size_t count;
    struct progress_mark marks[PROGRESS_MARKS]; /* ascending */
    int64_t complete_through_us;                /* COMPLETE_NEVER */
};

/* Notes a mark, then takes those that the book has reached. */
void progress_observe(struct progress_marks *marks, int64_t time_us, uint64_t high,
                      uint64_t committed, int64_t clock_error_us);

struct progress_watch;

/* Starts the thread. */
struct progress_watch *progress_start(const struct session *session, struct feed *feed,
                                      struct partitions *partitions, int64_t clock_error_us);
/* One last round, then the end. */
void progress_stop(struct progress_watch *watch);

#endif
