#include "ingest/past_feeds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/instant.h"
#include "store/receipts.h"

#define PATH_SIZE 4096
#define POLL_MS 100
#define SILENCE_US (30 * SECOND_US)

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
    return error_set(err, ERROR_HALT,
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

/* One reading of the ranges of a batch. */
struct rereading {
    struct feed *feed;
    struct load *load;
    const struct entry *receipts;
    size_t count;
    size_t left;    /* ranges that are not whole */
    bool *is_whole; /* by receipt */
};

static bool gone(const struct rereading *reading, const struct receipt_body *receipt,
                 const char *what, uint64_t offset, struct error *err)
{
    return error_set(
        err, ERROR_HALT,
        "records of '%s' partition %" PRIu32 " [%" PRIu64 ", %" PRIu64 ") are gone: %s %" PRIu64,
        reading->feed->name, receipt->partition, receipt->from, receipt->to, what, offset);
}

/* The broker does not have the offset. */
static bool out_of_range(const struct rereading *reading, const struct receipt_body *receipt,
                         struct error *err)
{
    uint64_t low = 0, high = 0;
    if (!reading->feed->kind->bounds(reading->feed, receipt->partition, &low, &high, err))
        return false;
    return low > receipt->from ? gone(reading, receipt, "the topic begins at", low, err)
                               : gone(reading, receipt, "the topic ends at", high, err);
}

static void finish_range(struct rereading *reading, size_t at)
{
    reading->load->ranges[at].to = reading->receipts[at].receipt.to;
    reading->is_whole[at] = true;
    reading->left--;
}

/* Where each range starts; those without a record are whole already. */
static bool begin(struct rereading *reading, struct error *err)
{
    static struct feed_position positions[FEED_PARTITIONS_MAX];
    size_t wanted = 0;
    for (size_t i = 0; i < reading->count; i++) {
        const struct receipt_body *receipt = &reading->receipts[i].receipt;
        if (receipt->records == 0) {
            finish_range(reading, i);
            continue;
        }
        positions[wanted++] = (struct feed_position){receipt->partition, receipt->from};
    }
    return wanted == 0 || reading->feed->kind->start(reading->feed, positions, wanted, err);
}

/* The place of the partition's range, or `count`. */
static size_t place_of(const struct rereading *reading, uint32_t partition)
{
    size_t at = 0;
    while (at < reading->count && reading->receipts[at].receipt.partition != partition)
        at++;
    return at;
}

static bool take(struct rereading *reading, const struct feed_event *event, struct error *err)
{
    size_t at = place_of(reading, event->partition);
    if (at == reading->count || reading->is_whole[at])
        return true;
    const struct receipt_body *receipt = &reading->receipts[at].receipt;
    struct load_range *range = &reading->load->ranges[at];
    if (event->kind == FEED_RANGE)
        return out_of_range(reading, receipt, err);
    if (event->kind == FEED_END && event->offset <= receipt->last_offset)
        return gone(reading, receipt, "the topic ends at", event->offset, err);
    if (event->kind != FEED_RECORD || (uint64_t)event->record.offset < range->to)
        return true;
    if ((uint64_t)event->record.offset > receipt->last_offset)
        return gone(reading, receipt, "the next record is at", (uint64_t)event->record.offset, err);
    load_add(reading->load, range, &event->record, event->offset);
    if ((uint64_t)event->record.offset == receipt->last_offset)
        finish_range(reading, at);
    return true;
}

static bool read_all(struct rereading *reading, struct error *err)
{
    int64_t heard_us = instant_monotonic();
    while (reading->left > 0) {
        struct feed_event event;
        if (!reading->feed->kind->poll(reading->feed, POLL_MS, &event, err))
            return false;
        if (event.kind == FEED_RECORD)
            heard_us = instant_monotonic();
        if (!take(reading, &event, err))
            return false;
        if (instant_monotonic() - heard_us > SILENCE_US)
            return error_set(err, ERROR_BUSY, "nothing comes from '%s'", reading->feed->name);
    }
    return true;
}

bool past_feeds_read(struct feed *feed, const struct entry *receipts, size_t count,
                     struct load *load, struct error *err)
{
    bool is_whole[FEED_PARTITIONS_MAX] = {false};
    struct rereading reading = {.feed = feed,
                                .load = load,
                                .receipts = receipts,
                                .count = count,
                                .left = count,
                                .is_whole = is_whole};
    if (count > FEED_PARTITIONS_MAX || load->range_count != count)
        return error_set(err, ERROR_HALT, "the batch has %zu receipts", count);
    return begin(&reading, err) && read_all(&reading, err);
}
