#include "ingest/kafka_hand.h"

#include <assert.h>
#include <string.h>

#define LINE_BYTES 64
#define LINES_AHEAD 8    /* of a message's value */
#define MESSAGES_AHEAD 3 /* whose bytes another core has written */

void kafka_hand_open(struct kafka_hand *hand, rd_kafka_t *client)
{
    hand->client = client;
    hand->queue = rd_kafka_queue_get_consumer(client);
    assert(hand->queue && hand->count == 0);
}

void kafka_hand_close(struct kafka_hand *hand)
{
    kafka_hand_drop(hand);
    if (hand->queue)
        rd_kafka_queue_destroy(hand->queue);
    hand->queue = NULL;
}

void kafka_hand_drop(struct kafka_hand *hand)
{
    while (hand->next < hand->count)
        rd_kafka_message_destroy(hand->messages[hand->next++]);
    hand->next = hand->count = 0;
}

bool kafka_hand_is_empty(const struct kafka_hand *hand)
{
    return hand->next == hand->count;
}

bool kafka_hand_is_full(const struct kafka_hand *hand)
{
    return hand->count - hand->next >= KAFKA_HAND_MAX;
}

static void take_one(struct kafka_hand *hand, int timeout_ms)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(hand->client, timeout_ms);
    if (message)
        hand->messages[hand->count++] = message;
}

static void add_one(struct kafka_hand *hand)
{
    size_t left = hand->count - hand->next;
    if (left > KAFKA_HAND_MAX)
        return; /* full: next time, when one was taken */
    memmove(hand->messages, hand->messages + hand->next, left * sizeof *hand->messages);
    hand->next = 0;
    hand->count = left;
    take_one(hand, 0);
}

void kafka_hand_fill(struct kafka_hand *hand, int timeout_ms)
{
    if (!kafka_hand_is_empty(hand)) {
        add_one(hand);
        return;
    }
    hand->next = hand->count = 0;
    ssize_t taken = rd_kafka_consume_batch_queue(hand->queue, 0, hand->messages, KAFKA_HAND_MAX);
    if (taken > 0)
        hand->count = (size_t)taken;
    else if (timeout_ms > 0)
        take_one(hand, timeout_ms);
}

/* A wait for another core's bytes is shorter the earlier it begins. */
static void expect(const struct kafka_hand *hand)
{
    size_t at = hand->next + MESSAGES_AHEAD;
    if (at + MESSAGES_AHEAD < hand->count)
        __builtin_prefetch(hand->messages[at + MESSAGES_AHEAD]);
    if (at >= hand->count)
        return;
    const char *value = hand->messages[at]->payload;
    for (size_t i = 0; value && i < LINES_AHEAD; i++)
        __builtin_prefetch(value + i * LINE_BYTES);
}

rd_kafka_message_t *kafka_hand_take(struct kafka_hand *hand)
{
    if (kafka_hand_is_empty(hand))
        return NULL;
    expect(hand);
    return hand->messages[hand->next++];
}
