/*
 * What could not be counted: kept whole, disposed of by operators, never dropped.
 *
 * Rows are written by the batch whose receipt counts them. A disposition is a row of its own,
 * written once: a record that was disposed of stays where it is.
 */
#ifndef STORE_QUARANTINE_H
#define STORE_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/body.h"
#include "core/digest.h"
#include "store/store.h"

struct quarantine_row {
    struct digest feed;
    uint32_t partition;
    uint32_t incarnation;
    uint64_t offset;
    struct batch_id batch;
    const char *reason; /* its word */
    const char *detail; /* one sentence */
    int64_t broker_time_us;
    int32_t time_type;
    struct slice tenant_id; /* as the record says; data NULL: it does not */
    struct slice source;
    struct slice event_id;
    uint64_t size;        /* of key, headers and value together, whole */
    struct slice key;     /* data NULL: none */
    struct slice headers; /* count i32, then name and value, each with its i32 length or -1 */
    struct slice value;   /* the first 4 KiB of a record that is too large */
};

/* One line of the list. Texts live until the visitor returns. */
struct quarantine_item {
    const char *feed_name; /* topic; a file's SHA-256 in hex */
    uint32_t partition;
    uint32_t incarnation;
    uint64_t offset;
    const char *reason;
    const char *detail;
    int64_t broker_time_us;
    struct slice tenant_id;
    struct slice source;
    struct slice event_id;
    uint64_t size;
};

enum disposition_action { DISPOSED_RELEASED, DISPOSED_WRITTEN_OFF, DISPOSED_CORRECTED };

struct disposition {
    const char *feed_name; /* or the feed's digest in hex */
    uint32_t partition;
    uint64_t offset;
    enum disposition_action action;
    const char *reason; /* an operator's words */
    struct digest operator_key;
};

MUST_CHECK bool quarantine_append(struct store *store, int log, const struct quarantine_row *rows,
                                  size_t count, struct error *err);

typedef bool quarantine_row_visit(void *context, const struct quarantine_row *row,
                                  struct error *err);
/* The rows of offsets [from, to) of a partition, ascending, for an audit. Texts live until the
 * visitor returns, which may not use the same store. */
MUST_CHECK bool quarantine_of_range(struct store *store, int log, const struct batch_range *range,
                                    quarantine_row_visit *visit, void *context, struct error *err);

typedef bool quarantine_visit(void *context, const struct quarantine_item *item, struct error *err);
/* What is still open, the oldest broker time first. */
MUST_CHECK bool quarantine_each_open(struct store *store, int log, quarantine_visit *visit,
                                     void *context, struct error *err);
/* ERROR_NOT_FOUND: no such record in the newest incarnation; ERROR_CONFLICT: disposed of before. */
MUST_CHECK bool quarantine_dispose(struct store *store, int log,
                                   const struct disposition *disposition, struct error *err);

#endif
