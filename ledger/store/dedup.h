/*
 * Dedup blocks: the identities that batches accepted, by slot and event hour.
 *
 * Not a table of the book: all of it can be derived from the feeds again. Partitioned by event
 * day; a day's partition is made in a transaction of its own, before the batch that needs it.
 *
 * ids: 24 bytes each, identity (16) ‖ meaning (8), in the order of the batch's entries.
 * entries: 20 bytes each, tenant u64 ‖ stream_seq u64 ‖ count u32: the next `count` ids stand
 * first in that entry; stream_seq all ones: in no entry (the quantity was zero).
 */
#ifndef STORE_DEDUP_H
#define STORE_DEDUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "store/store.h"

#define DEDUP_ID_SIZE 24
#define DEDUP_ENTRY_SIZE 20

struct dedup_block {
    int32_t slot;
    int32_t event_hour; /* hours since 1970 */
    uint64_t step;
    struct slice ids;
    struct slice entries;
};

/* In a transaction of its own (outside of any). Safe to call again. */
MUST_CHECK bool dedup_ensure_day(struct store *store, int32_t day, struct error *err);
/* out_bytes[i]: of all ids of slots[i] in this hour; 0 where there are none. */
MUST_CHECK bool dedup_sizes(struct store *store, int log, int32_t event_hour, const int32_t *slots,
                            size_t count, uint64_t *out_bytes, struct error *err);

typedef bool dedup_visit(void *context, const struct dedup_block *block, struct error *err);
/* Blocks of one hour of slots[i] after after_steps[i], through through_steps[i]; `entries` is not
 * read. */
MUST_CHECK bool dedup_blocks(struct store *store, int log, int32_t event_hour, const int32_t *slots,
                             const uint64_t *after_steps, const uint64_t *through_steps,
                             size_t count, dedup_visit *visit, void *context, struct error *err);
/* The blocks of one hour that came with step steps[i] of slots[i], ascending, with entries; of any
 * size, for an audit. */
MUST_CHECK bool dedup_blocks_at(struct store *store, int log, int32_t event_hour,
                                const int32_t *slots, const uint64_t *steps, size_t count,
                                dedup_visit *visit, void *context, struct error *err);
/* All blocks of one slot and hour, with entries, the oldest first. */
MUST_CHECK bool dedup_hour(struct store *store, int log, int32_t slot, int32_t event_hour,
                           dedup_visit *visit, void *context, struct error *err);
MUST_CHECK bool dedup_append(struct store *store, int log, const struct dedup_block *blocks,
                             size_t count, struct error *err);

#endif
