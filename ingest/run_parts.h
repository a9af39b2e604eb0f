/*
 * Inside of a run: what its two files share, run.c the loop and claiming.c who holds what.
 */
#ifndef INGEST_RUN_PARTS_H
#define INGEST_RUN_PARTS_H

#include <pthread.h>

#include "ingest/committer.h"
#include "ingest/exchange.h"
#include "ingest/glance.h"
#include "ingest/gone.h"
#include "ingest/partition.h"
#include "ingest/run.h"

#define ALIVE_SECONDS                                                                              \
    300 /* the longest that one turn of the loop may take, or one try at a batch */

struct run {
    struct session *session;
    struct feed *feed;
    const struct run_options *options;
    struct exchange exchange;
    struct partitions partitions;
    struct committer committer;
    pthread_t committer_thread;
    struct load *load; /* that is being filled */
    struct arena scratch;
    int64_t idle_since_us;
    struct gone gone;        /* of a round of claims: a partition that is not there */
    int64_t lonely_since_us; /* no partition is ours since then */
    int64_t lonely_said_us;  /* and it is said after so long: twice as long each time */
    size_t gone_count;       /* that were not there any more, and were given back since */
    int64_t checked_us;      /* when the anchors were looked at last */
    struct glance glance;
    uint64_t unproven_records; /* collected since the last glance that was answered began */
    uint64_t glance_records;   /* of these, before the one that is under way */
    int64_t glance_from_us;    /* not before then, as the feed did not answer */
    bool is_assigned;
    bool is_claim_wanted; /* claim again */
    bool is_look_wanted;  /* and look at older receipts' records then */
    bool is_guarded;      /* of a round of claims: the database is not behind what is published */
    bool is_overfull;     /* records came that nobody had room for: they are read again */
};

/* What a partition's step asks of the whole run: to claim, and to look, later. */
void run_do(struct run *run, enum partition_action action);
/* To all partitions that are held. */
void run_happens_to_all(struct run *run, enum partition_event event);
void run_announce_halts(struct run *run);
/* Tells the feed to deliver what did not halt, from where it was read to. */
MUST_CHECK bool run_start_feed(struct run *run, struct error *err);
/* Between loads: what the committer saw last of catalog and tenants. */
void run_take_control(struct run *run);
/* Says, ever less often, that there is nothing to read, and halts what was read of a topic that is
 * gone. */
MUST_CHECK bool run_look_if_lonely(struct run *run, struct error *err);
bool run_check_is_due(const struct run *run);
/* Every so many records: is the log still the one that was read? Does not wait, unless records came
 * faster than the answer. */
MUST_CHECK bool run_glance(struct run *run, struct error *err);
/* All three end the batch that runs, and throw away what is not committed. */
MUST_CHECK bool run_claim_again(struct run *run, struct error *err);
MUST_CHECK bool run_take_assignment(struct run *run, struct error *err);
MUST_CHECK bool run_lose_assignment(struct run *run, struct error *err);

#endif
