/*
 * What could not be counted: the row that keeps it, and how much of it there may be.
 *
 * A record is kept whole up to the largest event; of a larger one the first 4 KiB. The rate, by
 * source and minute of broker time, raises an alarm at the catalog's limit; at a hundred times it
 * the partition halts after the batch, since one bad deploy must not fill the database. Memory of
 * the rate is that of the process; nothing is decided by it.
 */
#ifndef INGEST_QUARANTINE_H
#define INGEST_QUARANTINE_H

#include <stdint.h>

#include "base/arena.h"
#include "ingest/decide.h"
#include "ingest/item.h"
#include "store/quarantine.h"

#define QUARANTINE_KEPT_BYTES 4096 /* of a record that is too large */
#define QUARANTINE_HALT_FACTOR 100

/* The row of a refused item, all but feed, partition, incarnation and batch. */
void quarantine_row_of(const struct decided_refusal *refusal, const struct catalog *catalog,
                       int64_t as_of_us, struct arena *arena, struct quarantine_row *out);

enum quarantine_verdict { RATE_FINE, RATE_ALARM, RATE_HALT };

#define QUARANTINE_RATES 4096 /* sources watched at once; more of them push each other out */

struct quarantine_rate {
    uint64_t key;
    int64_t minute;
    uint64_t count;
};

struct quarantine_rates {
    struct quarantine_rate rates[QUARANTINE_RATES];
};

/* Under whom the record counts: its source, or the feed (empty) when it has none that the catalog
 * knows; else whoever invents a source for each record would never reach a limit. */
struct slice quarantine_rate_source(const struct quarantine_row *row);
/* Counts one more. RATE_ALARM and RATE_HALT are said once, when the limit is reached. */
enum quarantine_verdict quarantine_count(struct quarantine_rates *rates, uint32_t partition,
                                         struct slice source, int64_t broker_time_us,
                                         uint64_t limit);

#endif
