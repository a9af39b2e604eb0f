/*
 * The decision about the records of a batch: accepted, duplicate, conflict or quarantined; which
 * series, which window, how much.
 *
 * A function of the records, of what the book has up to the steps that are locked, and of the
 * control entries that the items were measured under (protocol section 2). It writes nothing:
 * memory is as before, and decision_merge() fills it after COMMIT. Records are decided in the order
 * of the ranges given; the caller sorts them by (feed, partition).
 *
 * Invariants
 *   1. Every record taken is counted once: records = accepted + duplicate + quarantined.
 *   2. Entries come out in the order (tenant, kind, series, window), their stream_seq without gaps
 *      from the account's last one.
 *   3. Only the event's own hour is asked for its identity.
 *   4. An event's entries are all in the batch, or it is not taken.
 */
#ifndef INGEST_DECIDE_H
#define INGEST_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/body.h"
#include "ingest/item.h"
#include "ingest/slot.h"
#include "store/dedup.h"

/* What is to be decided of one partition. */
struct decide_range {
    const struct item *items;
    size_t count;
    uint64_t from; /* first offset */
    uint64_t to;   /* where the range ends when all items are taken */
};

struct decide_limits {
    size_t records_max;         /* at least 1 */
    size_t entries_max;         /* usage entries; one event may pass it alone */
    uint64_t series_per_tenant; /* the catalog's cap */
};

/* What became of one range: its records are items[0 … taken). */
struct decided_range {
    size_t taken;
    uint64_t from;
    uint64_t to; /* equals from: nothing of it was taken */
    uint64_t accepted;
    uint64_t duplicate;
    uint64_t quarantined;
};

/* A record that cannot be counted. */
struct decided_refusal {
    size_t range;
    const struct item *item;
    const struct refusal *refusal;
};

/* An entry in the making. */
struct decided_entry {
    uint64_t tenant;
    int32_t slot;
    uint64_t stream_seq;
    struct digest series;
    struct window window;
    int128 quantity;
    uint64_t contributions;
};

/* An accepted event of a source that counts its events. */
struct decided_sequence {
    size_t range;
    const struct item_sequence *sequence;
};

struct decided_series {
    uint64_t tenant;
    int32_t slot;
    struct digest series;
    struct slice descriptor; /* in the scope of the items */
};

/* A tenant that the batch gave entries to. */
struct decided_account {
    struct account *account;
    uint64_t last_seq; /* after the batch */
};

/* Identities that the batch accepted in one slot and hour, as their dedup block will say it. */
struct decided_hour {
    struct hour_set *set;
    struct slice ids;     /* DEDUP_ID_SIZE each */
    struct slice entries; /* DEDUP_ENTRY_SIZE each */
};

struct decision {
    size_t range_count;
    struct decided_range *ranges; /* as given */
    size_t entry_count;
    struct decided_entry *entries;
    size_t refusal_count;
    struct decided_refusal *refusals;
    size_t sequence_count;
    struct decided_sequence *sequences; /* in the order of the records */
    size_t series_count;
    struct decided_series *series; /* new ones, by tenant, then digest */
    size_t account_count;
    struct decided_account *accounts; /* by tenant; those with entries */
    size_t hour_count;
    struct decided_hour *hours; /* by slot, then hour */
};

/* Everything that the items need must be in the table: hours, accounts, floors (current to the
 * locked steps). The result lies in `arena`. */
void decide(struct slot_table *table, const struct decide_limits *limits,
            const struct decide_range *ranges, size_t count, struct arena *arena,
            struct decision *out);

/* After COMMIT: memory learns what the book now has. The slots that the decision touches move one
 * step. */
void decision_merge(const struct decision *decision, struct slot_table *table,
                    uint64_t control_index);
/* The slots that the decision touches, ascending; returns how many. */
size_t decision_slots(const struct decision *decision, int32_t out_slots[SLOT_COUNT]);

#endif
