#include "ingest/kafka_client.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "ingest/kafka_settings.h"

struct setting {
    const char *name;
    const char *value;
};

static bool apply(rd_kafka_conf_t *conf, const struct setting *settings, size_t count,
                  struct error *err)
{
    char words[256];
    for (size_t i = 0; i < count; i++)
        if (rd_kafka_conf_set(conf, settings[i].name, settings[i].value, words, sizeof words) !=
            RD_KAFKA_CONF_OK)
            return error_set(err, ERROR_INPUT, "kafka: %s=%s: %s", settings[i].name,
                             settings[i].value, words);
    return true;
}

static bool configure(rd_kafka_conf_t *conf, const struct kafka_options *options,
                      const char *isolation, struct error *err)
{
    char session[24];
    char heartbeat[24];
    char queue[24];
    snprintf(session, sizeof session, "%llu", (unsigned long long)options->session_timeout_ms);
    snprintf(heartbeat, sizeof heartbeat, "%llu",
             (unsigned long long)options->session_timeout_ms / 10);
    snprintf(queue, sizeof queue, "%llu", (unsigned long long)options->queue_kbytes);
    const struct setting settings[] = {
        {"bootstrap.servers", options->bootstrap},
        {"group.id", options->group},
        {"client.id", "daybook-ingest"},
        {"session.timeout.ms", session},
        {"heartbeat.interval.ms", heartbeat},
        {"enable.auto.commit", "false"},
        {"enable.auto.offset.store", "false"},
        {"auto.offset.reset", "error"},
        {"isolation.level", isolation},
        {"check.crcs", "true"},
        {"allow.auto.create.topics", "false"},
        {"enable.partition.eof", "true"},
        {"partition.assignment.strategy", "range"},
        {"queued.min.messages", "10000000"},
        {"queued.max.messages.kbytes", queue},
        {"fetch.max.bytes", "8388608"},
        {"fetch.wait.max.ms", "100"},
        {"socket.nagle.disable", "true"},
        {"socket.timeout.ms", "10000"},
        {"topic.metadata.refresh.interval.ms", "10000"},
    };
    const struct setting newer = {"fetch.queue.backoff.ms", "10"};
    return apply(conf, settings, COUNT_OF(settings), err) &&
           (rd_kafka_version() < 0x020200ff || apply(conf, &newer, 1, err));
}

static void on_log(const rd_kafka_t *client, int level, const char *facility, const char *words)
{
    (void)client;
    if (level <= 4)
        log_warning("kafka: %s: %s", facility, words);
    else
        log_debug("kafka: %s: %s", facility, words);
}

/* A client would go on trying for ever where it is not let in. */
static bool prove_access(rd_kafka_conf_t *conf, const struct kafka_options *options,
                         struct error *err)
{
    return !options->settings ||
           (kafka_settings_read(options->settings, conf, err) && kafka_settings_try(conf, err));
}

bool kafka_connect(rd_kafka_conf_t *conf, const struct kafka_options *options,
                   const char *isolation, rd_kafka_t **out, struct error *err)
{
    char words[512];
    rd_kafka_conf_set_log_cb(conf, on_log);
    if (!configure(conf, options, isolation, err) || !prove_access(conf, options, err)) {
        rd_kafka_conf_destroy(conf);
        return false;
    }
    *out = rd_kafka_new(RD_KAFKA_CONSUMER, conf, words, sizeof words);
    if (*out == NULL) {
        rd_kafka_conf_destroy(conf);
        return error_set(err, ERROR_SYSTEM, "kafka: %s", words);
    }
    rd_kafka_poll_set_consumer(*out);
    return true;
}

bool kafka_count_partitions(rd_kafka_t *client, const char *topic, size_t *out, struct error *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    rd_kafka_topic_t *handle = rd_kafka_topic_new(client, topic, NULL);
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, 0, handle, &metadata, ANSWER_TIMEOUT_MS);

    if (!code)
        code = metadata->topics[0].err;
    if (!code)
        *out = (size_t)metadata->topics[0].partition_cnt;
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
    return !code || error_set(err, ERROR_BUSY, "kafka: how many partitions '%s' has: %s", topic,
                              rd_kafka_err2str(code));
}

