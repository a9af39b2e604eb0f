/*
 * Checkpoints as rows: one unsigned before the state file knows the size, one with the note
 * afterwards. Only a size with a signed row is sealed.
 */
#ifndef STORE_CHECKPOINTS_H
#define STORE_CHECKPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/digest.h"
#include "store/store.h"

struct checkpoint_row {
    uint64_t size;
    struct digest root;
    const char *note; /* NULL for an unsigned row */
    size_t note_size;
    int64_t recorded_at_us;
};

typedef bool checkpoint_visitor(void *context, const struct checkpoint_row *row, struct error *err);

/* Repeatable: the same size with the same root again is nothing; with another root it is
 * ERROR_CONFLICT. Transactions of a store are durable (synchronous_commit = on). */
MUST_CHECK bool checkpoint_insert_unsigned(struct store *store, int log, uint64_t size,
                                           const struct digest *root, struct error *err);
/* Repeatable too; a size keeps the first note that it got. */
MUST_CHECK bool checkpoint_insert_signed(struct store *store, int log, uint64_t size,
                                         const struct digest *root, const char *note,
                                         size_t note_size, struct error *err);
/* The greatest sealed size. Notes go to `arena`. ERROR_NOT_FOUND before the first. */
MUST_CHECK bool checkpoint_latest(struct store *store, int log, struct arena *arena,
                                  struct checkpoint_row *out, struct error *err);
/* The greatest size with an unsigned row: where a sealer was when it stopped. ERROR_NOT_FOUND. */
MUST_CHECK bool checkpoint_latest_unsigned(struct store *store, int log, struct checkpoint_row *out,
                                           struct error *err);
/* The first sealed size > index. ERROR_NOT_FOUND while the entry is not sealed. */
MUST_CHECK bool checkpoint_covering(struct store *store, int log, uint64_t index,
                                    struct arena *arena, struct checkpoint_row *out,
                                    struct error *err);
/* The sealed row of exactly this size. ERROR_NOT_FOUND. */
MUST_CHECK bool checkpoint_at(struct store *store, int log, uint64_t size, struct arena *arena,
                              struct checkpoint_row *out, struct error *err);
/* All sealed rows, by size. The visitor may not use the same store. */
MUST_CHECK bool checkpoints_each(struct store *store, int log, checkpoint_visitor *visit,
                                 void *context, struct error *err);

/* A witness's line under a sealed size, from its dash to its newline. Repeatable: of each signer
 * the first line is kept. A size that is not sealed is nothing too: it will be seen again. */
MUST_CHECK bool cosignature_insert(struct store *store, int log, uint64_t size, const char *signer,
                                   struct slice line, struct error *err);
/* All sealed sizes > index with at least one cosignature, by size; `note` has the lines. The
 * visitor may not use the same store. */
MUST_CHECK bool checkpoints_each_cosigned(struct store *store, int log, uint64_t index,
                                          checkpoint_visitor *visit, void *context,
                                          struct error *err);

#endif
