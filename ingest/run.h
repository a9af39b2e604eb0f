/*
 * The story of one process: claim, collect, commit, until it is told to stop or there is nothing
 * more to come. This thread collects; the committer's commits; one load may wait between them.
 */
#ifndef INGEST_RUN_H
#define INGEST_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/feed.h"
#include "ingest/session.h"

#define RUN_BYTES_MAX ((size_t)128 << 20) /* of one load */

struct run_options {
    int64_t batch_us;       /* a load is handed over at this age */
    int64_t once_idle_us;   /* stop after so long without anything to do; 0: never */
    int64_t check_us;       /* the log under a running process is looked at so often */
    uint64_t check_records; /* … and after so many records; 0: never */
    int64_t clock_error_us; /* declared, for complete_through */
    int64_t as_of_us;       /* of a file */
};

/* Runs until SIGTERM or SIGINT, or the end of a file, or idleness. *out_halted counts the
 * partitions that halted. The feed is closed. */
MUST_CHECK bool run(struct session *session, struct feed *feed, const struct run_options *options,
                    size_t *out_halted, struct error *err);

#endif
