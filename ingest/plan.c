#include "ingest/plan.h"

#include <assert.h>
#include <stdlib.h>

#include "ingest/lookup.h"

struct planner {
    struct arena *arena;
    struct lookup hours;
    struct lookup tenants;
    bool slots[SLOT_COUNT];
    const struct tenant *last_tenant; /* a shortcut: events of a tenant often follow each other */
    int32_t last_hour;
};

static bool is_hour(const void *value, const void *key)
{
    const struct plan_hour *hour = value;
    const struct slot_hour *wanted = key;
    return hour->hour.slot == wanted->slot && hour->hour.event_hour == wanted->event_hour;
}

static bool is_tenant(const void *value, const void *key)
{
    const struct tenant *tenant = value;
    return tenant->number == *(const uint64_t *)key;
}

static void need_hour(struct planner *planner, const struct item *item, size_t record)
{
    struct slot_hour wanted = {item->tenant->slot, item->measure.event_hour};
    uint64_t hash = lookup_hash((uint32_t)wanted.slot, (uint32_t)wanted.event_hour);
    if (lookup_find(&planner->hours, hash, is_hour, &wanted))
        return;
    struct plan_hour hour = {wanted, record};
    lookup_add(&planner->hours, hash, arena_copy(planner->arena, &hour, sizeof hour));
}

static void need_tenant(struct planner *planner, const struct tenant *tenant)
{
    uint64_t hash = lookup_hash(tenant->number, 0);
    if (!lookup_find(&planner->tenants, hash, is_tenant, &tenant->number))
        lookup_add(&planner->tenants, hash, (void *)(uintptr_t)tenant);
    planner->slots[tenant->slot] = true;
}

static void need(struct planner *planner, const struct item *item, size_t record)
{
    if (item->refusal)
        return;
    if (item->tenant == planner->last_tenant && item->measure.event_hour == planner->last_hour)
        return;
    planner->last_tenant = item->tenant;
    planner->last_hour = item->measure.event_hour;
    need_hour(planner, item, record);
    need_tenant(planner, item->tenant);
}

static int by_hour_and_slot(const void *a, const void *b)
{
    const struct plan_hour *x = a;
    const struct plan_hour *y = b;
    if (x->hour.event_hour != y->hour.event_hour)
        return x->hour.event_hour < y->hour.event_hour ? -1 : 1;
    return (x->hour.slot > y->hour.slot) - (x->hour.slot < y->hour.slot);
}

static void take_hours(const struct planner *planner, struct plan *out)
{
    out->hours = arena_array(planner->arena, planner->hours.count, sizeof *out->hours);
    for (size_t i = 0; i < planner->hours.capacity; i++)
        if (planner->hours.places[i].value)
            out->hours[out->hour_count++] = *(struct plan_hour *)planner->hours.places[i].value;
    if (out->hour_count > 0)
        qsort(out->hours, out->hour_count, sizeof *out->hours, by_hour_and_slot);
}

static void take_tenants(const struct planner *planner, struct plan *out)
{
    out->tenants = arena_array(planner->arena, planner->tenants.count, sizeof *out->tenants);
    out->tenant_slots =
        arena_array(planner->arena, planner->tenants.count, sizeof *out->tenant_slots);
    for (size_t i = 0; i < planner->tenants.capacity; i++) {
        const struct tenant *tenant = planner->tenants.places[i].value;
        if (tenant == NULL)
            continue;
        out->tenants[out->account_count] = tenant->number;
        out->tenant_slots[out->account_count++] = tenant->slot;
    }
}

void plan_make(const struct load *load, size_t records_max, struct arena *arena, struct plan *out)
{
    struct planner planner = {.arena = arena};
    lookup_init(&planner.hours, arena, 0);
    lookup_init(&planner.tenants, arena, 0);
    *out = (struct plan){0};
    for (size_t r = 0; r < load->range_count; r++) {
        const struct load_range *range = &load->ranges[r];
        for (size_t i = range->first; i < range->count && out->record_count < records_max; i++)
            need(&planner, &range->items[i], out->record_count++);
    }
    take_hours(&planner, out);
    take_tenants(&planner, out);
    for (int32_t slot = 0; slot < SLOT_COUNT; slot++)
        if (planner.slots[slot])
            out->slots[out->slot_count++] = slot;
}

