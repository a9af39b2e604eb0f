/*
 * The partitions that this process holds, for all of its threads.
 */
#ifndef INGEST_PARTITION_H
#define INGEST_PARTITION_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/claim.h"
#include "ingest/feed.h"

/* A record that the log had. */
struct proof {
    uint64_t offset; /* OFFSET_NONE: none is known */
    struct digest hash;
};

struct partition {
    /* First. Its end belongs to the committer while a load of it is under way, the rest to the
     * collector. */
    struct claim claim;
    uint64_t expected;   /* of the collector: the next offset to come */
    uint64_t end_seen;   /* of the collector: where the feed said that it ends; OFFSET_NONE */
    uint64_t committed;  /* under the lock: the first offset that is not in the book */
    struct proof end;    /* under the lock: the chain's last record in the book */
    struct proof first;  /* under the lock: the first such one since the claim */
    struct proof proven; /* of the collector: glance.h */
    enum halt halt;      /* under the lock: it stopped, with the words for people */
    char halt_detail[HALT_DETAIL_SIZE];
    bool is_announced; /* of the collector: its halt */
    bool is_told;      /* under the lock: its halt is in the database */
};

struct partitions {
    pthread_mutex_t lock;
    bool is_news; /* under the lock: a halt that was not told to people yet */
    size_t count;
    struct partition *rows[FEED_PARTITIONS_MAX]; /* ascending by number */
    struct partition *by_number[FEED_PARTITIONS_MAX];
    size_t left_count; /* under the lock: given back halted, before anybody was told */
    struct partition *left[FEED_PARTITIONS_MAX];
};

void partitions_init(struct partitions *partitions);
void partitions_release(struct partitions *partitions);
/* Forgets all; nobody may use a claim of theirs any more. A halt that was not told yet is still to
 * be told, unless the partition is claimed again before. */
void partitions_clear(struct partitions *partitions);
/* Takes the claim in place of what was known of the partition, but for what is proven of its log.
 */
struct partition *partitions_put(struct partitions *partitions, const struct claim *claim);
struct partition *partitions_find(const struct partitions *partitions, uint32_t number);

/* The committer's: how far the book is, to be seen by all; and that the partition must halt. */
void partitions_publish(struct partitions *partitions, const struct claim *claim, enum halt halt,
                        const char *halt_detail);
/* The collector's: what the claim says of its halt is to be seen by all. */
void partitions_publish_halt(struct partitions *partitions, struct partition *partition);
/* The collector's: takes a halt of the committer's into the claim. */
void partitions_take_halt(struct partitions *partitions, struct partition *partition);

/* The collector's: the chains' last records, row by row. Where nothing is proven yet the first one
 * that was committed since the claim is. */
void partitions_ends(struct partitions *partitions, struct proof out[FEED_PARTITIONS_MAX]);

/* Whether something halted since it was asked last. */
bool partitions_take_news(struct partitions *partitions);
/* This halt of the partition is in the database. */
void partitions_told(struct partitions *partitions, uint32_t number, enum halt halt);

/* A copy of what others may know: of what is held, then of what halted and was given back untold.
 */
struct partition_view {
    struct assignment assignment;
    uint64_t committed;
    enum halt halt;
    char halt_detail[HALT_DETAIL_SIZE];
    bool is_held;
};
size_t partitions_view(struct partitions *partitions,
                       struct partition_view out[FEED_PARTITIONS_MAX]);

#endif
