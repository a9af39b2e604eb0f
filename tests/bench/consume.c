/*
 * consume: reads a topic from its first record to the last that is there now, counts, and says what
 * that cost. The floor under ingest: no program that reads Kafka by librdkafka can cost less.
 *
 *   consume run --kafka BOOTSTRAP [--topic usage] [--batch N]
 *
 * Fetches with the settings of ingest/kafka.c and takes single messages as it does; --batch takes
 * up to N at a time, which is cheaper still, but loses messages when a group is rebalanced. Prints
 * one line of JSON.
 */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/cli.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/number.h"

enum { TIMEOUT_MS = 10000, PARTITIONS_MAX = 1024, BATCH_MAX = 100000, SETTING_ERROR_SIZE = 256 };

struct consumer {
    rd_kafka_t *client;
    rd_kafka_topic_partition_list_t *positions; /* where each partition's reading starts */
    int64_t next[PARTITIONS_MAX];               /* the offset that comes next */
    int64_t high[PARTITIONS_MAX];               /* of the first record that is not ours */
    int unfinished;                             /* partitions below their high mark */
    uint64_t records;
    uint64_t bytes; /* keys and values */
};

static bool answer(rd_kafka_resp_err_t code, const char *what, struct error *err)
{
    return code == RD_KAFKA_RESP_ERR_NO_ERROR ||
           error_set(err, ERROR_SYSTEM, "%s: %s", what, rd_kafka_err2str(code));
}

static bool connect_client(struct consumer *consumer, const char *bootstrap, struct error *err)
{
    /* What of ingest/kafka.c's has to do with fetching. */
    const char *const settings[][2] = {
        {"bootstrap.servers", bootstrap},
        {"group.id", "daybook-consume"},
        {"client.id", "consume"},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},
        {"isolation.level", "read_committed"},
        {"check.crcs", "true"},
        {"enable.partition.eof", "true"},
        {"queued.min.messages", "10000000"},
        {"queued.max.messages.kbytes", "65536"},
        {"fetch.max.bytes", "8388608"},
        {"fetch.wait.max.ms", "100"},
        {"socket.nagle.disable", "true"},
    };
    char text[SETTING_ERROR_SIZE];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (size_t i = 0; i < COUNT_OF(settings); i++)
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], text, sizeof text) !=
            RD_KAFKA_CONF_OK) {
            rd_kafka_conf_destroy(conf);
            return error_set(err, ERROR_INPUT, "kafka: %s: %s", settings[i][0], text);
        }
    consumer->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (consumer->client == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(err, ERROR_SYSTEM, "kafka: %s", text);
    }
    rd_kafka_poll_set_consumer(consumer->client);
    return true;
}

static bool count_partitions(rd_kafka_t *client, const char *name, int *out, struct error *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *topic = rd_kafka_topic_new(client, name, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, topic, &metadata, TIMEOUT_MS);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
        code = metadata->topics[0].err;
        *out = metadata->topics[0].partition_cnt;
        rd_kafka_metadata_destroy(metadata);
    }
    rd_kafka_topic_destroy(topic);
    if (!answer(code, name, err))
        return false;
    return *out <= PARTITIONS_MAX ||
           error_set(err, ERROR_INPUT, "%s has more than %d partitions", name, PARTITIONS_MAX);
}

/* Where reading starts and ends, in each partition that holds records. */
static bool find_range(struct consumer *consumer, const char *topic, struct error *err)
{
    int count = 0;
    if (!count_partitions(consumer->client, topic, &count, err))
        return false;
    consumer->positions = rd_kafka_topic_partition_list_new(count);
    for (int i = 0; i < count; i++) {
        int64_t *low = &consumer->next[i], *high = &consumer->high[i];
        if (!answer(
                rd_kafka_query_watermark_offsets(consumer->client, topic, i, low, high, TIMEOUT_MS),
                topic, err))
            return false;
        if (*low == *high)
            continue;
        rd_kafka_topic_partition_list_add(consumer->positions, topic, i)->offset = *low;
        consumer->unfinished++;
    }
    return true;
}

static void advance(struct consumer *consumer, int32_t partition, int64_t next)
{
    bool was_below = consumer->next[partition] < consumer->high[partition];
    consumer->next[partition] = next;
    if (was_below && next >= consumer->high[partition])
        consumer->unfinished--;
}

