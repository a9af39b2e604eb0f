/*
 * A client of the brokers, with the settings that hold the line against what Debian's librdkafka
 * 2.0.2 gets wrong: the eager range assignor (the cooperative one loses positions), no automatic
 * reset, commit or store of offsets, a queue that is full by its bytes only (kafka_wake.h), no
 * Nagle.
 */
#ifndef INGEST_KAFKA_CLIENT_H
#define INGEST_KAFKA_CLIENT_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "ingest/feed.h"

#define ANSWER_TIMEOUT_MS 10000 /* for what is asked of a broker */

/* Takes `conf` over, with the callbacks that the caller has set in it. `isolation` is Kafka's
 * isolation.level: what is read_uncommitted sees behind open transactions. */
MUST_CHECK bool kafka_connect(rd_kafka_conf_t *conf, const struct kafka_options *options,
                              const char *isolation, rd_kafka_t **out, struct error *err);

/* Of the topic, as the broker has it now. */
MUST_CHECK bool kafka_count_partitions(rd_kafka_t *client, const char *topic, size_t *out,
                                       struct error *err);

/* Whether the topic's cleanup.policy has `compact`; false, with a warning, where the broker may not
 * tell us (DescribeConfigs). */
MUST_CHECK bool kafka_is_compacted(rd_kafka_t *client, const char *topic, bool *out,
                                   struct error *err);

/* A record's headers lie here until the next record is made. Who has it frees `headers`. */
struct kafka_room {
    size_t capacity;
    struct record_header *headers;
};
/* Lives as long as the message, and until the next record is made in the same room. */
struct record kafka_record(struct kafka_room *room, const rd_kafka_message_t *message);

MUST_CHECK bool kafka_read_cluster_id(rd_kafka_t *client, char *out, size_t out_size,
                                      struct error *err);

#endif
