#include "store/past_leaves.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/file.h"
#include "base/number.h"
#include "core/tree.h"
#include "store/entries.h"

#define RECORD_SIZE (2 + LEAF_SIZE) /* u16 length ‖ leaf */
#define PATH_SIZE 4096

void past_leaves_open(const char *archive, uint64_t size, struct past_leaves *out)
{
    *out = (struct past_leaves){.archive = archive, .size = size, .bundle = UINT64_MAX};
    text_init(&out->bytes);
}

void past_leaves_close(struct past_leaves *leaves)
{
    text_release(&leaves->bytes);
}

/* The bundle's file; the full one serves where a partial one was superseded. */
static bool read_file(struct past_leaves *leaves, const struct tile *tile, struct error *err)
{
    char path[PATH_SIZE], relative[TILE_PATH_SIZE];
    const struct tile full = {tile->level, tile->number, TILE_WIDTH};
    size_t size = (size_t)tile->width * RECORD_SIZE;
    snprintf(path, sizeof path, "%s/public/%s", leaves->archive, tile_path(tile, relative));
    if (!file_exists(path))
        snprintf(path, sizeof path, "%s/public/%s", leaves->archive, tile_path(&full, relative));
    text_clear(&leaves->bytes);
    if (!file_read(path, (size_t)TILE_WIDTH * RECORD_SIZE, &leaves->bytes, err))
        return false;
    return leaves->bytes.size >= size ||
           error_set(err, ERROR_HALT, "'%s' is too short for %u leaves", path, tile->width);
}

static bool load_bundle(struct past_leaves *leaves, uint64_t number, struct error *err)
{
    uint64_t left = leaves->size - number * TILE_WIDTH;
    struct tile tile = {TILE_ENTRIES, number, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH};
    leaves->bundle = UINT64_MAX;
    if (!read_file(leaves, &tile, err)) {
        err->code = ERROR_HALT;
        return error_prefix(err, "the leaves from %" PRIu64 " on: ", number * TILE_WIDTH);
    }
    for (unsigned i = 0; i < tile.width; i++) {
        const unsigned char *record =
            (const unsigned char *)leaves->bytes.data + (size_t)i * RECORD_SIZE;
        if (bytes_get_u16(record) != LEAF_SIZE)
            return error_set(err, ERROR_HALT, "leaf %" PRIu64 " of the archive is damaged",
                             number * TILE_WIDTH + i);
        leaf_decode(record + 2, &leaves->leaves[i]);
    }
    leaves->bundle = number;
    return true;
}

bool past_leaf(struct past_leaves *leaves, uint64_t index, struct leaf *out, struct error *err)
{
    assert(index < leaves->size);
    if (leaves->bundle != index / TILE_WIDTH && !load_bundle(leaves, index / TILE_WIDTH, err))
        return false;
    *out = leaves->leaves[index % TILE_WIDTH];
    return true;
}

bool past_leaves_check(struct past_leaves *leaves, const struct checkpoint *checkpoint,
                       struct error *err)
{
    struct tree tree;
    struct leaf leaf;
    assert(leaves->size == checkpoint->size);
    tree_init(&tree);
    for (uint64_t index = 0; index < leaves->size; index++) {
        if (!past_leaf(leaves, index, &leaf, err))
            return false;
        struct digest hash = leaf_hash(&leaf);
        tree_append(&tree, &hash);
    }
    struct digest root = tree_root(&tree);
    return digest_equals(&root, &checkpoint->root) ||
           error_set(err, ERROR_HALT,
                     "the archive's %" PRIu64 " leaves do not make the published root: bring back "
                     "an archive that is whole",
                     leaves->size);
}

struct comparison {
    struct past_leaves *leaves;
    uint64_t next;
};

static bool compare_leaf(void *context, uint64_t index, const struct leaf *leaf, struct error *err)
{
    struct comparison *comparison = context;
    struct leaf published;
    if (!past_leaf(comparison->leaves, index, &published, err))
        return false;
    struct digest a = leaf_hash(leaf), b = leaf_hash(&published);
    if (index != comparison->next || !digest_equals(&a, &b))
        return error_set(err, ERROR_HALT,
                         "entry %" PRIu64 " of the database is not the published one; the last "
                         "common size is %" PRIu64,
                         comparison->next, comparison->next);
    comparison->next++;
    return true;
}

bool past_leaves_compare(struct past_leaves *leaves, struct store *store, int log, uint64_t size,
                         struct error *err)
{
    struct comparison comparison = {.leaves = leaves};
    if (!leaves_each(store, log, 0, size, compare_leaf, &comparison, err))
        return false;
    return comparison.next == size ||
           error_set(err, ERROR_HALT,
                     "entry %" PRIu64
                     " of the database is missing; the last common size is %" PRIu64,
                     comparison.next, comparison.next);
}
