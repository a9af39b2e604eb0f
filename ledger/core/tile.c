/*
 * Tiles' paths and which of them a growing tree makes.
 */
#include "core/tile.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TILE_LEVELS_MAX (64 / TILE_HEIGHT)
#define GROUPS_MAX 7 /* 2^64 has 20 digits */

const char *tile_path(const struct tile *tile, char out[TILE_PATH_SIZE])
{
    unsigned groups[GROUPS_MAX];
    uint64_t rest = tile->number;
    size_t count = 0;
    size_t at;

    assert(tile->width >= 1 && tile->width <= TILE_WIDTH);
    do {
        groups[count++] = (unsigned)(rest % 1000);
        rest /= 1000;
    } while (rest > 0);

    if (tile->level == TILE_ENTRIES)
        at = (size_t)snprintf(out, TILE_PATH_SIZE, "tile/entries");
    else
        at = (size_t)snprintf(out, TILE_PATH_SIZE, "tile/%d", tile->level);
    while (count > 0) {
        count--;
        at += (size_t)snprintf(out + at, TILE_PATH_SIZE - at, count > 0 ? "/x%03u" : "/%03u",
                               groups[count]);
    }
    if (tile->width < TILE_WIDTH)
        at += (size_t)snprintf(out + at, TILE_PATH_SIZE - at, ".p/%u", tile->width);
    assert(at < TILE_PATH_SIZE);
    return out;
}

/* Digits, at most seven; moves *at behind them. */
static bool take_number(const char **at, size_t digits_max, uint64_t *out)
{
    size_t digits = strspn(*at, "0123456789");

    *out = 0;
    if (digits == 0 || digits > digits_max)
        return false;
    for (; digits > 0; digits--)
        *out = *out * 10 + (uint64_t)(*(*at)++ - '0');
    return true;
}

/* Groups of three digits, all but the last with an x. */
static bool take_groups(const char **at, uint64_t *out)
{
    bool more = true;

    for (*out = 0; more; more = more && **at == '/') {
        uint64_t group;

        if (*(*at)++ != '/')
            return false;
        more = **at == 'x';
        *at += more;
        if (!take_number(at, 3, &group) || __builtin_mul_overflow(*out, UINT64_C(1000), out) ||
            __builtin_add_overflow(*out, group, out))
            return false;
    }
    return true;
}

/* Read leniently; exact is what is written the same again. */
bool tile_of_path(const char *path, struct tile *out)
{
    struct tile tile = {.level = TILE_ENTRIES, .width = TILE_WIDTH};
    char again[TILE_PATH_SIZE];
    const char *at = path;
    uint64_t level, width = TILE_WIDTH;

    if (strncmp(at, "tile/", 5) != 0)
        return false;
    at += 5;
    if (strncmp(at, "entries/", 8) == 0) {
        at += 7;
    } else {
        if (!take_number(&at, 2, &level) || level >= TILE_LEVELS_MAX)
            return false;
        tile.level = (int)level;
    }
    if (!take_groups(&at, &tile.number))
        return false;
    if (strncmp(at, ".p/", 3) == 0) {
        at += 3;
        if (!take_number(&at, 3, &width) || width < 1 || width >= TILE_WIDTH)
            return false;
    }
    tile.width = (unsigned)width;
    if (strcmp(tile_path(&tile, again), path) != 0)
        return false;
    *out = tile;
    return true;
}

uint64_t tile_level_count(uint64_t size, int level)
{
    if (level == TILE_ENTRIES)
        return size;
    assert(level >= 0);
    return level >= TILE_LEVELS_MAX ? 0 : size >> (TILE_HEIGHT * level);
}

bool tile_each_new(uint64_t old_size, uint64_t size,
                   bool (*visit)(void *context, const struct tile *tile, struct error *err),
                   void *context, struct error *err)
{
    assert(old_size <= size);
    for (int level = TILE_ENTRIES; level < TILE_LEVELS_MAX; level++) {
        uint64_t count = tile_level_count(size, level);
        uint64_t old_count = tile_level_count(old_size, level);

        /* The first tile that the old tree did not have in full; nothing where none was added. */
        for (uint64_t done = old_count - old_count % TILE_WIDTH; done < count && count > old_count;
             done += TILE_WIDTH) {
            struct tile tile = {.level = level, .number = done / TILE_WIDTH, .width = TILE_WIDTH};

            if (count - done < TILE_WIDTH)
                tile.width = (unsigned)(count - done);
            if (!visit(context, &tile, err))
                return false;
            if (count - done <= TILE_WIDTH)
                break; /* before `done` could pass 2^64 */
        }
    }
    return true;
}
