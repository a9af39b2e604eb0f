/*
 * Identities in memory, by slot and event hour.
 *
 * An *hour set* holds what the book accepted in one slot and event hour: identity (16 bytes,
 * keyed hash) and meaning (8). It is a copy of dedup blocks, so any set may be dropped at any
 * time; the most recently used stay, under a ceiling in bytes.
 *
 * Invariants
 *   1. A set holds exactly the identities of its slot and hour in the steps 1 … complete_step.
 *   2. Identities enter after their batch's COMMIT, or from blocks that were read: never before.
 *   3. A set in use, or kept, is not evicted. Whether a set is in memory never decides anything.
 */
#ifndef INGEST_HOURS_H
#define INGEST_HOURS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "core/partitioner.h"

#define IDENTITY_SIZE 16
#define HOURS_SETS_MAX 65536 /* kept from batch to batch, however small they are */

struct identity {
    unsigned char id[IDENTITY_SIZE];
    uint64_t meaning;
};

struct hour_set {
    int32_t slot;
    int32_t event_hour;     /* hours since 1970 */
    uint64_t complete_step; /* of its slot */
    bool in_use;            /* by the batch that runs */
    bool is_kept;           /* an audit's: the book says otherwise, so it cannot be read again */
    size_t count;           /* identities */
    /* private */
    size_t capacity; /* places in `table`, a power of two, or 0 */
    struct identity *table;
    bool has_zero; /* the identity of zero bytes marks a free place, so it stands beside them */
    uint64_t zero_meaning;
    struct hour_set *newer; /* by use */
    struct hour_set *older;
    struct hour_set *next_in_bucket;
    struct hour_set *next_of_slot;
    struct hour_set *previous_of_slot;
};

struct hours {
    size_t ceiling_bytes;
    size_t bytes; /* of all sets */
    size_t count; /* sets */
    bool has_evicted;
    /* private */
    struct hour_set *newest;
    struct hour_set *oldest;
    struct hour_set *of_slot[SLOT_COUNT];
    struct hour_set **buckets;
    size_t bucket_count;
};

void hours_init(struct hours *hours, size_t ceiling_bytes);
void hours_release(struct hours *hours);

/* The set, now the most recently used, or NULL when memory does not have it. */
struct hour_set *hours_find(struct hours *hours, int32_t slot, int32_t event_hour);
/* A new, empty set, complete to step 0; asserts that there is none. */
struct hour_set *hours_open(struct hours *hours, int32_t slot, int32_t event_hour);
void hours_drop(struct hours *hours, struct hour_set *set);
void hours_drop_slot(struct hours *hours, int32_t slot);
/* Every set of the slot that is complete to `from` is now complete to `to`. */
void hours_advance(struct hours *hours, int32_t slot, uint64_t from, uint64_t to);
/* Drops the least recently used sets that are not in use until so many bytes more fit below the
 * ceiling, or none is left to drop. */
void hours_make_room(struct hours *hours, size_t more_bytes);
/* Ends the use of all sets, then drops the least recently used until the ceiling holds. */
void hours_settle(struct hours *hours);
/* What a set of so many identities takes. */
size_t hour_set_bytes(size_t identity_count);
/* True, and its meaning, when the identity is there. */
bool hour_set_find(const struct hour_set *set, const unsigned char id[IDENTITY_SIZE],
                   uint64_t *out_meaning);
/* Has the processor fetch the place where hour_set_find() and hour_set_insert() will look. */
void hour_set_expect(const struct hour_set *set, const unsigned char id[IDENTITY_SIZE]);
/* Room for so many more, made at once. */
void hour_set_reserve(struct hours *hours, struct hour_set *set, size_t more);
/* False when it was there already (then its meaning stays). */
bool hour_set_insert(struct hours *hours, struct hour_set *set, const struct identity *identity);

#endif
