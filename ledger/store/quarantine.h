/*
 * What could not be counted: kept whole, disposed of by operators, never dropped.
 *
 * Rows are written by the batch whose receipt counts them. A disposition is a row of its own,
 * written once: a record that was disposed of stays where it is.
 */
#ifndef STORE_QUARANTINE_H
#define STORE_QUARANTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/body.h"
#include "core/digest.h"
#include "store/store.h"

struct quarantine_row {
    struct digest feed;
    uint32_t partition;
    uint32_t incarnation;
    uint64_t offset;
    struct batch_id batch;
    const char *reason; /* its word */
    const char *detail; /* one sentence */
    int64_t broker_time_us;
    int32_t time_type;
    struct slice tenant_id; /* as the record says; data NULL: it does not */
    struct slice source;
    struct slice event_id;
    uint64_t size;        /* of key, headers and value together, whole */
    struct slice key;     /* data NULL: none */
    struct slice headers; /* count i32, then name and value, each with its i32 length or -1 */
    struct slice value;   /* the first 4 KiB of a record that is too large */
};

/* What was done about a record; of one that is open all is NULL and zero. */
struct quarantine_fate {
    const char *action; /* "released", "written_off", "corrected"; NULL: nothing yet */
    const char *reason; /* the operator's words */
    struct digest operator_key;
    int64_t at_us;
    bool has_file;
    struct digest file; /* that it was released into, when has_file */
};

/* A record that is kept. Texts live until the visitor returns. */
struct quarantine_item {
    struct digest feed;
    const char *feed_name; /* topic; a file's SHA-256 in hex */
    bool is_file;
    uint32_t partition;
    uint32_t incarnation;
    uint64_t offset;
    const char *reason;
    const char *detail;
    int64_t broker_time_us;
    int32_t time_type;
    struct slice tenant_id;
    struct slice source;
    struct slice event_id;
    uint64_t size; /* of key, headers and value together, whole */
    struct quarantine_fate fate;
    struct slice key; /* these three as in quarantine_row, when they were asked for */
    struct slice headers;
    struct slice value;
};

/* Which records; NULL, 0 and false of a field: any. */
struct quarantine_filter {
    size_t reason_count;
    const char *const *reasons;
    const char *tenant;
    const char *source;
    const char *feed; /* a topic, or a feed's digest in hex */
    bool has_position;
    uint32_t partition;   /* these three when has_position */
    uint32_t incarnation; /* 0: the newest */
    uint64_t offset;
    bool has_since, has_until;
    int64_t since_us; /* of broker time */
    int64_t until_us; /* exclusive */
    bool with_disposed;
    bool with_bytes; /* key, headers and value too */
    bool has_after;
    const char *after_feed; /* what comes behind this record, when has_after */
    uint32_t after_partition;
    uint32_t after_incarnation;
    uint64_t after_offset;
    uint64_t limit; /* rows; 0: all */
};

enum disposition_action { DISPOSED_WRITTEN_OFF, DISPOSED_CORRECTED };

struct disposition {
    const char *feed_name; /* or the feed's digest in hex */
    uint32_t partition;
    uint32_t incarnation; /* 0: the newest */
    uint64_t offset;
    enum disposition_action action;
    const char *reason; /* an operator's words */
    struct digest operator_key;
};

MUST_CHECK bool quarantine_append(struct store *store, int log, const struct quarantine_row *rows,
                                  size_t count, struct error *err);

typedef bool quarantine_row_visit(void *context, const struct quarantine_row *row,
                                  struct error *err);
/* The rows of offsets [from, to) of a partition, ascending, for an audit. Texts live until the
 * visitor returns, which may not use the same store. */
MUST_CHECK bool quarantine_of_range(struct store *store, int log, const struct batch_range *range,
                                    quarantine_row_visit *visit, void *context, struct error *err);

typedef bool quarantine_visit(void *context, const struct quarantine_item *item, struct error *err);
/* The oldest broker time first, then by feed's name, partition, incarnation, offset. */
MUST_CHECK bool quarantine_each(struct store *store, int log,
                                const struct quarantine_filter *filter, quarantine_visit *visit,
                                void *context, struct error *err);
/* ERROR_NOT_FOUND: no such record in this incarnation; ERROR_CONFLICT: disposed of before. */
MUST_CHECK bool quarantine_dispose(struct store *store, int log,
                                   const struct disposition *disposition, struct error *err);
/* Records that are released into a file. ERROR_CONFLICT: one of them was disposed of before. */
MUST_CHECK bool quarantine_release(struct store *store, int log,
                                   const struct quarantine_item *items, size_t count,
                                   const char *reason, const struct digest *operator_key,
                                   const struct digest *file, struct error *err);

/* What became of a record in the file that it was released into. */
struct quarantine_outcome {
    uint64_t taken; /* bytes of the file that receipts name; 0: none */
    bool is_refused;
    uint64_t offset; /* the line, and why, when is_refused; in the arena */
    const char *reason;
    const char *detail;
};
MUST_CHECK bool quarantine_outcome_of(struct store *store, int log,
                                      const struct quarantine_item *item, struct arena *arena,
                                      struct quarantine_outcome *out, struct error *err);

/* Files that records were released into, the oldest first. */
struct released_file {
    struct digest file;
    uint64_t records;
    uint64_t taken; /* bytes that receipts name */
};
typedef bool released_file_visit(void *context, const struct released_file *file,
                                 struct error *err);
MUST_CHECK bool quarantine_files_each(struct store *store, int log, released_file_visit *visit,
                                      void *context, struct error *err);
/* Whether a file of these bytes was taken before, or something was released into it. */
MUST_CHECK bool quarantine_file_is_known(struct store *store, int log, const struct digest *file,
                                         bool *out, struct error *err);

#endif
