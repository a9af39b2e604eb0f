/*
 * The right edge of a growing tree, as tiles.
 *
 * Holds the perfect subtrees that appending needs and, of each tile level, the hashes of the tile
 * that is not full yet. A tile is handed out when its 256th hash is there; what is still partial
 * when a size is sealed is handed out by edge_partials(). A value: copied with '=', so that a beat
 * that fails leaves the edge where it was.
 */
#ifndef LEDGER_EDGE_H
#define LEDGER_EDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "core/tile.h"
#include "core/tree.h"
#include "store/store.h"

#define EDGE_LEVELS 8 /* 64 bits of size, 8 a level */

struct edge {
    struct tree tree;
    unsigned widths[EDGE_LEVELS]; /* 0 … 255: hashes of the partial tile */
    struct digest hashes[EDGE_LEVELS][TILE_WIDTH];
};

/* tile->width hashes; they are only lent. */
typedef bool edge_visitor(void *context, const struct tile *tile, const struct digest *hashes,
                          struct error *err);

void edge_init(struct edge *edge);
/* Visits the tiles that this leaf completes, lowest level first. `visit` may be NULL. */
MUST_CHECK bool edge_append(struct edge *edge, const struct digest *leaf_hash, edge_visitor *visit,
                            void *context, struct error *err);
/* Visits the partial tiles of levels that have grown since the tree had `old_size` leaves. */
MUST_CHECK bool edge_partials(const struct edge *edge, uint64_t old_size, edge_visitor *visit,
                              void *context, struct error *err);
/* The edge of a tree of `size` leaves, from the tiles of a sealed (or begun) size. */
MUST_CHECK bool edge_load(struct edge *edge, struct store *store, int log, uint64_t size,
                          struct error *err);

#endif
