#include "ingest/kafka_gone.h"

#include <string.h>

#include "ingest/kafka_client.h"

static bool has_partition(const struct rd_kafka_metadata_topic *topic, int32_t partition)
{
    for (int i = 0; i < topic->partition_cnt; i++)
        if (topic->partitions[i].id == partition)
            return true;
    return false;
}

enum kafka_presence kafka_presence(const struct rd_kafka_metadata *metadata, const char *topic,
                                   int32_t partition, int brokers_seen)
{
    bool has_others = false;
    for (int i = 0; i < metadata->topic_cnt; i++) {
        const struct rd_kafka_metadata_topic *row = &metadata->topics[i];
        bool is_ours = strcmp(row->topic, topic) == 0;
        has_others = has_others || (!is_ours && !row->err);
        if (is_ours && row->err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
            return row->err                        ? PRESENCE_DOUBT
                   : has_partition(row, partition) ? PRESENCE_THERE
                                                   : PRESENCE_GONE;
    }
    /* Who may see no other topic sees the brokers: one of several that is alone is no witness. */
    bool has_brokers = metadata->broker_cnt > 0 && metadata->broker_cnt >= brokers_seen / 2 + 1;
    return metadata->broker_cnt > 0 && (has_others || has_brokers) ? PRESENCE_GONE : PRESENCE_DOUBT;
}

static bool say(enum kafka_presence presence, const char *topic, int32_t partition,
                struct error *err)
{
    if (presence == PRESENCE_GONE)
        return error_set(err, ERROR_NOT_FOUND, "kafka: no partition %d of '%s'", partition, topic);
    if (presence == PRESENCE_THERE)
        return error_set(err, ERROR_BUSY, "kafka: nobody leads partition %d of '%s' yet", partition,
                         topic);
    return error_set(
        err, ERROR_BUSY,
        "kafka: a broker knows neither partition %d of '%s' nor the rest of the cluster", partition,
        topic);
}

static bool ask(rd_kafka_t *client, int all_topics, int *brokers_seen,
                const struct rd_kafka_metadata **out, struct error *err)
{
    rd_kafka_resp_err_t code = rd_kafka_metadata(client, all_topics, NULL, out, ANSWER_TIMEOUT_MS);
    if (code)
        return error_set(err, ERROR_BUSY, "kafka: what brokers there are: %s",
                         rd_kafka_err2str(code));
    if ((*out)->broker_cnt > *brokers_seen)
        *brokers_seen = (*out)->broker_cnt;
    return true;
}

bool kafka_see_brokers(rd_kafka_t *client, int *brokers_seen, struct error *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    if (!ask(client, 0, brokers_seen, &metadata, err))
        return false;
    rd_kafka_metadata_destroy(metadata);
    return true;
}

bool kafka_say_gone(rd_kafka_t *client, const char *topic, int32_t partition, int *brokers_seen,
                    struct error *err)
{
    const struct rd_kafka_metadata *metadata = NULL;
    if (!ask(client, 1, brokers_seen, &metadata, err))
        return false;
    enum kafka_presence presence = kafka_presence(metadata, topic, partition, *brokers_seen);
    rd_kafka_metadata_destroy(metadata);
    return say(presence, topic, partition, err);
}
