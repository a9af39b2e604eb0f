#include "ingest/hours.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define CAPACITY_MIN 16
#define BUCKETS_MIN 1024

static const unsigned char zero_id[IDENTITY_SIZE];

/* --------------------------------------------------------------------------- the table of a set */

static bool is_zero(const unsigned char id[IDENTITY_SIZE])
{
    return memcmp(id, zero_id, IDENTITY_SIZE) == 0;
}

/* Identities are keyed hashes: their own bytes are the hash. */
static size_t place_of(const unsigned char id[IDENTITY_SIZE], size_t capacity)
{
    uint64_t hash;
    memcpy(&hash, id, sizeof hash);
    return (size_t)hash & (capacity - 1);
}

/* Where the identity is, or the free place where it would be. */
static struct identity *find_place(struct identity *table, size_t capacity,
                                   const unsigned char id[IDENTITY_SIZE])
{
    size_t place = place_of(id, capacity);
    while (!is_zero(table[place].id) && memcmp(table[place].id, id, IDENTITY_SIZE) != 0)
        place = (place + 1) & (capacity - 1);
    return &table[place];
}

/* At most three quarters full. */
static size_t capacity_for(size_t count)
{
    size_t capacity = CAPACITY_MIN;
    while (capacity / 4 * 3 < count)
        capacity *= 2;
    return capacity;
}

static size_t table_bytes(size_t capacity)
{
    return sizeof(struct hour_set) + capacity * sizeof(struct identity);
}

size_t hour_set_bytes(size_t identity_count)
{
    return table_bytes(capacity_for(identity_count));
}

static void make_room(struct hours *hours, struct hour_set *set, size_t count)
{
    size_t capacity = capacity_for(count);
    if (capacity <= set->capacity)
        return;
    struct identity *table = memory_alloc(capacity * sizeof *table);
    for (size_t i = 0; i < set->capacity; i++)
        if (!is_zero(set->table[i].id))
            *find_place(table, capacity, set->table[i].id) = set->table[i];
    free(set->table);
    hours->bytes += (capacity - set->capacity) * sizeof *table;
    set->table = table;
    set->capacity = capacity;
}

void hour_set_reserve(struct hours *hours, struct hour_set *set, size_t more)
{
    make_room(hours, set, set->count + more);
}

void hour_set_expect(const struct hour_set *set, const unsigned char id[IDENTITY_SIZE])
{
    if (set->capacity > 0)
        __builtin_prefetch(&set->table[place_of(id, set->capacity)]);
}

bool hour_set_find(const struct hour_set *set, const unsigned char id[IDENTITY_SIZE],
                   uint64_t *out_meaning)
{
    if (is_zero(id)) {
        *out_meaning = set->zero_meaning;
        return set->has_zero;
    }
    if (set->capacity == 0)
        return false;
    const struct identity *place = find_place(set->table, set->capacity, id);
    *out_meaning = place->meaning;
    return !is_zero(place->id);
}

static bool insert_zero(struct hour_set *set, uint64_t meaning)
{
    if (set->has_zero)
        return false;
    set->has_zero = true;
    set->zero_meaning = meaning;
    set->count++;
    return true;
}

bool hour_set_insert(struct hours *hours, struct hour_set *set, const struct identity *identity)
{
    if (is_zero(identity->id))
        return insert_zero(set, identity->meaning);
    make_room(hours, set, set->count + 1);
    struct identity *place = find_place(set->table, set->capacity, identity->id);
    if (!is_zero(place->id))
        return false;
    *place = *identity;
    set->count++;
    return true;
}

/* ----------------------------------------------------------------------------- all sets, by use */

static size_t bucket_of(const struct hours *hours, int32_t slot, int32_t event_hour)
{
    uint64_t mixed = ((uint64_t)(uint32_t)event_hour << 6) ^ (uint64_t)(uint32_t)slot;
    mixed *= UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(mixed >> 32) & (hours->bucket_count - 1);
}

static void use_unlink(struct hours *hours, struct hour_set *set)
{
    *(set->newer ? &set->newer->older : &hours->newest) = set->older;
    *(set->older ? &set->older->newer : &hours->oldest) = set->newer;
    set->newer = set->older = NULL;
}

static void use_link_newest(struct hours *hours, struct hour_set *set)
{
    set->older = hours->newest;
    set->newer = NULL;
    *(hours->newest ? &hours->newest->newer : &hours->oldest) = set;
    hours->newest = set;
}

