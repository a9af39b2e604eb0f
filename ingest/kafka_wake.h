/*
 * A client whose queue was full fetches on as soon as there is room.
 *
 * librdkafka before 2.2 looks whether there is room when something happens at a broker's thread,
 * and else once a second, in which ingest takes more than the queue held. So while records come as
 * fast as they are taken something happens: each leader is asked for an offset, and nobody waits
 * for the answer.
 */
#ifndef INGEST_KAFKA_WAKE_H
#define INGEST_KAFKA_WAKE_H

#include <librdkafka/rdkafka.h>
#include <stdint.h>

struct kafka_wake {
    rd_kafka_topic_partition_list_t *partitions; /* that are read, or NULL */
    int64_t woken_us;                            /* monotonic */
};

/* Those that are read from now on; NULL: none. */
void kafka_wake_set(struct kafka_wake *wake, const rd_kafka_topic_partition_list_t *partitions);
/* When records came and more are there. Returns at once, and does nothing most of the time. */
void kafka_wake(struct kafka_wake *wake, rd_kafka_t *client);

#endif
