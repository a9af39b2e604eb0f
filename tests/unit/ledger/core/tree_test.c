#include "testing.h"

#include "core/sha256_ni.h"
#include "core/tree.h"

#define LEAVES_MAX 600

static struct digest leaves[LEAVES_MAX];

static int make_leaves(void **state)
{
    core_init();
    (void)state;
    for (size_t i = 0; i < LEAVES_MAX; i++)
        leaves[i] = tree_leaf_hash(&i, sizeof(i));
    return 0;
}

/* MTH of RFC 6962 section 2.1, word for word. */
static struct digest naive_root(size_t from, size_t to)
{
    size_t half = 1;
    struct digest left, right;

    if (from == to)
        return tree_empty_root();
    if (to - from == 1)
        return leaves[from];
    while (half * 2 < to - from)
        half *= 2;
    left = naive_root(from, from + half);
    right = naive_root(from + half, to);
    return tree_node_hash(&left, &right);
}

static void has_the_naive_root_at_every_size(void **state)
{
    struct tree tree;
    struct tree_memory memory;

    (void)state;
    tree_init(&tree);
    tree_memory_init(&memory);
    for (size_t size = 0; size <= LEAVES_MAX; size++) {
        struct digest root = naive_root(0, size);

        assert_digest(tree_root(&tree), root);
        assert_digest(tree_memory_root(&memory, size), root);
        if (size < LEAVES_MAX) {
            tree_append(&tree, &leaves[size]);
            tree_memory_append(&memory, &leaves[size]);
        }
    }
    for (size_t size = 0; size <= LEAVES_MAX; size += 7) /* older sizes of a grown tree */
        assert_digest(tree_memory_root(&memory, size), naive_root(0, size));
    tree_memory_release(&memory);
}

/* In place, as a tile is folded; by the processor and by libsodium. */
static void grows_by_whole_subtrees_as_by_leaves(void **state)
{
    (void)state;
    for (int use = 0; use < 2; use++) {
        digest_use_extensions(use == 1);
        for (unsigned level = 0; level <= 5; level++) {
            struct tree tree;
            size_t width = (size_t)1 << level;
            tree_init(&tree);
            for (size_t size = 0; size + width <= LEAVES_MAX; size += width) {
                struct digest hashes[32];
                assert_digest(tree_root(&tree), naive_root(0, size));
                memcpy(hashes, leaves + size, width * sizeof(*hashes));
                for (size_t parents = width / 2; parents > 0; parents /= 2)
                    tree_node_hashes(hashes, parents, hashes);
                tree_append_subtree(&tree, level, &hashes[0]);
            }
        }
    }
}

static void a_loaded_tree_grows_as_the_one_it_was_loaded_from(void **state)
{
    struct tree_memory memory;
    struct error err;

    (void)state;
    tree_memory_init(&memory);
    for (size_t size = 0; size < 300; size++) {
        struct tree tree;

        assert_ok(tree_load(&tree, size, tree_memory_read, &memory, &err));
        for (size_t more = size; more < size + 20; more++)
            tree_append(&tree, &leaves[more]);
        assert_digest(tree_root(&tree), naive_root(0, size + 20));
        tree_memory_append(&memory, &leaves[size]);
    }
    tree_memory_release(&memory);
}

static void hashes_every_range_that_is_a_node(void **state)
{
    struct tree_memory memory;
    struct error err;
    struct digest hash;

    (void)state;
    tree_memory_init(&memory);
    for (size_t i = 0; i < 130; i++)
        tree_memory_append(&memory, &leaves[i]);
    for (size_t width = 1; width <= 130; width++) {
        size_t step = 1;

        while (step < width)
            step *= 2;
        for (size_t from = 0; from + width <= 130; from += step) {
            assert_ok(tree_range_hash(from, from + width, tree_memory_read, &memory, &hash, &err));
            assert_digest(hash, naive_root(from, from + width));
        }
    }
    tree_memory_release(&memory);
}

static void passes_on_what_its_reader_says(void **state)
{
    struct tree_memory memory;
    struct tree tree = {.size = 99};
    struct digest hash = {{5}};
    struct error err;

    (void)state;
    tree_memory_init(&memory);
    tree_memory_append(&memory, &leaves[0]);
    assert_refused(tree_range_hash(0, 2, tree_memory_read, &memory, &hash, &err), ERROR_NOT_FOUND);
    assert_int_equal(hash.bytes[0], 5);
    assert_refused(tree_load(&tree, 3, tree_memory_read, &memory, &err), ERROR_NOT_FOUND);
    assert_int_equal(tree.size, 99);
    tree_memory_release(&memory);
}

/* Answers any place: trees of sizes that no memory holds. */
static bool read_place(void *context, unsigned level, uint64_t index, struct digest *out,
                       struct error *err)
{
    unsigned char bytes[16] = {0};

    (void)context;
    (void)err;
    memcpy(bytes, &level, 4);
    memcpy(bytes + 8, &index, 8);
    *out = digest_of(bytes, sizeof(bytes));
    return level < 64 && index <= UINT64_MAX >> level;
}

static void bears_the_largest_sizes(void **state)
{
    struct tree tree;
    struct digest root;
    struct error err;

    (void)state;
    assert_ok(tree_load(&tree, UINT64_MAX - 1, read_place, NULL, &err));
    assert_ok(tree_range_hash(0, UINT64_MAX - 1, read_place, NULL, &root, &err));
    assert_digest(tree_root(&tree), root);
    assert_ok(tree_range_hash(0, UINT64_MAX, read_place, NULL, &root, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_naive_root_at_every_size),
        cmocka_unit_test(grows_by_whole_subtrees_as_by_leaves),
        cmocka_unit_test(a_loaded_tree_grows_as_the_one_it_was_loaded_from),
        cmocka_unit_test(hashes_every_range_that_is_a_node),
        cmocka_unit_test(passes_on_what_its_reader_says),
        cmocka_unit_test(bears_the_largest_sizes),
    };

    return cmocka_run_group_tests(tests, make_leaves, NULL);
}
