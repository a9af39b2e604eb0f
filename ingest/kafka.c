/*
 * A feed that is a topic, read as a member of a consumer group. Only this file and kafka_client.c
 * know librdkafka.
 *
 * Offsets are assigned from the book, after every rebalance too; so what the client loses or gives
 * again at one does no harm. What is committed to the broker is for dashboards.
 */
#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "base/log.h"
#include "core/digest.h"
#include "ingest/feed.h"
#include "ingest/kafka_client.h"
#include "ingest/kafka_gone.h"
#include "ingest/kafka_hand.h"
#include "ingest/kafka_wake.h"

enum pending { PENDING_NOTHING, PENDING_ASSIGN, PENDING_REVOKE };

/* Single records that are looked at. */
struct look {
    size_t left; /* places that were not answered */
    int64_t deadline_us;
    bool is_asked[FEED_PARTITIONS_MAX]; /* and has not answered */
    feed_visit *visit;
    void *context;
};

struct kafka {
    struct feed feed; /* first: a feed is one of these */
    rd_kafka_t *client;
    rd_kafka_t *observer; /* beside the client: single records, and ends behind open transactions */
    enum pending pending; /* a rebalance that the caller was not told of yet */
    atomic_bool trouble;  /* an error that the caller was not told of yet */
    bool is_closing;
    int brokers_seen;  /* the most */
    bool is_compacted; /* as it was at compaction_seen_us */
    int64_t compaction_seen_us;
    struct look look;
    struct kafka_hand hand;
    struct kafka_wake wake;
    rd_kafka_message_t *message; /* the last one given out */
    struct kafka_room room;      /* for its headers */
};

static struct kafka *self(struct feed *feed)
{
    return (struct kafka *)feed;
}

/* ------------------------------------------------------------------------------------- callbacks
 */

static void take_partitions(struct kafka *kafka, const rd_kafka_topic_partition_list_t *list)
{
    assert(list->cnt <= FEED_PARTITIONS_MAX);
    kafka->feed.partition_count = 0;
    for (int i = 0; i < list->cnt; i++)
        kafka->feed.partitions[kafka->feed.partition_count++] = (uint32_t)list->elems[i].partition;
}

/* Only notes it: the answer, rd_kafka_assign(), follows when the caller has done its part. */
static void on_rebalance(rd_kafka_t *client, rd_kafka_resp_err_t reason,
                         rd_kafka_topic_partition_list_t *list, void *opaque)
{
    struct kafka *kafka = opaque;
    if (kafka->is_closing) {
        rd_kafka_assign(client, NULL);
        return;
    }
    if (reason == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
        take_partitions(kafka, list);
        kafka->pending = PENDING_ASSIGN;
        return;
    }
    if (reason != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS)
        log_warning("kafka: rebalance failed: %s", rd_kafka_err2str(reason));
    kafka->pending = PENDING_REVOKE;
}

static void on_error(rd_kafka_t *client, int code, const char *words, void *opaque)
{
    struct kafka *kafka = opaque;
    (void)client;
    log_warning("kafka: %s: %s", rd_kafka_err2name((rd_kafka_resp_err_t)code), words);
    atomic_store(&kafka->trouble, true);
}

/* --------------------------------------------------------------------------------------- records
 */

static void take_record(struct kafka *kafka, struct feed_event *out)
{
    const rd_kafka_message_t *message = kafka->message;
    *out = (struct feed_event){.kind = FEED_RECORD,
                               .partition = (uint32_t)message->partition,
                               .offset = (uint64_t)message->offset + 1,
                               .record = kafka_record(&kafka->room, message)};
}

/* What came instead of a record. */
static bool take_error(struct kafka *kafka, struct feed_event *out, struct error *err)
{
    const rd_kafka_message_t *message = kafka->message;
    out->partition = (uint32_t)message->partition;
    switch ((int)message->err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
        out->kind = FEED_END;
        out->offset = (uint64_t)message->offset;
        return true;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE: out->kind = FEED_RANGE; return true;
    case RD_KAFKA_RESP_ERR__FATAL:
        return error_set(err, ERROR_SYSTEM, "kafka: %s", rd_kafka_message_errstr(message));
    default:
        log_warning("kafka: %s", rd_kafka_message_errstr(message));
        out->kind = FEED_TROUBLE;
        return true;
    }
}

