#include "store/tiles.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/tile_reader.h"
#include "queries.h"
#include "store/row.h"

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

/* ------------------------------------------------------------------------- the tree in its rows */

struct tiles_reader {
    struct store *store;
    int log;
    struct tile_reader *reader;
};

static bool fetch_row(void *context, const struct tile *tile, struct digest out_hashes[TILE_WIDTH],
                      struct error *err)
{
    struct tiles_reader *reader = context;
    return tile_find(reader->store, reader->log, tile, out_hashes, err);
}

struct tiles_reader *tiles_reader_open(struct store *store, int log, uint64_t size)
{
    struct tiles_reader *reader = memory_alloc(sizeof *reader);
    reader->store = store;
    reader->log = log;
    reader->reader = tile_reader_open(size, fetch_row, reader);
    return reader;
}

void tiles_reader_close(struct tiles_reader *reader)
{
    if (reader != NULL)
        tile_reader_close(reader->reader);
    free(reader);
}

void tiles_reader_cleanup(struct tiles_reader **reader)
{
    tiles_reader_close(*reader);
    *reader = NULL;
}

bool tiles_read(void *context, unsigned level, uint64_t index, struct digest *out,
                struct error *err)
{
    struct tiles_reader *reader = context;
    return tile_reader_read(reader->reader, level, index, out, err);
}
