#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "base/log.h"
#include "core/canonical.h"
#include "core/tree.h"
#include "ingest/recover_parts.h"
#include "store/checkpoints.h"
#include "store/contents.h"
#include "store/journal.h"
#include "store/tenants.h"
#include "store/tiles.h"

/* ---------------------------------------------------------------------------------------- tiles */

#define TOWER_LEVELS 8

/* The tiles that are being filled, one a level; a full one is a hash of the next level. */
struct tower {
    struct recovery *recovery;
    struct {
        uint64_t number;
        unsigned width;
        struct digest hashes[TILE_WIDTH];
    } levels[TOWER_LEVELS];
};

static bool put_tile(struct tower *tower, int level, struct error *err)
{
    const struct tile tile = {level, tower->levels[level].number, tower->levels[level].width};
    return tile_insert(tower->recovery->store, tower->recovery->log, &tile,
                       tower->levels[level].hashes, err);
}

static bool add_hash(struct tower *tower, struct digest hash, struct error *err)
{
    for (int level = 0; level < TOWER_LEVELS; level++) {
        struct tree tree;
        tower->levels[level].hashes[tower->levels[level].width++] = hash;
        if (tower->levels[level].width < TILE_WIDTH)
            return true;
        if (!put_tile(tower, level, err))
            return false;
        tree_init(&tree);
        for (unsigned i = 0; i < TILE_WIDTH; i++)
            tree_append(&tree, &tower->levels[level].hashes[i]);
        hash = tree_root(&tree);
        tower->levels[level].number++;
        tower->levels[level].width = 0;
    }
    return true;
}

static bool put_tiles(struct recovery *recovery, struct error *err)
{
    static struct tower tower; /* large */
    struct leaf leaf;
    tower = (struct tower){.recovery = recovery};
    for (uint64_t index = 0; index < recovery->checkpoint.size; index++)
        if (!past_leaf(&recovery->leaves, index, &leaf, err) ||
            !add_hash(&tower, leaf_hash(&leaf), err))
            return false;
    for (int level = 0; level < TOWER_LEVELS; level++)
        if (tower.levels[level].width > 0 && !put_tile(&tower, level, err))
            return false;
    return true;
}

/* As the sealer left them: it goes on from these rows. */
static bool put_sealed(struct recovery *recovery, struct error *err)
{
    const struct checkpoint *checkpoint = &recovery->checkpoint;
    struct store *store = recovery->store;
    if (!store_begin(store, err))
        return false;
    if (put_tiles(recovery, err) &&
        checkpoint_insert_unsigned(store, recovery->log, checkpoint->size, &checkpoint->root,
                                   err) &&
        (recovery->note.size == 0 ||
         checkpoint_insert_signed(store, recovery->log, checkpoint->size, &checkpoint->root,
                                  recovery->note.data, recovery->note.size, err)))
        return store_commit(store, err);
    store_rollback(store);
    return false;
}

/* -------------------------------------------------------------------------------------- registry
 */

struct tenants {
    struct arena arena;
    size_t count;
    size_t capacity;
    struct tenant *rows;
};

static bool keep_tenant(void *context, const struct content *content, struct error *err)
{
    struct tenants *tenants = context;
    CLEANUP(json_release) json_t *json = NULL;
    const char *id = NULL, *number = NULL, *name = NULL, *zone = NULL;
    int slot = 0, grid_seconds = 0;
    struct tenant tenant = {0};
    if (!canonical_parse(content->bytes, content->size, content->subject_id, &json, err))
        return false;
    if (json_unpack(json, "{s:s, s:s, s:s, s:s, s:i, s:i}", "id", &id, "number", &number, "name",
                    &name, "zone", &zone, "slot", &slot, "grid_seconds", &grid_seconds) != 0)
        return error_set(err, ERROR_HALT, "entry %" PRIu64 " is no tenant", content->index);
    if (!number_parse_u64(number, strlen(number), "number", &tenant.number, err))
        return false;
    tenant.id = arena_text(&tenants->arena, id);
    tenant.name = arena_text(&tenants->arena, name);
    tenant.zone = arena_text(&tenants->arena, zone);
    tenant.log = TENANT_LOG(tenant.number);
    tenant.slot = slot;
    tenant.grid_seconds = (uint32_t)grid_seconds;
    tenants->rows =
        memory_grow(tenants->rows, &tenants->capacity, tenants->count + 1, sizeof tenant);
    tenants->rows[tenants->count++] = tenant;
    return true;
}

/* In the order of the entries: the newest name stays. */
static bool put_tenants(struct recovery *recovery, struct error *err)
{
    struct tenants tenants = {0};
    arena_init(&tenants.arena);
    bool ok = contents_each(recovery->store, recovery->log, CONTENT_KIND(ENTRY_TENANT),
                            CONTENT_FIRST, CONTENT_LAST, keep_tenant, &tenants, err);
    for (size_t i = 0; i < tenants.count && ok; i++)
        ok = tenant_put(recovery->store, &tenants.rows[i], err);
    free(tenants.rows);
    arena_release(&tenants.arena);
    return ok;
}

/* ---------------------------------------------------------------------------------------- lists */

struct list {
    struct recovery *recovery;
    bool (*restore)(struct store *store, int log, struct slice line, bool *out_written,
                    struct error *err);
    uint64_t count;
    uint64_t written;
};

static bool put_line(void *context, struct slice line, struct error *err)
{
    struct list *list = context;
    bool is_written = false;
    if (!list->restore(list->recovery->store, list->recovery->log, line, &is_written, err))
        return false;
    list->count++;
    list->written += is_written ? 1 : 0;
    return true;
}

static bool put_list(struct recovery *recovery, const char *name, struct list list,
                     struct error *err)
{
    list.recovery = recovery;
    if (!past_journal_list(&recovery->journal, name, put_line, &list, err))
        return error_prefix(err, "%s: ", name);
    log_info("%s: %" PRIu64 " of %" PRIu64 " put back", name, list.written, list.count);
    return true;
}

bool recover_rest(struct recovery *recovery, struct error *err)
{
    return put_tenants(recovery, err) &&
           put_list(recovery, "dispositions", (struct list){.restore = journal_restore_disposition},
                    err) &&
           put_list(recovery, "reviews", (struct list){.restore = journal_restore_review}, err) &&
           put_list(recovery, "approvals", (struct list){.restore = journal_restore_approval},
                    err) &&
           put_sealed(recovery, err);
}
