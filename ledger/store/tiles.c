#include "store/tiles.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/tree.h"
#include "queries.h"
#include "store/row.h"

#define TILE_LEVELS_MAX (TREE_LEVELS_MAX / TILE_HEIGHT)

static void param_tile(struct params *params, int log, const struct tile *tile)
{
    assert(tile->level >= 0 && tile->level < TILE_LEVELS_MAX && tile->width >= 1 &&
           tile->width <= TILE_WIDTH);
    param_int32(params, log);
    param_int16(params, (int16_t)tile->level);
    param_u64(params, tile->number);
    param_int16(params, (int16_t)tile->width);
}

bool tile_find(struct store *store, int log, const struct tile *tile,
               struct digest out_hashes[TILE_WIDTH], struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_tile(&params, log, tile);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_tile_find, &params, &rows, err))
        return false;
    if (rows_count(rows) == 0)
        return error_set(err, ERROR_NOT_FOUND,
                         "log %d has no tile of level %d, number %" PRIu64 ", width %u", log,
                         tile->level, tile->number, tile->width);
    struct slice hashes = row_bytes(rows, 0, 0);
    if (hashes.size < tile->width * (size_t)DIGEST_SIZE)
        return error_set(err, ERROR_CONFLICT,
                         "log %d: the tile of level %d, number %" PRIu64 " is shorter than it says",
                         log, tile->level, tile->number);
    memcpy(out_hashes, hashes.data, tile->width * (size_t)DIGEST_SIZE);
    return true;
}

bool tile_insert(struct store *store, int log, const struct tile *tile, const struct digest *hashes,
                 struct error *err)
{
    struct digest there[TILE_WIDTH];
    uint64_t affected;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_tile(&params, log, tile);
    param_bytes(&params, hashes, tile->width * (size_t)DIGEST_SIZE);
    if (!store_execute(store, sql_tile_insert, &params, &affected, err))
        return false;
    if (affected == 1)
        return true;
    if (!tile_find(store, log, tile, there, err))
        return false;
    return memcmp(there, hashes, tile->width * (size_t)DIGEST_SIZE) == 0 ||
           error_set(err, ERROR_CONFLICT,
                     "log %d: there is a tile of level %d, number %" PRIu64 " with other hashes",
                     log, tile->level, tile->number);
}

/* A tile with all that can be computed from it: nodes[h] are its hashes h levels up. */
struct open_tile {
    bool is_open;
    uint64_t number;
    unsigned width;
    struct digest nodes[TILE_HEIGHT][TILE_WIDTH];
};

struct tiles_reader {
    struct store *store;
    int log;
    uint64_t size;
    struct open_tile tiles[TILE_LEVELS_MAX];
};

struct tiles_reader *tiles_reader_open(struct store *store, int log, uint64_t size)
{
    struct tiles_reader *reader = memory_alloc(sizeof *reader);
    reader->store = store;
    reader->log = log;
    reader->size = size;
    return reader;
}

void tiles_reader_close(struct tiles_reader *reader)
{
    free(reader);
}

void tiles_reader_cleanup(struct tiles_reader **reader)
{
    tiles_reader_close(*reader);
    *reader = NULL;
}

/* How many hashes the tile has in the tree that is read. */
static unsigned width_of(const struct tiles_reader *reader, int level, uint64_t number)
{
    uint64_t count = tile_level_count(reader->size, level);
    uint64_t before = number * TILE_WIDTH;

    if (before >= count)
        return 0;
    return count - before < TILE_WIDTH ? (unsigned)(count - before) : TILE_WIDTH;
}

static bool open_tile(struct tiles_reader *reader, int level, uint64_t number,
                      struct open_tile **out, struct error *err)
{
    struct open_tile *open = &reader->tiles[level];
    struct tile tile = {level, number, width_of(reader, level, number)};

    if (!open->is_open || open->number != number) {
        open->is_open = false;
        if (tile.width == 0)
            return error_set(err, ERROR_INPUT, "a tree of %" PRIu64 " leaves has no such subtree",
                             reader->size);
        if (!tile_find(reader->store, reader->log, &tile, open->nodes[0], err))
            return false;
        for (unsigned up = 1; up < TILE_HEIGHT; up++)
            for (unsigned i = 0; i < tile.width >> up; i++)
                open->nodes[up][i] =
                    tree_node_hash(&open->nodes[up - 1][2 * i], &open->nodes[up - 1][2 * i + 1]);
        open->number = number;
        open->width = tile.width;
        open->is_open = true;
    }
    *out = open;
    return true;
}

bool tiles_read(void *context, unsigned level, uint64_t index, struct digest *out,
                struct error *err)
{
    struct tiles_reader *reader = context;
    int tile_level = (int)(level / TILE_HEIGHT);
    unsigned up = level % TILE_HEIGHT;
    unsigned per_tile = TILE_WIDTH >> up; /* nodes of this height in one tile */
    unsigned at = (unsigned)(index % per_tile);
    struct open_tile *tile = NULL;

    assert(level < TREE_LEVELS_MAX);
    if (!open_tile(reader, tile_level, index / per_tile, &tile, err))
        return false;
    assert(tile != NULL);
    if (at >= tile->width >> up)
        return error_set(err, ERROR_INPUT, "a tree of %" PRIu64 " leaves has no such subtree",
                         reader->size);
    *out = tile->nodes[up][at];
    return true;
}
