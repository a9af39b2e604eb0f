#include <inttypes.h>
#include <string.h>

#include "ingest/audit_parts.h"

/* ------------------------------------------------------------------------------------------ steps
 */

static bool read_next_steps(struct audit *audit, struct arena *arena, struct slot_step **out,
                            size_t *out_count, struct error *err)
{
    int32_t slots[SLOT_COUNT];
    uint64_t after[SLOT_COUNT], through[SLOT_COUNT];
    for (int32_t slot = 0; slot < SLOT_COUNT; slot++) {
        slots[slot] = slot;
        after[slot] = audit->batcher.slots.slots[slot].step;
        through[slot] = after[slot] + 1;
    }
    return slot_steps_since(audit->store, audit->log.log, slots, after, through, SLOT_COUNT, arena,
                            out, out_count, err);
}

/* Moves the rows of this batch to the front; returns how many. */
static size_t pick_steps(struct slot_step *steps, size_t count, const struct batch_id *batch)
{
    size_t picked = 0;
    for (size_t i = 0; i < count; i++) {
        if (memcmp(&steps[i].batch, batch, sizeof *batch) != 0)
            continue;
        struct slot_step step = steps[i];
        steps[i] = steps[picked];
        steps[picked++] = step;
    }
    return picked;
}

/* Memory takes steps as the book has them. */
static bool take_steps(struct audit *audit, const struct slot_step *steps, size_t count,
                       struct arena *arena, struct error *err)
{
    int32_t slots[SLOT_COUNT];
    uint64_t numbers[SLOT_COUNT];
    for (size_t i = 0; i < count; i++) {
        slots[i] = steps[i].slot;
        numbers[i] = steps[i].step;
    }
    return count == 0 || slot_catch_up(&audit->batcher.slots, audit->store, audit->log.log, slots,
                                       numbers, count, arena, err);
}

/* A step of no batch raises a floor, or is of one correction that an operator made. */
static bool take_floors(struct audit *audit, const struct audit_batch *batch, size_t count,
                        struct error *err)
{
    struct series_row *series = NULL;
    size_t series_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct slot_step *step = &batch->steps[i];
        if (!series_at(audit->store, audit->log.log, &step->slot, &step->step, 1, batch->arena,
                       &series, &series_count, err))
            return false;
        if (step->hour_count + series_count > 0 || step->tenant_count > 1)
            findings_add(&audit->findings, FINDING_REPLAY_STEP, batch->next_index - 1,
                         "slot %" PRId32 " step %" PRIu64
                         ": of no batch, and yet it has hours, series or several tenants",
                         step->slot, step->step);
    }
    return take_steps(audit, batch->steps, count, batch->arena, err);
}

/* The steps that the book says the batch took. Those of no batch, which raise a floor, are taken
 * before it: a slot's steps are in order, and nothing else is. */
static bool read_steps(struct audit *audit, struct audit_batch *batch, struct error *err)
{
    static const struct batch_id none;
    size_t count = 0, floors = 0;
    do {
        if (!read_next_steps(audit, batch->arena, &batch->steps, &count, err))
            return false;
        floors = pick_steps(batch->steps, count, &none);
        if (!take_floors(audit, batch, floors, err))
            return false;
    } while (floors > 0);
    batch->step_count = pick_steps(batch->steps, count, &batch->id);
    batch->has_steps = true;
    return true;
}

/* Steps that the book took and the records did not: later ones are counted from there. */
static void follow_steps(struct audit *audit, const struct audit_batch *batch)
{
    for (size_t i = 0; i < batch->step_count; i++) {
        struct slot *slot = &audit->batcher.slots.slots[batch->steps[i].slot];
        if (slot->step + 1 != batch->steps[i].step)
            continue;
        hours_advance(&audit->batcher.slots.hours, batch->steps[i].slot, slot->step,
                      slot->step + 1);
        slot->step++;
    }
}

/* ------------------------------------------------------------------------------------- its ways */

/* What cannot be made again is taken as the book has it. */
static bool trust(struct audit *audit, struct audit_batch *batch, struct error *err)
{
    if (audit->counts.trusted == UINT64_MAX)
        audit->counts.trusted = batch->first_index;
    if (!batch->has_steps && !read_steps(audit, batch, err))
        return false;
    return take_steps(audit, batch->steps, batch->step_count, batch->arena, err);
}

static bool compare(struct audit *audit, struct audit_batch *batch, struct error *err)
{
    audit_compare_receipts(audit, batch);
    audit_compare_entries(audit, batch);
    audit_compare_steps(audit, batch);
    return audit_compare_blocks(audit, batch, err) && audit_compare_series(audit, batch, err) &&
           audit_compare_sequences(audit, batch, err) &&
           audit_compare_quarantine(audit, batch, err);
}

/* All records are there; whether they are the right ones is known when they were gone through. */
static bool decide_again(struct audit *audit, struct audit_batch *batch, struct error *err)
{
    struct replay *replay = &batch->replay;
    struct batcher *batcher = &audit->batcher;
    const struct receipt_body *first = &batch->receipts[0].entry.receipt;
    batcher->rules.topic = slice_of(batch->feed->is_file ? CATALOG_FILE : batch->feed->name);
    batcher->rules.as_of_us = first->as_of_us;
    if (!replay_prepare(batcher, &audit->load, first->control_index, batch->arena, replay, err) ||
        !read_steps(audit, batch, err) || !replay_decide(batcher, &audit->load, replay, err))
        return false;
    if (!audit_compare_ranges(audit, batch)) {
        slot_settle(&batcher->slots);
        return trust(audit, batch, err);
    }
    if (!compare(audit, batch, err))
        return false;
    audit->counts.decided++;
    audit->counts.records += audit->load.record_count;
    replay_merge(batcher, replay);
    follow_steps(audit, batch);
    return true;
}

static bool look(struct audit *audit, struct audit_batch *batch, struct error *err)
{
    if (batch->is_whole)
        return decide_again(audit, batch, err);
    (void)audit_compare_ranges(audit, batch);
    return trust(audit, batch, err);
}

/* Chains go on as the book says: the next range begins where this one ends there. */
static void move_chains(const struct audit_batch *batch)
{
    for (size_t i = 0; i < batch->receipt_count; i++) {
        const struct entry *entry = &batch->receipts[i].entry;
        batch->chains[i]->end = (struct chain_end){.next = entry->receipt.to,
                                                   .last_offset = entry->receipt.last_offset,
                                                   .last_hash = entry->receipt.last_hash,
                                                   .next_seq = entry->stream_seq + 1,
                                                   .as_of_us = entry->receipt.as_of_us};
    }
}

static bool audit_one(struct audit *audit, struct audit_batch *batch, bool *out_found,
                      struct error *err)
{
    if (!audit_read_batch(audit, batch, out_found, err))
        return false;
    if (!*out_found)
        return true;
    if (!audit_read_ranges(audit, batch, err) || !store_begin_snapshot(audit->store, err))
        return false;
    bool ok = look(audit, batch, err);
    store_rollback(audit->store);
    if (!ok)
        return error_prefix(err, "the batch from entry %" PRIu64 ": ", batch->first_index);
    move_chains(batch);
    audit->counts.batches++;
    audit->next = batch->next_index;
    return true;
}

bool audit_batch(struct audit *audit, bool *out_found, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct audit_batch batch = {.arena = &arena};
    arena_init(&arena);
    bool ok = audit_one(audit, &batch, out_found, err);
    load_reset(&audit->load);
    return ok;
}
