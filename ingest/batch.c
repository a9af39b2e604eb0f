#include "ingest/batch.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ingest/chapter.h"
#include "ingest/plan.h"
#include "store/dedup.h"

#define ATTEMPTS_MAX 10 /* after a key, a catalog or a day came in between; each is rare */

/* How an attempt ended, beside failing. */
enum attempt { ATTEMPT_FAILED, ATTEMPT_AGAIN, ATTEMPT_COMMITTED };

void batcher_release(struct batcher *batcher)
{
    scope_drop(batcher->scope);
    slot_table_release(&batcher->slots);
    writer_close(&batcher->writer);
    free(batcher->days);
}

/* --------------------------------------------------------------------------------------- control
 */

struct batch {
    struct arena *arena;
    const struct past_batch *past; /* recovery makes it again; NULL: a new one */
    struct plan plan;
    uint64_t control_index;
    struct decision decision;
    struct chapter chapter;
};

/* Takes the control entries up to `through_index`. */
static bool take_control(struct batcher *batcher, uint64_t through_index, struct error *err)
{
    struct control *control = NULL;
    const struct control *known = batcher->scope->control;
    if (known->generation > 0 && known->control_index == through_index)
        return true;
    if (known->generation > 0 && known->control_index > through_index)
        return error_set(err, ERROR_HALT,
                         "the log is at control index %" PRIu64 ", but was at %" PRIu64
                         ": the database went back",
                         through_index, known->control_index);
    if (!control_load(batcher->store, batcher->writer.log, batcher->scope->control, through_index,
                      &control, err))
        return false;
    struct scope *scope = scope_make(control, batcher->cache_key);
    control_drop(control);
    scope_drop(batcher->scope);
    batcher->scope = scope;
    return true;
}

bool batcher_refresh_control(struct batcher *batcher, struct error *err)
{
    struct head head;
    return head_read(batcher->store, batcher->writer.log, &head, err) &&
           take_control(batcher, head.control_index, err);
}

bool batcher_use_control(struct batcher *batcher, uint64_t through_index, struct error *err)
{
    if (batcher->scope->control->control_index > through_index) {
        struct control *nothing = control_empty();
        scope_drop(batcher->scope);
        batcher->scope = scope_make(nothing, batcher->cache_key);
        control_drop(nothing);
    }
    if (!take_control(batcher, through_index, err))
        return false;
    return batcher->scope->control->catalog != NULL ||
           error_set(err, ERROR_HALT, "there was no catalog at control index %" PRIu64,
                     through_index);
}

/* Measures what is left of the load under the newest control entries. */
static bool measure_again(struct batcher *batcher, struct load *load, struct error *err)
{
    struct arena scratch;
    struct item_rules rules = batcher->rules;
    rules.scope = batcher->scope;
    if (!load_use_scope(load, batcher->scope))
        return error_set(err, ERROR_CONFLICT, "the catalog changes too often for one load");
    arena_init(&scratch);
    for (size_t r = 0; r < load->range_count; r++)
        for (size_t i = load->ranges[r].first; i < load->ranges[r].count; i++)
            item_measure(&rules, &load->ranges[r].items[i], &load->arena, &scratch);
    arena_release(&scratch);
    return true;
}

/* Under the locks: whether the load was measured under what the head says now, or what the receipts
 * say of a past batch. */
static bool check_control(struct batcher *batcher, const struct load *load,
                          const struct past_batch *past, uint64_t *out_control_index,
                          bool *out_is_current, struct error *err)
{
    struct head head;
    if (past) {
        *out_control_index = past->control_index;
        *out_is_current = true;
        return true;
    }
    if (!head_read(batcher->store, batcher->writer.log, &head, err) ||
        !take_control(batcher, head.control_index, err))
        return false;
    *out_control_index = head.control_index;
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

static bool has_day(const struct batcher *batcher, int32_t day)
{
    for (size_t i = 0; i < batcher->day_count; i++)
        if (batcher->days[i] == day)
            return true;
    return false;
}

static bool has_days(const struct batcher *batcher, const struct decision *decision)
{
    for (size_t i = 0; i < decision->hour_count; i++)
        if (!has_day(batcher, decision->hours[i].set->event_hour / 24))
            return false;
    return true;
}

/* Outside of the batch's transaction. */
static bool ensure_days(struct batcher *batcher, const struct decision *decision, struct error *err)
{
    for (size_t i = 0; i < decision->hour_count; i++) {
        int32_t day = decision->hours[i].set->event_hour / 24;
        if (has_day(batcher, day))
            continue;
        if (!dedup_ensure_day(batcher->store, day, err))
            return false;
        batcher->days = memory_grow(batcher->days, &batcher->day_capacity, batcher->day_count + 1,
                                    sizeof *batcher->days);
        batcher->days[batcher->day_count++] = day;
    }
    return true;
}

/* ----------------------------------------------------------------------------------- one attempt
 */

/* Locks the slots; then, in statements of their own, brings memory up to them. */
static bool lock(struct batcher *batcher, struct batch *batch, struct error *err)
{
    uint64_t steps[SLOT_COUNT];
    int log = batcher->writer.log;
    if (batch->plan.slot_count == 0)
        return true;
    return slots_lock(batcher->store, log, batch->plan.slots, batch->plan.slot_count, steps, err) &&
           slot_catch_up(&batcher->slots, batcher->store, log, batch->plan.slots, steps,
                         batch->plan.slot_count, batch->arena, err);
}

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
    struct decide_range *ranges = arena_array(batch->arena, load->range_count, sizeof *ranges);
    for (size_t i = 0; i < load->range_count; i++) {
        const struct load_range *range = &load->ranges[i];
        ranges[i] = (struct decide_range){.items = range->items + range->first,
                                          .count = range->count - range->first,
                                          .from = range->from,
                                          .to = range->to};
    }
    decide(&batcher->slots, &limits, ranges, load->range_count, batch->arena, &batch->decision);
    return true;
}

