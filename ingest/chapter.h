/*
 * What a batch writes: its entries and receipts, signed, and the rows beside them.
 *
 * A function of the decision and the load; only chapter_append() touches the database. Recovery
 * takes the leaves from what was published (past.h) instead of signing.
 */
#ifndef INGEST_CHAPTER_H
#define INGEST_CHAPTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "ingest/decide.h"
#include "ingest/load.h"
#include "store/append.h"
#include "store/dedup.h"
#include "store/quarantine.h"
#include "store/sequences.h"
#include "store/slots.h"

struct batcher;

struct chapter {
    struct arena *arena;
    struct batch_id batch;
    size_t entry_count;   /* usage, then receipts */
    size_t receipt_count; /* the last ones */
    struct signed_entry *entries;
    size_t step_count;
    struct slot_step *steps;
    size_t series_count;
    struct series_row *series;
    size_t block_count;
    struct dedup_block *blocks;
    size_t quarantine_count;
    struct quarantine_row *quarantine;
    size_t sequence_count;
    struct sequence_row *sequences; /* by range, then source */
};

/* All but the leaves of the entries. */
void chapter_write(struct chapter *chapter, const struct batcher *batcher, const struct load *load,
                   const struct decision *decision, uint64_t control_index);
/* The receipt of one range, under its claim; `raw_hash` is over the records that were decided. */
void chapter_write_receipt(const struct load_range *range, const struct decided_range *decided,
                           const struct digest *raw_hash, int64_t file_as_of_us,
                           uint64_t control_index, struct entry *out);
void chapter_sign(struct chapter *chapter, const struct writer *writer);
/* Slots are locked; locks the head last. Everything but COMMIT. */
MUST_CHECK bool chapter_append(const struct chapter *chapter, struct batcher *batcher,
                               struct error *err);
/* After COMMIT: the load's ranges and their claims move on, the counts grow. */
void chapter_merge(const struct chapter *chapter, struct batcher *batcher, struct load *load,
                   const struct decision *decision);

#endif
