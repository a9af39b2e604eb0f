/*
 * Where records come from: one interface, two kinds. A feed has partitions; the process is given
 * some of them, and may lose them again.
 *
 * One thread polls; bounds(), ends() and cluster_id() may be asked from others too.
 */
#ifndef INGEST_FEED_H
#define INGEST_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "core/digest.h"
#include "meter/event.h"

#define FEED_NAME_SIZE 256 /* Kafka's topics have at most 249 bytes */
#define FEED_PARTITIONS_MAX 1024

enum feed_event_kind {
    FEED_NOTHING,  /* nothing came in time */
    FEED_RECORD,   /* a record; its slices live until the next poll, a file's longer */
    FEED_ASSIGNED, /* these partitions are ours: claim them, then start() */
    FEED_REVOKED,  /* ours no more: finish with them, then release() */
    FEED_END,      /* the partition has no more records for now; offset is the next one */
    FEED_RANGE,    /* the broker does not have the offset that was asked for: claim again */
    FEED_TROUBLE,  /* the broker was away, or another leads: what was read may need a check */
};

struct feed_event {
    enum feed_event_kind kind;
    uint32_t partition;
    uint64_t offset; /* of what comes next: after the record, at the end */
    struct record record;
};

/* Where to go on reading. */
struct feed_position {
    uint32_t partition;
    uint64_t offset;
};

struct feed;

typedef void feed_visit(void *context, uint32_t partition, const struct record *record);

struct feed_kind {
    /* A timeout of 0 takes what there is; with a longer one a rebalance is served, too. */
    bool (*poll)(struct feed *feed, int timeout_ms, struct feed_event *out, struct error *err);
    bool (*start)(struct feed *feed, const struct feed_position *positions, size_t count,
                  struct error *err);
    bool (*release)(struct feed *feed, struct error *err);
    /* ERROR_NOT_FOUND: there is no such partition (any more), as one says who can know it. */
    bool (*bounds)(struct feed *feed, uint32_t partition, uint64_t *out_low, uint64_t *out_high,
                   struct error *err);
    /* The ends of many partitions in one question: fills the positions' offsets; and how many
     * partitions there are. */
    bool (*ends)(struct feed *feed, struct feed_position *positions, size_t count,
                 size_t *out_partitions, struct error *err);
    /* Hands over the first record at or after each of these places, which lie in different
     * partitions, in any order; what is being read goes on. Of a place behind the partition's end
     * or before its beginning nothing is said. A file, which cannot change, has no such thing. */
    bool (*look)(struct feed *feed, const struct feed_position *positions, size_t count,
                 feed_visit *visit, void *context, struct error *err);
    /* The same without waiting: it begins, anew where one was under way, and goes on for at most so
     * long, until it is over. ERROR_BUSY when the answers do not come. */
    bool (*look_start)(struct feed *feed, const struct feed_position *positions, size_t count,
                       feed_visit *visit, void *context, struct error *err);
    bool (*look_on)(struct feed *feed, int timeout_ms, bool *out_is_over, struct error *err);
    /* Whether the broker removes records as it likes; false where it does not tell us. A file has
     * no such thing. */
    bool (*is_compacted)(struct feed *feed, bool *out, struct error *err);
    bool (*cluster_id)(struct feed *feed, char *out, size_t out_size, struct error *err);
    /* For people's dashboards; never read. Does not wait. */
    void (*note)(struct feed *feed, const struct feed_position *positions, size_t count);
    void (*close)(struct feed *feed);
};

struct feed {
    const struct feed_kind *kind;
    char name[FEED_NAME_SIZE]; /* the topic; of a file its SHA-256 in hex */
    struct digest id;          /* SHA-256("topic" ‖ 0 ‖ name); of a file that of its bytes */
    bool is_file;
    size_t partition_count; /* of the last FEED_ASSIGNED */
    uint32_t partitions[FEED_PARTITIONS_MAX];
};

/* A member of the consumer group; `session_timeout_ms` as Kafka's. */
struct kafka_options {
    const char *bootstrap;
    const char *topic;
    const char *group;
    uint64_t session_timeout_ms;
    uint64_t queue_kbytes;
    const char *settings; /* a file of kafka_settings.h, or NULL */
};
MUST_CHECK bool kafka_open(const struct kafka_options *options, struct feed **out,
                           struct error *err);
/* The same topic, read outside of any group, by whoever says what to read: for recovery. It is
 * given no partitions; start() and poll(). */
MUST_CHECK bool kafka_open_ranges(const struct kafka_options *options, struct feed **out,
                                  struct error *err);
/* A file of structured events, one a line; offsets are bytes. Mapped into memory. */
MUST_CHECK bool ndjson_open(const char *path, struct feed **out, struct error *err);
/* The bytes of the file that is mapped. */
struct slice ndjson_bytes(const struct feed *feed);

#endif
