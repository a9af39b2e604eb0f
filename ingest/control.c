#include "ingest/control.h"

#include <assert.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/canonical.h"
#include "core/incarnation.h"
#include "core/partitioner.h"
#include "core/replacement.h"
#include "meter/window.h"
#include "store/contents.h"

/* A compiled catalog, for all the snapshots that have it. */
struct shared_catalog {
    atomic_size_t holders;
    struct catalog *catalog;
};

/* The newest incarnation of a partition that an operator named. */
struct life {
    struct digest feed;
    uint32_t partition;
    uint32_t incarnation;
};

/* Tenants by id: open addressing, at most half full. */
struct control_parts {
    atomic_size_t holders;
    struct arena arena;
    struct shared_catalog *shared;
    struct tenant *tenants;
    size_t capacity; /* a power of two */
    struct life *lives;
    size_t life_count;
    size_t life_capacity;
    bool any_tenant; /* without a database: whoever is asked for */
    struct tenant anybody;
};

#define CAPACITY_MIN 64

static void catalog_share_drop(struct shared_catalog *shared)
{
    if (shared == NULL || atomic_fetch_sub(&shared->holders, 1) > 1)
        return;
    catalog_release(shared->catalog);
    free(shared);
}

static struct shared_catalog *catalog_share(struct catalog *catalog)
{
    struct shared_catalog *shared = memory_alloc(sizeof *shared);
    atomic_init(&shared->holders, 1);
    shared->catalog = catalog;
    return shared;
}

static struct control *control_make(size_t capacity)
{
    struct control *control = memory_alloc(sizeof *control);
    control->parts = memory_alloc(sizeof *control->parts);
    atomic_init(&control->parts->holders, 1);
    arena_init(&control->parts->arena);
    control->parts->capacity = capacity;
    control->parts->tenants = memory_alloc(capacity * sizeof *control->parts->tenants);
    return control;
}

struct control *control_empty(void)
{
    return control_make(CAPACITY_MIN);
}

struct control *control_of_catalog(struct catalog *catalog)
{
    struct control *control = control_make(CAPACITY_MIN);
    control->catalog = catalog;
    control->parts->shared = catalog_share(catalog);
    control->parts->any_tenant = true;
    control->parts->anybody = (struct tenant){.number = 1, .grid_seconds = 3600};
    return control;
}

struct control *control_hold(struct control *control)
{
    atomic_fetch_add(&control->parts->holders, 1);
    return control;
}

void control_drop(struct control *control)
{
    if (control == NULL || atomic_fetch_sub(&control->parts->holders, 1) > 1)
        return;
    catalog_share_drop(control->parts->shared);
    arena_release(&control->parts->arena);
    free(control->parts->tenants);
    free(control->parts->lives);
    free(control->parts);
    free(control);
}

/* --------------------------------------------------------------------------------------- tenants
 */

static struct tenant *tenant_place(const struct control_parts *parts, struct slice id)
{
    size_t place = partitioner_murmur2(id.data, id.size) & (parts->capacity - 1);
    while (parts->tenants[place].id != NULL && !slice_equals(id, parts->tenants[place].id))
        place = (place + 1) & (parts->capacity - 1);
    return &parts->tenants[place];
}

const struct tenant *control_tenant(const struct control *control, struct slice id)
{
    if (control->parts->any_tenant)
        return &control->parts->anybody;
    const struct tenant *tenant = tenant_place(control->parts, id);
    return tenant->id == NULL ? NULL : tenant;
}

const struct tenant *control_tenant_numbered(const struct control *control, uint64_t number)
{
    const struct control_parts *parts = control->parts;
    for (size_t i = 0; i < parts->capacity; i++)
        if (parts->tenants[i].id != NULL && parts->tenants[i].number == number)
            return &parts->tenants[i];
    return NULL;
}

static void tenants_grow(struct control_parts *parts)
{
    struct control_parts grown = *parts;
    grown.capacity = parts->capacity * 2;
    grown.tenants = memory_alloc(grown.capacity * sizeof *grown.tenants);
    for (size_t i = 0; i < parts->capacity; i++)
        if (parts->tenants[i].id != NULL)
            *tenant_place(&grown, slice_of(parts->tenants[i].id)) = parts->tenants[i];
    free(parts->tenants);
    parts->tenants = grown.tenants;
    parts->capacity = grown.capacity;
}

/* Adds the tenant, or replaces what was known of it. */
static void tenant_keep(struct control *control, const struct tenant *tenant)
{
    struct control_parts *parts = control->parts;
    if ((control->tenant_count + 1) * 2 > parts->capacity)
        tenants_grow(parts);
    struct tenant *place = tenant_place(parts, slice_of(tenant->id));
    if (place->id == NULL)
        control->tenant_count++;
    *place = *tenant;
    place->id = arena_text(&parts->arena, tenant->id);
    place->name = "";
    place->zone = "";
}

/* ----------------------------------------------------------------------------------- incarnations
 */

