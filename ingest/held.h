/*
 * What is held in quarantine, as a command line asks for it: one record by FEED PARTITION OFFSET,
 * or those that a filter lets through.
 */
#ifndef INGEST_HELD_H
#define INGEST_HELD_H

#include "base/arena.h"
#include "base/cli.h"
#include "store/quarantine.h"

/* Rows for tables of options: list and release. */
#define HELD_OPTIONS                                                                               \
    {"for", "REASON", NULL, "only what was refused for this reason, as malformed"},                \
        {"tenant", "ID", NULL, "only what names this tenant"},                                     \
        {"source", "SOURCE", NULL, "only what names this source"},                                 \
        {"topic", "NAME", NULL, "only of this topic (of a file: its SHA-256)"},                    \
        {"since", "INSTANT", NULL, "only of this broker time and later"},                          \
    {                                                                                              \
        "until", "INSTANT", NULL, "only before this broker time"                                   \
    }
#define HELD_INCARNATION                                                                           \
    {                                                                                              \
        "incarnation", "N", "0", "which life of the topic (0: the newest)"                         \
    }

/* Whether FEED PARTITION OFFSET is given; then the filter's position is set. */
MUST_CHECK bool held_position(const struct cli *cli, struct quarantine_filter *filter,
                              struct error *err);
/* Sets the filter by HELD_OPTIONS; *out_count is how many are given. */
MUST_CHECK bool held_options(const struct cli *cli, struct arena *arena,
                             struct quarantine_filter *filter, size_t *out_count,
                             struct error *err);
/* Opens the database, without a guard: to read. */
MUST_CHECK bool held_open(const struct cli *cli, int *out_log, struct store **out,
                          struct error *err);
/* A copy that outlives the visitor. */
struct quarantine_item *held_copy(const struct quarantine_item *item, struct arena *arena);

#endif
