/*
 * Messages that were taken from the client and not given out yet: many are taken by one call, which
 * costs two thirds of taking them one by one.
 *
 * librdkafka 2.0.2 loses messages, or gives those of before, when such a call meets a rebalance. So
 * whoever sees one drops the hand, and has the client begin again at positions that the book names:
 * drop it before every rd_kafka_assign().
 */
#ifndef INGEST_KAFKA_HAND_H
#define INGEST_KAFKA_HAND_H

#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stddef.h>

#define KAFKA_HAND_MAX 256

struct kafka_hand {
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    size_t next;
    size_t count;
    rd_kafka_message_t *messages[KAFKA_HAND_MAX + 1];
};

void kafka_hand_open(struct kafka_hand *hand, rd_kafka_t *client);
void kafka_hand_close(struct kafka_hand *hand);
void kafka_hand_drop(struct kafka_hand *hand);
bool kafka_hand_is_empty(const struct kafka_hand *hand);
/* The client had more than it was asked for. */
bool kafka_hand_is_full(const struct kafka_hand *hand);
/* Calls the client, and so its callbacks: more messages if the hand is empty, waiting for a first
 * one; one more at most, without waiting, if it is not. */
void kafka_hand_fill(struct kafka_hand *hand, int timeout_ms);
/* The next message, which is the caller's from now on; NULL: none. */
rd_kafka_message_t *kafka_hand_take(struct kafka_hand *hand);

#endif
