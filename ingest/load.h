/*
 * What was collected to be committed: records of several partitions, measured, each partition's
 * without a gap.
 *
 * One thread fills a load, then another empties it from the front, batch by batch; no two at the
 * same time.
 */
#ifndef INGEST_LOAD_H
#define INGEST_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "ingest/claim.h"
#include "ingest/item.h"

struct load_range {
    struct claim *claim;
    uint64_t from; /* moves as batches take from the front */
    uint64_t to;
    size_t first;   /* of the items that are still there */
    size_t count;   /* of all items */
    enum halt halt; /* after this load; the committer's finding, by the rate of quarantine */
    char halt_detail[HALT_DETAIL_SIZE];
    /* private */
    size_t capacity;
    struct item *items;
};

#define LOAD_SCOPES_MAX 64

struct load {
    struct arena raw;    /* records, as raw_keep() keeps them */
    struct arena arena;  /* measures */
    size_t record_count; /* that were put in */
    size_t bytes;        /* of records and measures */
    int64_t opened_us;   /* monotonic, when the first record came */
    size_t range_count;
    /* private */
    size_t range_capacity;
    struct load_range *ranges; /* by partition */
    size_t scope_count;
    struct scope *scopes[LOAD_SCOPES_MAX]; /* that measures point into; the last one is current */
};

void load_init(struct load *load);
void load_release(struct load *load);
/* Empty again; keeps memory. */
void load_reset(struct load *load);
/* False when the load has seen too many scopes: hand it over first. */
MUST_CHECK bool load_use_scope(struct load *load, struct scope *scope);
struct scope *load_scope(const struct load *load); /* the current one, or NULL */

/* The partition's range, opened at the claim's `from` when it has none. */
struct load_range *load_range(struct load *load, struct claim *claim, uint64_t from);
/* A copy of the record at the range's end (a file's bytes are not copied), which moves to `next`;
 * measure it next. */
struct item *load_add(struct load *load, struct load_range *range, const struct record *record,
                      uint64_t next);
/* Forgets what was collected of a partition. */
void load_discard(struct load *load, const struct claim *claim);
bool load_is_empty(const struct load *load);

#endif
