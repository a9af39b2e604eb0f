/*
 * A glance at the log: is it still the one that was read?
 *
 * Whoever reads on does not notice that a topic was deleted and made again with more records than
 * were read, and after the next COMMIT the chain's own end says nothing either: it is of the new
 * log. So of each partition one record is kept in mind that is *proven* to be the log's: at the
 * claim the chain's last one, which is read again. It must still be in its place; then all that was
 * committed until now was read from the same log, and the chain's end is proven in turn.
 *
 * A glance costs one record of each partition, beside the reading. Older receipts' records, which a
 * log that was cut and has grown again lacks, are anchors.h's.
 */
#ifndef INGEST_GLANCE_H
#define INGEST_GLANCE_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "ingest/feed.h"
#include "ingest/partition.h"

struct glance {
    bool is_under_way;
    bool has_halted;
    bool is_in_doubt; /* a record was not shown: a claim is to judge that, and knows what expired */
    /* private */
    struct feed *feed;
    struct partitions *partitions;
    unsigned char seen[FEED_PARTITIONS_MAX]; /* by the partition's number */
    struct proof ends[FEED_PARTITIONS_MAX];  /* by row, before it began: what it will prove */
    size_t count;
    struct feed_position positions[FEED_PARTITIONS_MAX];
};

/* Begins one, of all partitions that are read or verified. Whoever claims or gives back meanwhile
 * drops it first. */
MUST_CHECK bool glance_begin(struct glance *glance, struct feed *feed,
                             struct partitions *partitions, struct error *err);
/* Goes on for at most so long, and ends it when all has been seen: where the proven record is
 * another one, or gone although the feed begins before it, the claim has halted. ERROR_BUSY: the
 * feed does not answer now, and the glance has ended, too. */
MUST_CHECK bool glance_go_on(struct glance *glance, int timeout_ms, struct error *err);
void glance_drop(struct glance *glance);

#endif
