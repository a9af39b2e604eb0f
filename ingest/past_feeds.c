#include "ingest/past_feeds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/instant.h"
#include "store/receipts.h"

#define PATH_SIZE 4096
#define POLL_MS 100
#define SILENCE_US (3 * SECOND_US) /* then the topic is asked whether it has the range */

void past_feeds_close(struct past_feeds *feeds)
{
    for (size_t i = 0; i < feeds->count; i++)
        feeds->topics[i]->kind->close(feeds->topics[i]);
    free(feeds->topics);
    if (feeds->file)
        feeds->file->kind->close(feeds->file);
}

/* --------------------------------------------------------------------------------------- finding
 */

static bool open_file(struct past_feeds *feeds, const char *path, const struct digest *id,
                      struct error *err)
{
    if (feeds->file)
        feeds->file->kind->close(feeds->file);
    feeds->file = NULL;
    if (!ndjson_open(path, &feeds->file, err))
        return false;
    return digest_equals(&feeds->file->id, id) ||
           error_set(err, ERROR_HALT, "'%s' is not the file that its name says", path);
}

static bool open_topic(struct past_feeds *feeds, struct slice name, struct error *err)
{
    char topic[FEED_NAME_SIZE];
    struct kafka_options options = feeds->kafka;
    struct feed *feed = NULL;
    snprintf(topic, sizeof topic, "%.*s", (int)name.size, name.data);
    if (options.bootstrap == NULL)
        return error_set(err, ERROR_INPUT, "--kafka is needed for the records of '%s'", topic);
    options.topic = topic;
    if (!kafka_open_ranges(&options, &feed, err))
        return false;
    feeds->topics =
        memory_grow(feeds->topics, &feeds->capacity, feeds->count + 1, sizeof(struct feed *));
    feeds->topics[feeds->count++] = feed;
    return true;
}

static bool is_topic(struct slice name, const struct digest *id)
{
    char topic[FEED_NAME_SIZE];
    snprintf(topic, sizeof topic, "%.*s", (int)name.size, name.data);
    struct digest digest = digest_subject("topic", topic);
    return digest_equals(&digest, id);
}

static bool find_topic(struct past_feeds *feeds, const struct digest *id,
                       const struct control *control, struct feed **out, struct error *err)
{
    char hex[DIGEST_HEX_SIZE];
    for (size_t i = 0; i < feeds->count; i++) {
        *out = feeds->topics[i];
        if (digest_equals(&(*out)->id, id))
            return true;
    }
    for (size_t i = 0; i < control->catalog->feed_count; i++) {
        if (!is_topic(control->catalog->feeds[i].name, id))
            continue;
        if (!open_topic(feeds, control->catalog->feeds[i].name, err))
            return false;
        *out = feeds->topics[feeds->count - 1];
        return true;
    }
    return error_set(err, ERROR_NOT_FOUND,
                     "the feed %s is missing: private/files has no such file, and the catalog of "
                     "that time no such topic",
                     digest_hex(id, hex));
}

bool past_feeds_find(struct past_feeds *feeds, const struct digest *id,
                     const struct control *control, struct feed **out, struct error *err)
{
    char path[PATH_SIZE], hex[DIGEST_HEX_SIZE];
    if (feeds->file == NULL || !digest_equals(&feeds->file->id, id)) {
        snprintf(path, sizeof path, "%s/private/files/%s.ndjson", feeds->archive,
                 digest_hex(id, hex));
        if (!file_exists(path))
            return find_topic(feeds, id, control, out, err);
        if (!open_file(feeds, path, id, err))
            return false;
    }
    *out = feeds->file;
    return true;
}

/* --------------------------------------------------------------------------------------- reading
 */

static bool gone(const struct feed *feed, const struct receipt_body *receipt, const char *what,
                 uint64_t offset, enum error_code code, struct error *err)
{
    return error_set(err, code,
                     "records of '%s' partition %" PRIu32 " [%" PRIu64 ", %" PRIu64
                     ") are gone: %s %" PRIu64,
                     feed->name, receipt->partition, receipt->from, receipt->to, what, offset);
}

