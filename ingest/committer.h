/*
 * The thread that commits: loads in, batches into the book; what to do about each failure.
 *
 *   BUSY      wait and try again, with half the records; a new connection where the old one is lost
 *   SYSTEM    the same, a few times
 *   CONFLICT, UNKNOWN   drop the load; the collector claims again and reads from the book's end,
 *             as long as anything moves there (contest.h)
 *   anything else       stop the program
 */
#ifndef INGEST_COMMITTER_H
#define INGEST_COMMITTER_H

#include "ingest/batch.h"
#include "ingest/contest.h"
#include "ingest/exchange.h"
#include "ingest/partition.h"

struct committer {
    struct batcher *batcher;
    struct exchange *exchange;
    struct partitions *partitions;
    const char *published; /* the checkpoint that guards every new connection */
    unsigned failures;     /* in a row */
    struct contest contest;
};

/* A thread's body; `context` is the struct committer. */
void *committer_run(void *context);

#endif
