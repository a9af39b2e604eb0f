/*
 * An entry that came from no feed, as the journal gives it back: with all rows that its writer
 * wrote beside it, and the leaf that was published, so that nothing is signed.
 *
 *     restored_prepare → store_begin → restored_lock → append_lock → restored_append → …
 *
 * Bodies name neither the log nor a place in it: the entry may stand at another index than before,
 * if nothing that its content names by an index does (store/past_journal.h has the journal).
 */
#ifndef STORE_RESTORE_H
#define STORE_RESTORE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "store/append.h"
#include "store/documents.h"
#include "store/past_journal.h"

struct restored {
    const struct past_entry *past; /* lent */
    struct signed_entry entry;
    json_t *json; /* its content, or NULL */
    struct document_row document;
};

/* Takes the leaf, which must commit to the journal's entry, and reads its content: ERROR_HALT where
 * they do not fit. The caller releases what was prepared, also after a failure. */
MUST_CHECK bool restored_prepare(const struct writer *writer, const struct past_entry *past,
                                 const struct leaf *leaf, struct arena *arena, struct restored *out,
                                 struct error *err);
void restored_release(struct restored *restored);
/* What is locked before the log's head, in its order: money and numbers go on where the entry
 * stands, or it is ERROR_HALT. */
MUST_CHECK bool restored_lock(struct store *store, int log, const struct restored *restored,
                              struct error *err);
/* At the end of the log, under the lock of `head`. */
MUST_CHECK bool restored_append(struct store *store, struct head *head, struct restored *restored,
                                struct error *err);

#endif
