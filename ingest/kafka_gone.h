/*
 * Whether a broker that does not know a partition may be believed: it must know of the rest of the
 * cluster. One that has just started, or was cut off, knows of nothing, or of itself alone.
 */
#ifndef INGEST_KAFKA_GONE_H
#define INGEST_KAFKA_GONE_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"

enum kafka_presence {
    PRESENCE_THERE, /* the partition, whoever leads it */
    PRESENCE_GONE,  /* it is not, among what else is there */
    PRESENCE_DOUBT, /* nothing that could be believed */
};

/* What the metadata of a whole cluster say; at most `brokers_seen` were there so far. */
enum kafka_presence kafka_presence(const struct rd_kafka_metadata *metadata, const char *topic,
                                   int32_t partition, int brokers_seen);
/* Notes how many brokers there are, while all is well. */
MUST_CHECK bool kafka_see_brokers(rd_kafka_t *client, int *brokers_seen, struct error *err);
/* Asks a broker. Always false: ERROR_NOT_FOUND when the partition is gone, ERROR_BUSY when that
 * cannot be said now. *brokers_seen is the caller's, and grows. */
bool kafka_say_gone(rd_kafka_t *client, const char *topic, int32_t partition, int *brokers_seen,
                    struct error *err);

#endif
