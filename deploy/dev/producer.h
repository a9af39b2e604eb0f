/*
 * Events into a topic, as fast as the broker takes them, each delivered once or the end is an
 * error.
 */
#ifndef DEV_PRODUCER_H
#define DEV_PRODUCER_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct producer {
    uint64_t produced;
    /* private */
    rd_kafka_t *handle;
    const char *topic;
    uint64_t failed;
};

/* `brokers` and `topic` stay the caller's. */
MUST_CHECK bool producer_open(struct producer *producer, const char *brokers, const char *topic,
                              struct error *err);
/* Copies key and value; waits where the queue is full. The headers are the producer's from here on.
 */
MUST_CHECK bool producer_send(struct producer *producer, const char *key, const char *value,
                              rd_kafka_headers_t *headers, struct error *err);
/* Serves reports of deliveries, for at most so long: for a caller that pauses. */
void producer_poll(struct producer *producer, int timeout_ms);
/* Waits until all is delivered. */
MUST_CHECK bool producer_close(struct producer *producer, struct error *err);
/* Of an event in structured mode. */
rd_kafka_headers_t *producer_structured_headers(void);

#endif
