#include "ingest/load.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/raw.h"

void load_init(struct load *load)
{
    *load = (struct load){0};
    arena_init(&load->raw);
    arena_init(&load->arena);
}

static void drop_scopes(struct load *load)
{
    for (size_t i = 0; i < load->scope_count; i++)
        scope_drop(load->scopes[i]);
    load->scope_count = 0;
}

void load_release(struct load *load)
{
    drop_scopes(load);
    for (size_t i = 0; i < load->range_capacity; i++)
        free(load->ranges[i].items);
    free(load->ranges);
    arena_release(&load->raw);
    arena_release(&load->arena);
}

void load_reset(struct load *load)
{
    drop_scopes(load);
    arena_recycle(&load->raw);
    arena_recycle(&load->arena);
    load->range_count = 0;
    load->record_count = 0;
    load->bytes = 0;
    load->opened_us = 0;
}

bool load_use_scope(struct load *load, struct scope *scope)
{
    if (load_scope(load) == scope)
        return true;
    if (load->scope_count == LOAD_SCOPES_MAX)
        return false;
    load->scopes[load->scope_count++] = scope_hold(scope);
    return true;
}

struct scope *load_scope(const struct load *load)
{
    return load->scope_count == 0 ? NULL : load->scopes[load->scope_count - 1];
}

/* Ranges that were used before keep their arrays of items. */
static void make_room(struct load *load)
{
    if (load->range_count < load->range_capacity)
        return;
    size_t old = load->range_capacity;
    load->ranges = memory_grow(load->ranges, &load->range_capacity, load->range_count + 1,
                               sizeof *load->ranges);
    memset(&load->ranges[old], 0, (load->range_capacity - old) * sizeof *load->ranges);
}

struct load_range *load_range(struct load *load, struct claim *claim, uint64_t from)
{
    size_t at = 0;
    while (at < load->range_count &&
           load->ranges[at].claim->assignment.partition < claim->assignment.partition)
        at++;
    if (at < load->range_count && load->ranges[at].claim == claim)
        return &load->ranges[at];
    make_room(load);
    struct load_range fresh = load->ranges[load->range_count];
    memmove(&load->ranges[at + 1], &load->ranges[at],
            (load->range_count - at) * sizeof *load->ranges);
    load->range_count++;
    load->ranges[at] = (struct load_range){
        .claim = claim, .from = from, .to = from, .capacity = fresh.capacity, .items = fresh.items};
    return &load->ranges[at];
}

struct item *load_add(struct load *load, struct load_range *range, const struct record *record,
                      uint64_t next)
{
    assert((uint64_t)record->offset >= range->to && next > (uint64_t)record->offset);
    range->items =
        memory_grow(range->items, &range->capacity, range->count + 1, sizeof *range->items);
    struct item *item = &range->items[range->count++];
    item->record = *record;
    item->raw = (struct slice){NULL, 0};
    item->refusal = NULL;
    item->tenant = NULL;
    item->sequence = NULL; /* its measure is left to item_measure() */
    if (!record->is_file)
        item->raw = raw_keep(&item->record, &load->raw, &load->arena);
    range->to = next;
    load->record_count++;
    load->bytes = load->raw.used_bytes + load->arena.used_bytes + load->record_count * sizeof *item;
    return item;
}

void load_discard(struct load *load, const struct claim *claim)
{
    for (size_t at = 0; at < load->range_count; at++) {
        if (load->ranges[at].claim != claim)
            continue;
        struct load_range gone = load->ranges[at];
        load->range_count--;
        memmove(&load->ranges[at], &load->ranges[at + 1],
                (load->range_count - at) * sizeof *load->ranges);
        load->ranges[load->range_count] = gone;
        return;
    }
}

bool load_is_empty(const struct load *load)
{
    for (size_t i = 0; i < load->range_count; i++)
        if (load->ranges[i].to > load->ranges[i].from)
            return false;
    return true;
}