/* -------------------------------------------------------------------------------------- loading */

struct need_order {
    size_t first_record;
    size_t bytes;
};

static int by_first_record(const void *a, const void *b)
{
    const struct need_order *x = a;
    const struct need_order *y = b;
    return (x->first_record > y->first_record) - (x->first_record < y->first_record);
}

/* How many records fit: hours are needed in the order of records, and the first one always fits.
 * bytes[i] is what loading hours[i] adds. */
static size_t records_that_fit(const struct plan *plan, struct slot_table *table,
                               const struct slot_hour *hours, const size_t *bytes,
                               struct arena *arena)
{
    struct need_order *needs = arena_array(arena, plan->hour_count, sizeof *needs);
    for (size_t i = 0; i < plan->hour_count; i++) {
        const struct hour_set *set = hours_find(&table->hours, hours[i].slot, hours[i].event_hour);
        needs[i].first_record = plan->hours[i].first_record;
        needs[i].bytes = bytes[i] + (set ? hour_set_bytes(set->count) : 0);
    }
    if (plan->hour_count > 0)
        qsort(needs, plan->hour_count, sizeof *needs, by_first_record);
    size_t sum = 0;
    for (size_t i = 0; i < plan->hour_count; i++) {
        sum += needs[i].bytes;
        if (sum > table->hours.ceiling_bytes && needs[i].first_record > 0)
            return needs[i].first_record;
    }
    return plan->record_count;
}

/* The hours of the batches before go first: else memory would hold both for as long as this one
 * takes. */
static void make_room(const struct plan *plan, struct slot_table *table,
                      const struct slot_hour *hours, const size_t *bytes, size_t records_max,
                      struct arena *arena)
{
    struct slot_hour *needed = arena_array(arena, plan->hour_count, sizeof *needed);
    size_t count = 0;
    size_t sum = 0;
    for (size_t i = 0; i < plan->hour_count; i++)
        if (plan->hours[i].first_record < records_max) {
            needed[count++] = hours[i];
            sum += bytes[i];
        }
    slot_make_room(table, needed, count, sum);
}

/* The hours that the first records need, and all accounts. */
static bool load_hours(const struct plan *plan, struct slot_table *table, struct store *store,
                       int log, size_t records_max, struct arena *arena, struct error *err)
{
    struct slot_hour *hours = arena_array(arena, plan->hour_count, sizeof *hours);
    size_t count = 0;
    for (size_t i = 0; i < plan->hour_count; i++)
        if (plan->hours[i].first_record < records_max)
            hours[count++] = plan->hours[i].hour;
    return slot_need_hours(table, store, log, hours, count, err) &&
           slot_need_accounts(table, store, log, plan->tenants, plan->tenant_slots,
                              plan->account_count, arena, err);
}

bool plan_load(const struct plan *plan, struct slot_table *table, struct store *store, int log,
               struct arena *arena, size_t *out_records_max, struct error *err)
{
    struct slot_hour *hours = arena_array(arena, plan->hour_count, sizeof *hours);
    size_t *bytes = arena_array(arena, plan->hour_count, sizeof *bytes);
    for (size_t i = 0; i < plan->hour_count; i++)
        hours[i] = plan->hours[i].hour;
    if (!slot_hours_bytes(table, store, log, hours, plan->hour_count, bytes, err))
        return false;
    size_t records_max = records_that_fit(plan, table, hours, bytes, arena);
    if (records_max == 0)
        records_max = 1;
    *out_records_max = records_max;
    make_room(plan, table, hours, bytes, records_max, arena);
    return load_hours(plan, table, store, log, records_max, arena, err);
}

bool plan_load_all(const struct plan *plan, struct slot_table *table, struct store *store, int log,
                   struct arena *arena, struct error *err)
{
    return load_hours(plan, table, store, log, SIZE_MAX, arena, err);
}
