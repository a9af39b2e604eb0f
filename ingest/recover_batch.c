#include <inttypes.h>
#include <string.h>

#include "base/crash.h"
#include "ingest/raw.h"
#include "ingest/recover_parts.h"
#include "store/receipts.h"

/* ------------------------------------------------------------------------------------ the batch */

/* Its receipts stand behind each other. */
static bool take_receipts(struct recovery *recovery, const struct past_entry *first,
                          struct arena *arena, struct past_batch *out, struct error *err)
{
    struct past_entry next = *first;
    struct entry *receipts = arena_array(arena, FEED_PARTITIONS_MAX, sizeof *receipts);
    bool is_found = true;
    uint64_t index = first->index;
    while (is_found && next.index == index && next.entry.kind == ENTRY_RECEIPT &&
           memcmp(&next.entry.batch, &first->entry.batch, sizeof next.entry.batch) == 0) {
        if (out->receipt_count == FEED_PARTITIONS_MAX)
            return error_set(err, ERROR_HALT, "a batch has more than %d receipts",
                             FEED_PARTITIONS_MAX);
        receipts[out->receipt_count++] = next.entry;
        if (!past_journal_next(&recovery->journal, ++index, &next, &is_found, err))
            return false;
    }
    out->receipts = receipts;
    out->control_index = first->entry.receipt.control_index;
    out->leaf_count = (size_t)(index - out->first_index);
    return true;
}

static bool take_leaves(struct recovery *recovery, struct arena *arena, struct past_batch *past,
                        struct error *err)
{
    struct leaf *leaves = arena_array(arena, past->leaf_count, sizeof *leaves);
    for (size_t i = 0; i < past->leaf_count; i++)
        if (!past_leaf(&recovery->leaves, past->first_index + i, &leaves[i], err))
            return false;
    past->leaves = leaves;
    return true;
}

/* ----------------------------------------------------------------------------------- its chains */

/* As at the first claim. The cluster is the one that has the records now. */
static bool insert_assignment(struct recovery *recovery, const struct feed *feed,
                              const struct assignment *assignment, struct error *err)
{
    struct head head;
    struct store *store = recovery->store;
    if (!store_begin(store, err))
        return false;
    if (!append_lock(store, &recovery->batcher.writer, &head, err)) {
        store_rollback(store);
        return false;
    }
    if (head.next_chain <= assignment->stream)
        head.next_chain = (uint64_t)assignment->stream + 1;
    if (!assignment_insert(store, head.log, assignment, feed->name, err) ||
        !append_unlock(store, &head, err)) {
        store_rollback(store);
        return false;
    }
    return store_commit(store, err);
}

/* A chain that the database does not have is begun when its records are known to be the right ones.
 */
static bool find_assignment(struct recovery *recovery, struct feed *feed,
                            const struct entry *receipt, struct assignment *out, bool *out_is_new,
                            struct error *err)
{
    const struct receipt_body *body = &receipt->receipt;
    bool is_found = false;
    *out_is_new = false;
    if (!assignment_read(recovery->store, recovery->log, &body->feed, body->partition, out,
                         &is_found, err))
        return false;
    if (is_found && out->incarnation >= body->incarnation)
        return out->incarnation == body->incarnation ||
               error_set(err, ERROR_HALT,
                         "partition %" PRIu32 " is at incarnation %" PRIu32
                         ", the receipt names %" PRIu32,
                         body->partition, out->incarnation, body->incarnation);
    *out = (struct assignment){.feed = body->feed,
                               .partition = body->partition,
                               .incarnation = body->incarnation,
                               .start = body->start,
                               .stream = receipt->stream};
    *out_is_new = true;
    return feed->kind->cluster_id(feed, out->cluster_id, sizeof out->cluster_id, err);
}

/* A range of the load for each receipt, to be filled. */
static bool open_ranges(struct recovery *recovery, struct feed *feed, const struct past_batch *past,
                        struct claim *claims, bool *is_new, struct error *err)
{
    for (size_t i = 0; i < past->receipt_count; i++) {
        const struct receipt_body *receipt = &past->receipts[i].receipt;
        struct claim *claim = &claims[i];
        claim->is_file = feed->is_file;
        claim->anchor_expired = receipt->anchor_expired;
        if (!find_assignment(recovery, feed, &past->receipts[i], &claim->assignment, &is_new[i],
                             err) ||
            !receipt_chain_end(recovery->store, recovery->log, &claim->assignment, &claim->end,
                               err))
            return false;
        if (claim->end.next != receipt->from)
            return error_set(err, ERROR_HALT,
                             "the chain of partition %" PRIu32 " ends at %" PRIu64
                             ", the next receipt begins at %" PRIu64,
                             receipt->partition, claim->end.next, receipt->from);
        load_range(&recovery->load, claim, receipt->from);
    }
    return true;
}

