#include "ingest/batch.h"

#include <assert.h>
#include <inttypes.h>

#include "base/crash.h"
#include "ingest/chapter.h"
#include "ingest/plan.h"
#include "store/dedup.h"

#define ATTEMPTS_MAX 10 /* after a key, a catalog or a day came in between; each is rare */

/* How an attempt ended, beside failing. */
enum attempt { ATTEMPT_FAILED, ATTEMPT_AGAIN, ATTEMPT_COMMITTED };

/* --------------------------------------------------------------------------------------- control
 */

struct batch {
    struct arena *arena;
    struct plan plan;
    uint64_t control_index;
    struct decision decision;
    struct chapter chapter;
};

/* Under the locks: whether the load was measured under what the head says now. */
static bool check_control(struct batcher *batcher, const struct load *load,
                          uint64_t *out_control_index, bool *out_is_current, struct error *err)
{
    if (!batcher_refresh_control(batcher, err))
        return false;
    *out_control_index = batcher->scope->control->control_index;
    *out_is_current = load_scope(load) != NULL &&
                      load_scope(load)->control->generation == batcher->scope->control->generation;
    return true;
}

/* What was let in by rules that do not hold any more is claimed again, by those that do. */
static bool check_rules(const struct batcher *batcher, const struct load *load, struct error *err)
{
    for (size_t i = 0; i < load->range_count; i++)
        if (!claim_rules_hold(load->ranges[i].claim, batcher->scope->control, batcher->rules.topic))
            return error_set(err, ERROR_CONFLICT, "the catalog has new rules for the feed");
    return true;
}

/* ------------------------------------------------------------------------------------------ days
 */

static bool has_days(const struct batcher *batcher, const struct decision *decision)
{
    for (size_t i = 0; i < decision->hour_count; i++)
        if (!batcher_has_day(batcher, decision->hours[i].set->event_hour / 24))
            return false;
    return true;
}

/* Outside of the batch's transaction. */
static bool ensure_days(struct batcher *batcher, const struct decision *decision, struct error *err)
{
    for (size_t i = 0; i < decision->hour_count; i++)
        if (!batcher_ensure_day(batcher, decision->hours[i].set->event_hour / 24, err))
            return false;
    return true;
}

/* ----------------------------------------------------------------------------------- one attempt
 */

/* The control index is read under the locks, so it never goes back for a slot. */
static bool never_back(const struct batcher *batcher, const struct batch *batch, struct error *err)
{
    for (size_t i = 0; i < batch->plan.slot_count; i++) {
        const struct slot *slot = &batcher->slots.slots[batch->plan.slots[i]];
        if (slot->control_index > batch->control_index)
            return error_set(err, ERROR_HALT,
                             "slot %d was decided under control index %" PRIu64
                             ", the log is at %" PRIu64,
                             batch->plan.slots[i], slot->control_index, batch->control_index);
    }
    return true;
}

static bool decide_load(struct batcher *batcher, const struct load *load, struct batch *batch,
                        struct error *err)
{
    struct decide_limits limits = {.entries_max = batcher->entries_max,
                                   .series_per_tenant =
                                       batcher->scope->control->catalog->limits.series_per_tenant};
    if (!plan_load(&batch->plan, &batcher->slots, batcher->store, batcher->writer.log, batch->arena,
                   &limits.records_max, err))
        return false;
    CRASH_AT(ingest_hours_loaded);
    batcher_decide(batcher, load, &limits, batch->arena, &batch->decision);
    return true;
}

static bool begin_companion(struct batcher *batcher, struct error *err)
{
    struct batch_companion *companion = batcher->companion;
    if (companion == NULL)
        return true;
    companion->fitting = 0;
    return companion->begin == NULL || companion->begin(companion->context, batcher, err);
}

/* With a companion it is the whole load, or nothing. */
static bool takes_all(struct batcher *batcher, const struct load *load, const struct batch *batch,
                      struct error *err)
{
    size_t taken = 0;
    bool is_all = true;
    if (batcher->companion == NULL)
        return true;
    for (size_t i = 0; i < batch->decision.range_count; i++) {
        taken += batch->decision.ranges[i].taken;
        is_all = is_all && batch->decision.ranges[i].to == load->ranges[i].to;
    }
    batcher->companion->fitting = is_all ? 0 : taken;
    return is_all ||
           error_set(err, ERROR_REFUSED,
                     "of %zu events one transaction takes %zu: it has at most %zu entries "
                     "(one a series and window), and its hours fit into --memory-mib",
                     load->record_count, taken, batcher->entries_max);
}

