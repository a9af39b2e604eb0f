#include "ingest/tally.h"

#include <assert.h>
#include <string.h>

void tally_init(struct tally *tally, struct slot_table *table, uint64_t series_per_tenant,
                size_t records_max, struct arena *arena)
{
    *tally = (struct tally){.table = table, .arena = arena, .series_per_tenant = series_per_tenant};
    lookup_init(&tally->accounts, arena, 0);
    lookup_init(&tally->aliases, arena, records_max / 16);
    lookup_init(&tally->series, arena, records_max / 16);
    lookup_init(&tally->entries, arena, records_max / 4);
    lookup_init(&tally->hours, arena, 0);
    lookup_init(&tally->identities, arena, records_max);
    tally->accepted = arena_array(arena, records_max, sizeof *tally->accepted);
}

/* ---------------------------------------------------------------------------- accounts and hours
 */

static bool is_account(const void *value, const void *key)
{
    const struct tally_account *account = value;
    return account->account->tenant == *(const uint64_t *)key;
}

struct tally_account *tally_account(struct tally *tally, const struct tenant *tenant)
{
    if (tally->account && tally->account->account->tenant == tenant->number)
        return tally->account;
    uint64_t hash = lookup_hash(tenant->number, 0);
    struct tally_account *account =
        lookup_find(&tally->accounts, hash, is_account, &tenant->number);
    if (account == NULL) {
        account = arena_alloc(tally->arena, sizeof *account);
        account->account = slot_account(tally->table, tenant->number);
        assert(account->account && account->account->slot == tenant->slot);
        lookup_add(&tally->accounts, hash, account);
    }
    tally->account = account;
    return account;
}

static bool is_hour(const void *value, const void *key)
{
    const struct tally_hour *hour = value;
    const struct slot_hour *wanted = key;
    return hour->set->slot == wanted->slot && hour->set->event_hour == wanted->event_hour;
}

struct tally_hour *tally_hour(struct tally *tally, struct tally_account *account,
                              int32_t event_hour)
{
    if (account->hour && account->hour->set->event_hour == event_hour)
        return account->hour;
    struct slot_hour wanted = {account->account->slot, event_hour};
    uint64_t hash = lookup_hash((uint32_t)wanted.slot, (uint32_t)event_hour);
    struct tally_hour *hour = lookup_find(&tally->hours, hash, is_hour, &wanted);
    if (hour == NULL) {
        hour = arena_alloc(tally->arena, sizeof *hour);
        hour->set = hours_find(&tally->table->hours, wanted.slot, event_hour);
        assert(hour->set && hour->set->in_use &&
               hour->set->complete_step == tally->table->slots[wanted.slot].step);
        lookup_add(&tally->hours, hash, hour);
    }
    account->hour = hour;
    return hour;
}

/* ------------------------------------------------------------------------------------ identities
 */

struct identity_key {
    const struct tally_hour *hour;
    const unsigned char *id;
};

static bool is_identity(const void *value, const void *key)
{
    const struct tally_identity *identity = value;
    const struct identity_key *wanted = key;
    return identity->hour == wanted->hour &&
           memcmp(identity->identity.id, wanted->id, IDENTITY_SIZE) == 0;
}

/* Identities are keyed hashes: their own bytes are the hash. */
static uint64_t identity_hash(const unsigned char id[IDENTITY_SIZE])
{
    uint64_t hash;
    memcpy(&hash, id + sizeof hash, sizeof hash);
    return hash;
}

void tally_expect(const struct tally *tally, const struct tally_hour *hour,
                  const unsigned char id[IDENTITY_SIZE])
{
    hour_set_expect(hour->set, id);
    lookup_expect(&tally->identities, identity_hash(id));
}

bool tally_knows(const struct tally *tally, const struct tally_hour *hour,
                 const unsigned char id[IDENTITY_SIZE], uint64_t *out_meaning)
{
    if (hour_set_find(hour->set, id, out_meaning))
        return true;
    struct identity_key key = {hour, id};
    const struct tally_identity *identity =
        lookup_find(&tally->identities, identity_hash(id), is_identity, &key);
    if (identity)
        *out_meaning = identity->identity.meaning;
    return identity != NULL;
}

static void keep_identity(struct tally *tally, struct tally_hour *hour,
                          const struct measure *measure, struct tally_entry *entry)
{
    struct tally_identity *identity = &tally->accepted[tally->identity_count++];
    memcpy(identity->identity.id, measure->identity, IDENTITY_SIZE);
    identity->identity.meaning = measure->meaning;
    identity->hour = hour;
    identity->entry = entry;
    lookup_add(&tally->identities, identity_hash(measure->identity), identity);
    entry->identity_count++;
    hour->count++;
}

/* ---------------------------------------------------------------------------------------- series
 */

struct series_key {
    const struct tally_account *account;
    const struct digest *digest;
};

static bool is_series(const void *value, const void *key)
{
    const struct tally_series *series = value;
    const struct series_key *wanted = key;
    return series->account == wanted->account &&
           memcmp(&series->ref->series, wanted->digest, DIGEST_SIZE) == 0;
}

static uint64_t series_hash(const struct tally_account *account, const struct digest *digest)
{
    uint64_t part;
    memcpy(&part, digest->bytes, sizeof part);
    return lookup_hash(account->account->tenant, part);
}

