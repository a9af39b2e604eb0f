#include "ingest/slot.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS_MIN 1024
#define SERIES_CAPACITY_MIN 16
#define SERIES_SHARE 4 /* accounts may take one part in so many of the ceiling */

void slot_table_init(struct slot_table *table, size_t ceiling_bytes)
{
    *table = (struct slot_table){.bucket_count = BUCKETS_MIN};
    table->buckets = memory_alloc(table->bucket_count * sizeof *table->buckets);
    hours_init(&table->hours, ceiling_bytes);
    for (size_t i = 0; i < SLOT_COUNT; i++)
        table->slots[i].floor_hour = FLOOR_NONE;
}

void slot_table_from_start(struct slot_table *table)
{
    table->from_start = true;
    for (size_t i = 0; i < SLOT_COUNT; i++)
        table->slots[i].is_known = true;
}

void slot_table_release(struct slot_table *table)
{
    slot_forget_all(table);
    hours_release(&table->hours);
    assert(table->account_count == 0 && table->series_bytes == 0);
    free(table->buckets);
}

/* -------------------------------------------------------------------------------------- accounts
 */

static struct account **bucket_of(const struct slot_table *table, uint64_t tenant)
{
    uint64_t mixed = tenant * UINT64_C(0x9e3779b97f4a7c15);
    return &table->buckets[(size_t)(mixed >> 32) & (table->bucket_count - 1)];
}

struct account *slot_account(const struct slot_table *table, uint64_t tenant)
{
    struct account *account = *bucket_of(table, tenant);
    while (account && account->tenant != tenant)
        account = account->next_in_bucket;
    return account;
}

static void grow_buckets(struct slot_table *table)
{
    struct account **old = table->buckets;
    size_t old_count = table->bucket_count;
    table->bucket_count *= 2;
    table->buckets = memory_alloc(table->bucket_count * sizeof *table->buckets);
    for (size_t i = 0; i < old_count; i++) {
        struct account *next = NULL;
        for (struct account *account = old[i]; account; account = next) {
            next = account->next_in_bucket;
            struct account **bucket = bucket_of(table, account->tenant);
            account->next_in_bucket = *bucket;
            *bucket = account;
        }
    }
    free(old);
}

struct account *slot_open_account(struct slot_table *table, uint64_t tenant, int32_t slot,
                                  uint64_t last_seq)
{
    assert(slot_account(table, tenant) == NULL && slot >= 0 && slot < SLOT_COUNT);
    if (table->account_count >= table->bucket_count)
        grow_buckets(table);
    struct account *account = memory_alloc(sizeof *account);
    account->tenant = tenant;
    account->slot = slot;
    account->last_seq = last_seq;
    account->used_at = table->batch;
    struct account **bucket = bucket_of(table, tenant);
    account->next_in_bucket = *bucket;
    *bucket = account;
    table->account_count++;
    return account;
}

static void account_close(struct slot_table *table, struct account *account)
{
    table->series_bytes -= account->series_capacity * sizeof *account->series;
    table->account_count--;
    free(account->series);
    free(account);
}

/* Closes those that `is_over` says. */
static void close_accounts(struct slot_table *table,
                           bool (*is_over)(const struct account *account, uint64_t argument),
                           uint64_t argument)
{
    for (size_t i = 0; i < table->bucket_count; i++) {
        struct account **link = &table->buckets[i];
        while (*link) {
            struct account *account = *link;
            if (is_over(account, argument)) {
                *link = account->next_in_bucket;
                account_close(table, account);
            } else {
                link = &account->next_in_bucket;
            }
        }
    }
}

/* ---------------------------------------------------------------------------------------- series
 */

/* Where the series is, or the free place where it would be. */
static struct digest *series_place(struct digest *series, size_t capacity,
                                   const struct digest *wanted)
{
    static const struct digest nothing;
    uint64_t hash;
    memcpy(&hash, wanted->bytes, sizeof hash);
    size_t place = (size_t)hash & (capacity - 1);
    while (memcmp(&series[place], &nothing, DIGEST_SIZE) != 0 &&
           memcmp(&series[place], wanted, DIGEST_SIZE) != 0)
        place = (place + 1) & (capacity - 1);
    return &series[place];
}

bool account_has_series(const struct account *account, const struct digest *series)
{
    return account->series_capacity > 0 &&
           !digest_is_zero(series_place(account->series, account->series_capacity, series));
}

static void series_grow(struct slot_table *table, struct account *account)
{
    size_t capacity = account->series_capacity ? account->series_capacity * 2 : SERIES_CAPACITY_MIN;
    struct digest *series = memory_alloc(capacity * sizeof *series);
    for (size_t i = 0; i < account->series_capacity; i++)
        if (!digest_is_zero(&account->series[i]))
            *series_place(series, capacity, &account->series[i]) = account->series[i];
    table->series_bytes += (capacity - account->series_capacity) * sizeof *series;
    free(account->series);
    account->series = series;
    account->series_capacity = capacity;
}

bool account_add_series(struct slot_table *table, struct account *account,
                        const struct digest *series)
{
    assert(!digest_is_zero(series));
    if ((account->series_count + 1) * 4 > account->series_capacity * 3)
        series_grow(table, account);
    struct digest *place = series_place(account->series, account->series_capacity, series);
    if (!digest_is_zero(place))
        return false;
    *place = *series;
    account->series_count++;
    return true;
}

/* ------------------------------------------------------------------------------------ forgetting
 */

static bool is_of_slot(const struct account *account, uint64_t slot)
{
    return (uint64_t)account->slot == slot;
}

static bool is_unused_at(const struct account *account, uint64_t batch)
{
    return account->used_at != batch;
}

void slot_forget(struct slot_table *table, int32_t slot)
{
    hours_drop_slot(&table->hours, slot);
    close_accounts(table, is_of_slot, (uint64_t)slot);
    table->slots[slot] = (struct slot){.floor_hour = FLOOR_NONE};
}

void slot_forget_all(struct slot_table *table)
{
    for (int32_t slot = 0; slot < SLOT_COUNT; slot++)
        slot_forget(table, slot);
}

void slot_settle(struct slot_table *table)
{
    hours_settle(&table->hours);
    table->lacks_hours |= table->hours.has_evicted;
    if (!table->from_start && table->series_bytes > table->hours.ceiling_bytes / SERIES_SHARE)
        close_accounts(table, is_unused_at, table->batch);
    table->batch++;
}
