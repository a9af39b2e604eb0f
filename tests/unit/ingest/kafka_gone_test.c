/* ingest/kafka_gone: whose word that a partition is gone is believed. */
#include "ingest/kafka_gone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define OURS "usage"
#define UNKNOWN RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART

struct presence_case {
    const char *name;
    int partitions; /* of ours; -1: it is not listed */
    rd_kafka_resp_err_t err;
    bool has_other;
    int brokers;
    int brokers_seen;
    enum kafka_presence presence;
};

/* Partition 1 is asked for. */
static const struct presence_case cases[] = {
    {"it is there", 2, 0, true, 3, 3, PRESENCE_THERE},
    {"it is there, with one broker", 2, 0, false, 1, 1, PRESENCE_THERE},
    {"nobody leads the topic", 0, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, true, 3, 3,
     PRESENCE_DOUBT},
    {"the topic has fewer partitions", 1, 0, false, 1, 3, PRESENCE_GONE},
    {"not listed, among others", -1, 0, true, 3, 3, PRESENCE_GONE},
    {"not listed, among others, by one of three", -1, 0, true, 1, 3, PRESENCE_GONE},
    {"said to be unknown, among others", 0, UNKNOWN, true, 3, 3, PRESENCE_GONE},
    {"nothing is listed", -1, 0, false, 0, 0, PRESENCE_DOUBT},
    {"topics without brokers", -1, 0, true, 0, 3, PRESENCE_DOUBT},
    {"a broker that knows itself alone", -1, 0, false, 1, 3, PRESENCE_DOUBT},
    {"the same, said to be unknown", 0, UNKNOWN, false, 1, 3, PRESENCE_DOUBT},
    {"one of two", -1, 0, false, 1, 2, PRESENCE_DOUBT},
    {"who may see no other topic sees the brokers", -1, 0, false, 2, 3, PRESENCE_GONE},
    {"the only broker there is", -1, 0, false, 1, 1, PRESENCE_GONE},
};

static enum kafka_presence presence_of(const struct presence_case *row)
{
    struct rd_kafka_metadata_partition partitions[] = {{.id = 0}, {.id = 1}};
    struct rd_kafka_metadata_broker brokers[3] = {{.id = 0}};
    static char other[] = "other";
    static char ours[] = OURS;
    struct rd_kafka_metadata_topic topics[2];
    struct rd_kafka_metadata metadata = {
        .broker_cnt = row->brokers, .brokers = brokers, .topics = topics};
    if (row->has_other)
        topics[metadata.topic_cnt++] = (struct rd_kafka_metadata_topic){
            .topic = other, .partition_cnt = 2, .partitions = partitions};
    if (row->partitions >= 0)
        topics[metadata.topic_cnt++] =
            (struct rd_kafka_metadata_topic){.topic = ours,
                                             .partition_cnt = row->partitions,
                                             .partitions = partitions,
                                             .err = row->err};
    return kafka_presence(&metadata, OURS, 1, row->brokers_seen);
}

static void only_who_knows_the_cluster_is_believed(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (presence_of(&cases[i]) != cases[i].presence)
            fail_msg("%s", cases[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_who_knows_the_cluster_is_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
