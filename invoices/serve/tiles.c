#include "serve/tiles.h"

#include "core/tile.h"
#include "serve/ledger.h"
#include "store/checkpoints.h"
#include "store/entries.h"
#include "store/tiles.h"

/* Which hashes stand in a tile never changes, in a partial one either. */
#define FOR_EVER "public, max-age=31536000, immutable"

bool tiles_checkpoint_answer(struct call *call, struct error *err)
{
    struct store *store;
    if (!pool_take(call->serve->pool, &store, err))
        return false;
    bool answered = checkpoint_answer_from(call, store, "public, no-cache", err);
    pool_give(call->serve->pool, store);
    return answered;
}

/* --------------------------------------------------------------------------------------- tiles */

struct bundle_text {
    struct text *body;
    unsigned count;
};

/* A leaf with its length before it. */
static bool add_leaf(void *context, uint64_t index, const struct leaf *leaf, struct error *err)
{
    static const unsigned char length[2] = {LEAF_SIZE >> 8, LEAF_SIZE & 0xff};
    struct bundle_text *bundle = context;
    unsigned char bytes[LEAF_SIZE];
    (void)index;
    (void)err;
    leaf_encode(leaf, bytes);
    text_append_n(bundle->body, length, sizeof length);
    text_append_n(bundle->body, bytes, sizeof bytes);
    bundle->count++;
    return true;
}

static bool read_entries(struct store *store, int log, const struct tile *tile, struct text *body,
                         struct error *err)
{
    struct bundle_text bundle = {.body = body};
    uint64_t from = tile->number * TILE_WIDTH;
    return public_leaves_each(store, log, from, from + tile->width, add_leaf, &bundle, err) &&
           (bundle.count == tile->width ||
            error_set(err, ERROR_NOT_FOUND, "these entries are not sealed"));
}

static bool read_hashes(struct store *store, int log, const struct tile *tile, struct text *body,
                        struct error *err)
{
    struct digest hashes[TILE_WIDTH];
    if (!tile_find(store, log, tile, hashes, err))
        return false;
    for (unsigned i = 0; i < tile->width; i++)
        text_append_n(body, hashes[i].bytes, DIGEST_SIZE);
    return true;
}

/* Rows may be there before their checkpoint is signed; what is not signed is not shown. */
static bool is_sealed(struct call *call, struct store *store, const struct tile *tile,
                      struct error *err)
{
    struct checkpoint_row row;
    uint64_t end;
    if (!checkpoint_latest(store, call->serve->log, &call->arena, &row, err))
        return false;
    return (!__builtin_mul_overflow(tile->number, (uint64_t)TILE_WIDTH, &end) &&
            !__builtin_add_overflow(end, (uint64_t)tile->width, &end) &&
            end <= tile_level_count(row.size, tile->level)) ||
           error_set(err, ERROR_NOT_FOUND, "there is no such tile");
}

bool tiles_answer(struct call *call, struct error *err)
{
    struct store *store;
    struct tile tile;
    if (!tile_of_path(call->path + 1, &tile))
        return call_refuse(call, 404, "not_found", NULL, "this is no tile's path");
    if (!pool_take(call->serve->pool, &store, err))
        return false;
    bool found = is_sealed(call, store, &tile, err) &&
                 (tile.level == TILE_ENTRIES ? read_entries : read_hashes)(
                     store, call->serve->log, &tile, &call->answer.body, err);
    pool_give(call->serve->pool, store);
    if (!found)
        return err->code == ERROR_NOT_FOUND
                   ? call_refuse(call, 404, "not_found", NULL, "the log has no such tile")
                   : false;
    call->answer.status = 200;
    call->answer.content_type = "application/octet-stream";
    call->answer.cache_control = FOR_EVER;
    return true;
}