/* Inside the transaction, up to COMMIT. */
static enum attempt attempt_inside(struct batcher *batcher, struct load *load, struct batch *batch,
                                   struct error *err)
{
    bool is_current = false;
    if (!lock(batcher, batch, err) ||
        !check_control(batcher, load, batch->past, &batch->control_index, &is_current, err) ||
        (!batch->past && !check_rules(batcher, load, err)) || !never_back(batcher, batch, err))
        return ATTEMPT_FAILED;
    if (!is_current)
        return ATTEMPT_AGAIN;
    if (!decide_load(batcher, load, batch, err))
        return ATTEMPT_FAILED;
    if (!has_days(batcher, &batch->decision))
        return ATTEMPT_AGAIN;
    chapter_write(&batch->chapter, batcher, load, &batch->decision, batch->control_index);
    if (batch->past && !past_take(batch->past, &batcher->writer, &batch->chapter, err))
        return ATTEMPT_FAILED;
    if (!batch->past)
        chapter_sign(&batch->chapter, &batcher->writer);
    if (!chapter_append(&batch->chapter, batcher, err))
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
        return measure_again(batcher, load, err);
    return ensure_days(batcher, &batch->decision, err);
}

static void forget_slots(struct batcher *batcher, const struct plan *plan)
{
    for (size_t i = 0; i < plan->slot_count; i++)
        slot_forget(&batcher->slots, plan->slots[i]);
}

/* What a failed attempt leaves behind. Blocks and steps that were read are facts, and stay. */
static enum attempt give_up(struct batcher *batcher, const struct batch *batch, struct error *err)
{
    store_rollback(batcher->store);
    if (err->code == ERROR_UNKNOWN || err->code == ERROR_CONFLICT)
        forget_slots(batcher, &batch->plan);
    if (batch->past || err->code != ERROR_BUSY || !store_is_alive(batcher->store))
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
    if (!store_begin(batcher->store, err))
        return ATTEMPT_FAILED;
    enum attempt result = attempt_inside(batcher, load, batch, err);
    if (result == ATTEMPT_FAILED)
        return give_up(batcher, batch, err);
    if (result == ATTEMPT_AGAIN) {
        store_rollback(batcher->store);
        return prepare_again(batcher, load, batch, err) ? ATTEMPT_AGAIN : ATTEMPT_FAILED;
    }
    decision_merge(&batch->decision, &batcher->slots, batch->control_index);
    chapter_merge(&batch->chapter, batcher, load, &batch->decision);
    return ATTEMPT_COMMITTED;
}

static bool commit(struct batcher *batcher, struct load *load, const struct past_batch *past,
                   struct error *err)
{
    struct arena arena;
    enum attempt result = ATTEMPT_AGAIN;
    arena_init(&arena);
    for (int i = 0; i < ATTEMPTS_MAX && result == ATTEMPT_AGAIN; i++) {
        struct batch batch = {.arena = &arena, .past = past, .chapter = {.arena = &arena}};
        error_set(err, ERROR_BUSY, "keys, catalog or days change too often");
        result = attempt(batcher, load, &batch, err);
        slot_settle(&batcher->slots);
        arena_reset(&arena);
    }
    arena_release(&arena);
    return result == ATTEMPT_COMMITTED;
}

bool batch_commit(struct batcher *batcher, struct load *load, struct error *err)
{
    return commit(batcher, load, NULL, err);
}

bool batch_again(struct batcher *batcher, struct load *load, const struct past_batch *past,
                 struct error *err)
{
    return batcher_use_control(batcher, past->control_index, err) &&
           measure_again(batcher, load, err) && commit(batcher, load, past, err);
}
