/*
 * Inside of the audit by replay: what its files share. audit.c opens and tells, audit_batch.c is
 * the story of one batch, audit_read.c brings the batch and its records, audit_compare.c and
 * audit_beside.c compare what was made again with what the book has.
 *
 * Invariants
 *   1. What memory knows of slots, identities, accounts and chains is what the replay itself made,
 *      or what the book says of batches that cannot be made again: those are on trust, and told.
 *   2. Identities that memory had to drop are read back from blocks that were compared and equal;
 *      an hour in which a block differed stays in memory.
 *   3. Nothing is written, and every transaction is READ ONLY.
 */
#ifndef INGEST_AUDIT_PARTS_H
#define INGEST_AUDIT_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/finding.h"
#include "ingest/lookup.h"
#include "ingest/past.h"
#include "ingest/past_feeds.h"
#include "ingest/replay.h"
#include "store/entries.h"
#include "store/logs.h"

/* A partition's chain of receipts, and the feed under it. */
struct audit_chain {
    struct assignment assignment; /* as its receipts say it; no cluster */
    struct chain_end end;
    bool is_asked; /* the topic, for what it still has */
    bool is_away;  /* there is no such topic any more */
    uint64_t low;  /* the first offset that it has */
    uint64_t high; /* the first that it does not have yet */
};

/* What was looked at, beside findings. */
struct audit_counts {
    uint64_t batches; /* all of them */
    uint64_t decided; /* made again */
    uint64_t records; /* of those */
    uint64_t ranges;
    uint64_t ranges_gone; /* not checked: their records are away */
    uint64_t reworded;    /* quarantine rows whose sentence, and nothing else, is another */
    uint64_t trusted;     /* the first index of a batch that was not made again; UINT64_MAX: none */
};

struct audit {
    struct arena arena; /* of the run */
    const char *conninfo;
    struct log_row log;
    struct store *store;
    unsigned char *salt_key; /* NULL: commitments are not looked at */
    unsigned char *dedup_key;
    struct measure_keys keys;
    unsigned char cache_key[16];
    struct batcher batcher; /* writes nothing; its slots are the replay's */
    struct past_feeds feeds;
    struct load load;
    struct lookup chains;
    struct findings findings;
    struct audit_counts counts;
    uint64_t size; /* of the log when the audit began */
    uint64_t from; /* batches that begin before it are taken on trust */
    uint64_t next; /* the first index that was not looked at */
    size_t row_count;
    size_t row_capacity;
    struct entry_row *rows; /* of the batch at hand */
};

/* One batch as the book has it, and as it was made again. */
struct audit_batch {
    struct arena *arena;
    struct batch_id id;
    uint64_t first_index;
    uint64_t next_index;
    size_t count; /* usage, then receipts */
    const struct entry_row *rows;
    size_t receipt_count;
    const struct entry_row *receipts; /* the last of the rows */
    struct feed *feed;
    struct audit_chain **chains; /* of the receipts */
    struct claim *claims;
    bool *is_read;  /* the receipt's range is in the load */
    bool is_whole;  /* all of them are */
    bool has_steps; /* the book's could be read */
    size_t step_count;
    struct slot_step *steps; /* the book's, by slot */
    struct replay replay;
};

/* audit_read.c: the next batch with its rows; false in *out_found at the end. Entries of usage that
 * are in no batch are findings. */
MUST_CHECK bool audit_read_batch(struct audit *audit, struct audit_batch *batch, bool *out_found,
                                 struct error *err);
/* Its records, into the load; what is gone or differs is told. */
MUST_CHECK bool audit_read_ranges(struct audit *audit, struct audit_batch *batch,
                                  struct error *err);

/* audit_batch.c: false in *out_found at the end. */
MUST_CHECK bool audit_batch(struct audit *audit, bool *out_found, struct error *err);

/* audit_compare.c */
/* Whether the records of the ranges that were read are those that the receipts hash; before or
 * after the batch was made again. */
bool audit_compare_ranges(struct audit *audit, const struct audit_batch *batch);
void audit_compare_receipts(struct audit *audit, const struct audit_batch *batch);
void audit_compare_entries(struct audit *audit, const struct audit_batch *batch);
/* audit_beside.c */
void audit_compare_steps(struct audit *audit, const struct audit_batch *batch);
MUST_CHECK bool audit_compare_blocks(struct audit *audit, const struct audit_batch *batch,
                                     struct error *err);
MUST_CHECK bool audit_compare_series(struct audit *audit, const struct audit_batch *batch,
                                     struct error *err);
MUST_CHECK bool audit_compare_sequences(struct audit *audit, const struct audit_batch *batch,
                                        struct error *err);
MUST_CHECK bool audit_compare_quarantine(struct audit *audit, const struct audit_batch *batch,
                                         struct error *err);

#endif