static bool take_rebalance(struct kafka *kafka, struct feed_event *out)
{
    if (kafka->pending == PENDING_NOTHING)
        return false;
    out->kind = kafka->pending == PENDING_ASSIGN ? FEED_ASSIGNED : FEED_REVOKED;
    kafka->pending = PENDING_NOTHING;
    return true;
}

static void give_back(struct kafka *kafka)
{
    if (kafka->message)
        rd_kafka_message_destroy(kafka->message);
    kafka->message = NULL;
}

static bool kafka_poll(struct feed *feed, int timeout_ms, struct feed_event *out, struct error *err)
{
    struct kafka *kafka = self(feed);
    *out = (struct feed_event){.kind = FEED_NOTHING};
    if (take_rebalance(kafka, out))
        return true;
    give_back(kafka);
    if (timeout_ms > 0 || kafka_hand_is_empty(&kafka->hand))
        kafka_hand_fill(&kafka->hand, timeout_ms);
    if (kafka_hand_is_full(&kafka->hand))
        kafka_wake(&kafka->wake, kafka->client);
    if (take_rebalance(kafka, out)) {
        kafka_hand_drop(&kafka->hand); /* read again after the claim */
        return true;
    }
    if (atomic_load(&kafka->trouble)) {
        atomic_store(&kafka->trouble, false);
        out->kind = FEED_TROUBLE; /* before any record that came after it */
        return true;
    }
    kafka->message = kafka_hand_take(&kafka->hand);
    if (kafka->message && kafka->message->err)
        return take_error(kafka, out, err);
    if (kafka->message)
        take_record(kafka, out);
    return true;
}

/* ------------------------------------------------------------------------------------ assignment
 */

static rd_kafka_topic_partition_list_t *list_of(const struct kafka *kafka,
                                                const struct feed_position *positions, size_t count)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new((int)count);
    for (size_t i = 0; i < count; i++)
        rd_kafka_topic_partition_list_add(list, kafka->feed.name, (int32_t)positions[i].partition)
            ->offset = (int64_t)positions[i].offset;
    return list;
}

static bool answer(rd_kafka_resp_err_t code, const char *what, struct error *err)
{
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ||
           error_set(err, ERROR_BUSY, "kafka: %s: %s", what, rd_kafka_err2str(code));
}

static bool kafka_start(struct feed *feed, const struct feed_position *positions, size_t count,
                        struct error *err)
{
    struct kafka *kafka = self(feed);
    rd_kafka_topic_partition_list_t *list = list_of(kafka, positions, count);
    kafka_hand_drop(&kafka->hand);
    rd_kafka_resp_err_t code = rd_kafka_assign(kafka->client, list);
    kafka_wake_set(&kafka->wake, list);
    rd_kafka_topic_partition_list_destroy(list);
    return answer(code, "assign", err);
}

static bool kafka_release(struct feed *feed, struct error *err)
{
    struct kafka *kafka = self(feed);
    kafka_hand_drop(&kafka->hand);
    kafka_wake_set(&kafka->wake, NULL);
    return answer(rd_kafka_assign(kafka->client, NULL), "unassign", err);
}

static bool kafka_bounds(struct feed *feed, uint32_t partition, uint64_t *out_low,
                         uint64_t *out_high, struct error *err)
{
    int64_t low = 0;
    int64_t high = 0;
    rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
        self(feed)->client, feed->name, (int32_t)partition, &low, &high, ANSWER_TIMEOUT_MS);
    if (code == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION || code == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
        code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
        return kafka_say_gone(self(feed)->client, feed->name, (int32_t)partition,
                              &self(feed)->brokers_seen, err);
    if (!answer(code, "watermarks", err))
        return false;
    *out_low = (uint64_t)low;
    *out_high = (uint64_t)high;
    return true;
}

