/*
 * What memory takes from the book, under the slots' locks.
 */
#include <assert.h>
#include <string.h>

#include "base/number.h"
#include "ingest/slot.h"
#include "store/dedup.h"

#define STEPS_BEHIND_MAX 1000 /* farther behind, a slot starts anew instead of catching up */

/* ----------------------------------------------------------------------------------------- steps
 */

/* Which steps of which slots memory has not seen. */
struct behind {
    size_t count;
    int32_t slots[SLOT_COUNT];
    uint64_t known[SLOT_COUNT];
    uint64_t locked[SLOT_COUNT];
};

static bool note_behind(struct slot_table *table, int32_t number, uint64_t locked,
                        struct behind *behind, struct error *err)
{
    struct slot *slot = &table->slots[number];
    if (slot->is_known && slot->step > locked) {
        uint64_t step = slot->step;
        slot_forget(table, number);
        return error_set(err, ERROR_HALT,
                         "slot %d is at step %llu, but was at %llu: the database went back, to an "
                         "older copy; if that was on purpose, start again",
                         number, (unsigned long long)locked, (unsigned long long)step);
    }
    if (slot->is_known && !table->from_start && locked - slot->step > STEPS_BEHIND_MAX)
        slot_forget(table, number);
    uint64_t known = slot->is_known ? slot->step : locked > 0 ? locked - 1 : 0;
    if (known < locked) {
        behind->slots[behind->count] = number;
        behind->locked[behind->count] = locked;
        behind->known[behind->count++] = known;
    }
    return true;
}

static bool step_names_hour(const struct slot_step *step, int32_t event_hour)
{
    for (size_t i = 0; i < step->hour_count; i++)
        if (step->hours[i] == event_hour)
            return true;
    return false;
}

/* Sets that no new step names are complete to it as they are; the others stay behind until they
 * are needed. */
static void catch_up_hours(struct slot_table *table, const struct slot_step *step)
{
    for (struct hour_set *set = table->hours.of_slot[step->slot]; set; set = set->next_of_slot)
        if (set->complete_step == step->step - 1 && !step_names_hour(step, set->event_hour))
            set->complete_step = step->step;
}

static bool apply_step(struct slot_table *table, const struct slot_step *step, struct error *err)
{
    struct slot *slot = &table->slots[step->slot];
    if (slot->is_known && step->step != slot->step + 1)
        return error_set(err, ERROR_HALT, "slot %d: step %llu follows %llu", step->slot,
                         (unsigned long long)step->step, (unsigned long long)slot->step);
    if (step->control_index < slot->control_index)
        return error_set(err, ERROR_HALT, "slot %d: step %llu went back to control index %llu",
                         step->slot, (unsigned long long)step->step,
                         (unsigned long long)step->control_index);
    catch_up_hours(table, step);
    table->lacks_hours |= table->from_start && step->hour_count > 0;
    for (size_t i = 0; i < step->tenant_count; i++) {
        struct account *account = slot_account(table, step->tenants[i]);
        if (account == NULL && table->from_start)
            account = slot_open_account(table, step->tenants[i], step->slot, STREAM_SEQ_NONE);
        if (account)
            account->last_seq = step->last_seqs[i];
    }
    *slot = (struct slot){true, step->step, step->control_index, step->floor_hour};
    return true;
}

static bool keep_series(void *context, uint64_t tenant, const struct digest *series,
                        struct error *err)
{
    struct slot_table *table = context;
    struct account *account = slot_account(table, tenant);
    (void)err;
    if (account)
        account_add_series(table, account, series);
    return true;
}

