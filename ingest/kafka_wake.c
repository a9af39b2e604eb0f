#include "ingest/kafka_wake.h"

#include <stdbool.h>

#include "base/instant.h"

#define PAUSE_US 50000 /* in which a queue of the default size is not emptied */

/* Since 2.2 there is fetch.queue.backoff.ms. That an answer which comes too late touches nothing of
 * ours was looked at in 2.0. */
static bool is_needed(void)
{
    return rd_kafka_version() >= 0x02000000 && rd_kafka_version() < 0x02020000;
}

void kafka_wake_set(struct kafka_wake *wake, const rd_kafka_topic_partition_list_t *partitions)
{
    if (wake->partitions)
        rd_kafka_topic_partition_list_destroy(wake->partitions);
    wake->partitions = partitions ? rd_kafka_topic_partition_list_copy(partitions) : NULL;
    for (int i = 0; partitions && i < partitions->cnt; i++)
        wake->partitions->elems[i].offset = RD_KAFKA_OFFSET_END;
}

void kafka_wake(struct kafka_wake *wake, rd_kafka_t *client)
{
    if (wake->partitions == NULL || wake->partitions->cnt == 0 || !is_needed())
        return;
    int64_t now_us = instant_monotonic();
    if (now_us - wake->woken_us < PAUSE_US)
        return;
    wake->woken_us = now_us;
    (void)rd_kafka_offsets_for_times(client, wake->partitions, 0); /* no answer is in time */
}