/* Whether the topic still has the range; what it does not have is gone for good. */
static bool check_bounds(struct feed *feed, const struct receipt_body *receipt, struct error *err)
{
    uint64_t low = 0, high = 0;
    if (!feed->kind->bounds(feed, receipt->partition, &low, &high, err))
        return error_prefix(err, "records of '%s' partition %" PRIu32 ": ", feed->name,
                            receipt->partition);
    if (low > receipt->from)
        return gone(feed, receipt, "the topic begins at", low, ERROR_NOT_FOUND, err);
    return high > receipt->last_offset ||
           gone(feed, receipt, "the topic ends at", high, ERROR_HALT, err);
}

static bool take(struct feed *feed, const struct feed_event *event,
                 const struct receipt_body *receipt, struct load *load, struct load_range *range,
                 struct error *err)
{
    if (event->kind == FEED_RANGE)
        return check_bounds(feed, receipt, err) &&
               error_set(err, ERROR_HALT, "'%s' does not give its records from %" PRIu64 " on",
                         feed->name, receipt->from);
    if (event->kind == FEED_END && event->offset > receipt->last_offset)
        return gone(feed, receipt, "the last one is not there, though the topic goes on to",
                    event->offset, ERROR_HALT, err);
    if (event->kind == FEED_END)
        return check_bounds(feed, receipt, err);
    if (event->kind != FEED_RECORD || (uint64_t)event->record.offset < range->to)
        return true;
    if ((uint64_t)event->record.offset > receipt->last_offset)
        return gone(feed, receipt, "the next record is at", (uint64_t)event->record.offset,
                    ERROR_HALT, err);
    if (range->count == receipt->records)
        return gone(feed, receipt, "there is one more than were read, at",
                    (uint64_t)event->record.offset, ERROR_HALT, err);
    load_add(load, range, &event->record, event->offset);
    return true;
}

/* What its numbers say can be read: else a changed one could ask for all of a topic. */
static bool check_receipt(const struct feed *feed, const struct receipt_body *receipt,
                          struct error *err)
{
    uint32_t partitions = feed->is_file ? 1 : FEED_PARTITIONS_MAX;
    return (receipt->partition < partitions && receipt->to > receipt->from &&
            receipt->records <= receipt->to - receipt->from &&
            (receipt->records == 0 ||
             (receipt->last_offset >= receipt->from && receipt->last_offset < receipt->to))) ||
           error_set(err, ERROR_HALT,
                     "a receipt of partition %" PRIu32 " [%" PRIu64 ", %" PRIu64
                     ") cannot have %" PRIu64 " records to %" PRIu64,
                     receipt->partition, receipt->from, receipt->to, receipt->records,
                     receipt->last_offset);
}

/* Up to the last record; what is behind it holds none. */
bool past_feeds_read(struct feed *feed, const struct receipt_body *receipt, struct load *load,
                     struct load_range *range, struct error *err)
{
    const struct feed_position position = {receipt->partition, receipt->from};
    int64_t heard_us = instant_monotonic();
    if (!check_receipt(feed, receipt, err) ||
        (receipt->records > 0 && !feed->kind->start(feed, &position, 1, err)))
        return false;
    while (receipt->records > 0 && range->to <= receipt->last_offset) {
        struct feed_event event;
        if (!feed->kind->poll(feed, POLL_MS, &event, err) ||
            !take(feed, &event, receipt, load, range, err))
            return false;
        int64_t silence_us = instant_monotonic() - heard_us;
        if (event.kind == FEED_RECORD || silence_us > SILENCE_US)
            heard_us = instant_monotonic();
        if (silence_us > SILENCE_US && !check_bounds(feed, receipt, err))
            return false;
    }
    range->to = receipt->to;
    return true;
}
