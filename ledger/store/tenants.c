#include "store/tenants.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "queries.h"
#include "store/row.h"

/* Of all queries here: tenant, id, name, zone, slot, grid_seconds. The texts stay the row's. */
static void tenant_of_row(const struct rows *rows, struct tenant *out)
{
    *out = (struct tenant){
        .number = row_u64(rows, 0, 0),
        .id = row_text(rows, 0, 1),
        .name = row_text(rows, 0, 2),
        .zone = row_text(rows, 0, 3),
        .slot = (int)row_int(rows, 0, 4),
        .grid_seconds = (uint32_t)row_int(rows, 0, 5),
    };
    out->log = TENANT_LOG(out->number);
}

static bool find(struct store *store, const char *sql, const struct params *params,
                 struct arena *arena, struct tenant *out, bool *out_found, struct error *err)
{
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql, params, &rows, err))
        return false;
    *out_found = rows_count(rows) > 0;
    if (!*out_found)
        return true;
    tenant_of_row(rows, out);
    out->id = arena_text(arena, out->id);
    out->name = arena_text(arena, out->name);
    out->zone = arena_text(arena, out->zone);
    return true;
}

bool tenant_find(struct store *store, int log, const char *id, struct arena *arena,
                 struct tenant *out, struct error *err)
{
    bool found;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, id);
    return find(store, sql_tenant_find, &params, arena, out, &found, err) &&
           (found || error_set(err, ERROR_NOT_FOUND, "there is no tenant '%s'", id));
}

bool tenant_find_number(struct store *store, uint64_t number, struct arena *arena,
                        struct tenant *out, struct error *err)
{
    bool found;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, TENANT_LOG(number));
    param_u64(&params, number);
    return find(store, sql_tenant_find_number, &params, arena, out, &found, err) &&
           (found || error_set(err, ERROR_NOT_FOUND, "there is no tenant number %" PRIu64, number));
}

/* The tenant's id, number, slot and grid are bound for ever by its first entry. */
static bool check_binding(const struct tenant *tenant, const struct tenant *there,
                          struct error *err)
{
    if (tenant->number == there->number && tenant->slot == there->slot &&
        tenant->grid_seconds == there->grid_seconds && strcmp(tenant->id, there->id) == 0)
        return true;
    return error_set(err, ERROR_CONFLICT,
                     "tenant '%s' is registered with number %" PRIu64 ", slot %d, grid %u s, "
                     "not number %" PRIu64 ", slot %d, grid %u s",
                     there->id, there->number, there->slot, there->grid_seconds, tenant->number,
                     tenant->slot, tenant->grid_seconds);
}

bool tenant_put(struct store *store, const struct tenant *tenant, struct error *err)
{
    struct arena arena;
    struct tenant there;
    CLEANUP(params_release) struct params params;

    assert(tenant->log == TENANT_LOG(tenant->number));
    params_init(&params);
    param_int32(&params, tenant->log);
    param_u64(&params, tenant->number);
    param_text(&params, tenant->id);
    param_int16(&params, (int16_t)tenant->slot);
    param_int32(&params, (int32_t)tenant->grid_seconds);
    param_text(&params, tenant->name);
    param_text(&params, tenant->zone);
    if (!store_execute(store, sql_tenant_put, &params, NULL, err))
        return false;

    arena_init(&arena);
    bool ok = tenant_find_number(store, tenant->number, &arena, &there, err) &&
              check_binding(tenant, &there, err);
    arena_release(&arena);
    return ok;
}

struct visit {
    tenant_visitor *visit;
    void *context;
};

static bool visit_tenant(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct tenant tenant;

    tenant_of_row(row, &tenant);
    return visit->visit(visit->context, &tenant, err);
}

bool tenants_each(struct store *store, int log, tenant_visitor *visit, void *context,
                  struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_tenants_all, &params, visit_tenant,
                      &(struct visit){visit, context}, err);
}

struct tenant tenant_copy(const struct tenant *tenant, struct arena *arena)
{
    struct tenant copy = *tenant;
    copy.id = arena_text(arena, tenant->id);
    copy.name = arena_text(arena, tenant->name);
    copy.zone = arena_text(arena, tenant->zone);
    return copy;
}

bool tenant_list_add(void *context, const struct tenant *tenant, struct error *err)
{
    struct tenant_list *list = context;
    (void)err;
    list->items =
        arena_grow(list->arena, list->items, list->count, &list->capacity, sizeof(*list->items));
    list->items[list->count++] = tenant_copy(tenant, list->arena);
    return true;
}
