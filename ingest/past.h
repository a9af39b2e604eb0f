/*
 * A batch that was published, to be made again: by which control entries it was decided, what its
 * receipts say, and the leaves of its entries.
 *
 * Recovery decides and writes it as ingest would; the signatures are taken from the leaves, and
 * nothing is signed. An entry that would say anything else than the leaf commits to is ERROR_HALT.
 */
#ifndef INGEST_PAST_H
#define INGEST_PAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "ingest/chapter.h"

struct past_batch {
    uint64_t first_index;
    uint64_t control_index;
    size_t leaf_count;
    const struct leaf *leaves;
    size_t receipt_count; /* the last ones of the leaves */
    const struct entry *receipts;
};

/* What a receipt says about its range. */
struct receipt_field {
    const char *name;
    size_t offset; /* in struct receipt_body */
    size_t size;
    bool is_of_feed; /* what the feed has there; else what became of it */
    const char *meaning;
};
/* The first field in which a receipt that was made again is another than the one that was
 * published, in the order in which a difference explains the others; NULL when they agree. */
const struct receipt_field *past_receipt_difference(const struct receipt_body *made,
                                                    const struct receipt_body *past);

/* Gives the chapter's entries their leaves. The message of a failure names the first index and what
 * differs, from the receipts where they say it. */
MUST_CHECK bool past_take(const struct past_batch *past, const struct writer *writer,
                          struct chapter *chapter, struct error *err);

#endif
