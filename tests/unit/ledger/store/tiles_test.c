#include "database.h"

#include "core/proof.h"
#include "core/tree.h"
#include "store/tiles.h"

#define LEAVES 70000 /* three levels of tiles */

static struct tree_memory tree;

static struct digest leaf_of(uint64_t i)
{
    return tree_leaf_hash(&i, sizeof i);
}

/* What the sealer does: each new tile's hashes are perfect subtrees of 256^level leaves. */
static bool insert_tile(void *context, const struct tile *tile, struct error *err)
{
    struct digest hashes[TILE_WIDTH];
    (void)context;

    if (tile->level == TILE_ENTRIES)
        return true;
    for (unsigned i = 0; i < tile->width; i++)
        must(tree_memory_read(&tree, (unsigned)tile->level * TILE_HEIGHT,
                              tile->number * TILE_WIDTH + i, &hashes[i], &test_error));
    return tile_insert(store, 0, tile, hashes, err);
}

static void seal(uint64_t old_size, uint64_t size)
{
    must(store_begin(store, &test_error));
    must(tile_each_new(old_size, size, insert_tile, NULL, &test_error));
    must(store_commit(store, &test_error));
}

static void check_root(uint64_t size)
{
    struct tiles_reader *reader = tiles_reader_open(store, 0, size);
    struct digest root, expected = tree_memory_root(&tree, size);

    must(tree_range_hash(0, size, tiles_read, reader, &root, &test_error));
    assert_memory_equal(&root, &expected, sizeof root);
    tiles_reader_close(reader);
}

static void the_tree_read_from_tiles_has_the_same_root(void **state)
{
    static const uint64_t sizes[] = {1,   2,   255,   256,   257,   300,
                                     511, 512, 65535, 65536, 65537, LEAVES};
    (void)state;
    tree_memory_init(&tree);
    for (uint64_t i = 0; i < LEAVES; i++) {
        struct digest leaf = leaf_of(i);
        tree_memory_append(&tree, &leaf);
    }
    uint64_t old_size = 0;
    for (size_t i = 0; i < COUNT_OF(sizes); old_size = sizes[i++])
        seal(old_size, sizes[i]);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) /* older sizes too, when newer ones are there */
        check_root(sizes[i]);
}

static void proofs_are_made_from_tiles(void **state)
{
    static const uint64_t indexes[] = {0, 255, 256, 65535, 65536, LEAVES - 1};
    struct tiles_reader *reader = tiles_reader_open(store, 0, LEAVES);
    struct digest root = tree_memory_root(&tree, LEAVES);
    (void)state;

    for (size_t i = 0; i < COUNT_OF(indexes); i++) {
        struct proof proof;
        struct digest leaf = leaf_of(indexes[i]);
        must(proof_make_inclusion(indexes[i], LEAVES, tiles_read, reader, &proof, &test_error));
        must(proof_verify_inclusion(&leaf, indexes[i], LEAVES, &proof, &root, &test_error));
    }
    tiles_reader_close(reader);
}

static void what_lies_beyond_the_size_is_refused(void **state)
{
    struct tiles_reader *reader = tiles_reader_open(store, 0, 300);
    struct digest out;
    (void)state;
    must(tiles_read(reader, 0, 299, &out, &test_error));
    must_fail(ERROR_INPUT, tiles_read(reader, 0, 300, &out, &test_error));
    must_fail(ERROR_INPUT, tiles_read(reader, 2, 75, &out, &test_error));
    must_fail(ERROR_INPUT, tiles_read(reader, 0, 512, &out, &test_error));
    must_fail(ERROR_INPUT, tiles_read(reader, 8, 1, &out, &test_error));
    tiles_reader_close(reader);
}

static void the_same_tile_again_is_nothing_another_is_a_conflict(void **state)
{
    struct tile tile = {0, 0, 3};
    struct digest hashes[TILE_WIDTH];
    (void)state;
    for (uint64_t i = 0; i < 3; i++)
        hashes[i] = leaf_of(i);
    must(tile_insert(store, 0, &tile, hashes, &test_error));
    must(tile_insert(store, 0, &tile, hashes, &test_error));
    hashes[2].bytes[0] ^= 1;
    must_fail(ERROR_CONFLICT, tile_insert(store, 0, &tile, hashes, &test_error));
    tile.number = 12345;
    must_fail(ERROR_NOT_FOUND, tile_find(store, 0, &tile, hashes, &test_error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_read_from_tiles_has_the_same_root),
        cmocka_unit_test(proofs_are_made_from_tiles),
        cmocka_unit_test(what_lies_beyond_the_size_is_refused),
        cmocka_unit_test(the_same_tile_again_is_nothing_another_is_a_conflict),
    };
    int failed = cmocka_run_group_tests(tests, database_open, database_close);
    tree_memory_release(&tree);
    return failed;
}
