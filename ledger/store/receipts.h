/*
 * The chains of receipts: which ranges of a feed's partitions are in the book.
 *
 * A chain begins with its assignment (start, cluster, stream number), made at the first claim.
 * Its receipts tile the offsets from `start` on: the table's constraints refuse an overlap, a hole
 * and a second first one (protocol section 3), so that a writer that is no longer the owner loses.
 */
#ifndef STORE_RECEIPTS_H
#define STORE_RECEIPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/body.h"
#include "store/append.h"
#include "store/store.h"

#define CLUSTER_ID_SIZE 128
#define OFFSET_NONE UINT64_MAX /* a chain without a record has no last offset */

struct assignment {
    struct digest feed;
    uint32_t partition;
    uint32_t incarnation;
    uint64_t start;
    uint32_t stream; /* of its receipts */
    char cluster_id[CLUSTER_ID_SIZE];
};

/* Where a chain ends. */
struct chain_end {
    uint64_t next;           /* the first offset that is not in the book */
    uint64_t last_offset;    /* of the last record; OFFSET_NONE */
    struct digest last_hash; /* of that record: the anchor */
    uint64_t next_seq;       /* stream_seq of the next receipt */
    int64_t as_of_us;        /* of the last receipt; INSTANT_MIN before the first */
};

/* The newest incarnation's assignment; *out_found is false before the first claim. */
MUST_CHECK bool assignment_read(struct store *store, int log, const struct digest *feed,
                                uint32_t partition, struct assignment *out, bool *out_found,
                                struct error *err);
/* In a transaction that holds the head's lock; ERROR_CONFLICT when another claimed it first. */
MUST_CHECK bool assignment_insert(struct store *store, int log, const struct assignment *assignment,
                                  const char *feed_name, struct error *err);
/* Where the chain ends; for a chain without receipts at its start. */
MUST_CHECK bool receipt_chain_end(struct store *store, int log, const struct assignment *assignment,
                                  struct chain_end *out, struct error *err);
/* An older anchor of the chain: of the newest receipt with a record that ends at or before
 * `offset`. *out_found is false when there is none. */
MUST_CHECK bool receipt_older_anchor(struct store *store, int log,
                                     const struct assignment *assignment, uint64_t offset,
                                     uint64_t *out_offset, struct digest *out_hash, bool *out_found,
                                     struct error *err);
/* The index of the first receipt at or behind `from`; *out_found is false when there is none. */
MUST_CHECK bool receipt_next(struct store *store, int log, uint64_t from, uint64_t *out_index,
                             bool *out_found, struct error *err);
/* The rows beside receipt entries that were appended from first_index on. */
MUST_CHECK bool receipts_append(struct store *store, int log, const struct signed_entry *entries,
                                size_t count, uint64_t first_index, struct error *err);

#endif
