/*
 * topics: creates, grows, empties and deletes topics of the private broker, in milliseconds where
 * Kafka's own tool takes a second to start; tests do it often.
 *
 *   topics create NAME PARTITIONS [CONFIG=VALUE ...]
 *   topics grow NAME PARTITIONS
 *   topics trim NAME PARTITION OFFSET      forgets the records before OFFSET, as retention does
 *   topics set NAME CONFIG=VALUE ...       instead of all settings that it has
 *   topics reset NAME GROUP PARTITION OFFSET    what the group committed; refused while it has
 * members topics delete NAME
 *
 * The broker is the environment's DAYBOOK_KAFKA. Exit 0 done, 1 refused, 2 used wrongly.
 */
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MS = 30000, ERROR_SIZE = 512 };

struct admin {
    rd_kafka_t *client;
    rd_kafka_queue_t *queue;
    rd_kafka_AdminOptions_t *options;
};

struct command {
    const char *name;
    int arguments_min;
    bool (*run)(struct admin *admin, int count, char **arguments);
};

/* Of the one resource whose settings were to be changed. */
static rd_kafka_resp_err_t resource_error(rd_kafka_event_t *event)
{
    size_t count = 0;
    const rd_kafka_ConfigResource_t **resources =
        rd_kafka_AlterConfigs_result_resources(rd_kafka_event_AlterConfigs_result(event), &count);
    return count > 0 ? rd_kafka_ConfigResource_error(resources[0]) : RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* Of the one group, or its one partition, whose offset was to be changed. */
static rd_kafka_resp_err_t group_error(rd_kafka_event_t *event)
{
    size_t count = 0;
    const rd_kafka_group_result_t **groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(
        rd_kafka_event_AlterConsumerGroupOffsets_result(event), &count);
    const rd_kafka_error_t *error = count > 0 ? rd_kafka_group_result_error(groups[0]) : NULL;
    const rd_kafka_topic_partition_list_t *partitions =
        count > 0 ? rd_kafka_group_result_partitions(groups[0]) : NULL;
    if (error)
        return rd_kafka_error_code(error);
    return partitions && partitions->cnt > 0 ? partitions->elems[0].err
                                             : RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* The answer of the broker: an error of the whole call, else of the one topic that it was about. */
static bool succeeded(struct admin *admin, const char *topic)
{
    rd_kafka_event_t *event = rd_kafka_queue_poll(admin->queue, TIMEOUT_MS);
    rd_kafka_resp_err_t code = event ? rd_kafka_event_error(event) : RD_KAFKA_RESP_ERR__TIMED_OUT;
    const char *message = event ? rd_kafka_event_error_string(event) : "no answer";
    const rd_kafka_topic_result_t **topics = NULL;
    size_t count = 0;
    if (event && rd_kafka_event_type(event) == RD_KAFKA_EVENT_CREATETOPICS_RESULT)
        topics =
            rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    if (event && rd_kafka_event_type(event) == RD_KAFKA_EVENT_DELETETOPICS_RESULT)
        topics =
            rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count);
    if (event && rd_kafka_event_type(event) == RD_KAFKA_EVENT_CREATEPARTITIONS_RESULT)
        topics = rd_kafka_CreatePartitions_result_topics(
            rd_kafka_event_CreatePartitions_result(event), &count);
    if (event && !code && rd_kafka_event_type(event) == RD_KAFKA_EVENT_ALTERCONFIGS_RESULT)
        message = rd_kafka_err2str(code = resource_error(event));
    if (event && !code &&
        rd_kafka_event_type(event) == RD_KAFKA_EVENT_ALTERCONSUMERGROUPOFFSETS_RESULT)
        message = rd_kafka_err2str(code = group_error(event));
    if (!code && count > 0) {
        code = rd_kafka_topic_result_error(topics[0]);
        message = rd_kafka_topic_result_error_string(topics[0]);
    }
    if (code)
        fprintf(stderr, "topics: %s: %s\n", topic, message ? message : rd_kafka_err2str(code));
    if (event)
        rd_kafka_event_destroy(event);
    return code == RD_KAFKA_RESP_ERR_NO_ERROR;
}

/* A create returns before every broker knows the topic: wait until it can be used. */
static bool appeared(struct admin *admin, const char *name, int partitions)
{
    rd_kafka_topic_t *topic = rd_kafka_topic_new(admin->client, name, NULL);
    bool found = false;
    for (int tries = 0; tries < 300 && !found; tries++) {
        const struct rd_kafka_metadata *metadata = NULL;
        if (rd_kafka_metadata(admin->client, 0, topic, &metadata, TIMEOUT_MS))
            continue;
        found = metadata->topic_cnt == 1 && metadata->topics[0].err == 0 &&
                metadata->topics[0].partition_cnt == partitions;
        for (int i = 0; found && i < partitions; i++)
            found = metadata->topics[0].partitions[i].leader >= 0;
        rd_kafka_metadata_destroy(metadata);
        if (!found)
            rd_kafka_poll(admin->client, 10);
    }
    rd_kafka_topic_destroy(topic);
    return found;
}

static bool create(struct admin *admin, int count, char **arguments)
{
    char error[ERROR_SIZE];
    const int partitions = (int)strtol(arguments[1], NULL, 10);
    rd_kafka_NewTopic_t *topic =
        rd_kafka_NewTopic_new(arguments[0], partitions, 1, error, sizeof error);
    if (!topic) {
        fprintf(stderr, "topics: %s: %s\n", arguments[0], error);
        return false;
    }
    for (int i = 2; i < count; i++) {
        char *value = strchr(arguments[i], '=');
        if (value) {
            *value = '\0';
            rd_kafka_NewTopic_set_config(topic, arguments[i], value + 1);
        }
    }
    rd_kafka_CreateTopics(admin->client, &topic, 1, admin->options, admin->queue);
    rd_kafka_NewTopic_destroy(topic);
    return succeeded(admin, arguments[0]) && appeared(admin, arguments[0], partitions);
}

static bool grow(struct admin *admin, int count, char **arguments)
{
    (void)count;
    char error[ERROR_SIZE];
    const int partitions = (int)strtol(arguments[1], NULL, 10);
    rd_kafka_NewPartitions_t *growth =
        rd_kafka_NewPartitions_new(arguments[0], (size_t)partitions, error, sizeof error);
    if (!growth) {
        fprintf(stderr, "topics: %s: %s\n", arguments[0], error);
        return false;
    }
    rd_kafka_CreatePartitions(admin->client, &growth, 1, admin->options, admin->queue);
    rd_kafka_NewPartitions_destroy(growth);
    return succeeded(admin, arguments[0]) && appeared(admin, arguments[0], partitions);
}

static bool trim(struct admin *admin, int count, char **arguments)
{
    (void)count;
    rd_kafka_topic_partition_list_t *before = rd_kafka_topic_partition_list_new(1);
    const int32_t partition = (int32_t)strtol(arguments[1], NULL, 10);
    rd_kafka_topic_partition_list_add(before, arguments[0], partition)->offset =
        strtoll(arguments[2], NULL, 10);
    rd_kafka_DeleteRecords_t *records = rd_kafka_DeleteRecords_new(before);
    rd_kafka_DeleteRecords(admin->client, &records, 1, admin->options, admin->queue);
    rd_kafka_DeleteRecords_destroy(records);
    rd_kafka_topic_partition_list_destroy(before);
    return succeeded(admin, arguments[0]);
}

static bool set(struct admin *admin, int count, char **arguments)
{
    rd_kafka_ConfigResource_t *topic =
        rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, arguments[0]);
    for (int i = 1; i < count; i++) {
        char *value = strchr(arguments[i], '=');
        if (value) {
            *value = '\0';
            rd_kafka_ConfigResource_set_config(topic, arguments[i], value + 1);
        }
    }
    rd_kafka_AlterConfigs(admin->client, &topic, 1, admin->options, admin->queue);
    rd_kafka_ConfigResource_destroy(topic);
    return succeeded(admin, arguments[0]);
}