static void slot_link(struct hours *hours, struct hour_set *set)
{
    struct hour_set **first = &hours->of_slot[set->slot];
    set->next_of_slot = *first;
    if (*first)
        (*first)->previous_of_slot = set;
    *first = set;
}

static void slot_unlink(struct hours *hours, struct hour_set *set)
{
    if (set->previous_of_slot)
        set->previous_of_slot->next_of_slot = set->next_of_slot;
    else
        hours->of_slot[set->slot] = set->next_of_slot;
    if (set->next_of_slot)
        set->next_of_slot->previous_of_slot = set->previous_of_slot;
}

void hours_init(struct hours *hours, size_t ceiling_bytes)
{
    *hours = (struct hours){.ceiling_bytes = ceiling_bytes, .bucket_count = BUCKETS_MIN};
    hours->buckets = memory_alloc(hours->bucket_count * sizeof *hours->buckets);
}

void hours_release(struct hours *hours)
{
    while (hours->newest)
        hours_drop(hours, hours->newest);
    assert(hours->bytes == 0 && hours->count == 0);
    free(hours->buckets);
    *hours = (struct hours){0};
}

struct hour_set *hours_find(struct hours *hours, int32_t slot, int32_t event_hour)
{
    struct hour_set *set = hours->buckets[bucket_of(hours, slot, event_hour)];
    while (set && (set->slot != slot || set->event_hour != event_hour))
        set = set->next_in_bucket;
    if (set && set != hours->newest) {
        use_unlink(hours, set);
        use_link_newest(hours, set);
    }
    return set;
}

static void grow_buckets(struct hours *hours)
{
    free(hours->buckets);
    hours->bucket_count *= 2;
    hours->buckets = memory_alloc(hours->bucket_count * sizeof *hours->buckets);
    for (struct hour_set *set = hours->newest; set; set = set->older) {
        struct hour_set **bucket = &hours->buckets[bucket_of(hours, set->slot, set->event_hour)];
        set->next_in_bucket = *bucket;
        *bucket = set;
    }
}

struct hour_set *hours_open(struct hours *hours, int32_t slot, int32_t event_hour)
{
    assert(slot >= 0 && slot < SLOT_COUNT && hours_find(hours, slot, event_hour) == NULL);
    struct hour_set *set = memory_alloc(sizeof *set);
    set->slot = slot;
    set->event_hour = event_hour;
    if (hours->count >= hours->bucket_count)
        grow_buckets(hours);
    struct hour_set **bucket = &hours->buckets[bucket_of(hours, slot, event_hour)];
    set->next_in_bucket = *bucket;
    *bucket = set;
    use_link_newest(hours, set);
    slot_link(hours, set);
    hours->count++;
    hours->bytes += sizeof *set;
    return set;
}

void hours_drop(struct hours *hours, struct hour_set *set)
{
    struct hour_set **link = &hours->buckets[bucket_of(hours, set->slot, set->event_hour)];
    while (*link != set)
        link = &(*link)->next_in_bucket;
    *link = set->next_in_bucket;
    use_unlink(hours, set);
    slot_unlink(hours, set);
    hours->count--;
    hours->bytes -= table_bytes(set->capacity);
    free(set->table);
    free(set);
}

void hours_drop_slot(struct hours *hours, int32_t slot)
{
    while (hours->of_slot[slot])
        hours_drop(hours, hours->of_slot[slot]);
}

void hours_advance(struct hours *hours, int32_t slot, uint64_t from, uint64_t to)
{
    assert(from <= to);
    for (struct hour_set *set = hours->of_slot[slot]; set; set = set->next_of_slot)
        if (set->complete_step == from)
            set->complete_step = to;
}

void hours_make_room(struct hours *hours, size_t more_bytes)
{
    for (struct hour_set *set = hours->oldest, *newer = NULL; set; set = newer) {
        if (hours->bytes + more_bytes <= hours->ceiling_bytes && hours->count <= HOURS_SETS_MAX)
            return;
        newer = set->newer;
        if (set->is_kept || set->in_use)
            continue;
        hours_drop(hours, set);
        hours->has_evicted = true;
    }
}

void hours_settle(struct hours *hours)
{
    for (struct hour_set *set = hours->newest; set; set = set->older)
        set->in_use = false;
    hours_make_room(hours, 0);
}
