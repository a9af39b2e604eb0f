#include "testing.h"

#include "core/proof.h"

#define LEAVES_MAX 260

static struct tree_memory memory;
static struct digest leaves[LEAVES_MAX];

static int make_tree(void **state)
{
    (void)state;
    core_init();
    tree_memory_init(&memory);
    for (size_t i = 0; i < LEAVES_MAX; i++) {
        leaves[i] = tree_leaf_hash(&i, sizeof(i));
        tree_memory_append(&memory, &leaves[i]);
    }
    return 0;
}

static int release_tree(void **state)
{
    (void)state;
    tree_memory_release(&memory);
    return 0;
}

static void flip(struct digest *digest, struct random *random)
{
    digest->bytes[random_below(random, DIGEST_SIZE)] ^=
        (unsigned char)(1 << random_below(random, 8));
}

/* Every hash of a good proof changed, left out or doubled. */
static void assert_every_inclusion_change_fails(uint64_t index, uint64_t size,
                                                const struct proof *proof,
                                                const struct digest *root, struct random *random)
{
    struct error err;

    for (size_t i = 0; i < proof->count; i++) {
        struct proof changed = *proof;

        flip(&changed.hashes[i], random);
        assert_refused(proof_verify_inclusion(&leaves[index], index, size, &changed, root, &err),
                       ERROR_SIGNATURE);
        changed = *proof;
        memmove(&changed.hashes[i], &changed.hashes[i + 1],
                (changed.count - i - 1) * sizeof(changed.hashes[0]));
        changed.count--;
        assert_refused(proof_verify_inclusion(&leaves[index], index, size, &changed, root, &err),
                       ERROR_SIGNATURE);
        changed = *proof;
        changed.hashes[changed.count++] = changed.hashes[i];
        assert_refused(proof_verify_inclusion(&leaves[index], index, size, &changed, root, &err),
                       ERROR_SIGNATURE);
    }
}

static void proves_every_leaf_of_every_small_tree_and_nothing_else(void **state)
{
    struct random random = {11};
    struct proof proof;
    struct error err;

    (void)state;
    for (uint64_t size = 1; size <= 70; size++) {
        struct digest root = tree_memory_root(&memory, size);

        for (uint64_t index = 0; index < size; index++) {
            assert_ok(proof_make_inclusion(index, size, tree_memory_read, &memory, &proof, &err));
            assert_ok(proof_verify_inclusion(&leaves[index], index, size, &proof, &root, &err));
            assert_every_inclusion_change_fails(index, size, &proof, &root, &random);
            for (uint64_t other = 0; other < size; other++)
                if (other != index)
                    assert_false(
                        proof_verify_inclusion(&leaves[index], other, size, &proof, &root, &err));
            assert_false(
                proof_verify_inclusion(&leaves[index + 1], index, size, &proof, &root, &err));
        }
    }
}

static void refuses_places_outside_the_tree(void **state)
{
    struct proof proof = {.count = 0};
    struct digest root = tree_memory_root(&memory, 1);
    struct error err;

    (void)state;
    assert_refused(proof_verify_inclusion(&leaves[0], 1, 1, &proof, &root, &err), ERROR_INPUT);
    assert_refused(proof_verify_inclusion(&leaves[0], 0, 0, &proof, &root, &err), ERROR_INPUT);
    assert_refused(proof_verify_inclusion(&leaves[0], UINT64_MAX, UINT64_MAX, &proof, &root, &err),
                   ERROR_INPUT);
    assert_refused(proof_make_inclusion(3, 3, tree_memory_read, &memory, &proof, &err),
                   ERROR_INPUT);
}

static void assert_every_consistency_change_fails(uint64_t old_size, uint64_t new_size,
                                                  const struct proof *proof, struct random *random)
{
    struct digest old_root = tree_memory_root(&memory, old_size);
    struct digest new_root = tree_memory_root(&memory, new_size);
    struct digest wrong = old_root;
    struct error err;

    for (size_t i = 0; i < proof->count; i++) {
        struct proof changed = *proof;

        flip(&changed.hashes[i], random);
        assert_refused(
            proof_verify_consistency(old_size, new_size, &changed, &old_root, &new_root, &err),
            ERROR_SIGNATURE);
        changed = *proof;
        changed.count--;
        assert_refused(
            proof_verify_consistency(old_size, new_size, &changed, &old_root, &new_root, &err),
            ERROR_SIGNATURE);
        changed.count += 2;
        assert_refused(
            proof_verify_consistency(old_size, new_size, &changed, &old_root, &new_root, &err),
            ERROR_SIGNATURE);
    }
    flip(&wrong, random);
    assert_refused(proof_verify_consistency(old_size, new_size, proof, &wrong, &new_root, &err),
                   ERROR_SIGNATURE);
    assert_refused(proof_verify_consistency(old_size, new_size, proof, &old_root, &wrong, &err),
                   ERROR_SIGNATURE);
}

