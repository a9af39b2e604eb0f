/*
 * A partition as a state machine. The table in partition_state.c is what runs: claim.c says what
 * happened, the table what follows, run.c and claiming.c do it. Pure.
 *
 * 1. A record is collected in READING only, when it is the next one.
 * 2. Only a claim leads there, through the chain's last record wherever the feed still has it.
 * 3. Nothing leads out of HALTED but the end of our holding the partition.
 * 4. What cannot happen ends the process: a book that stops beats one that is wrong.
 */
#ifndef INGEST_PARTITION_STATE_H
#define INGEST_PARTITION_STATE_H

#include <stdbool.h>

#include "ingest/halt.h"

enum partition_state {
    STATE_FREE,      /* not claimed yet, or given back */
    STATE_VERIFYING, /* claimed; the chain's last record is read again first */
    STATE_READING,   /* the next record is collected */
    STATE_DOUBTED,   /* the broker was away, or another leads: waits for a sign of life */
    STATE_STALE,     /* what was collected is thrown away; to be claimed again */
    STATE_HALTED,    /* until a person did something */
    STATE_COUNT,
};

enum partition_event {
    /* A claim: the chain beside the feed's bounds. */
    EVENT_CLAIMED_NEW,          /* the chain has no record yet */
    EVENT_CLAIMED_ANCHORED,     /* the feed has the chain's last record */
    EVENT_CLAIMED_EXPIRED,      /* it does not any more, and what comes next it has */
    EVENT_CLAIMED_UNREGISTERED, /* the catalog does not know the feed */
    EVENT_CLAIMED_GONE,         /* the brokers do not know the partition */
    EVENT_CLAIMED_ELSEWHERE,    /* another cluster */
    EVENT_CLAIMED_COMPACTED,    /* the broker removes records as it likes */
    EVENT_CLAIMED_SHORT,        /* the feed ends before the chain does */
    EVENT_CLAIMED_LOST,         /* the feed begins behind the chain's end */
    /* The feed, while the chain's last record is awaited. */
    EVENT_ANCHOR_SAME,
    EVENT_ANCHOR_OTHER,
    EVENT_ANCHOR_GONE,
    /* The feed, while records are collected. */
    EVENT_RECORD_NEXT,
    EVENT_RECORD_HOLES, /* after markers, which are never delivered, or blank lines */
    EVENT_RECORD_GAP,   /* offsets are missing, and nothing allows it */
    EVENT_RECORD_CLOCK, /* a producer's time where the broker's is required */
    EVENT_RECORD_AGAIN, /* it was delivered before */
    EVENT_END_REACHED,
    EVENT_END_HOLES,
    EVENT_END_GAP,
    EVENT_END_EARLY, /* before what is awaited: of an older fetch */
    /* The feed, in any state. */
    EVENT_ARRIVED,      /* a record or an end, where none is looked at */
    EVENT_OUT_OF_RANGE, /* the broker does not have the offset */
    EVENT_TROUBLE,      /* the broker was away, or another leads */
    /* Why all partitions are claimed again. */
    EVENT_REFUSED, /* the committer: the book did not take a load, or did not answer */
    EVENT_DUE,     /* the log is looked at now and then */
    EVENT_SIBLING, /* another partition claims again */
    /* What was found beside the reading. */
    EVENT_OLDER_OTHER, /* the record of an older receipt */
    EVENT_OLDER_GONE,
    EVENT_RATE, /* the committer: far too much was quarantined */
    EVENT_GIVEN_BACK,
    EVENT_COUNT,
};

enum partition_action {
    ACTION_NONE,
    ACTION_COLLECT, /* the record goes into the load */
    ACTION_TAIL,    /* the offsets up to the end do, without records */
    ACTION_END,     /* there is nothing more for now */
    ACTION_EXPIRED, /* the next receipt says that the anchor has expired */
    ACTION_CLAIM,   /* claim again, all of them */
    ACTION_LOOK,    /* with the next claim look at older receipts' records */
    ACTION_HALT,    /* say why, and read on without it */
    ACTION_COUNT,
};

struct partition_step {
    enum partition_state next;
    enum partition_action action;
    enum halt halt; /* of ACTION_HALT */
};

/* What follows. Aborts where the event cannot happen. */
struct partition_step partition_step(enum partition_state state, enum partition_event event);

const char *partition_state_word(enum partition_state state);
const char *partition_event_word(enum partition_event event);
/* For tests and tables: whether it can happen. */
bool partition_step_exists(enum partition_state state, enum partition_event event);

#endif
