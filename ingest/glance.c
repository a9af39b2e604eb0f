#include "ingest/glance.h"

#include <inttypes.h>

#include "ingest/raw.h"

struct glance {
    struct partitions *partitions;
    bool is_same[FEED_PARTITIONS_MAX]; /* by the partition's number */
    bool has_halted;
    size_t count;
    struct feed_position positions[FEED_PARTITIONS_MAX];
};

/* Only where the feed can be taken at its word: partition_state.c, OLDER_OTHER. */
static bool may_halt(const struct partition *partition)
{
    return partition->claim.state == STATE_READING || partition->claim.state == STATE_VERIFYING;
}

static void compare(void *context, uint32_t number, const struct record *record)
{
    struct glance *glance = context;
    struct partition *partition = partitions_find(glance->partitions, number);
    struct digest hash = raw_digest(record);
    if ((uint64_t)record->offset != partition->proven.offset)
        return;
    if (digest_equals(&hash, &partition->proven.hash)) {
        glance->is_same[number] = true;
        return;
    }
    claim_explain(&partition->claim,
                  "the record at offset %" PRIu64 ", of an older receipt, is another one",
                  partition->proven.offset);
    (void)claim_happens(&partition->claim, EVENT_OLDER_OTHER);
    glance->has_halted = true;
}

/* Retention may have taken it, and then nothing is proven until the next COMMIT's end is. */
static bool miss(struct feed *feed, struct partition *partition, struct glance *glance,
                 struct error *err)
{
    uint64_t low = 0, high = 0;
    uint32_t number = partition->claim.assignment.partition;
    if (!feed->kind->bounds(feed, number, &low, &high, err)) {
        if (err->code == ERROR_NOT_FOUND)
            err->code = ERROR_BUSY; /* a claim's to judge */
        return false;
    }
    if (low > partition->proven.offset)
        return true;
    claim_explain(&partition->claim,
                  "offset %" PRIu64 ", of an older receipt, is gone; the feed has [%" PRIu64
                  ", %" PRIu64 ")",
                  partition->proven.offset, low, high);
    (void)claim_happens(&partition->claim, EVENT_OLDER_GONE);
    glance->has_halted = true;
    return true;
}

static void choose(struct glance *glance)
{
    const struct partitions *partitions = glance->partitions;
    glance->count = 0;
    glance->has_halted = false;
    for (size_t i = 0; i < partitions->count; i++) {
        const struct partition *partition = partitions->rows[i];
        uint32_t number = partition->claim.assignment.partition;
        glance->is_same[number] = false;
        if (may_halt(partition) && partition->proven.offset != OFFSET_NONE)
            glance->positions[glance->count++] =
                (struct feed_position){number, partition->proven.offset};
    }
}

static bool look(struct feed *feed, struct glance *glance, struct error *err)
{
    if (glance->count > 0 &&
        !feed->kind->look(feed, glance->positions, glance->count, compare, glance, err))
        return false;
    for (size_t i = 0; i < glance->count; i++) {
        uint32_t number = glance->positions[i].partition;
        struct partition *partition = partitions_find(glance->partitions, number);
        if (may_halt(partition) && !glance->is_same[number] && !miss(feed, partition, glance, err))
            return false;
    }
    return true;
}

bool glance(struct feed *feed, struct partitions *partitions, bool *out_halted, struct error *err)
{
    static struct glance glance; /* large; one thread collects */
    static struct proof ends[FEED_PARTITIONS_MAX];
    glance.partitions = partitions;
    partitions_ends(partitions, ends); /* before the look, which they are proven by */
    choose(&glance);
    bool ok = look(feed, &glance, err);
    for (size_t i = 0; ok && i < partitions->count; i++)
        if (may_halt(partitions->rows[i]))
            partitions->rows[i]->proven = ends[i];
    *out_halted = glance.has_halted;
    return ok;
}
