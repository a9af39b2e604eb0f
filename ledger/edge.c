#include "ledger/edge.h"

#include <assert.h>
#include <string.h>

#include "store/tiles.h"

void edge_init(struct edge *edge)
{
    memset(edge, 0, sizeof(*edge));
    tree_init(&edge->tree);
}

/* The hash of a full tile: what the level above takes. */
static struct digest full_tile_hash(const struct digest hashes[TILE_WIDTH])
{
    struct tree tree;
    tree_init(&tree);
    for (unsigned i = 0; i < TILE_WIDTH; i++)
        tree_append(&tree, &hashes[i]);
    return tree_root(&tree);
}

bool edge_append(struct edge *edge, const struct digest *leaf_hash, edge_visitor *visit,
                 void *context, struct error *err)
{
    struct digest hash = *leaf_hash;
    tree_append(&edge->tree, leaf_hash);
    for (int level = 0; level < EDGE_LEVELS; level++) {
        edge->hashes[level][edge->widths[level]++] = hash;
        if (edge->widths[level] < TILE_WIDTH)
            break;
        struct tile tile = {
            .level = level,
            .number = tile_level_count(edge->tree.size, level) / TILE_WIDTH - 1,
            .width = TILE_WIDTH,
        };
        if (visit && !visit(context, &tile, edge->hashes[level], err))
            return false;
        hash = full_tile_hash(edge->hashes[level]);
        edge->widths[level] = 0;
    }
    return true;
}

bool edge_partials(const struct edge *edge, uint64_t old_size, edge_visitor *visit, void *context,
                   struct error *err)
{
    for (int level = 0; level < EDGE_LEVELS; level++) {
        uint64_t count = tile_level_count(edge->tree.size, level);
        struct tile tile = {level, count / TILE_WIDTH, edge->widths[level]};
        assert(tile.width == count % TILE_WIDTH);
        if (tile.width > 0 && count > tile_level_count(old_size, level) &&
            !visit(context, &tile, edge->hashes[level], err))
            return false;
    }
    return true;
}

bool edge_load(struct edge *edge, struct store *store, int log, uint64_t size, struct error *err)
{
    edge_init(edge);
    struct tiles_reader *CLEANUP(tiles_reader_cleanup) reader = tiles_reader_open(store, log, size);
    if (!tree_load(&edge->tree, size, tiles_read, reader, err))
        return false;
    for (int level = 0; level < EDGE_LEVELS; level++) {
        uint64_t count = tile_level_count(size, level);
        struct tile tile = {level, count / TILE_WIDTH, (unsigned)(count % TILE_WIDTH)};
        if (tile.width > 0 && !tile_find(store, log, &tile, edge->hashes[level], err))
            return false;
        edge->widths[level] = tile.width;
    }
    return true;
}