/* The mark at a partition's end counts as well: control records are not delivered. */
static bool take(struct consumer *consumer, rd_kafka_message_t *message, struct error *err)
{
    rd_kafka_resp_err_t code = message->err;
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR &&
        message->offset < consumer->high[message->partition]) {
        consumer->records++;
        consumer->bytes += message->key_len + message->len;
        advance(consumer, message->partition, message->offset + 1);
    } else if (code == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
        advance(consumer, message->partition, message->offset);
        code = RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    rd_kafka_message_destroy(message);
    return answer(code, "kafka", err);
}

static bool read_singly(struct consumer *consumer, struct error *err)
{
    while (consumer->unfinished > 0) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer->client, TIMEOUT_MS);
        if (message == NULL)
            return error_set(err, ERROR_SYSTEM, "nothing came for %d s", TIMEOUT_MS / 1000);
        if (!take(consumer, message, err))
            return false;
    }
    return true;
}

static bool read_batches(struct consumer *consumer, size_t size, struct error *err)
{
    static rd_kafka_message_t *messages[BATCH_MAX];
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(consumer->client);
    bool ok = true;
    while (consumer->unfinished > 0 && ok) {
        /* It waits for a full batch, so not for long. */
        ssize_t count = rd_kafka_consume_batch_queue(queue, 20, messages, size);
        for (ssize_t i = 0; i < count && ok; i++)
            ok = take(consumer, messages[i], err);
    }
    rd_kafka_queue_destroy(queue);
    return ok;
}

/* ------------------------------------------------------------------------------------ the program
 */

static int64_t cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * SECOND_US +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void tell(const struct consumer *consumer, int64_t elapsed_us)
{
    char seconds[DECIMAL_TEXT_SIZE], cost[DECIMAL_TEXT_SIZE];
    uint64_t divisor = consumer->records > 0 ? consumer->records : 1;
    uint64_t rate = consumer->records * (uint64_t)SECOND_US / (uint64_t)(elapsed_us + 1);
    printf("{\"records\":%" PRIu64 ",\"bytes\":%" PRIu64
           ",\"seconds\":%s,\"records_per_second\":%" PRIu64 ",\"cpu_us_per_record\":%s}\n",
           consumer->records, consumer->bytes, decimal_format(elapsed_us / 1000, 3, seconds), rate,
           decimal_format(cpu_us() * 1000 / (int64_t)divisor, 3, cost));
}

static bool read_all(struct consumer *consumer, const struct cli *cli, struct error *err)
{
    uint64_t batch = 0;
    if (!cli_u64(cli, "batch", &batch, err) || !find_range(consumer, cli_text(cli, "topic"), err))
        return false;
    if (batch > BATCH_MAX)
        return error_set(err, ERROR_INPUT, "--batch is at most %d", BATCH_MAX);
    return answer(rd_kafka_assign(consumer->client, consumer->positions), "assign", err) &&
           (batch > 0 ? read_batches(consumer, (size_t)batch, err) : read_singly(consumer, err));
}

static bool run(const struct cli *cli, struct error *err)
{
    static struct consumer consumer;
    const char *bootstrap;
    int64_t started_us = instant_monotonic();
    if (!cli_required(cli, "kafka", &bootstrap, err) || !connect_client(&consumer, bootstrap, err))
        return false;
    bool ok = read_all(&consumer, cli, err);
    if (ok)
        tell(&consumer, instant_monotonic() - started_us);
    if (consumer.positions)
        rd_kafka_topic_partition_list_destroy(consumer.positions);
    rd_kafka_consumer_close(consumer.client);
    rd_kafka_destroy(consumer.client);
    return ok;
}

static const struct cli_option options[] = {
    {"kafka", "BOOTSTRAP", NULL, "the brokers"},
    {"topic", "NAME", "usage", "the topic to read"},
    {"batch", "N", "0", "take up to N messages at a time (0: one)"},
    {0},
};
static const struct cli_command commands[] = {
    {"run", "", "count what the topic holds", run, options},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_option none[] = {{0}};
    static const struct cli_program program = {
        .name = "consume",
        .help = "Reads a topic and counts: the floor under what ingest costs.",
        .commands = commands,
        .common_options = none,
    };
    log_open("consume");
    return cli_main(&program, argc, argv);
}
