#include "core/tile_reader.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/arena.h"

/* A tile with all that can be computed from it: nodes[h] are its hashes h levels up. */
struct open_tile {
    bool is_open;
    uint64_t number;
    unsigned width;
    struct digest nodes[TILE_HEIGHT][TILE_WIDTH];
};

struct tile_reader {
    uint64_t size;
    tile_fetcher *fetch;
    void *context;
    struct open_tile tiles[TILE_LEVELS_MAX];
};

struct tile_reader *tile_reader_open(uint64_t size, tile_fetcher *fetch, void *context)
{
    struct tile_reader *reader = memory_alloc(sizeof(*reader));

    reader->size = size;
    reader->fetch = fetch;
    reader->context = context;
    return reader;
}

void tile_reader_close(struct tile_reader *reader)
{
    free(reader);
}

void tile_reader_cleanup(struct tile_reader **reader)
{
    tile_reader_close(*reader);
    *reader = NULL;
}

/* How many hashes the tile has in the tree that is read. */
static unsigned width_of(const struct tile_reader *reader, int level, uint64_t number)
{
    uint64_t count = tile_level_count(reader->size, level);
    uint64_t before = number * TILE_WIDTH;

    if (before >= count)
        return 0;
    return count - before < TILE_WIDTH ? (unsigned)(count - before) : TILE_WIDTH;
}

static bool open_tile(struct tile_reader *reader, int level, uint64_t number,
                      struct open_tile **out, struct error *err)
{
    struct open_tile *open = &reader->tiles[level];
    struct tile tile = {level, number, width_of(reader, level, number)};

    if (!open->is_open || open->number != number) {
        open->is_open = false;
        if (tile.width == 0)
            return error_set(err, ERROR_INPUT, "a tree of %" PRIu64 " leaves has no such subtree",
                             reader->size);
        if (!reader->fetch(reader->context, &tile, open->nodes[0], err))
            return false;
        for (unsigned up = 1; up < TILE_HEIGHT; up++)
            tree_node_hashes(open->nodes[up - 1], tile.width >> up, open->nodes[up]);
        open->number = number;
        open->width = tile.width;
        open->is_open = true;
    }
    *out = open;
    return true;
}

bool tile_reader_read(void *context, unsigned level, uint64_t index, struct digest *out,
                      struct error *err)
{
    struct tile_reader *reader = context;
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