/* The head is locked, so what it says is what this transaction made of it. */
static bool end_companion(struct batcher *batcher, const struct batch *batch, struct error *err)
{
    struct head head;
    const struct batch_companion *companion = batcher->companion;
    if (companion == NULL || companion->end == NULL)
        return true;
    return head_read(batcher->store, batcher->writer.log, &head, err) &&
           companion->end(companion->context, batcher, head.size - batch->chapter.entry_count, err);
}

/* Inside the transaction, up to COMMIT. */
static enum attempt attempt_inside(struct batcher *batcher, struct load *load, struct batch *batch,
                                   struct error *err)
{
    bool is_current = false;
    if (!begin_companion(batcher, err) || !batcher_lock(batcher, &batch->plan, batch->arena, err) ||
        !check_control(batcher, load, &batch->control_index, &is_current, err) ||
        !check_rules(batcher, load, err) || !never_back(batcher, batch, err))
        return ATTEMPT_FAILED;
    CRASH_AT(ingest_locked);
    if (!is_current)
        return ATTEMPT_AGAIN;
    if (!decide_load(batcher, load, batch, err) || !takes_all(batcher, load, batch, err))
        return ATTEMPT_FAILED;
    CRASH_AT(ingest_decided);
    if (!has_days(batcher, &batch->decision))
        return ATTEMPT_AGAIN;
    chapter_write(&batch->chapter, batcher, load, &batch->decision, batch->control_index);
    chapter_sign(&batch->chapter, &batcher->writer);
    CRASH_AT(ingest_signed);
    if (!chapter_append(&batch->chapter, batcher, err))
        return ATTEMPT_FAILED;
    CRASH_AT(ingest_appended);
    if (!end_companion(batcher, batch, err))
        return ATTEMPT_FAILED;
    return store_commit(batcher->store, err) ? ATTEMPT_COMMITTED : ATTEMPT_FAILED;
}

/* What came in between is taken in, outside of the transaction. */
static bool prepare_again(struct batcher *batcher, struct load *load, struct batch *batch,
                          struct error *err)
{
    batcher->counts.retries++;
    if (load_scope(load) == NULL ||
        load_scope(load)->control->generation != batcher->scope->control->generation)
        return batcher_measure(batcher, load, err);
    return ensure_days(batcher, &batch->decision, err);
}

/* What a failed attempt leaves behind. Blocks and steps that were read are facts, and stay. */
static enum attempt give_up(struct batcher *batcher, const struct batch *batch, struct error *err)
{
    store_rollback(batcher->store);
    if (err->code == ERROR_UNKNOWN || err->code == ERROR_CONFLICT)
        batcher_forget(batcher, &batch->plan);
    if (err->code != ERROR_BUSY || !store_is_alive(batcher->store))
        return ATTEMPT_FAILED;
    uint64_t key_index = batcher->writer.key_index;
    struct error refused;
    if (!writer_refresh(batcher->store, &batcher->writer, &refused)) {
        *err = refused;
        return ATTEMPT_FAILED;
    }
    return batcher->writer.key_index != key_index ? ATTEMPT_AGAIN : ATTEMPT_FAILED;
}

static enum attempt attempt(struct batcher *batcher, struct load *load, struct batch *batch,
                            struct error *err)
{
    plan_make(load, batcher->records_now, batch->arena, &batch->plan);
    CRASH_AT(ingest_planned);
    if (!store_begin(batcher->store, err))
        return ATTEMPT_FAILED;
    enum attempt result = attempt_inside(batcher, load, batch, err);
    if (result == ATTEMPT_FAILED)
        return give_up(batcher, batch, err);
    if (result == ATTEMPT_AGAIN) {
        store_rollback(batcher->store);
        return prepare_again(batcher, load, batch, err) ? ATTEMPT_AGAIN : ATTEMPT_FAILED;
    }
    CRASH_AT(ingest_committed);
    decision_merge(&batch->decision, &batcher->slots, batch->control_index);
    chapter_merge(&batch->chapter, batcher, load, &batch->decision);
    CRASH_AT(ingest_merged);
    return ATTEMPT_COMMITTED;
}

bool batch_commit(struct batcher *batcher, struct load *load, struct error *err)
{
    struct arena *arena = &batcher->arena;
    enum attempt result = ATTEMPT_AGAIN;
    for (int i = 0; i < ATTEMPTS_MAX && result == ATTEMPT_AGAIN; i++) {
        struct batch batch = {.arena = arena, .chapter = {.arena = arena}};
        error_set(err, ERROR_BUSY, "keys, catalog or days change too often");
        result = attempt(batcher, load, &batch, err);
        slot_settle(&batcher->slots);
        arena_recycle(arena);
    }
    return result == ATTEMPT_COMMITTED;
}
