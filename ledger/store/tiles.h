/*
 * Tiles as rows, written by the sealer only, and the tree read from them.
 */
#ifndef STORE_TILES_H
#define STORE_TILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "core/tile.h"
#include "store/store.h"

/* tile->width hashes. Repeatable: the same tile again is nothing, with other hashes it is
 * ERROR_CONFLICT. Entry bundles are not stored as rows. */
MUST_CHECK bool tile_insert(struct store *store, int log, const struct tile *tile,
                            const struct digest *hashes, struct error *err);
/* The first tile->width hashes of this tile, from the row of this width or a wider one (a wider
 * tile begins with the same hashes). ERROR_NOT_FOUND. */
MUST_CHECK bool tile_find(struct store *store, int log, const struct tile *tile,
                          struct digest out_hashes[TILE_WIDTH], struct error *err);

/*
 * The tree of `size` leaves, a sealed size. Use tiles_read with the reader as context wherever
 * core/tree.h and core/proof.h want a tree_reader. Keeps the last tile of each level, so that
 * reading from left to right loads each tile once.
 */
struct tiles_reader;
struct tiles_reader *tiles_reader_open(struct store *store, int log, uint64_t size);
void tiles_reader_close(struct tiles_reader *reader);
void tiles_reader_cleanup(struct tiles_reader **reader); /* for CLEANUP */
bool tiles_read(void *context, unsigned level, uint64_t index, struct digest *out,
                struct error *err);

#endif