/* What the batch already has under this hash, or what the book has; NULL: it would be new. */
static struct tally_series *known_series(struct tally *tally, struct tally_account *account,
                                         const struct series_ref *ref)
{
    struct series_key key = {account, &ref->series};
    uint64_t hash = series_hash(account, &ref->series);
    struct tally_series *series = lookup_find(&tally->series, hash, is_series, &key);
    if (series || !account_has_series(account->account, &ref->series))
        return series;
    series = arena_alloc(tally->arena, sizeof *series);
    *series = (struct tally_series){.account = account, .ref = ref};
    lookup_add(&tally->series, hash, series);
    return series;
}

static struct tally_series *new_series(struct tally *tally, struct tally_account *account,
                                       const struct series_ref *ref)
{
    struct tally_series *series = arena_alloc(tally->arena, sizeof *series);
    *series = (struct tally_series){.account = account, .ref = ref, .is_new = true};
    lookup_add(&tally->series, series_hash(account, &ref->series), series);
    account->new_series++;
    return series;
}

static struct tally_series *capped_series(struct tally *tally, struct tally_account *account,
                                          const struct series_ref *ref)
{
    struct tally_series *series = known_series(tally, account, ref);
    if (series)
        return series;
    const struct series_ref *capped = series_cap(
        ref, false, account->account->series_count + account->new_series, tally->series_per_tenant);
    if (capped != ref)
        series = known_series(tally, account, capped);
    return series ? series : new_series(tally, account, capped);
}

struct alias {
    struct tally_series *series;
    const struct tally_account *account;
    const struct series_ref *ref;
};

static bool is_alias(const void *value, const void *key)
{
    const struct alias *alias = value;
    const struct alias *wanted = key;
    return alias->account == wanted->account && alias->ref == wanted->ref;
}

/* A ref that was capped once stays so within the batch: the count of series only grows. */
static struct tally_series *find_series(struct tally *tally, struct tally_account *account,
                                        const struct series_ref *ref)
{
    struct alias wanted = {NULL, account, ref};
    uint64_t hash = lookup_hash((uintptr_t)account, (uintptr_t)ref);
    struct alias *alias = lookup_find(&tally->aliases, hash, is_alias, &wanted);
    if (alias == NULL) {
        wanted.series = capped_series(tally, account, ref);
        alias = arena_copy(tally->arena, &wanted, sizeof wanted);
        lookup_add(&tally->aliases, hash, alias);
    }
    return alias->series;
}

/* --------------------------------------------------------------------------------------- entries
 */

static bool is_window(const struct window *a, const struct window *b)
{
    return a->from_us == b->from_us && a->length_seconds == b->length_seconds;
}

static bool is_entry(const void *value, const void *key)
{
    const struct tally_entry *entry = value;
    const struct tally_entry *wanted = key;
    return entry->series == wanted->series && is_window(&entry->window, &wanted->window);
}

static struct tally_entry *find_entry(struct tally *tally, struct tally_series *series,
                                      const struct window *window)
{
    if (series->entry && is_window(&series->entry->window, window))
        return series->entry;
    struct tally_entry wanted = {.series = series, .window = *window};
    uint64_t hash =
        lookup_hash((uintptr_t)series, (uint64_t)window->from_us + window->length_seconds);
    struct tally_entry *entry = lookup_find(&tally->entries, hash, is_entry, &wanted);
    if (entry == NULL) {
        entry = arena_copy(tally->arena, &wanted, sizeof wanted);
        lookup_add(&tally->entries, hash, entry);
    }
    series->entry = entry;
    return entry;
}

static struct tally_entry *no_entry(struct tally *tally, struct tally_account *account)
{
    if (account->no_entry == NULL)
        account->no_entry = arena_alloc(tally->arena, sizeof *account->no_entry);
    return account->no_entry;
}

static void add_part(struct tally_entry *entry, const struct measure_part *part)
{
    assert(part->quantity > 0);
    if (part->meter->aggregation == AGGREGATION_MAX) {
        if (part->quantity > entry->quantity)
            entry->quantity = part->quantity;
    } else {
        /* 10^18 a part, and fewer parts than 10^18. */
        bool fits = number_add(entry->quantity, part->quantity, &entry->quantity);
        assert(fits);
    }
    entry->contributions++;
}

int tally_compare(const struct tally_entry *a, const struct tally_entry *b)
{
    uint64_t tenant_a = a->series->account->account->tenant;
    uint64_t tenant_b = b->series->account->account->tenant;
    if (tenant_a != tenant_b)
        return tenant_a < tenant_b ? -1 : 1;
    int order = memcmp(&a->series->ref->series, &b->series->ref->series, DIGEST_SIZE);
    if (order == 0)
        order = (a->window.from_us > b->window.from_us) - (a->window.from_us < b->window.from_us);
    if (order == 0)
        order = (a->window.length_seconds > b->window.length_seconds) -
                (a->window.length_seconds < b->window.length_seconds);
    return order;
}

void tally_accept(struct tally *tally, struct tally_account *account, struct tally_hour *hour,
                  const struct measure *measure)
{
    struct tally_entry *first = NULL;
    for (size_t i = 0; i < measure->part_count; i++) {
        const struct measure_part *part = &measure->parts[i];
        struct tally_series *series = find_series(tally, account, part->series);
        struct tally_entry *entry = find_entry(tally, series, &part->window);
        add_part(entry, part);
        if (first == NULL || tally_compare(entry, first) < 0)
            first = entry;
    }
    keep_identity(tally, hour, measure, first ? first : no_entry(tally, account));
}
