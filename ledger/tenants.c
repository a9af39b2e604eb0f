#include "ledger/tenants.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/zone.h"
#include "core/canonical.h"
#include "core/partitioner.h"
#include "ledger/control.h"

#define TENANT_ID_SIZE_MAX 128
#define TENANT_NAME_SIZE_MAX 256

/* ------------------------------------------------------------------------------------ contents */

static json_t *content_of_tenant(const struct tenant *tenant)
{
    char number[24];
    snprintf(number, sizeof(number), "%" PRIu64, tenant->number);
    return json_pack("{s:s,s:s,s:s,s:i,s:i,s:s}", "id", tenant->id, "number", number, "name",
                     tenant->name, "slot", tenant->slot, "grid_seconds", (int)tenant->grid_seconds,
                     "zone", tenant->zone);
}

bool tenant_of_content(const json_t *content, int log, struct tenant *out, struct error *err)
{
    struct tenant tenant = {.log = log};
    const char *number;
    int grid;
    if (json_unpack((json_t *)(uintptr_t)content, "{s:s,s:s,s:s,s:i,s:i,s:s!}", "id", &tenant.id,
                    "number", &number, "name", &tenant.name, "slot", &tenant.slot, "grid_seconds",
                    &grid, "zone", &tenant.zone) != 0)
        return error_set(err, ERROR_INPUT,
                         "a tenant's content has id, number, name, slot, "
                         "grid_seconds and zone");
    if (!number_parse_u64(number, strlen(number), "number of a tenant", &tenant.number, err))
        return false;
    if (TENANT_LOG(tenant.number) != log || tenant.number == TENANT_NUMBER(log, 0) ||
        tenant.slot != (int)partitioner_slot(tenant.id, strlen(tenant.id)) ||
        (grid != 3600 && grid != 1800 && grid != 900))
        return error_set(err, ERROR_INPUT, "number, slot or grid of the tenant '%s' is impossible",
                         tenant.id);
    tenant.grid_seconds = (uint32_t)grid;
    *out = tenant;
    return true;
}

static bool is_plain(const char *text, bool spaces)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f || (text[i] == ' ' && !spaces))
            return false;
    return utf8_is_valid(text, size);
}

static bool check_texts(const struct tenant *tenant, struct error *err)
{
    if (tenant->id[0] == '\0' || strlen(tenant->id) > TENANT_ID_SIZE_MAX ||
        !is_plain(tenant->id, false))
        return error_set(err, ERROR_INPUT,
                         "a tenant's id has 1 to %d bytes of UTF-8 without white space",
                         TENANT_ID_SIZE_MAX);
    if (tenant->name[0] == '\0' || strlen(tenant->name) > TENANT_NAME_SIZE_MAX ||
        !is_plain(tenant->name, true))
        return error_set(err, ERROR_INPUT, "a tenant's name has 1 to %d bytes of UTF-8",
                         TENANT_NAME_SIZE_MAX);
    return true;
}

/* What an id cannot be, since lists have commas and a catalog's '*' is all tenants. */
static bool check_nameable(const char *id, struct error *err)
{
    if (strchr(id, ',') == NULL && strcmp(id, "*") != 0)
        return true;
    return error_set(err, ERROR_INPUT,
                     "a tenant's id has no comma and is not '*', which stands for all tenants");
}

/* -------------------------------------------------------------------------------- add, rename */

/* What is asked for; and after the decision what holds, its texts in the control's arena. */
struct tenant_change {
    struct tenant tenant;
    bool is_new;
};

static bool keep_tenant(struct arena *arena, const struct tenant *tenant, struct tenant *out)
{
    *out = *tenant;
    out->id = arena_text(arena, tenant->id);
    out->name = arena_text(arena, tenant->name);
    out->zone = arena_text(arena, tenant->zone);
    return true;
}

