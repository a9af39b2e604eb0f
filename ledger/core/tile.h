/*
 * C2SP tlog-tiles: where a hash or a leaf lies in the static files, and their paths.
 *
 * A tile holds 256 hashes of level 8 × L; a partial one is named with its width. An entry
 * bundle holds 256 leaves, each with its u16 length before it.
 */
#ifndef CORE_TILE_H
#define CORE_TILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"

#define TILE_WIDTH 256
#define TILE_HEIGHT 8
#define TILE_PATH_SIZE 96
#define TILE_ENTRIES (-1) /* as level: the entry bundle */

struct tile {
    int level; /* 0, 1 …, or TILE_ENTRIES */
    uint64_t number;
    unsigned width; /* 1 … 256 */
};

/* "tile/0/x001/234/067", "tile/1/000.p/12", "tile/entries/005". Returns out. */
const char *tile_path(const struct tile *tile, char out[TILE_PATH_SIZE]);
/* The tile of exactly such a path; false for any other text. */
MUST_CHECK bool tile_of_path(const char *path, struct tile *out);
/* How many hashes the tree of `size` leaves has at tile level `level`. */
uint64_t tile_level_count(uint64_t size, int level);
/* Calls `visit` for every tile (levels 0 …, and entries) that a tree of `size` leaves has and one
 * of `old_size` did not have, or had narrower; entries first, then level
 * ascending; within a level number ascending. */
MUST_CHECK bool tile_each_new(uint64_t old_size, uint64_t size,
                              bool (*visit)(void *context, const struct tile *tile,
                                            struct error *err),
                              void *context, struct error *err);

#endif
