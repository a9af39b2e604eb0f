/*
 * Older anchors: a log that was cut and has grown again past the place where it is read.
 *
 * The record at the chain's end then belongs to the new log already, so it proves nothing about
 * what the log had before. Receipts at distances 1, 2, 4 … from the end name older records with
 * their hashes; as long as the feed has them, they must be there, and the same.
 */
#ifndef INGEST_ANCHORS_H
#define INGEST_ANCHORS_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "ingest/feed.h"
#include "ingest/partition.h"
#include "store/store.h"

/* Looks at all partitions that have just been claimed; where a record is another one, its claim
 * halts. ERROR_BUSY: the feed does not answer now. */
MUST_CHECK bool anchors_check(struct store *store, int log, struct feed *feed,
                              struct partitions *partitions, struct error *err);

#endif