static bool reset(struct admin *admin, int count, char **arguments)
{
    (void)count;
    rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(1);
    const int32_t partition = (int32_t)strtol(arguments[2], NULL, 10);
    rd_kafka_topic_partition_list_add(offsets, arguments[0], partition)->offset =
        strtoll(arguments[3], NULL, 10);
    rd_kafka_AlterConsumerGroupOffsets_t *change =
        rd_kafka_AlterConsumerGroupOffsets_new(arguments[1], offsets);
    rd_kafka_AlterConsumerGroupOffsets(admin->client, &change, 1, admin->options, admin->queue);
    rd_kafka_AlterConsumerGroupOffsets_destroy(change);
    rd_kafka_topic_partition_list_destroy(offsets);
    return succeeded(admin, arguments[0]);
}

static bool delete (struct admin *admin, int count, char **arguments)
{
    (void)count;
    rd_kafka_DeleteTopic_t *topic = rd_kafka_DeleteTopic_new(arguments[0]);
    rd_kafka_DeleteTopics(admin->client, &topic, 1, admin->options, admin->queue);
    rd_kafka_DeleteTopic_destroy(topic);
    return succeeded(admin, arguments[0]);
}

static const struct command commands[] = {{"create", 2, create}, {"grow", 2, grow},
                                          {"trim", 3, trim},     {"set", 2, set},
                                          {"reset", 4, reset},   {"delete", 1, delete}};

static const struct command *find_command(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) == 0 && argc - 2 >= commands[i].arguments_min)
            return &commands[i];
    }
    return NULL;
}

static bool run(const struct command *command, const char *bootstrap, int count, char **arguments)
{
    char error[ERROR_SIZE];
    struct admin admin = {0};
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    if (rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, error, sizeof error) == 0)
        admin.client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!admin.client) {
        fprintf(stderr, "topics: %s\n", error);
        rd_kafka_conf_destroy(conf);
        return false;
    }
    admin.queue = rd_kafka_queue_new(admin.client);
    admin.options = rd_kafka_AdminOptions_new(admin.client, RD_KAFKA_ADMIN_OP_ANY);
    rd_kafka_AdminOptions_set_operation_timeout(admin.options, TIMEOUT_MS, error, sizeof error);
    const bool done = command->run(&admin, count, arguments);
    rd_kafka_AdminOptions_destroy(admin.options);
    rd_kafka_queue_destroy(admin.queue);
    rd_kafka_destroy(admin.client);
    return done;
}

int main(int argc, char **argv)
{
    const struct command *command = find_command(argc, argv);
    const char *bootstrap = getenv("DAYBOOK_KAFKA");
    if (!command || !bootstrap) {
        fputs(
            "usage: DAYBOOK_KAFKA=HOST:PORT topics create|grow NAME PARTITIONS [CONFIG=VALUE ...]\n"
            "       topics set NAME CONFIG=VALUE ... | topics trim NAME PARTITION OFFSET\n"
            "       topics reset NAME GROUP PARTITION OFFSET | topics delete NAME\n",
            stderr);
        return 2;
    }
    return run(command, bootstrap, argc - 2, argv + 2) ? 0 : 1;
}
