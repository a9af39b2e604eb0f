/*
 * The private journal: every entry that Kafka cannot give back, with the content that its hash
 * names, so that with the feeds the book can be built again bit for bit (protocol section 7).
 *
 *   private/journal/FIRST-LAST.ndjson   the entries of one block of 4096 indexes, through LAST;
 *                                       one line an entry:
 *       {"body":hex,"content":…,"index":n,"kind":word,"signature":hex,"subject":id,"writer":hex}
 *   private/journal/dispositions.ndjson, floors.ndjson, reviews.ndjson
 *
 * A block's file is written anew as the block grows, and the shorter one removed afterwards: two
 * files of a block agree where they overlap.
 */
#ifndef LEDGER_JOURNAL_H
#define LEDGER_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "ledger/archive.h"
#include "store/store.h"

#define JOURNAL_BLOCK 4096

/* Puts the blocks that a log which grew from old_size to size has changed. */
MUST_CHECK bool journal_extend(struct archive *archive, struct store *store, int log,
                               uint64_t old_size, uint64_t size, struct error *err);
/* The lines of the block from `first`, a multiple of JOURNAL_BLOCK or an index in a block, as a log
 * of `size` entries has them. ERROR_CONFLICT: a row that nothing could have written. */
MUST_CHECK bool journal_block(struct store *store, int log, uint64_t first, uint64_t size,
                              struct text *out, struct error *err);
/* Puts the lists that are not entries, if they have changed. ERROR_HALT when one has got shorter:
 * the database lost what the journal still has, and must be recovered first. */
MUST_CHECK bool journal_extend_lists(struct archive *archive, struct store *store, int log,
                                     struct error *err);
/* Removes the file that the grown block's new one has replaced. */
void journal_prune(struct archive *archive, uint64_t old_size, uint64_t size);

#endif
