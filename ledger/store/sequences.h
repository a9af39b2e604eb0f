/*
 * Which numbers of counting sources came: rows beside the receipts whose ranges brought them.
 */
#ifndef STORE_SEQUENCES_H
#define STORE_SEQUENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/body.h"
#include "core/digest.h"
#include "store/store.h"

struct sequence_row {
    struct digest feed;
    uint32_t partition;
    uint32_t incarnation;
    uint64_t from; /* of the receipt */
    struct slice source;
    uint64_t numbered;   /* accepted events with a whole number */
    uint64_t unnumbered; /* without one */
    struct slice runs;   /* ingest/sequence.h */
};

MUST_CHECK bool sequences_append(struct store *store, int log, const struct sequence_row *rows,
                                 size_t count, struct error *err);

struct sequence_filter {
    const char *source;        /* NULL: every one */
    const struct digest *feed; /* NULL: every one */
    bool has_since;
    int64_t since_us; /* of receipts' as-of */
};

typedef bool sequence_visit(void *context, const struct sequence_row *row, int64_t as_of_us,
                            struct error *err);
/* By source, then the oldest first; only source, counts and runs are set. Texts live until the
 * visitor returns. */
MUST_CHECK bool sequences_each(struct store *store, int log, const struct sequence_filter *filter,
                               sequence_visit *visit, void *context, struct error *err);
/* Of one receipt, by source bytewise; as_of_us is 0. */
MUST_CHECK bool sequences_of_receipt(struct store *store, int log,
                                     const struct receipt_body *receipt, sequence_visit *visit,
                                     void *context, struct error *err);

#endif
