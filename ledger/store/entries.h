/*
 * Entries as rows: the one place that knows which column holds what of a body.
 *
 * What is read back is what was signed: body_encode() of a row that was read equals the bytes that
 * were committed to, or the row was changed. A receipt's body lies in ledger.receipt, beside its
 * entry; the readers here join it.
 *
 * The visitors run while the result streams in: they may not use the same store.
 */
#ifndef STORE_ENTRIES_H
#define STORE_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/body.h"
#include "core/leaf.h"
#include "store/store.h"

struct signed_entry;

struct entry_row {
    uint64_t index;
    struct entry entry; /* ledger id from the log's registry row */
    struct leaf leaf;
    int64_t recorded_at_us; /* for people; unsigned */
};

typedef bool entry_visitor(void *context, const struct entry_row *row, struct error *err);
typedef bool leaf_visitor(void *context, uint64_t index, const struct leaf *leaf,
                          struct error *err);

/* Indexes [from, to), ascending. Fewer rows than asked for is not an error here: count them.
 * ERROR_CONFLICT for a row that no body can be made of (a receipt entry without its receipt). */
MUST_CHECK bool entries_each(struct store *store, int log, uint64_t from, uint64_t to,
                             entry_visitor *visit, void *context, struct error *err);
/* stream_seq [from_seq, to_seq) of one stream of a tenant, ascending. */
MUST_CHECK bool entries_each_of_stream(struct store *store, int log, uint64_t tenant,
                                       uint32_t stream, uint64_t from_seq, uint64_t to_seq,
                                       entry_visitor *visit, void *context, struct error *err);
/* Those of the usage stream whose windows begin at since_us or later; INSTANT_MIN: all. */
MUST_CHECK bool entries_each_since(struct store *store, int log, uint64_t tenant, uint32_t stream,
                                   uint64_t from_seq, uint64_t to_seq, int64_t since_us,
                                   entry_visitor *visit, void *context, struct error *err);
/* One entry; ERROR_NOT_FOUND. */
MUST_CHECK bool entry_find(struct store *store, int log, uint64_t index, struct entry_row *out,
                           struct error *err);
/* Only what the tree is made of: for the sealer. */
MUST_CHECK bool leaves_each(struct store *store, int log, uint64_t from, uint64_t to,
                            leaf_visitor *visit, void *context, struct error *err);
/* The same of at most 256 sealed entries, for who may not see entries; nothing where not all are
 * sealed. */
MUST_CHECK bool public_leaves_each(struct store *store, int log, uint64_t from, uint64_t to,
                                   leaf_visitor *visit, void *context, struct error *err);
/* The next stream_seq of a stream: one more than its greatest, 0 for an empty one. Only good while
 * the caller holds what serialises the stream. */
MUST_CHECK bool stream_next_seq(struct store *store, int log, uint64_t tenant, uint32_t stream,
                                uint64_t *out, struct error *err);
/* COPY at first_index, first_index + 1, … Called by append_entries() alone. */
MUST_CHECK bool entries_copy(struct store *store, int log, uint64_t first_index,
                             const struct signed_entry *entries, size_t count, struct error *err);

#endif
