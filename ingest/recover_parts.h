/*
 * Inside of recovery: what its files share. recover.c tells the story, recover_batch.c makes what
 * came from feeds, recover_entry.c what people decided, recover_rest.c what stands beside the book.
 */
#ifndef INGEST_RECOVER_PARTS_H
#define INGEST_RECOVER_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "core/checkpoint.h"
#include "ingest/past.h"
#include "ingest/past_feeds.h"
#include "ingest/replay.h"
#include "store/past_journal.h"
#include "store/past_leaves.h"

struct recovery {
    struct arena arena; /* of the run */
    int log;
    struct store *store; /* not guarded: nobody else may write while the database is behind */
    unsigned char *salt_key;
    unsigned char *dedup_key;
    struct ledger_id ledger;
    struct measure_keys keys;
    unsigned char cache_key[16];
    struct text note;             /* the published one; empty when the sealer's state is newer */
    struct checkpoint checkpoint; /* what is to be reached */
    struct past_leaves leaves;
    struct past_journal journal;
    struct past_feeds feeds;
    struct batcher batcher; /* its writer has no key */
    struct load load;
    uint64_t entries; /* made again */
};

/* Makes one batch again; `receipt` is its first one, and its entries begin at `first_index`. */
MUST_CHECK bool recover_batch(struct recovery *recovery, uint64_t first_index,
                              const struct past_entry *receipt, struct error *err);
/* Makes one entry again that came from no feed, with all rows that its writer wrote. */
MUST_CHECK bool recover_entry(struct recovery *recovery, const struct past_entry *past,
                              struct error *err);
/* The same of an operator's correction. */
MUST_CHECK bool recover_correction(struct recovery *recovery, const struct past_entry *past,
                                   struct arena *arena, struct error *err);
/* After the last entry, and again after a crash: tiles, the checkpoint, registry, lists. */
MUST_CHECK bool recover_rest(struct recovery *recovery, struct error *err);

#endif
