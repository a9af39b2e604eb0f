/*
 * One batch: what one transaction appends.
 *
 *     plan → lock → catch up → decide → sign → append ▮ COMMIT → merge
 *
 * Invariants
 *   1. One transaction holds receipts, slot steps, dedup blocks, quarantine and entries: all of a
 *      batch is in the book, or nothing.
 *   2. Memory is filled after COMMIT and never before; after any other answer what memory knows of
 *      the batch's slots is forgotten.
 *   3. Locks are taken in one order: slots ascending, then the log's head.
 *   4. Nothing that is signed comes from a clock, an owner or a connection.
 */
#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/load.h"
#include "ingest/plan.h"
#include "ingest/quarantine.h"
#include "ingest/slot.h"
#include "store/append.h"

#define BATCH_ENTRIES_MAX 20000

/* What this process did, for people. */
struct batch_counts {
    uint64_t records;
    uint64_t accepted;
    uint64_t duplicate;
    uint64_t quarantined;
    uint64_t refused[REFUSAL_COUNT]; /* quarantined, by reason */
    uint64_t entries;
    uint64_t series; /* new ones */
    uint64_t batches;
    uint64_t retries;
    int64_t committed_us; /* when the newest batch was, on instant_monotonic()'s clock */
};

struct batcher;

/* What else happens in a batch's transaction, or neither happens. Such a batch takes all of its
 * load, or fails: ERROR_REFUSED, and `fitting` says how many records one transaction takes. A
 * function that is NULL does nothing; each is called again when the transaction begins again. */
struct batch_companion {
    void *context;
    /* Behind BEGIN, before any lock. */
    bool (*begin)(void *context, struct batcher *batcher, struct error *err);
    /* Before COMMIT, with slots and head locked; the batch's first entry has `first_index`. */
    bool (*end)(void *context, struct batcher *batcher, uint64_t first_index, struct error *err);
    size_t fitting;
};

/* Everything that outlives a batch. */
struct batcher {
    struct store *store;
    struct writer writer;
    const unsigned char *cache_key; /* 16 bytes */
    struct item_rules rules;        /* its scope: the newest control, this thread's own */
    struct scope *scope;
    struct slot_table slots;
    struct quarantine_rates rates;
    size_t records_max;
    size_t records_now; /* fewer after a failure, never more */
    size_t entries_max;
    struct batch_companion *companion; /* NULL: a batch is alone in its transaction */
    struct batch_counts counts;
    /* private */
    struct arena arena; /* a batch's */
    size_t day_count;
    size_t day_capacity;
    int32_t *days; /* that have a place for identities */
};

/* Commits one batch from the front of the load and moves its ranges and their claims on. A range
 * may say that its partition must halt, by its rate of quarantine.
 *   BUSY      nothing happened: try again (after reopening a lost connection)
 *   CONFLICT  another process took one of the ranges, the catalog has new rules for the feed, or
 * the book does not fit: claim again UNKNOWN   COMMIT was not answered: claim again */
MUST_CHECK bool batch_commit(struct batcher *batcher, struct load *load, struct error *err);
/* Loads the newest control entries, outside of any batch. */
MUST_CHECK bool batcher_refresh_control(struct batcher *batcher, struct error *err);
/* For past batches: takes the control entries up to this index, which may be older than those that
 * were taken before. ERROR_HALT when there was no catalog yet. */
MUST_CHECK bool batcher_use_control(struct batcher *batcher, uint64_t through_index,
                                    struct error *err);
/* Measures what is left of the load under the control entries that were taken last. ERROR_CONFLICT
 * when those changed too often for one load. */
MUST_CHECK bool batcher_measure(struct batcher *batcher, struct load *load, struct error *err);
/* In the batch's transaction: locks the slots; then, in statements of their own, brings memory up
 * to them. */
MUST_CHECK bool batcher_lock(struct batcher *batcher, const struct plan *plan, struct arena *arena,
                             struct error *err);
/* Everything that the plan needs is in memory. */
void batcher_decide(struct batcher *batcher, const struct load *load,
                    const struct decide_limits *limits, struct arena *arena, struct decision *out);
/* Whether the day is known to have a place for identities; and makes it one, outside of the batch's
 * transaction. */
bool batcher_has_day(const struct batcher *batcher, int32_t day);
MUST_CHECK bool batcher_ensure_day(struct batcher *batcher, int32_t day, struct error *err);
/* After anything but a COMMIT that was answered. */
void batcher_forget(struct batcher *batcher, const struct plan *plan);
void batcher_release(struct batcher *batcher); /* not the store */

#endif
