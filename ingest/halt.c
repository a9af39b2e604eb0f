#include "ingest/halt.h"

#include <assert.h>

static const struct halt_row halts[HALT_COUNT] = {
    [HALT_NONE] = {"none", "", ""},
    [HALT_FEED] =
        {"feed_unknown", "the catalog does not register this topic as a feed",
         "add it to the catalog's feeds (daybook-ledger catalog apply), then start again"},
    [HALT_CLUSTER] = {"cluster_changed", "the topic lies in another Kafka cluster than before",
                      "if the old one is gone for good: daybook-ingest incarnation"},
    [HALT_GONE] =
        {"topic_gone", "the brokers do not have the topic, or this partition of it, any more",
         "if it was deleted by mistake, find what was not read at its sources; once it is "
         "made again: daybook-ingest incarnation"},
    [HALT_COMPACTED] = {"compacted",
                        "the topic is compacted: the broker removes records of it, read or not",
                        "set cleanup.policy=delete on the topic, then start again"},
    [HALT_LOST] = {"records_lost", "records were removed from the topic before they were read",
                   "find the missing records at their sources, raise the topic's retention, then "
                   "daybook-ingest incarnation"},
    [HALT_SHORT] = {"log_short",
                    "the topic ends before what was already read: it was recreated or "
                    "truncated",
                    "if it was recreated on purpose: daybook-ingest incarnation"},
    [HALT_ANCHOR] = {"anchor_changed",
                     "another record, or none, stands where one was read: the topic was "
                     "recreated, truncated or compacted",
                     "turn off compaction; if it was recreated on purpose: daybook-ingest "
                     "incarnation"},
    [HALT_HOLE] = {"hole",
                   "offsets are missing, and the catalog does not register the feed as "
                   "transactional",
                   "turn off compaction; register the feed as transactional if "
                   "its producers are"},
    [HALT_TIME] = {"not_broker_time", "a record carries its producer's time",
                   "set message.timestamp.type=LogAppendTime on the topic, or register the feed "
                   "with create_time"},
    [HALT_RATE] = {"quarantine_rate",
                   "a hundred times more records cannot be counted than the "
                   "catalog's limit a minute",
                   "look at what is sent (daybook-ingest quarantine "
                   "list), mend it, then start again"},
};

const struct halt_row *halt_row(enum halt halt)
{
    assert(halt < HALT_COUNT);
    return &halts[halt];
}
