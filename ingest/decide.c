#include "ingest/decide.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "ingest/tally.h"

struct decider {
    struct tally tally;
    const struct decide_limits *limits;
    struct arena *arena;
    struct decision *decision;
    size_t records;
    size_t refusal_capacity;
};

/* ------------------------------------------------------------------------------------ one record
 */

static void refuse(struct decider *decider, size_t range, const struct item *item,
                   const struct refusal *refusal)
{
    struct decision *decision = decider->decision;
    if (decision->refusal_count == decider->refusal_capacity) {
        size_t capacity = decider->refusal_capacity ? decider->refusal_capacity * 2 : 64;
        struct decided_refusal *grown = arena_array(decider->arena, capacity, sizeof *grown);
        if (decision->refusal_count > 0)
            memcpy(grown, decision->refusals, decision->refusal_count * sizeof *grown);
        decision->refusals = grown;
        decider->refusal_capacity = capacity;
    }
    decision->refusals[decision->refusal_count++] = (struct decided_refusal){range, item, refusal};
    decision->ranges[range].quarantined++;
}

static struct refusal *new_refusal(struct decider *decider)
{
    return arena_alloc(decider->arena, sizeof(struct refusal));
}

/* Identities before the floor are gone, so whether such an event is new cannot be known. Hours
 * before 1970 have no place for identities. */
static const struct refusal *check_floor(struct decider *decider, const struct item *item)
{
    int32_t floor = decider->tally.table->slots[item->tenant->slot].floor_hour;
    int32_t hour = item->measure.event_hour;
    if (hour >= floor && hour >= 0)
        return NULL;
    struct refusal *refusal = new_refusal(decider);
    refusal_set(refusal, REFUSAL_BELOW_FLOOR,
                "hour %d since 1970 is below the dedup floor, hour %d", hour,
                floor < 0 ? 0 : floor);
    return refusal;
}

static const struct refusal *conflict(struct decider *decider)
{
    struct refusal *refusal = new_refusal(decider);
    refusal_set(refusal, REFUSAL_CONFLICT,
                "an event with this tenant, source and id was accepted with another meaning");
    return refusal;
}

static void decide_item(struct decider *decider, size_t range, const struct item *item)
{
    struct decided_range *decided = &decider->decision->ranges[range];
    const struct refusal *refusal = item->refusal ? item->refusal : check_floor(decider, item);
    if (refusal) {
        refuse(decider, range, item, refusal);
        return;
    }
    uint64_t meaning = 0;
    struct tally_account *account = tally_account(&decider->tally, item->tenant);
    struct tally_hour *hour = tally_hour(&decider->tally, account, item->measure.event_hour);
    if (!tally_knows(&decider->tally, hour, item->measure.identity, &meaning)) {
        tally_accept(&decider->tally, account, hour, &item->measure);
        decided->accepted++;
    } else if (meaning == item->measure.meaning) {
        decided->duplicate++;
    } else {
        refuse(decider, range, item, conflict(decider));
    }
}

/* ------------------------------------------------------------------------------------- all ranges
 */

/* Whether the batch ends before this item. */
static bool is_full(const struct decider *decider, const struct item *item)
{
    if (decider->records == 0)
        return false;
    size_t parts = item->refusal ? 0 : item->measure.part_count;
    return decider->records >= decider->limits->records_max ||
           decider->tally.entries.count + parts > decider->limits->entries_max;
}

/* False when the batch ends inside of this range. */
static bool decide_range(struct decider *decider, size_t index, const struct decide_range *range)
{
    struct decided_range *decided = &decider->decision->ranges[index];
    for (size_t i = 0; i < range->count; i++) {
        const struct item *item = &range->items[i];
        if (is_full(decider, item)) {
            decided->to = i == 0 ? range->from : (uint64_t)item->record.offset;
            return false;
        }
        decide_item(decider, index, item);
        decided->taken++;
        decider->records++;
    }
    decided->to = range->to;
    return true;
}

void decide(struct slot_table *table, const struct decide_limits *limits,
            const struct decide_range *ranges, size_t count, struct arena *arena,
            struct decision *out)
{
    size_t expected = 0;
    for (size_t i = 0; i < count; i++)
        expected += ranges[i].count;
    if (expected > limits->records_max)
        expected = limits->records_max;

    struct decider decider = {.limits = limits, .arena = arena, .decision = out};
    assert(limits->records_max > 0);
    *out = (struct decision){.range_count = count};
    out->ranges = arena_array(arena, count, sizeof *out->ranges);
    tally_init(&decider.tally, table, limits->series_per_tenant, expected, arena);
    for (size_t i = 0; i < count; i++)
        out->ranges[i].from = out->ranges[i].to = ranges[i].from;
    for (size_t i = 0; i < count; i++)
        if (!decide_range(&decider, i, &ranges[i]))
            break;
    tally_finish(&decider.tally, out);
}

/* ------------------------------------------------------------------------------------ after COMMIT
 */

size_t decision_slots(const struct decision *decision, int32_t out_slots[SLOT_COUNT])
{
    size_t count = 0;
    for (size_t i = 0; i < decision->hour_count; i++)
        if (count == 0 || out_slots[count - 1] != decision->hours[i].set->slot)
            out_slots[count++] = decision->hours[i].set->slot;
    return count;
}

static void merge_hour(const struct decided_hour *hour, struct slot_table *table)
{
    for (size_t at = 0; at < hour->ids.size; at += DEDUP_ID_SIZE) {
        const unsigned char *bytes = (const unsigned char *)hour->ids.data + at;
        struct identity identity;
        memcpy(identity.id, bytes, IDENTITY_SIZE);
        identity.meaning = bytes_get_u64(bytes + IDENTITY_SIZE);
        bool is_new = hour_set_insert(&table->hours, hour->set, &identity);
        assert(is_new);
    }
}

void decision_merge(const struct decision *decision, struct slot_table *table,
                    uint64_t control_index)
{
    for (size_t i = 0; i < decision->hour_count; i++)
        merge_hour(&decision->hours[i], table);
    for (size_t i = 0; i < decision->account_count; i++)
        decision->accounts[i].account->last_seq = decision->accounts[i].last_seq;
    for (size_t i = 0; i < decision->series_count; i++)
        account_add_series(table, slot_account(table, decision->series[i].tenant),
                           &decision->series[i].series);
    int32_t slots[SLOT_COUNT];
    size_t count = decision_slots(decision, slots);
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = &table->slots[slots[i]];
        hours_advance(&table->hours, slots[i], slot->step, slot->step + 1);
        slot->step++;
        slot->control_index = control_index;
    }
}
