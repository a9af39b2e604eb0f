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

/* All partitions that are read or verified; where the proven record is another one, or gone
 * although the feed begins before it, the claim halts. ERROR_BUSY: the feed does not answer now. */
MUST_CHECK bool glance(struct feed *feed, struct partitions *partitions, bool *out_halted,
                       struct error *err);

#endif