static bool find_tenant(struct control *control, const char *id, struct tenant *out,
                        uint32_t *out_version, struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;
    struct content content;
    struct tenant tenant;
    *out_version = 0;
    if (!content_latest(control->store, control->log.log, ENTRY_TENANT, 0, id, CONTENT_LAST,
                        &control->arena, &content, err))
        return err->code == ERROR_NOT_FOUND;
    *out_version = content.version;
    return canonical_parse(content.bytes, content.size, id, &json, err) &&
           tenant_of_content(json, control->log.log, &tenant, err) &&
           keep_tenant(&control->arena, &tenant, out);
}

static void decide_tenant(const struct tenant *tenant, uint32_t version, struct decision *out)
{
    *out = (struct decision){
        .kind = ENTRY_TENANT,
        .subject_id = tenant->id,
        .version = version,
        .content = content_of_tenant(tenant),
    };
}

static bool make_addition(void *context, struct control *control, struct head *head,
                          struct decision *out, struct error *err)
{
    struct tenant_change *change = context;
    struct tenant wanted = change->tenant;
    struct tenant found;
    uint32_t version;
    if (!find_tenant(control, wanted.id, &found, &version, err))
        return false;
    if (version > 0) {
        if (found.grid_seconds != wanted.grid_seconds || strcmp(found.zone, wanted.zone) != 0 ||
            strcmp(found.name, wanted.name) != 0)
            return error_set(err, ERROR_CONFLICT,
                             "the tenant '%s' is there already, as '%s', zone %s, grid %" PRIu32
                             " s; only its name may change (`tenant rename`)",
                             wanted.id, found.name, found.zone, found.grid_seconds);
        change->tenant = found;
        return true;
    }
    wanted.number = TENANT_NUMBER(control->log.log, head->next_tenant);
    wanted.log = control->log.log;
    head->next_tenant++;
    change->tenant.number = wanted.number;
    change->tenant.log = wanted.log;
    change->is_new = true;
    decide_tenant(&wanted, 1, out);
    return true;
}

