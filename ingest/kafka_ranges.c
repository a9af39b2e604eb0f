/*
 * A feed that is a topic, read range by range outside of any group: for recovery, which knows what
 * it wants, in an order of its own.
 *
 * Each partition has a queue, filled ahead from where it was read to; ranges of a partition follow
 * each other, so going from one partition to another costs nothing.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "core/digest.h"
#include "ingest/feed.h"
#include "ingest/kafka_client.h"

struct ranges {
    struct feed feed; /* first: a feed is one of these */
    rd_kafka_t *client;
    rd_kafka_message_t *message; /* the last one given out */
    struct kafka_room room;
    uint32_t partition;                            /* that is read now */
    rd_kafka_queue_t *queues[FEED_PARTITIONS_MAX]; /* NULL: not asked for yet */
    uint64_t next[FEED_PARTITIONS_MAX];            /* that the queue will give */
    bool is_stopped[FEED_PARTITIONS_MAX];          /* the broker refused that: nothing will come */
};

static struct ranges *self(struct feed *feed)
{
    return (struct ranges *)feed;
}

/* NOT_FOUND: there is no such topic or partition; else it may be there again later. */
static bool answer(rd_kafka_resp_err_t code, const char *what, struct error *err)
{
    bool is_missing = code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
                      code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
                      code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ||
           error_set(err, is_missing ? ERROR_NOT_FOUND : ERROR_BUSY, "kafka: %s: %s", what,
                     rd_kafka_err2str(code));
}

/* Everything that has a queue and is not stopped, from where it was read to. */
static bool assign(struct ranges *ranges, struct error *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
    for (int32_t p = 0; p < FEED_PARTITIONS_MAX; p++)
        if (ranges->queues[p] && !ranges->is_stopped[p])
            rd_kafka_topic_partition_list_add(list, ranges->feed.name, p)->offset =
                (int64_t)ranges->next[p];
    rd_kafka_resp_err_t code = rd_kafka_assign(ranges->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    return answer(code, "assign", err);
}

/* What lies between the queue's place and the range's start holds no records, only markers. */
static bool ranges_start(struct feed *feed, const struct feed_position *positions, size_t count,
                         struct error *err)
{
    struct ranges *ranges = self(feed);
    uint32_t partition = positions[0].partition;
    assert(count == 1 && partition < FEED_PARTITIONS_MAX);
    ranges->partition = partition;
    if (ranges->queues[partition] && !ranges->is_stopped[partition] &&
        positions[0].offset >= ranges->next[partition])
        return true;
    if (ranges->queues[partition] == NULL) {
        ranges->queues[partition] =
            rd_kafka_queue_get_partition(ranges->client, feed->name, (int32_t)partition);
        if (ranges->queues[partition] == NULL)
            return error_set(err, ERROR_HALT, "'%s' has no partition %u", feed->name, partition);
        rd_kafka_queue_forward(ranges->queues[partition], NULL);
    }
    ranges->next[partition] = positions[0].offset;
    ranges->is_stopped[partition] = false;
    return assign(ranges, err);
}

static void take_error(struct ranges *ranges, struct feed_event *out)
{
    const rd_kafka_message_t *message = ranges->message;
    ranges->is_stopped[ranges->partition] |= message->err != RD_KAFKA_RESP_ERR__PARTITION_EOF;
    out->partition = ranges->partition;
    out->offset = (uint64_t)message->offset;
    switch ((int)message->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF: out->kind = FEED_END; return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: out->kind = FEED_RANGE; return;
    default: out->kind = FEED_TROUBLE; log_warning("kafka: %s", rd_kafka_message_errstr(message));
    }
}

/* What is said of the client as a whole. */
static void serve_client(struct ranges *ranges)
{
    rd_kafka_message_t *message = rd_kafka_consumer_poll(ranges->client, 0);
    if (message == NULL)
        return;
    if (message->err)
        log_warning("kafka: %s", rd_kafka_message_errstr(message));
    rd_kafka_message_destroy(message);
}

static bool ranges_poll(struct feed *feed, int timeout_ms, struct feed_event *out,
                        struct error *err)
{
    struct ranges *ranges = self(feed);
    (void)err;
    *out = (struct feed_event){.kind = FEED_NOTHING};
    if (ranges->message)
        rd_kafka_message_destroy(ranges->message);
    ranges->message = rd_kafka_consume_queue(ranges->queues[ranges->partition], timeout_ms);
    if (ranges->message == NULL) {
        serve_client(ranges);
        return true;
    }
    if (ranges->message->err) {
        take_error(ranges, out);
        return true;
    }
    ranges->next[ranges->partition] = (uint64_t)ranges->message->offset + 1;
    *out = (struct feed_event){.kind = FEED_RECORD,
                               .partition = ranges->partition,
                               .offset = (uint64_t)ranges->message->offset + 1,
                               .record = kafka_record(&ranges->room, ranges->message)};
    return true;
}

static bool ranges_bounds(struct feed *feed, uint32_t partition, uint64_t *out_low,
                          uint64_t *out_high, struct error *err)
{
    int64_t low = 0;
    int64_t high = 0;
    if (!answer(rd_kafka_query_watermark_offsets(self(feed)->client, feed->name, (int32_t)partition,
                                                 &low, &high, ANSWER_TIMEOUT_MS),
                "watermarks", err))
        return false;
    *out_low = (uint64_t)low;
    *out_high = (uint64_t)high;
    return true;
}

static bool ranges_cluster_id(struct feed *feed, char *out, size_t out_size, struct error *err)
{
    return kafka_read_cluster_id(self(feed)->client, out, out_size, err);
}

static void ranges_close(struct feed *feed)
{
    struct ranges *ranges = self(feed);
    if (ranges->message)
        rd_kafka_message_destroy(ranges->message);
    for (size_t p = 0; p < FEED_PARTITIONS_MAX; p++)
        if (ranges->queues[p])
            rd_kafka_queue_destroy(ranges->queues[p]);
    (void)rd_kafka_assign(ranges->client, NULL);
    rd_kafka_consumer_close(ranges->client);
    rd_kafka_destroy(ranges->client);
    free(ranges->room.headers);
    free(ranges);
}

static const struct feed_kind ranges_kind = {
    .poll = ranges_poll,
    .start = ranges_start,
    .bounds = ranges_bounds,
    .cluster_id = ranges_cluster_id,
    .close = ranges_close,
};

bool kafka_open_ranges(const struct kafka_options *options, struct feed **out, struct error *err)
{
    if (strlen(options->topic) >= FEED_NAME_SIZE)
        return error_set(err, ERROR_INPUT, "the topic's name is too long");
    struct ranges *ranges = memory_alloc(sizeof *ranges);
    ranges->feed.kind = &ranges_kind;
    snprintf(ranges->feed.name, sizeof ranges->feed.name, "%s", options->topic);
    ranges->feed.id = digest_subject("topic", options->topic);
    if (!kafka_connect(rd_kafka_conf_new(), options, "read_committed", &ranges->client, err)) {
        free(ranges);
        return false;
    }
    *out = &ranges->feed;
    return true;
}
