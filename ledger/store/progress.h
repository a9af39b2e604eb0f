/*
 * How far each partition is and through when it is complete: derived, for readers and dashboards.
 * Not a table of the book; complete_through never goes back.
 */
#ifndef STORE_PROGRESS_H
#define STORE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "core/digest.h"
#include "store/store.h"

#define COMPLETE_NEVER INSTANT_MIN /* not known through when */

struct progress {
    struct digest feed;
    uint32_t partition;
    uint32_t incarnation;
    uint32_t partition_count; /* of the topic, read by anybody or not */
    const char *feed_name;
    uint64_t position;           /* the first offset that is not in the book */
    uint64_t high;               /* the first that does not exist yet */
    int64_t complete_through_us; /* COMPLETE_NEVER */
    const char *state;           /* "running", "halted" */
    const char *reason;          /* why it halted, for the operator; "" */
};

MUST_CHECK bool progress_write(struct store *store, int log, const struct progress *progress,
                               struct error *err);

#endif
