/*
 * A tree read from its tiles, wherever they lie: rows, files. A tree_reader for core/tree.h and
 * core/proof.h.
 *
 * Keeps the last tile of each level with all that can be computed from it, so that reading from
 * left to right fetches each tile once.
 */
#ifndef CORE_TILE_READER_H
#define CORE_TILE_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "core/tile.h"
#include "core/tree.h"

#define TILE_LEVELS_MAX (TREE_LEVELS_MAX / TILE_HEIGHT)

/* The first tile->width hashes of a tile. */
typedef bool tile_fetcher(void *context, const struct tile *tile,
                          struct digest out_hashes[TILE_WIDTH], struct error *err);

struct tile_reader;

/* The tree of `size` leaves; the context is only lent. */
struct tile_reader *tile_reader_open(uint64_t size, tile_fetcher *fetch, void *context);
void tile_reader_close(struct tile_reader *reader);
void tile_reader_cleanup(struct tile_reader **reader); /* for CLEANUP */
/* A tree_reader; context is the struct tile_reader. */
bool tile_reader_read(void *context, unsigned level, uint64_t index, struct digest *out,
                      struct error *err);

#endif