/* "compact", "delete" or both, in a list. */
static const char *cleanup_policy(const rd_kafka_ConfigResource_t *resource)
{
    size_t count = 0;
    const rd_kafka_ConfigEntry_t **entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rd_kafka_ConfigEntry_name(entries[i]), "cleanup.policy") == 0)
            return rd_kafka_ConfigEntry_value(entries[i]);
    return NULL;
}

/* Who may not ask, or whose brokers do not know the question, reads as before it was asked. */
static bool is_denied(rd_kafka_resp_err_t code)
{
    return code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED ||
           code == RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION ||
           code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE;
}

static bool take_policy(rd_kafka_event_t *event, const char *topic, bool *out, struct error *err)
{
    size_t count = 0;
    rd_kafka_resp_err_t code = rd_kafka_event_error(event);
    const rd_kafka_ConfigResource_t **resources = NULL;
    if (!code)
        resources = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(event), &count);
    if (!code && count > 0)
        code = rd_kafka_ConfigResource_error(resources[0]);
    if (is_denied(code))
        log_warning("kafka: whether '%s' is compacted cannot be seen: DescribeConfigs: %s", topic,
                    rd_kafka_err2str(code));
    else if (code || count == 0)
        return error_set(err, ERROR_BUSY, "kafka: the settings of '%s': %s", topic,
                         rd_kafka_err2str(code));
    const char *policy = code ? NULL : cleanup_policy(resources[0]);
    *out = policy && strstr(policy, "compact") != NULL;
    return true;
}

bool kafka_is_compacted(rd_kafka_t *client, const char *topic, bool *out, struct error *err)
{
    char words[256];
    rd_kafka_queue_t *queue = rd_kafka_queue_new(client);
    rd_kafka_AdminOptions_t *options =
        rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS);
    rd_kafka_ConfigResource_t *resource =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic);
    (void)rd_kafka_AdminOptions_set_request_timeout(options, ANSWER_TIMEOUT_MS, words,
                                                    sizeof words);
    rd_kafka_DescribeConfigs(client, &resource, 1, options, queue);
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 2 * ANSWER_TIMEOUT_MS);
    bool ok = event ? take_policy(event, topic, out, err)
                    : error_set(err, ERROR_BUSY, "kafka: the settings of '%s': no answer", topic);
    if (event)
        rd_kafka_event_destroy(event);
    rd_kafka_ConfigResource_destroy(resource);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_queue_destroy(queue);
    return ok;
}

static size_t take_headers(struct kafka_room *room, const rd_kafka_message_t *message)
{
    rd_kafka_headers_t *headers = NULL;
    const char *name = NULL;
    const void *value = NULL;
    size_t size = 0;
    size_t count = 0;
    if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR)
        return 0;
    while (rd_kafka_header_get_all(headers, count, &name, &value, &size) ==
           RD_KAFKA_RESP_ERR_NO_ERROR) {
        room->headers =
            memory_grow(room->headers, &room->capacity, count + 1, sizeof *room->headers);
        room->headers[count++] = (struct record_header){slice_of(name), {value, value ? size : 0}};
    }
    return count;
}

/* librdkafka's types are one more than the protocol's. */
static int32_t timestamp_type_of(rd_kafka_timestamp_type_t type)
{
    return (int32_t)type - 1;
}

struct record kafka_record(struct kafka_room *room, const rd_kafka_message_t *message)
{
    rd_kafka_timestamp_type_t type;
    int64_t timestamp_ms = rd_kafka_message_timestamp(message, &type);
    size_t header_count = take_headers(room, message);
    return (struct record){.offset = message->offset,
                           .timestamp_type = timestamp_type_of(type),
                           .timestamp_ms = timestamp_ms,
                           .key = {message->key, message->key ? message->key_len : 0},
                           .value = {message->payload, message->payload ? message->len : 0},
                           .headers = header_count > 0 ? room->headers : NULL,
                           .header_count = header_count};
}

bool kafka_read_cluster_id(rd_kafka_t *client, char *out, size_t out_size, struct error *err)
{
    char *id = rd_kafka_clusterid(client, ANSWER_TIMEOUT_MS);
    if (id == NULL)
        return error_set(err, ERROR_BUSY, "kafka: the cluster does not tell its id");
    snprintf(out, out_size, "%s", id);
    rd_kafka_mem_free(client, id);
    return true;
}