/* ListOffsets for "the latest": one request for each broker, where the watermark call would wait
 * behind a fetch once for each partition. The client would be told where the first open transaction
 * begins: what that holds came before now, and is not counted yet. */
static bool kafka_ends(struct feed *feed, struct feed_position *positions, size_t count,
                       size_t *out_partitions, struct error *err)
{
    struct kafka *kafka = self(feed);
    rd_kafka_topic_partition_list_t *list = list_of(kafka, positions, count);
    for (int i = 0; i < list->cnt; i++)
        list->elems[i].offset = RD_KAFKA_OFFSET_END;
    rd_kafka_resp_err_t code = rd_kafka_offsets_for_times(kafka->observer, list, ANSWER_TIMEOUT_MS);
    for (int i = 0; i < list->cnt && !code; i++) {
        code = list->elems[i].err;
        positions[i].offset = (uint64_t)list->elems[i].offset;
    }
    rd_kafka_topic_partition_list_destroy(list);
    return answer(code, "ends of partitions", err) &&
           kafka_count_partitions(kafka->observer, feed->name, out_partitions, err);
}

static bool kafka_cluster_id(struct feed *feed, char *out, size_t out_size, struct error *err)
{
    return kafka_read_cluster_id(self(feed)->client, out, out_size, err);
}

/* One question for all partitions that are claimed in a round. */
static bool kafka_compaction(struct feed *feed, bool *out, struct error *err)
{
    struct kafka *kafka = self(feed);
    int64_t now_us = instant_monotonic();
    if (kafka->compaction_seen_us == 0 || now_us - kafka->compaction_seen_us > SECOND_US) {
        if (!kafka_is_compacted(kafka->client, feed->name, &kafka->is_compacted, err) ||
            !kafka_see_brokers(kafka->client, &kafka->brokers_seen, err))
            return false;
        kafka->compaction_seen_us = now_us;
    }
    *out = kafka->is_compacted;
    return true;
}

static void kafka_note(struct feed *feed, const struct feed_position *positions, size_t count)
{
    struct kafka *kafka = self(feed);
    rd_kafka_topic_partition_list_t *list = list_of(kafka, positions, count);
    (void)rd_kafka_commit(kafka->client, list, 1);
    rd_kafka_topic_partition_list_destroy(list);
}

static void kafka_close(struct feed *feed)
{
    struct kafka *kafka = self(feed);
    kafka->is_closing = true;
    give_back(kafka);
    kafka_hand_close(&kafka->hand);
    kafka_wake_set(&kafka->wake, NULL);
    (void)rd_kafka_assign(kafka->client, NULL);
    rd_kafka_consumer_close(kafka->client);
    rd_kafka_destroy(kafka->client);
    rd_kafka_destroy(kafka->observer);
    free(kafka->room.headers);
    free(kafka);
}

/* ---------------------------------------------------------------------------------------- opening
 */

static bool subscribe(struct kafka *kafka, struct error *err)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, kafka->feed.name, RD_KAFKA_PARTITION_UA);
    rd_kafka_resp_err_t code = rd_kafka_subscribe(kafka->client, list);
    rd_kafka_topic_partition_list_destroy(list);
    return answer(code, "subscribe", err);
}

static bool connect_clients(struct kafka *kafka, const struct kafka_options *options,
                            struct error *err)
{
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set_rebalance_cb(conf, on_rebalance);
    rd_kafka_conf_set_error_cb(conf, on_error);
    rd_kafka_conf_set_opaque(conf, kafka);
    rd_kafka_conf_t *observer = rd_kafka_conf_new();
    /* One record is looked at; a larger one comes all the same. */
    (void)rd_kafka_conf_set(observer, "max.partition.fetch.bytes", "16384", NULL, 0);
    if (kafka_connect(observer, options, "read_uncommitted", &kafka->observer, err))
        return kafka_connect(conf, options, "read_committed", &kafka->client, err);
    rd_kafka_conf_destroy(conf);
    return false;
}

/* --------------------------------------------------------------------------------------- looking
 */

/* A partition that has answered goes on sending what follows, as long as another one keeps silent.
 */
