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
#include "ingest/partition_state.h"
#include "meter/event.h"
#include "store/append.h"
#include "store/receipts.h"

struct claim {
    struct assignment assignment;
    struct chain_end end; /* moved by every COMMIT */
    bool anchor_expired;  /* the next receipt says so */
    bool is_file;
    bool transactional;
    bool create_time;
    uint64_t low;  /* when it was claimed */
    uint64_t high; /* the same */
    enum partition_state state;
    enum halt halt; /* of STATE_HALTED */
    char halt_detail[HALT_DETAIL_SIZE];
};

/* What is known of a feed's partition and its chain. */
struct claim_facts {
    bool is_registered; /* the catalog knows the feed */
    bool is_gone;       /* the brokers do not know the partition */
    bool same_cluster;
    bool is_compacted;    /* the broker removes records of it as it likes */
    uint64_t low;         /* the first offset that the feed has */
    uint64_t high;        /* the first that it does not have yet */
    uint64_t next;        /* the first that the book does not have */
    uint64_t last_offset; /* of the chain's last record; OFFSET_NONE */
};

/* Whether reading may go on, and how: one of EVENT_CLAIMED_…. */
enum partition_event claim_judge(const struct claim_facts *facts);

/* Who claims: a connection of its own. */
struct claimer {
    struct store *store;
    struct writer *writer;
    const struct control *control;
};

/* Reads the chain, or begins it, for a partition that was in that state. One that must halt is a
 * claim that halted, and no error. */
MUST_CHECK bool claim_take(const struct claimer *claimer, struct feed *feed, uint32_t partition,
                           enum partition_state state, struct claim *out, struct error *err);
/* Whether the catalog says of the feed what it said when it was claimed, and nobody named a newer
 * incarnation: records were let in by these rules, and may be decided under no others. */
bool claim_rules_hold(const struct claim *claim, const struct control *control, struct slice topic);
/* Where reading starts; `expected` is the next offset to be collected. */
uint64_t claim_position(const struct claim *claim, uint64_t expected);

/* Takes the step that follows. A halt's words come first, by claim_explain(). */
enum partition_action claim_happens(struct claim *claim, enum partition_event event);
void claim_explain(struct claim *claim, const char *format, ...) PRINTF_LIKE(2, 3);
/* What the feed says, as an event, with its words where it halts: a record … */
enum partition_event claim_see_record(struct claim *claim, uint64_t expected,
                                      const struct record *record);
/* … or that it ends at `end`, and gave nothing at `expected`: markers and blank lines may be there,
 * but neither records nor the anchor. */
enum partition_event claim_see_end(struct claim *claim, uint64_t expected, uint64_t end);

#endif