static bool read_behind(struct slot_table *table, struct store *store, int log,
                        const struct behind *behind, struct arena *arena, struct error *err)
{
    struct slot_step *steps = NULL;
    size_t count = 0;
    if (!slot_steps_since(store, log, behind->slots, behind->known, behind->locked, behind->count,
                          arena, &steps, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!apply_step(table, &steps[i], err))
            return false;
    return series_since(store, log, behind->slots, behind->known, behind->locked, behind->count,
                        keep_series, table, err);
}

bool slot_catch_up(struct slot_table *table, struct store *store, int log, const int32_t *slots,
                   const uint64_t *locked_steps, size_t count, struct arena *arena,
                   struct error *err)
{
    struct behind behind = {.count = 0};
    assert(count <= SLOT_COUNT);
    for (size_t i = 0; i < count; i++)
        if (!note_behind(table, slots[i], locked_steps[i], &behind, err))
            return false;
    if (behind.count > 0 && !read_behind(table, store, log, &behind, arena, err)) {
        for (size_t i = 0; i < behind.count; i++)
            slot_forget(table, behind.slots[i]); /* half of it may have been taken */
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = &table->slots[slots[i]];
        slot->is_known = true;
        if (slot->step != locked_steps[i])
            return error_set(err, ERROR_HALT, "slot %d is at step %llu, but its steps end at %llu",
                             slots[i], (unsigned long long)locked_steps[i],
                             (unsigned long long)slot->step);
    }
    return true;
}

/* ----------------------------------------------------------------------------------------- hours
 */

/* The slots of one event hour that memory lacks, or has not all of. */
struct hour_run {
    int32_t event_hour;
    size_t count;
    int32_t slots[SLOT_COUNT];
    uint64_t known[SLOT_COUNT];
    uint64_t locked[SLOT_COUNT];
    size_t places[SLOT_COUNT]; /* in the caller's array */
};

/* Reads hours[*at …] of one event hour; moves *at behind them. Sets that memory lacks are taken as
 * complete to step 0. */
static void next_run(struct slot_table *table, const struct slot_hour *hours, size_t count,
                     size_t *at, struct hour_run *run)
{
    run->event_hour = hours[*at].event_hour;
    run->count = 0;
    for (; *at < count && hours[*at].event_hour == run->event_hour; ++*at) {
        assert(*at == 0 || hours[*at - 1].event_hour < run->event_hour ||
               hours[*at - 1].slot < hours[*at].slot);
        const struct slot *slot = &table->slots[hours[*at].slot];
        const struct hour_set *set = hours_find(&table->hours, hours[*at].slot, run->event_hour);
        uint64_t known = set ? set->complete_step : 0;
        assert(slot->is_known && known <= slot->step);
        if (known == slot->step)
            continue;
        run->slots[run->count] = hours[*at].slot;
        run->known[run->count] = known;
        run->locked[run->count] = slot->step;
        run->places[run->count++] = *at;
    }
}

static bool keep_block(void *context, const struct dedup_block *block, struct error *err)
{
    struct slot_table *table = context;
    struct hour_set *set = hours_find(&table->hours, block->slot, block->event_hour);
    assert(set);
    (void)err;
    for (size_t at = 0; at < block->ids.size; at += DEDUP_ID_SIZE) {
        const unsigned char *bytes = (const unsigned char *)block->ids.data + at;
        struct identity identity;
        memcpy(identity.id, bytes, IDENTITY_SIZE);
        identity.meaning = bytes_get_u64(bytes + IDENTITY_SIZE);
        hour_set_insert(&table->hours, set, &identity);
    }
    return true;
}

static struct hour_set *set_of(struct slot_table *table, int32_t slot, int32_t event_hour)
{
    struct hour_set *set = hours_find(&table->hours, slot, event_hour);
    return set ? set : hours_open(&table->hours, slot, event_hour);
}

/* A set that was read in part is dropped: it would say that it is complete to an older step, and
 * hold more than that. */
static void drop_run(struct slot_table *table, const struct hour_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        hours_drop(&table->hours, hours_find(&table->hours, run->slots[i], run->event_hour));
}

static bool load_run(struct slot_table *table, struct store *store, int log,
                     const struct hour_run *run, struct error *err)
{
    for (size_t i = 0; i < run->count; i++)
        set_of(table, run->slots[i], run->event_hour);
    bool has_all = table->from_start && !table->lacks_hours;
    if (run->count > 0 && !has_all &&
        !dedup_blocks(store, log, run->event_hour, run->slots, run->known, run->locked, run->count,
                      keep_block, table, err)) {
        drop_run(table, run);
        return false;
    }
    for (size_t i = 0; i < run->count; i++)
        set_of(table, run->slots[i], run->event_hour)->complete_step =
            table->slots[run->slots[i]].step;
    return true;
}

void slot_make_room(struct slot_table *table, const struct slot_hour *hours, size_t count,
                    size_t more_bytes)
{
    for (size_t i = 0; i < count; i++) {
        struct hour_set *set = hours_find(&table->hours, hours[i].slot, hours[i].event_hour);
        if (set)
            set->in_use = true;
    }
    hours_make_room(&table->hours, more_bytes);
    table->lacks_hours |= table->hours.has_evicted; /* before anything is taken for empty */
}

bool slot_need_hours(struct slot_table *table, struct store *store, int log,
                     const struct slot_hour *hours, size_t count, struct error *err)
{
    for (size_t at = 0; at < count;) {
        struct hour_run run;
        next_run(table, hours, count, &at, &run);
        if (!load_run(table, store, log, &run, err))
            return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct hour_set *set = set_of(table, hours[i].slot, hours[i].event_hour);
        set->in_use = true;
        assert(set->complete_step == table->slots[hours[i].slot].step);
    }
    return true;
}

bool slot_hours_bytes(struct slot_table *table, struct store *store, int log,
                      const struct slot_hour *hours, size_t count, size_t *out_bytes,
                      struct error *err)
{
    for (size_t i = 0; i < count; i++)
        out_bytes[i] = 0;
    for (size_t at = 0; at < count;) {
        struct hour_run run;
        uint64_t bytes[SLOT_COUNT];
        next_run(table, hours, count, &at, &run);
        if (run.count == 0)
            continue;
        if (!dedup_sizes(store, log, run.event_hour, run.slots, run.count, bytes, err))
            return false;
        for (size_t i = 0; i < run.count; i++)
            out_bytes[run.places[i]] = hour_set_bytes((size_t)bytes[i] / DEDUP_ID_SIZE);
    }
    return true;
}

/* -------------------------------------------------------------------------------------- accounts
 */

bool slot_need_accounts(struct slot_table *table, struct store *store, int log,
                        const uint64_t *tenants, const int32_t *slots, size_t count,
                        struct arena *arena, struct error *err)
{
    uint64_t *missing = arena_array(arena, count, sizeof *missing);
    uint64_t *last_seqs = arena_array(arena, count, sizeof *last_seqs);
    int32_t *missing_slots = arena_array(arena, count, sizeof *missing_slots);
    size_t missing_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct account *account = slot_account(table, tenants[i]);
        if (account) {
            account->used_at = table->batch;
        } else {
            missing_slots[missing_count] = slots[i];
            missing[missing_count++] = tenants[i];
        }
    }
    for (size_t i = 0; i < missing_count && table->from_start; i++)
        slot_open_account(table, missing[i], missing_slots[i], STREAM_SEQ_NONE);
    if (missing_count == 0 || table->from_start)
        return true;
    if (!slot_last_seqs(store, log, missing, missing_count, last_seqs, err))
        return false;
    for (size_t i = 0; i < missing_count; i++)
        slot_open_account(table, missing[i], missing_slots[i], last_seqs[i]);
    if (series_of_tenants(store, log, missing, missing_count, keep_series, table, err))
        return true;
    for (size_t i = 0; i < missing_count; i++)
        slot_forget(table, missing_slots[i]); /* an account without all its series would be wrong */
    return false;
}