static bool begin_chains(struct recovery *recovery, struct feed *feed,
                         const struct past_batch *past, const bool *is_new, struct error *err)
{
    for (size_t i = 0; i < past->receipt_count; i++) {
        const struct load_range *range = &recovery->load.ranges[i];
        struct digest_running running;
        if (!is_new[i])
            continue;
        digest_start(&running);
        for (size_t r = 0; r < range->count; r++)
            raw_add(&running, &range->items[r].record);
        struct digest hash = digest_finish(&running);
        if (!digest_equals(&hash, &past->receipts[i].receipt.raw_hash))
            return error_set(err, ERROR_HALT,
                             "'%s' partition %" PRIu32 " has other records at [%" PRIu64
                             ", %" PRIu64 ") than were read",
                             feed->name, past->receipts[i].receipt.partition, range->from,
                             range->to);
        if (!insert_assignment(recovery, feed, &range->claim->assignment, err))
            return false;
        CRASH_AT(recover_chain_begun);
    }
    return true;
}

/* ------------------------------------------------------------------------------------- the story
 */

/* Outside of the batch's transaction: a place for each identity that it may accept. */
static bool ensure_days(struct batcher *batcher, const struct plan *plan, struct error *err)
{
    for (size_t i = 0; i < plan->hour_count; i++) {
        int32_t hour = plan->hours[i].hour.event_hour;
        if (hour >= 0 && !batcher_ensure_day(batcher, hour / 24, err))
            return false;
    }
    return true;
}

/* Inside of the transaction: as it was published, or not at all. */
static bool write_batch(struct batcher *batcher, const struct load *load,
                        const struct past_batch *past, struct replay *replay, struct error *err)
{
    if (!batcher_lock(batcher, &replay->plan, replay->arena, err) ||
        !replay_decide(batcher, load, replay, err) ||
        !past_take(past, &batcher->writer, &replay->chapter, err) ||
        !chapter_append(&replay->chapter, batcher, err))
        return false;
    CRASH_AT(recover_batch_appended);
    return true;
}

static bool commit_batch(struct batcher *batcher, struct load *load, const struct past_batch *past,
                         struct replay *replay, struct error *err)
{
    if (!ensure_days(batcher, &replay->plan, err) || !store_begin(batcher->store, err))
        return false;
    if (write_batch(batcher, load, past, replay, err) && store_commit(batcher->store, err)) {
        CRASH_AT(recover_batch_committed);
        replay_merge(batcher, replay);
        return true;
    }
    store_rollback(batcher->store);
    batcher_forget(batcher, &replay->plan);
    return false;
}

static bool read_ranges(struct recovery *recovery, struct feed *feed, const struct past_batch *past,
                        struct error *err)
{
    for (size_t i = 0; i < past->receipt_count; i++)
        if (!past_feeds_read(feed, &past->receipts[i].receipt, &recovery->load,
                             &recovery->load.ranges[i], err))
            return false;
    return true;
}

static bool make_batch(struct recovery *recovery, struct past_batch *past, struct arena *arena,
                       struct error *err)
{
    struct feed *feed = NULL;
    struct replay replay;
    struct batcher *batcher = &recovery->batcher;
    const struct receipt_body *first = &past->receipts[0].receipt;
    if (!take_leaves(recovery, arena, past, err) ||
        !batcher_use_control(batcher, past->control_index, err) ||
        !past_feeds_find(&recovery->feeds, &first->feed, batcher->scope->control, &feed, err))
        return false;
    batcher->rules.topic = slice_of(feed->is_file ? CATALOG_FILE : feed->name);
    batcher->rules.as_of_us = first->as_of_us;
    struct claim *claims = arena_array(arena, past->receipt_count, sizeof *claims);
    bool *is_new = arena_array(arena, past->receipt_count, sizeof *is_new);
    return open_ranges(recovery, feed, past, claims, is_new, err) &&
           read_ranges(recovery, feed, past, err) &&
           begin_chains(recovery, feed, past, is_new, err) &&
           replay_prepare(batcher, &recovery->load, past->control_index, arena, &replay, err) &&
           commit_batch(batcher, &recovery->load, past, &replay, err);
}

bool recover_batch(struct recovery *recovery, uint64_t first_index,
                   const struct past_entry *receipt, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct past_batch past = {.first_index = first_index};
    arena_init(&arena);
    bool ok = take_receipts(recovery, receipt, &arena, &past, err) &&
              make_batch(recovery, &past, &arena, err);
    if (!ok && err->code == ERROR_NOT_FOUND) /* records, or all of a feed: they will not come */
        err->code = ERROR_HALT;
    load_reset(&recovery->load);
    recovery->entries += ok ? past.leaf_count : 0;
    return ok;
}
