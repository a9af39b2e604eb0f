#include "ingest/anchors.h"

#include <inttypes.h>

#include "ingest/raw.h"
#include "store/receipts.h"

/* What one partition must still have, at the distance that is looked at. */
struct anchor {
    struct claim *claim; /* NULL: there is nothing older to look at */
    uint64_t offset;     /* OFFSET_NONE before the first one */
    struct digest hash;
};

struct anchors {
    struct anchor of[FEED_PARTITIONS_MAX]; /* by the partition's number */
    size_t count;
    struct feed_position positions[FEED_PARTITIONS_MAX]; /* of this round */
};

static void compare(void *context, uint32_t partition, const struct record *record)
{
    struct anchors *anchors = context;
    const struct anchor *anchor = &anchors->of[partition];
    struct digest hash = raw_digest(record);
    if ((uint64_t)record->offset != anchor->offset) {
        claim_explain(anchor->claim,
                      "offset %" PRIu64 ", of an older receipt, is gone; the next one is %" PRId64,
                      anchor->offset, record->offset);
        (void)claim_happens(anchor->claim, EVENT_OLDER_GONE);
    } else if (!digest_equals(&hash, &anchor->hash)) {
        claim_explain(anchor->claim,
                      "the record at offset %" PRIu64 ", of an older receipt, is another one",
                      anchor->offset);
        (void)claim_happens(anchor->claim, EVENT_OLDER_OTHER);
    }
}

/* The partition's next older anchor, unless it is the one before, or the feed let it expire. */
static bool find(struct store *store, int log, uint64_t distance, struct anchor *anchor,
                 struct anchors *anchors, struct error *err)
{
    const struct claim *claim = anchor->claim;
    uint64_t offset = 0;
    bool is_found = false;
    uint64_t next = claim->end.next;
    if (claim->state != STATE_HALTED && distance < next &&
        !receipt_older_anchor(store, log, &claim->assignment, next - distance, &offset,
                              &anchor->hash, &is_found, err))
        return false;
    if (!is_found || offset < claim->low) {
        anchor->claim = NULL;
    } else if (offset != anchor->offset) {
        anchor->offset = offset;
        anchors->positions[anchors->count++] =
            (struct feed_position){claim->assignment.partition, offset};
    }
    return true;
}

/* One distance, all partitions. */
static bool look(struct store *store, int log, struct feed *feed,
                 const struct partitions *partitions, uint64_t distance, struct anchors *anchors,
                 bool *out_is_over, struct error *err)
{
    *out_is_over = true;
    anchors->count = 0;
    for (size_t i = 0; i < partitions->count; i++) {
        struct anchor *anchor = &anchors->of[partitions->rows[i]->claim.assignment.partition];
        if (anchor->claim && !find(store, log, distance, anchor, anchors, err))
            return false;
        *out_is_over = *out_is_over && anchor->claim == NULL;
    }
    return anchors->count == 0 ||
           feed->kind->look(feed, anchors->positions, anchors->count, compare, anchors, err);
}

bool anchors_check(struct store *store, int log, struct feed *feed, struct partitions *partitions,
                   struct error *err)
{
    static struct anchors anchors; /* large; one thread claims */
    bool is_over = false;
    for (size_t i = 0; i < partitions->count; i++) {
        struct claim *claim = &partitions->rows[i]->claim;
        anchors.of[claim->assignment.partition] =
            (struct anchor){.claim = claim, .offset = OFFSET_NONE};
    }
    for (uint64_t distance = 1; !is_over && distance <= INT64_MAX; distance *= 2)
        if (!look(store, log, feed, partitions, distance, &anchors, &is_over, err))
            return false;
    return true;
}