static bool make_renaming(void *context, struct control *control, struct head *head,
                          struct decision *out, struct error *err)
{
    (void)head;
    struct tenant_change *change = context;
    struct tenant found;
    uint32_t version;
    if (!find_tenant(control, change->tenant.id, &found, &version, err))
        return false;
    if (version == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no tenant '%s'", change->tenant.id);
    bool same = strcmp(found.name, change->tenant.name) == 0;
    found.name = change->tenant.name;
    change->tenant = found;
    if (!same)
        decide_tenant(&found, version + 1, out);
    return true;
}

static bool put_copy(struct control *control, const struct tenant *tenant, struct error *err)
{
    return tenant_put(control->store, tenant, err) ||
           error_prefix(err, "the entry is booked; repair its copy with `tenant sync`: ");
}

/* --grid, or the coarsest on which the zone's midnights fall. */
static bool find_grid(const struct cli *cli, const char *zone_id, uint32_t *out, struct error *err)
{
    struct zone *zone;
    uint64_t grid;
    if (!zone_open(zone_id, &zone, err))
        return false;
    *out = zone_grid_seconds(zone);
    zone_close(zone);
    if (cli_text(cli, "grid") == NULL)
        return true;
    if (!cli_u64(cli, "grid", &grid, err))
        return false;
    if ((grid != 3600 && grid != 1800 && grid != 900) || *out % grid != 0)
        return error_set(err, ERROR_INPUT,
                         "--grid is 3600, 1800 or 900, and for zone %s at most %" PRIu32, zone_id,
                         *out);
    *out = (uint32_t)grid;
    return true;
}

bool tenant_add_command(const struct cli *cli, struct error *err)
{
    struct control CLEANUP(control_close) control = {0};
    struct tenant_change change = {.tenant = {.id = cli_argument(cli, 0)}};
    uint64_t index;
    bool decided;
    change.tenant.slot = (int)partitioner_slot(change.tenant.id, strlen(change.tenant.id));
    change.tenant.name = cli_text(cli, "name") == NULL ? change.tenant.id : cli_text(cli, "name");
    if (!cli_required(cli, "zone", &change.tenant.zone, err) || !check_texts(&change.tenant, err) ||
        !check_nameable(change.tenant.id, err) ||
        !find_grid(cli, change.tenant.zone, &change.tenant.grid_seconds, err))
        return false;
    if (!control_open(cli, ROLE_CONTROL, &control, err) ||
        !control_decide(&control, make_addition, &change, &decided, &index, err) ||
        !put_copy(&control, &change.tenant, err))
        return false;
    if (decided)
        printf("tenant '%s' has the number %" PRIu64 ", slot %d, grid %" PRIu32 " s (entry %" PRIu64
               ")\n",
               change.tenant.id, change.tenant.number, change.tenant.slot,
               change.tenant.grid_seconds, index);
    else
        printf("tenant '%s' is there already; nothing was changed\n", change.tenant.id);
    return true;
}

bool tenant_rename_command(const struct cli *cli, struct error *err)
{
    struct control CLEANUP(control_close) control = {0};
    struct tenant_change change = {.tenant = {.id = cli_argument(cli, 0)}};
    uint64_t index;
    bool decided;
    if (!cli_required(cli, "name", &change.tenant.name, err) || !check_texts(&change.tenant, err))
        return false;
    if (!control_open(cli, ROLE_CONTROL, &control, err) ||
        !control_decide(&control, make_renaming, &change, &decided, &index, err) ||
        !put_copy(&control, &change.tenant, err))
        return false;
    if (decided)
        printf("tenant '%s' is now '%s' (entry %" PRIu64 ")\n", change.tenant.id,
               change.tenant.name, index);
    else
        printf("tenant '%s' has that name already; nothing was changed\n", change.tenant.id);
    return true;
}

/* ------------------------------------------------------------------------------------ list, sync
 */

static bool print_tenant(void *context, const struct tenant *tenant, struct error *err)
{
    (void)context;
    (void)err;
    printf("%-20" PRIu64 " %-4d %-5" PRIu32 " %-20s %-20s %s\n", tenant->number, tenant->slot,
           tenant->grid_seconds, tenant->zone, tenant->id, tenant->name);
    return true;
}

bool tenant_list_command(const struct cli *cli, struct error *err)
{
    struct store *CLEANUP(control_leave) store = NULL;
    struct log_row log;
    if (!control_look(cli, &store, &log, err))
        return false;
    printf("%-20s %-4s %-5s %-20s %-20s name\n", "number", "slot", "grid", "zone", "id");
    return tenants_each(store, log.log, print_tenant, NULL, err);
}

struct tenant_copies {
    struct arena arena;
    int log;
    struct tenant *tenants;
    size_t count;
    size_t capacity;
};

static bool collect_copy(void *context, const struct content *content, struct error *err)
{
    struct tenant_copies *copies = context;
    CLEANUP(json_release) json_t *json = NULL;
    struct tenant tenant;
    if (!canonical_parse(content->bytes, content->size, content->subject_id, &json, err) ||
        !tenant_of_content(json, copies->log, &tenant, err))
        return false;
    copies->tenants = memory_grow(copies->tenants, &copies->capacity, copies->count + 1,
                                  sizeof(*copies->tenants));
    return keep_tenant(&copies->arena, &tenant, &copies->tenants[copies->count++]);
}

/* Every version in order: the newest is put last. */
bool tenants_sync(struct store *store, int log, size_t *out_count, struct error *err)
{
    struct tenant_copies copies = {.log = log};
    arena_init(&copies.arena);
    bool good = contents_each(store, log, CONTENT_KIND(ENTRY_TENANT), CONTENT_FIRST, CONTENT_LAST,
                              collect_copy, &copies, err);
    for (size_t i = 0; good && i < copies.count; i++)
        good = tenant_put(store, &copies.tenants[i], err);
    free(copies.tenants);
    arena_release(&copies.arena);
    *out_count = copies.count;
    return good;
}

bool tenant_sync_command(const struct cli *cli, struct error *err)
{
    struct control CLEANUP(control_close) control = {0};
    size_t count = 0;
    if (!control_open(cli, ROLE_CONTROL, &control, err) ||
        !tenants_sync(control.store, control.log.log, &count, err))
        return false;
    printf("%zu entries were copied\n", count);
    return true;
}
