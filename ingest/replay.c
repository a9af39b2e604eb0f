#include "ingest/replay.h"

#define SERIES_CACHED_MAX 500000

/* A cache of series that has grown large starts anew. */
static void trim_series(struct batcher *batcher)
{
    if (series_cache_count(batcher->scope->series) <= SERIES_CACHED_MAX)
        return;
    struct scope *scope = scope_make(batcher->scope->control, batcher->cache_key);
    scope_drop(batcher->scope);
    batcher->scope = scope;
}

bool replay_prepare(struct batcher *batcher, struct load *load, uint64_t control_index,
                    struct arena *arena, struct replay *out, struct error *err)
{
    *out = (struct replay){.arena = arena, .control_index = control_index};
    trim_series(batcher);
    if (!batcher_use_control(batcher, control_index, err) || !batcher_measure(batcher, load, err))
        return false;
    plan_make(load, SIZE_MAX, arena, &out->plan);
    return true;
}

bool replay_decide(struct batcher *batcher, const struct load *load, struct replay *replay,
                   struct error *err)
{
    struct decide_limits limits = {.records_max = SIZE_MAX,
                                   .entries_max = SIZE_MAX,
                                   .series_per_tenant =
                                       batcher->scope->control->catalog->limits.series_per_tenant};
    if (!plan_load_all(&replay->plan, &batcher->slots, batcher->store, batcher->writer.log,
                       replay->arena, err))
        return false;
    batcher_decide(batcher, load, &limits, replay->arena, &replay->decision);
    replay->chapter = (struct chapter){.arena = replay->arena};
    chapter_write(&replay->chapter, batcher, load, &replay->decision, replay->control_index);
    return true;
}

void replay_merge(struct batcher *batcher, const struct replay *replay)
{
    decision_merge(&replay->decision, &batcher->slots, replay->control_index);
    slot_settle(&batcher->slots);
}