static struct life *life_of(const struct control_parts *parts, const struct digest *feed,
                            uint32_t partition)
{
    for (size_t i = 0; i < parts->life_count; i++)
        if (parts->lives[i].partition == partition &&
            digest_equals_public(&parts->lives[i].feed, feed))
            return &parts->lives[i];
    return NULL;
}

static void life_keep(struct control_parts *parts, const struct life *life)
{
    struct life *place = life_of(parts, &life->feed, life->partition);
    if (place == NULL) {
        parts->lives = memory_grow(parts->lives, &parts->life_capacity, parts->life_count + 1,
                                   sizeof *parts->lives);
        place = &parts->lives[parts->life_count++];
    }
    *place = *life;
}

uint32_t control_incarnation(const struct control *control, const struct digest *feed,
                             uint32_t partition)
{
    const struct life *life = life_of(control->parts, feed, partition);
    return life == NULL ? 1 : life->incarnation;
}

static bool apply_incarnations(struct control *control, const struct content *content,
                               struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    CLEANUP(json_release) json_t *json = NULL;
    struct incarnations said;
    arena_init(&arena);
    if (!canonical_parse(content->bytes, content->size, content->subject_id, &json, err) ||
        !incarnations_parse(json, content->subject_id, &arena, &said, err))
        return false;
    for (size_t i = 0; i < said.count; i++)
        life_keep(control->parts,
                  &(struct life){said.feed, said.items[i].partition, said.items[i].number});
    return true;
}

static struct control *control_copy(const struct control *previous)
{
    struct control *control = control_make(previous->parts->capacity);
    control->control_index = previous->control_index;
    control->generation = previous->generation;
    control->catalog = previous->catalog;
    control->parts->shared = previous->parts->shared;
    if (control->parts->shared)
        atomic_fetch_add(&control->parts->shared->holders, 1);
    for (size_t i = 0; i < previous->parts->capacity; i++)
        if (previous->parts->tenants[i].id != NULL)
            tenant_keep(control, &previous->parts->tenants[i]);
    for (size_t i = 0; i < previous->parts->life_count; i++)
        life_keep(control->parts, &previous->parts->lives[i]);
    return control;
}

/* -------------------------------------------------------------------------------------- contents
 */

static bool apply_catalog(struct control *control, const struct content *content, struct error *err)
{
    struct catalog *catalog = NULL;
    if (incarnation_is_subject(content->subject_id))
        return apply_incarnations(control, content, err);
    if (replacement_is_subject(content->subject_id))
        return true; /* corrections that are made: nothing is decided under it */
    if (!catalog_parse(content->bytes, content->size, "the book's catalog", &catalog, err))
        return false;
    catalog_share_drop(control->parts->shared);
    control->parts->shared = catalog_share(catalog);
    control->catalog = catalog;
    return true;
}

static bool apply_tenant(struct control *control, const struct content *content, struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;
    if (!canonical_parse(content->bytes, content->size, "the book's tenant", &json, err))
        return false;
    const char *id = NULL;
    const char *number = NULL;
    int slot = 0;
    int grid_seconds = 0;
    if (json_unpack(json, "{s:s, s:s, s:i, s:i}", "id", &id, "number", &number, "slot", &slot,
                    "grid_seconds", &grid_seconds) != 0)
        return error_set(err, ERROR_INPUT, "tenant '%s' lacks id, number, slot or grid_seconds",
                         content->subject_id);
    struct tenant tenant = {.id = id, .slot = slot, .grid_seconds = (uint32_t)grid_seconds};
    if (!number_parse_u64(number, strlen(number), "number", &tenant.number, err))
        return false;
    if (slot < 0 || slot >= SLOT_COUNT || (unsigned)slot != partitioner_slot(id, strlen(id)) ||
        !window_grid_is_valid(tenant.grid_seconds) || tenant.number == 0)
        return error_set(err, ERROR_INPUT, "tenant '%s' has slot %d and grid %d, which cannot be",
                         id, slot, grid_seconds);
    tenant.log = TENANT_LOG(tenant.number);
    tenant_keep(control, &tenant);
    return true;
}

static bool apply_content(void *context, const struct content *content, struct error *err)
{
    struct control *control = context;
    bool ok = content->kind == ENTRY_CATALOG ? apply_catalog(control, content, err)
                                             : apply_tenant(control, content, err);
    if (!ok) {
        err->code = ERROR_HALT;
        return error_prefix(err,
                            "entry %llu cannot be understood (is this program older than it?): ",
                            (unsigned long long)content->index);
    }
    control->generation = content->index + 1;
    return true;
}

bool control_load(struct store *store, int log, const struct control *previous,
                  uint64_t through_index, struct control **out, struct error *err)
{
    assert(previous->generation == 0 || through_index >= previous->control_index);
    struct control *control = control_copy(previous);
    uint64_t after = previous->generation == 0 ? CONTENT_FIRST : previous->control_index;
    if (!contents_each(store, log, CONTENT_KIND(ENTRY_CATALOG) | CONTENT_KIND(ENTRY_TENANT), after,
                       through_index, apply_content, control, err)) {
        control_drop(control);
        return false;
    }
    control->control_index = through_index;
    *out = control;
    return true;
}
