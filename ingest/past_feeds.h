/*
 * Where the records of past batches are read again: topics, by the names that the catalog
 * registers, and the archive's copies of files.
 */
#ifndef INGEST_PAST_FEEDS_H
#define INGEST_PAST_FEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "ingest/control.h"
#include "ingest/feed.h"
#include "ingest/load.h"

struct past_feeds {
    const char *archive;        /* lent */
    struct kafka_options kafka; /* all but the topic; bootstrap NULL: there is no Kafka */
    size_t count;               /* topics that are open */
    size_t capacity;
    struct feed **topics;
    struct feed *file; /* the last one that was asked for, or NULL */
};

void past_feeds_close(struct past_feeds *feeds);
/* The feed that a receipt names. ERROR_NOT_FOUND when it is no topic of the catalog and no file of
 * the archive; ERROR_HALT when the file is another one. It stays the feeds', a file until the next
 * one is asked for. */
MUST_CHECK bool past_feeds_find(struct past_feeds *feeds, const struct digest *id,
                                const struct control *control, struct feed **out,
                                struct error *err);
/* Reads what this receipt took into a range of the load: never more records than it counts.
 *   NOT_FOUND  the topic is gone, or begins behind the range's start: retention took it
 *   HALT       the feed is there, and does not have these records
 *   BUSY       the brokers do not answer */
MUST_CHECK bool past_feeds_read(struct feed *feed, const struct receipt_body *receipt,
                                struct load *load, struct load_range *range, struct error *err);

#endif
