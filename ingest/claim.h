/*
 * A partition as this process holds it: where its chain of receipts ends, and whether the feed
 * under it is still the one that was read before.
 *
 * The anchor is the hash of the chain's last record. Reading starts at that record again, so that a
 * topic that was recreated, truncated or mirrored is noticed before anything of it is counted.
 */
#ifndef INGEST_CLAIM_H
#define INGEST_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "ingest/control.h"
#include "ingest/feed.h"
#include "meter/event.h"
#include "store/append.h"
#include "store/receipts.h"

/* Why a partition stops, until a person did something about it. */
enum halt {
    HALT_NONE,
    HALT_FEED,    /* the catalog does not know the topic */
    HALT_CLUSTER, /* another cluster */
    HALT_LOST,    /* records were removed before they were read */
    HALT_SHORT,   /* the log ends before what was read */
    HALT_ANCHOR,  /* another record where the last one was */
    HALT_HOLE,    /* offsets are missing */
    HALT_TIME,    /* producers' time where the broker's is required */
    HALT_RATE,    /* far too much cannot be counted */
    HALT_COUNT,
};

struct halt_row {
    const char *word;
    const char *sentence;
    const char *advice;
};
const struct halt_row *halt_row(enum halt halt);

#define HALT_DETAIL_SIZE 200

struct claim {
    struct assignment assignment;
    struct chain_end end; /* moved by every COMMIT */
    bool anchor_expired;  /* the next receipt says so */
    bool must_verify;     /* the first record is the last one of the chain: it is checked */
    bool is_file;
    bool transactional;
    bool create_time;
    uint64_t low;  /* when it was claimed */
    uint64_t high; /* the same */
    enum halt halt;
    char halt_detail[HALT_DETAIL_SIZE];
};

/* What is known of a feed's partition and its chain. */
struct claim_facts {
    bool is_registered; /* the catalog knows the feed */
    bool same_cluster;
    uint64_t low;         /* the first offset that the feed has */
    uint64_t high;        /* the first that it does not have yet */
    uint64_t next;        /* the first that the book does not have */
    uint64_t last_offset; /* of the chain's last record; OFFSET_NONE */
};

/* Whether reading may go on, and how: either the anchor is verified, or it has expired, or there is
 * none yet. */
enum halt claim_judge(const struct claim_facts *facts, bool *out_verify, bool *out_expired);

/* Who claims: a connection of its own. */
struct claimer {
    struct store *store;
    struct writer *writer;
    const struct control *control;
};

/* Reads the chain, or begins it. A partition that must halt is a claim with `halt` set, and no
 * error. */
MUST_CHECK bool claim_take(const struct claimer *claimer, struct feed *feed, uint32_t partition,
                           struct claim *out, struct error *err);
/* Whether the catalog says of the feed what it said when it was claimed, and nobody named a newer
 * incarnation: records were let in by these rules, and may be decided under no others. */
bool claim_rules_hold(const struct claim *claim, const struct control *control, struct slice topic);
/* Where reading starts. */
uint64_t claim_position(const struct claim *claim);
/* The record at claim_position() of a claim that must verify: HALT_NONE or HALT_ANCHOR. */
enum halt claim_verify(struct claim *claim, const struct record *record);
/* The next record, at or after `expected`: its place and its time are as they must be. */
enum halt claim_check(struct claim *claim, uint64_t expected, const struct record *record);
/* The feed says that it ends at `end`, and gave nothing at `expected`: markers and blank lines may
 * be there, but neither records nor the anchor. */
enum halt claim_check_end(struct claim *claim, uint64_t expected, uint64_t end);
/* Stops the partition, with words. */
void claim_halt(struct claim *claim, enum halt halt, const char *format, ...) PRINTF_LIKE(3, 4);

#endif