#define LOOK_MESSAGES_MAX 1000

/* One message, or what the partition says instead of one. */
static void take_answer(struct kafka *kafka, const rd_kafka_message_t *message)
{
    struct look *look = &kafka->look;
    int32_t partition = message->partition;
    if (partition < 0 || partition >= FEED_PARTITIONS_MAX || !look->is_asked[partition] ||
        message->err == RD_KAFKA_RESP_ERR__TRANSPORT)
        return;
    look->is_asked[partition] = false;
    look->left--;
    if (message->err)
        return;
    struct record record = kafka_record(&kafka->room, message);
    look->visit(look->context, (uint32_t)partition, &record);
}

static bool kafka_look_start(struct feed *feed, const struct feed_position *positions, size_t count,
                             feed_visit *visit, void *context, struct error *err)
{
    struct kafka *kafka = self(feed);
    kafka->look =
        (struct look){.left = count,
                      .deadline_us = instant_monotonic() + (int64_t)ANSWER_TIMEOUT_MS * 1000,
                      .visit = visit,
                      .context = context};
    for (size_t i = 0; i < count; i++)
        kafka->look.is_asked[positions[i].partition] = true;
    rd_kafka_topic_partition_list_t *list = list_of(kafka, positions, count);
    rd_kafka_resp_err_t code = rd_kafka_assign(kafka->observer, list);
    rd_kafka_topic_partition_list_destroy(list);
    return answer(code, "look at records", err);
}

static bool kafka_look_on(struct feed *feed, int timeout_ms, bool *out_is_over, struct error *err)
{
    struct kafka *kafka = self(feed);
    struct look *look = &kafka->look;
    rd_kafka_message_t *message = NULL;
    for (int i = 0; i < LOOK_MESSAGES_MAX && look->left > 0 &&
                    (message = rd_kafka_consumer_poll(kafka->observer, timeout_ms));
         i++) {
        take_answer(kafka, message);
        rd_kafka_message_destroy(message);
    }
    bool is_late = look->left > 0 && instant_monotonic() > look->deadline_us;
    *out_is_over = look->left == 0;
    if (is_late || *out_is_over)
        (void)rd_kafka_assign(kafka->observer, NULL);
    return !is_late ||
           error_set(err, ERROR_BUSY, "kafka: %zu records cannot be looked at now", look->left);
}

static bool kafka_look(struct feed *feed, const struct feed_position *positions, size_t count,
                       feed_visit *visit, void *context, struct error *err)
{
    bool is_over = false;
    bool ok = kafka_look_start(feed, positions, count, visit, context, err);
    while (ok && !is_over)
        ok = kafka_look_on(feed, 100, &is_over, err);
    return ok;
}

static const struct feed_kind kafka_kind = {
    .poll = kafka_poll,
    .start = kafka_start,
    .release = kafka_release,
    .bounds = kafka_bounds,
    .ends = kafka_ends,
    .look = kafka_look,
    .look_start = kafka_look_start,
    .look_on = kafka_look_on,
    .is_compacted = kafka_compaction,
    .cluster_id = kafka_cluster_id,
    .note = kafka_note,
    .close = kafka_close,
};

bool kafka_open(const struct kafka_options *options, struct feed **out, struct error *err)
{
    if (strlen(options->topic) >= FEED_NAME_SIZE)
        return error_set(err, ERROR_INPUT, "the topic's name is too long");
    struct kafka *kafka = memory_alloc(sizeof *kafka);
    kafka->feed.kind = &kafka_kind;
    snprintf(kafka->feed.name, sizeof kafka->feed.name, "%s", options->topic);
    kafka->feed.id = digest_subject("topic", options->topic);
    if (!connect_clients(kafka, options, err)) {
        if (kafka->observer)
            rd_kafka_destroy(kafka->observer);
        free(kafka);
        return false;
    }
    kafka_hand_open(&kafka->hand, kafka->client);
    if (!subscribe(kafka, err)) {
        kafka_close(&kafka->feed);
        return false;
    }
    *out = &kafka->feed;
    return true;
}
