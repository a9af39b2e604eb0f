#include "ingest/glance.h"

#include <inttypes.h>

#include "ingest/raw.h"

enum seen {
    SEEN_NOTHING, /* an error, or the end, or of what was asked before */
    SEEN_SAME,
    SEEN_OTHER, /* said already */
    SEEN_LATER, /* the first that is there */
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
    if (!may_halt(partition) || (uint64_t)record->offset < partition->proven.offset)
        return;
    if ((uint64_t)record->offset > partition->proven.offset) {
        glance->seen[number] = SEEN_LATER;
        return;
    }
    struct digest hash = raw_digest(record);
    bool is_same = digest_equals(&hash, &partition->proven.hash);
    glance->seen[number] = is_same ? SEEN_SAME : SEEN_OTHER;
    if (is_same)
        return;
    claim_explain(&partition->claim,
                  "the record at offset %" PRIu64 ", of an older receipt, is another one",
                  partition->proven.offset);
    (void)claim_happens(&partition->claim, EVENT_OLDER_OTHER);
    glance->has_halted = true;
}

/* Unless retention took it in this moment: what it took before is not shown at all. */
static bool miss(struct glance *glance, struct partition *partition, struct error *err)
{
    struct feed *feed = glance->feed;
    uint64_t low = 0, high = 0;
    uint32_t number = partition->claim.assignment.partition;
    if (!feed->kind->bounds(feed, number, &low, &high, err)) {
        glance->is_in_doubt = err->code == ERROR_NOT_FOUND;
        return glance->is_in_doubt;
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
    for (size_t i = 0; i < partitions->count; i++) {
        const struct partition *partition = partitions->rows[i];
        uint32_t number = partition->claim.assignment.partition;
        glance->seen[number] = SEEN_NOTHING;
        if (may_halt(partition) && partition->proven.offset != OFFSET_NONE)
            glance->positions[glance->count++] =
                (struct feed_position){number, partition->proven.offset};
    }
}

bool glance_begin(struct glance *glance, struct feed *feed, struct partitions *partitions,
                  struct error *err)
{
    glance->feed = feed;
    glance->partitions = partitions;
    glance->has_halted = glance->is_in_doubt = false;
    glance->count = 0;
    partitions_ends(partitions, glance->ends);
    choose(glance);
    glance->is_under_way =
        glance->count == 0 ||
        feed->kind->look_start(feed, glance->positions, glance->count, compare, glance, err);
    return glance->is_under_way;
}

static bool judge(struct glance *glance, struct error *err)
{
    for (size_t i = 0; i < glance->count; i++) {
        uint32_t number = glance->positions[i].partition;
        struct partition *partition = partitions_find(glance->partitions, number);
        if (glance->seen[number] == SEEN_NOTHING)
            glance->is_in_doubt = true;
        if (glance->seen[number] == SEEN_LATER && may_halt(partition) &&
            !miss(glance, partition, err))
            return false;
    }
    for (size_t i = 0; i < glance->partitions->count; i++) {
        struct partition *partition = glance->partitions->rows[i];
        uint32_t number = partition->claim.assignment.partition;
        if (may_halt(partition) && glance->seen[number] != SEEN_NOTHING)
            partition->proven = glance->ends[i];
    }
    return true;
}

bool glance_go_on(struct glance *glance, int timeout_ms, struct error *err)
{
    bool is_over = glance->count == 0;
    if (is_over || glance->feed->kind->look_on(glance->feed, timeout_ms, &is_over, err)) {
        glance->is_under_way = !is_over;
        return !is_over || judge(glance, err);
    }
    glance->is_under_way = false;
    return false;
}

void glance_drop(struct glance *glance)
{
    glance->is_under_way = false;
}
