/*
 * The end of a decision: entries, series, accounts and dedup blocks, in the order of the book.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "ingest/tally.h"

/* The values of a lookup, sorted; in the arena. */
static void **sorted_values(const struct lookup *lookup, struct arena *arena,
                            int (*compare)(const void *a, const void *b))
{
    void **values = arena_array(arena, lookup->count, sizeof *values);
    size_t count = 0;
    for (size_t i = 0; i < lookup->capacity; i++)
        if (lookup->places[i].value)
            values[count++] = lookup->places[i].value;
    assert(count == lookup->count);
    if (count > 0)
        qsort(values, count, sizeof *values, compare);
    return values;
}

static int by_place(const void *a, const void *b)
{
    return tally_compare(*(const struct tally_entry *const *)a,
                         *(const struct tally_entry *const *)b);
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int by_tenant(const void *a, const void *b)
{
    const struct tally_account *const *x = a;
    const struct tally_account *const *y = b;
    return compare_u64((*x)->account->tenant, (*y)->account->tenant);
}

static int by_series(const void *a, const void *b)
{
    const struct tally_series *x = *(const struct tally_series *const *)a;
    const struct tally_series *y = *(const struct tally_series *const *)b;
    int order = compare_u64(x->account->account->tenant, y->account->account->tenant);
    return order != 0 ? order : memcmp(&x->ref->series, &y->ref->series, DIGEST_SIZE);
}

static int by_slot_and_hour(const void *a, const void *b)
{
    const struct hour_set *x = (*(const struct tally_hour *const *)a)->set;
    const struct hour_set *y = (*(const struct tally_hour *const *)b)->set;
    if (x->slot != y->slot)
        return x->slot < y->slot ? -1 : 1;
    return (x->event_hour > y->event_hour) - (x->event_hour < y->event_hour);
}

/* ---------------------------------------------------------------------------------------- series
 */

static void finish_series(struct tally *tally, struct decision *decision)
{
    struct tally_series **all =
        (struct tally_series **)sorted_values(&tally->series, tally->arena, by_series);
    decision->series = arena_array(tally->arena, tally->series.count, sizeof *decision->series);
    for (size_t i = 0; i < tally->series.count; i++)
        if (all[i]->is_new)
            decision->series[decision->series_count++] =
                (struct decided_series){.tenant = all[i]->account->account->tenant,
                                        .slot = all[i]->account->account->slot,
                                        .series = all[i]->ref->series,
                                        .descriptor = all[i]->ref->descriptor};
}

/* -------------------------------------------------------------------------------- dedup blocks */

/* The hours that got identities, each with room for its block. */
static void open_hours(struct tally *tally, struct decision *decision)
{
    struct tally_hour **all =
        (struct tally_hour **)sorted_values(&tally->hours, tally->arena, by_slot_and_hour);
    decision->hours = arena_array(tally->arena, tally->hours.count, sizeof *decision->hours);
    for (size_t i = 0; i < tally->hours.count; i++) {
        if (all[i]->count == 0)
            continue;
        struct decided_hour *hour = &decision->hours[decision->hour_count++];
        hour->set = all[i]->set;
        hour->ids.data = arena_array(tally->arena, all[i]->count, DEDUP_ID_SIZE);
        hour->entries.data = arena_array(tally->arena, all[i]->count, DEDUP_ENTRY_SIZE);
        all[i]->out = hour;
    }
}

/* One more identity of the entry in its block; a new line of the block's entries where the last
 * one is of another entry. */
static void block_add(struct decided_hour *hour, const struct tally_identity *identity)
{
    uint64_t tenant = identity->entry->tenant;
    uint64_t stream_seq = identity->entry->stream_seq;
    unsigned char *ids = (unsigned char *)hour->ids.data + hour->ids.size;
    memcpy(ids, identity->identity.id, IDENTITY_SIZE);
    bytes_put_u64(ids + IDENTITY_SIZE, identity->identity.meaning);
    hour->ids.size += DEDUP_ID_SIZE;

    unsigned char *end = (unsigned char *)hour->entries.data + hour->entries.size;
    unsigned char *last = end - DEDUP_ENTRY_SIZE;
    if (hour->entries.size > 0 && bytes_get_u64(last) == tenant &&
        bytes_get_u64(last + 8) == stream_seq) {
        bytes_put_u32(last + 16, bytes_get_u32(last + 16) + 1);
        return;
    }
    bytes_put_u64(end, tenant);
    bytes_put_u64(end + 8, stream_seq);
    bytes_put_u32(end + 16, 1);
    hour->entries.size += DEDUP_ENTRY_SIZE;
}

#define AHEAD 8 /* identities lie in the order of records, and are taken in that of entries */

/* All identities, by account, then entry, then record; next_place of each entry is its first. */
static const struct tally_identity **identities_in_order(const struct tally *tally)
{
    const struct tally_identity **order =
        arena_array(tally->arena, tally->identity_count, sizeof *order);
    for (size_t i = 0; i < tally->identity_count; i++) {
        const struct tally_identity *identity = &tally->accepted[i];
        order[identity->entry->next_place++] = identity;
    }
    return order;
}

static void finish_blocks(const struct tally *tally)
{
    const struct tally_identity **order = identities_in_order(tally);
    for (size_t i = 0; i < tally->identity_count; i++) {
        if (i + AHEAD < tally->identity_count)
            __builtin_prefetch(order[i + AHEAD]);
        block_add(order[i]->hour->out, order[i]);
    }
}

/* --------------------------------------------------------------------------------------- entries
 */

static void place_identities(struct tally_entry *entry, uint64_t tenant, uint64_t stream_seq,
                             size_t *place)
{
    entry->tenant = tenant;
    entry->stream_seq = stream_seq;
    entry->next_place = *place;
    *place += entry->identity_count;
}

/* The entries of one account, entries[from …); returns where the next account's begin. */
static size_t finish_account(const struct tally_account *account, struct tally_entry **entries,
                             size_t from, size_t count, size_t *place, struct decision *decision)
{
    uint64_t tenant = account->account->tenant;
    uint64_t last_seq = account->account->last_seq;
    size_t at = from;
    for (; at < count && entries[at]->series->account == account; at++) {
        last_seq = last_seq == STREAM_SEQ_NONE ? 0 : last_seq + 1;
        decision->entries[decision->entry_count++] =
            (struct decided_entry){.tenant = tenant,
                                   .slot = account->account->slot,
                                   .stream_seq = last_seq,
                                   .series = entries[at]->series->ref->series,
                                   .window = entries[at]->window,
                                   .quantity = entries[at]->quantity,
                                   .contributions = entries[at]->contributions};
        place_identities(entries[at], tenant, last_seq, place);
    }
    if (account->no_entry)
        place_identities(account->no_entry, tenant, STREAM_SEQ_NONE, place);
    if (at > from)
        decision->accounts[decision->account_count++] =
            (struct decided_account){account->account, last_seq};
    return at;
}

void tally_finish(struct tally *tally, struct decision *decision)
{
    struct arena *arena = tally->arena;
    struct tally_entry **entries =
        (struct tally_entry **)sorted_values(&tally->entries, arena, by_place);
    struct tally_account **accounts =
        (struct tally_account **)sorted_values(&tally->accounts, arena, by_tenant);
    finish_series(tally, decision);
    open_hours(tally, decision);
    decision->entries = arena_array(arena, tally->entries.count, sizeof *decision->entries);
    decision->accounts = arena_array(arena, tally->accounts.count, sizeof *decision->accounts);
    size_t at = 0;
    size_t place = 0;
    for (size_t i = 0; i < tally->accounts.count; i++)
        at = finish_account(accounts[i], entries, at, tally->entries.count, &place, decision);
    assert(at == tally->entries.count && decision->entry_count == at);
    assert(place == tally->identity_count);
    finish_blocks(tally);
}
