#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "ledger/edge.h"

#define LEAVES 66000 /* past one full tile of level 1 */

static struct digest leaf_of(uint64_t index)
{
    return tree_leaf_hash(&index, sizeof(index));
}

/* Compares every tile that comes out with the tree in memory. */
struct seen {
    struct tree_memory *tree;
    unsigned full[EDGE_LEVELS];
    unsigned partial[EDGE_LEVELS];
};

static bool see(void *context, const struct tile *tile, const struct digest *hashes,
                struct error *err)
{
    (void)err;
    struct seen *seen = context;
    unsigned level = (unsigned)tile->level * TILE_HEIGHT;
    for (unsigned i = 0; i < tile->width; i++)
        assert_memory_equal(hashes[i].bytes,
                            seen->tree->levels[level][tile->number * TILE_WIDTH + i].bytes,
                            DIGEST_SIZE);
    if (tile->width == TILE_WIDTH)
        seen->full[tile->level]++;
    else
        seen->partial[tile->level] = tile->width;
    return true;
}

static void grow(struct tree_memory *tree, struct edge *edge, struct seen *seen, uint64_t count)
{
    struct error err;
    for (uint64_t i = 0; i < count; i++) {
        struct digest leaf = leaf_of(i);
        tree_memory_append(tree, &leaf);
        assert_true(edge_append(edge, &leaf, see, seen, &err));
    }
}

static void hands_out_each_tile_with_the_hashes_of_the_tree(void **state)
{
    (void)state;
    struct tree_memory tree;
    struct edge *edge = memory_alloc(sizeof(*edge));
    struct seen seen = {.tree = &tree};
    struct error err;
    tree_memory_init(&tree);
    edge_init(edge);
    grow(&tree, edge, &seen, LEAVES);
    assert_int_equal(seen.full[0], LEAVES / 256);
    assert_int_equal(seen.full[1], 1);
    assert_true(edge_partials(edge, 0, see, &seen, &err));
    assert_int_equal(seen.partial[0], LEAVES % 256);
    assert_int_equal(seen.partial[1], LEAVES / 256 - 256);
    assert_int_equal(seen.partial[2], 1);
    struct digest root = tree_root(&edge->tree);
    struct digest wanted = tree_memory_root(&tree, LEAVES);
    assert_memory_equal(root.bytes, wanted.bytes, DIGEST_SIZE);
    tree_memory_release(&tree);
    free(edge);
}

static void hands_out_only_partial_tiles_that_have_grown(void **state)
{
    (void)state;
    struct tree_memory tree;
    struct edge *edge = memory_alloc(sizeof(*edge));
    struct seen seen = {.tree = &tree};
    struct error err;
    tree_memory_init(&tree);
    edge_init(edge);
    grow(&tree, edge, &seen, 300);
    assert_true(edge_partials(edge, 299, see, &seen, &err));
    assert_int_equal(seen.partial[0], 44);
    assert_int_equal(seen.partial[1], 0);
    tree_memory_release(&tree);
    free(edge);
}

int main(void)
{
    core_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_each_tile_with_the_hashes_of_the_tree),
        cmocka_unit_test(hands_out_only_partial_tiles_that_have_grown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
