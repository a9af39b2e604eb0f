/*
 * The hashes of a batch's ranges over their records (ingest/raw.h), two ranges at a time.
 */
#ifndef INGEST_RAW_HASH_H
#define INGEST_RAW_HASH_H

#include "core/digest.h"
#include "ingest/item.h"

struct raw_range {
    const struct item *items;
    size_t count;
    struct digest hash; /* out */
};

void raw_hash_range(struct raw_range *range);
void raw_hash_ranges(struct raw_range *ranges, size_t count, struct arena *arena);

#endif
