/*
 * What outlives a batch: the control entries in force, the days that have a place for identities,
 * the slots' memory; and what a batch does with them, whether it is a new one or made again.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/crash.h"
#include "ingest/batch.h"
#include "store/dedup.h"

void batcher_release(struct batcher *batcher)
{
    scope_drop(batcher->scope);
    slot_table_release(&batcher->slots);
    writer_close(&batcher->writer);
    free(batcher->days);
    arena_release(&batcher->arena);
}

/* --------------------------------------------------------------------------------------- control
 */

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
                         ": the database went back, to an older copy; if that was on purpose, "
                         "start again",
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

bool batcher_measure(struct batcher *batcher, struct load *load, struct error *err)
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

/* ------------------------------------------------------------------------------------------ days
 */

bool batcher_has_day(const struct batcher *batcher, int32_t day)
{
    for (size_t i = 0; i < batcher->day_count; i++)
        if (batcher->days[i] == day)
            return true;
    return false;
}

bool batcher_ensure_day(struct batcher *batcher, int32_t day, struct error *err)
{
    if (batcher_has_day(batcher, day))
        return true;
    if (!dedup_ensure_day(batcher->store, day, err))
        return false;
    CRASH_AT(ingest_day_made);
    batcher->days = memory_grow(batcher->days, &batcher->day_capacity, batcher->day_count + 1,
                                sizeof *batcher->days);
    batcher->days[batcher->day_count++] = day;
    return true;
}

/* ----------------------------------------------------------------------------------------- slots
 */

bool batcher_lock(struct batcher *batcher, const struct plan *plan, struct arena *arena,
                  struct error *err)
{
    uint64_t steps[SLOT_COUNT];
    int log = batcher->writer.log;
    if (plan->slot_count == 0)
        return true;
    return slots_lock(batcher->store, log, plan->slots, plan->slot_count, steps, err) &&
           slot_catch_up(&batcher->slots, batcher->store, log, plan->slots, steps, plan->slot_count,
                         arena, err);
}

void batcher_forget(struct batcher *batcher, const struct plan *plan)
{
    for (size_t i = 0; i < plan->slot_count; i++)
        slot_forget(&batcher->slots, plan->slots[i]);
}

void batcher_decide(struct batcher *batcher, const struct load *load,
                    const struct decide_limits *limits, struct arena *arena, struct decision *out)
{
    struct decide_range *ranges = arena_array(arena, load->range_count, sizeof *ranges);
    for (size_t i = 0; i < load->range_count; i++) {
        const struct load_range *range = &load->ranges[i];
        ranges[i] = (struct decide_range){.items = range->items + range->first,
                                          .count = range->count - range->first,
                                          .from = range->from,
                                          .to = range->to};
    }
    decide(&batcher->slots, limits, ranges, load->range_count, arena, out);
}
