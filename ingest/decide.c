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
    size_t sequence_capacity;
};

/* ------------------------------------------------------------------------------------ one record
 */

static void refuse(struct decider *decider, size_t range, const struct item *item,
                   const struct refusal *refusal)
{
    struct decision *decision = decider->decision;
    decision->refusals = arena_grow(decider->arena, decision->refusals, decision->refusal_count,
                                    &decider->refusal_capacity, sizeof *decision->refusals);
    decision->refusals[decision->refusal_count++] = (struct decided_refusal){range, item, refusal};
    decision->ranges[range].quarantined++;
}

static void note_sequence(struct decider *decider, size_t range,
                          const struct item_sequence *sequence)
{
    struct decision *decision = decider->decision;
    decision->sequences = arena_grow(decider->arena, decision->sequences, decision->sequence_count,
                                     &decider->sequence_capacity, sizeof *decision->sequences);
    decision->sequences[decision->sequence_count++] = (struct decided_sequence){range, sequence};
}

static struct refusal *new_refusal(struct decider *decider)
{
    return arena_alloc(decider->arena, sizeof(struct refusal));
}

/* Identities before the floor are gone, so whether such an event is new cannot be known. Hours
 * before 1970 have no place for identities. */
static bool is_below_floor(const struct decider *decider, const struct item *item)
{
    int32_t hour = item->measure.event_hour;
    return hour < 0 || hour < decider->tally.table->slots[item->tenant->slot].floor_hour;
}

static const struct refusal *below_floor(struct decider *decider, const struct item *item)
{
    int32_t floor = decider->tally.table->slots[item->tenant->slot].floor_hour;
    struct refusal *refusal = new_refusal(decider);
    refusal_set(refusal, REFUSAL_BELOW_FLOOR,
                "hour %d since 1970 is below the dedup floor, hour %d", item->measure.event_hour,
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

/* Where an item belongs; NULL: it cannot be counted. */
struct place {
    struct tally_account *account;
    struct tally_hour *hour;
};

static void decide_item(struct decider *decider, size_t range, const struct item *item,
                        const struct place *place)
{
    struct decided_range *decided = &decider->decision->ranges[range];
    uint64_t meaning = 0;
    if (place->hour == NULL) {
        refuse(decider, range, item, item->refusal ? item->refusal : below_floor(decider, item));
    } else if (!tally_knows(&decider->tally, place->hour, item->measure.identity, &meaning)) {
        tally_accept(&decider->tally, place->account, place->hour, &item->measure);
        decided->accepted++;
        if (item->sequence)
            note_sequence(decider, range, item->sequence);
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

#define AHEAD                                                                                      \
    32 /* items whose identities are looked for together: the memory they need is fetched          \
        * for all before it is read for the first */

static void find_places(struct decider *decider, const struct item *items, size_t count,
                        struct place out_places[AHEAD])
{
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &items[i];
        struct place *place = &out_places[i];
        *place = (struct place){NULL, NULL};
        if (item->refusal || is_below_floor(decider, item))
            continue;
        place->account = tally_account(&decider->tally, item->tenant);
        place->hour = tally_hour(&decider->tally, place->account, item->measure.event_hour);
        tally_expect(&decider->tally, place->hour, item->measure.identity);
        __builtin_prefetch(item->measure.parts);
    }
}

/* At most AHEAD items; returns how many were taken before the batch was full. */
static size_t decide_some(struct decider *decider, size_t index, const struct item *items,
                          size_t count)
{
    struct place places[AHEAD];
    find_places(decider, items, count, places);
    for (size_t i = 0; i < count; i++) {
        if (is_full(decider, &items[i]))
            return i;
        decide_item(decider, index, &items[i], &places[i]);
        decider->records++;
    }
    return count;
}

/* False when the batch ends inside of this range. */
static bool decide_range(struct decider *decider, size_t index, const struct decide_range *range)
{
    struct decided_range *decided = &decider->decision->ranges[index];
    while (decided->taken < range->count) {
        size_t left = range->count - decided->taken;
        size_t room = decider->limits->records_max - decider->records;
        size_t wanted = left < AHEAD ? left : AHEAD;
        if (wanted > room)
            wanted = room;
        size_t taken = decide_some(decider, index, range->items + decided->taken, wanted);
        decided->taken += taken;
        if (taken == wanted && wanted > 0)
            continue;
        decided->to = decided->taken == 0 ? range->from
                                          : (uint64_t)range->items[decided->taken].record.offset;
        return false;
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
    const size_t ahead = (size_t)AHEAD * DEDUP_ID_SIZE;
    hour_set_reserve(&table->hours, hour->set, hour->ids.size / DEDUP_ID_SIZE);
    for (size_t at = 0; at < hour->ids.size; at += DEDUP_ID_SIZE) {
        const unsigned char *bytes = (const unsigned char *)hour->ids.data + at;
        struct identity identity;
        if (at + ahead < hour->ids.size)
            hour_set_expect(hour->set, bytes + ahead);
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