static void proves_that_every_small_tree_extends_every_smaller_one(void **state)
{
    struct random random = {12};
    struct proof proof;
    struct error err;

    (void)state;
    for (uint64_t new_size = 1; new_size <= 70; new_size++) {
        struct digest new_root = tree_memory_root(&memory, new_size);

        for (uint64_t old_size = 1; old_size <= new_size; old_size++) {
            struct digest old_root = tree_memory_root(&memory, old_size);

            assert_ok(proof_make_consistency(old_size, new_size, tree_memory_read, &memory, &proof,
                                             &err));
            assert_ok(
                proof_verify_consistency(old_size, new_size, &proof, &old_root, &new_root, &err));
            assert_every_consistency_change_fails(old_size, new_size, &proof, &random);
        }
    }
}

static void an_empty_or_larger_old_tree_proves_nothing(void **state)
{
    struct digest empty = tree_empty_root();
    struct digest root = tree_memory_root(&memory, 5);
    struct proof proof = {.count = 0};
    struct error err;

    (void)state;
    assert_refused(proof_verify_consistency(0, 5, &proof, &empty, &root, &err), ERROR_INPUT);
    assert_refused(proof_verify_consistency(0, 0, &proof, &empty, &empty, &err), ERROR_INPUT);
    assert_refused(proof_verify_consistency(6, 5, &proof, &root, &root, &err), ERROR_INPUT);
    assert_refused(proof_make_consistency(0, 5, tree_memory_read, &memory, &proof, &err),
                   ERROR_INPUT);
    assert_refused(proof_make_consistency(6, 5, tree_memory_read, &memory, &proof, &err),
                   ERROR_INPUT);
}

/* A tree of which every perfect subtree is one hash: places in trees of any size. */
static bool read_level(void *context, unsigned level, uint64_t index, struct digest *out,
                       struct error *err)
{
    const struct digest *levels = context;

    (void)index;
    (void)err;
    *out = levels[level];
    return true;
}

static void bears_sizes_up_to_2_to_the_64th(void **state)
{
    static const uint64_t sizes[] = {UINT64_MAX, UINT64_MAX - 1, UINT64_C(1) << 63,
                                     (UINT64_C(1) << 63) + 1, (UINT64_C(1) << 62) + 12345};
    struct digest levels[64]; /* all leaves alike: a perfect tree of l levels has hash levels[l] */
    struct digest old_root, new_root;
    struct proof proof;
    struct error err;

    (void)state;
    levels[0] = leaves[0];
    for (size_t i = 1; i < 64; i++)
        levels[i] = tree_node_hash(&levels[i - 1], &levels[i - 1]);
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        uint64_t indexes[] = {0, 1, sizes[i] / 2, sizes[i] - 2, sizes[i] - 1};

        assert_ok(tree_range_hash(0, sizes[i], read_level, levels, &new_root, &err));
        for (size_t j = 0; j < COUNT_OF(indexes); j++) {
            assert_ok(proof_make_inclusion(indexes[j], sizes[i], read_level, levels, &proof, &err));
            assert_ok(
                proof_verify_inclusion(&leaves[0], indexes[j], sizes[i], &proof, &new_root, &err));
            if (indexes[j] == 0)
                continue;
            assert_ok(
                proof_make_consistency(indexes[j], sizes[i], read_level, levels, &proof, &err));
            assert_ok(tree_range_hash(0, indexes[j], read_level, levels, &old_root, &err));
            assert_ok(
                proof_verify_consistency(indexes[j], sizes[i], &proof, &old_root, &new_root, &err));
        }
    }
}

/* --------------------------------------------------------------------------- many leaves at once
 */

struct many {
    uint64_t indexes[LEAVES_MAX];
    struct digest hashes[LEAVES_MAX];
    size_t count;
    uint64_t size;
};

/* A random part of a random tree; each leaf with a chance of 1 in `rarity`. */
static struct many random_many(struct random *random)
{
    struct many many = {.count = 0, .size = random_below(random, LEAVES_MAX)};
    uint64_t rarity = 1 + random_below(random, 12);

    for (uint64_t i = 0; i < many.size; i++)
        if (random_below(random, rarity) == 0) {
            many.indexes[many.count] = i;
            many.hashes[many.count++] = leaves[i];
        }
    return many;
}

static bool verify_many(const struct many *many, const struct digest *hashes, size_t hash_count,
                        const struct digest *root, struct error *err)
{
    return proof_verify_many(many->indexes, many->hashes, many->count, many->size, hashes,
                             hash_count, root, err);
}

/* Each leaf's own proof comes out of that of many. */
static void assert_splits(const struct many *many, const struct digest *hashes, size_t hash_count,
                          const struct digest *root, struct arena *arena)
{
    struct proof_path *paths;
    struct proof proof;
    struct error err;

    assert_ok(proof_split_many(many->indexes, many->hashes, many->count, many->size, hashes,
                               hash_count, root, arena, &paths, &err));
    for (size_t i = 0; i < many->count; i++) {
        assert_ok(proof_make_inclusion(many->indexes[i], many->size, tree_memory_read, &memory,
                                       &proof, &err));
        assert_int_equal(paths[i].count, proof.count);
        assert_memory_equal(paths[i].hashes, proof.hashes, proof.count * sizeof(*proof.hashes));
    }
}

static void assert_every_many_change_fails(struct many *many, struct digest *hashes, size_t count,
                                           const struct digest *root, struct random *random)
{
    struct digest *copy = memory_alloc((count + 1) * sizeof(*copy));
    struct error err;

    for (size_t i = 0; i < count; i++) {
        memcpy(copy, hashes, count * sizeof(*copy));
        flip(&copy[i], random);
        assert_refused(verify_many(many, copy, count, root, &err), ERROR_SIGNATURE);
        memcpy(copy, hashes, count * sizeof(*copy));
        memmove(copy + i, copy + i + 1, (count - i - 1) * sizeof(*copy));
        assert_refused(verify_many(many, copy, count - 1, root, &err), ERROR_SIGNATURE);
    }
    memcpy(copy, hashes, count * sizeof(*copy));
    copy[count] = leaves[0];
    assert_refused(verify_many(many, copy, count + 1, root, &err), ERROR_SIGNATURE);
    for (size_t i = 0; i < many->count; i++) {
        struct digest kept = many->hashes[i];

        flip(&many->hashes[i], random);
        assert_refused(verify_many(many, hashes, count, root, &err), ERROR_SIGNATURE);
        many->hashes[i] = kept;
    }
    free(copy);
}

static void proves_random_parts_with_one_list_and_notices_every_change(void **state)
{
    struct random random = {13};
    struct arena arena;
    struct error err;

    (void)state;
    arena_init(&arena);
    for (int round = 0; round < 300; round++) {
        struct many many = random_many(&random);
        struct digest root = tree_memory_root(&memory, many.size);
        struct digest *hashes;
        size_t count;

        assert_ok(proof_make_many(many.indexes, many.count, many.size, tree_memory_read, &memory,
                                  &arena, &hashes, &count, &err));
        assert_ok(verify_many(&many, hashes, count, &root, &err));
        assert_splits(&many, hashes, count, &root, &arena);
        if (round % 6 == 0)
            assert_every_many_change_fails(&many, hashes, count, &root, &random);
        arena_reset(&arena);
    }
    arena_release(&arena);
}

static void one_leaf_needs_as_many_hashes_as_its_own_proof(void **state)
{
    struct arena arena;
    struct proof proof;
    struct error err;

    (void)state;
    arena_init(&arena);
    for (uint64_t index = 0; index < LEAVES_MAX; index++) {
        struct digest *hashes;
        size_t count;

        assert_ok(proof_make_inclusion(index, LEAVES_MAX, tree_memory_read, &memory, &proof, &err));
        assert_ok(proof_make_many(&index, 1, LEAVES_MAX, tree_memory_read, &memory, &arena, &hashes,
                                  &count, &err));
        assert_int_equal(count, proof.count);
    }
    arena_release(&arena);
}

static void refuses_places_out_of_order_doubled_or_outside(void **state)
{
    static const uint64_t wrong[][2] = {{1, 1}, {2, 1}, {0, 8}, {8, 9}};
    struct digest hashes[2] = {leaves[0], leaves[1]};
    struct digest root = tree_memory_root(&memory, 8);
    struct arena arena;
    struct digest *list;
    size_t count;
    struct error err;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_refused(proof_verify_many(wrong[i], hashes, 2, 8, NULL, 0, &root, &err),
                       ERROR_INPUT);
        assert_refused(
            proof_make_many(wrong[i], 2, 8, tree_memory_read, &memory, &arena, &list, &count, &err),
            ERROR_INPUT);
    }
    arena_release(&arena);
}

static void writes_the_tlog_proof_file(void **state)
{
    struct proof proof = {.count = 1};
    struct text text;

    (void)state;
    text_init(&text);
    memset(&proof.hashes[0], 0, sizeof(proof.hashes[0]));
    proof_format_tlog(7, (struct slice){0}, &(struct proof_path){proof.count, proof.hashes},
                      "origin\n9\n", &text);
    assert_string_equal(text.data, "c2sp.org/tlog-proof@v1\nindex 7\n"
                                   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\norigin\n9\n");
    text_clear(&text);
    proof_format_tlog(0, (struct slice){"leaf", 4}, &(struct proof_path){0}, "origin\n1\n", &text);
    assert_string_equal(text.data,
                        "c2sp.org/tlog-proof@v1\nextra bGVhZg==\nindex 0\n\norigin\n1\n");
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proves_every_leaf_of_every_small_tree_and_nothing_else),
        cmocka_unit_test(refuses_places_outside_the_tree),
        cmocka_unit_test(proves_that_every_small_tree_extends_every_smaller_one),
        cmocka_unit_test(an_empty_or_larger_old_tree_proves_nothing),
        cmocka_unit_test(bears_sizes_up_to_2_to_the_64th),
        cmocka_unit_test(proves_random_parts_with_one_list_and_notices_every_change),
        cmocka_unit_test(one_leaf_needs_as_many_hashes_as_its_own_proof),
        cmocka_unit_test(refuses_places_out_of_order_doubled_or_outside),
        cmocka_unit_test(writes_the_tlog_proof_file),
    };

    return cmocka_run_group_tests(tests, make_tree, release_tree);
}
