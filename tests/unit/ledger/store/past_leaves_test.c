/* store/past_leaves: the archive's leaves, held against the root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "core/tree.h"
#include "harness/folder.h"
#include "store/past_leaves.h"

#define RECORD_SIZE (2 + LEAF_SIZE)
#define SIZE 300

static char root[] = "/tmp/daybook-past-XXXXXX";
static unsigned char records[2 * TILE_WIDTH][RECORD_SIZE];
static struct checkpoint checkpoint = {.size = SIZE};
static struct past_leaves leaves;
static struct error err;

static void put(const char *name, unsigned first, unsigned count)
{
    char path[256];
    snprintf(path, sizeof path, "%s/public/tile/entries/001.p", root);
    assert_true(file_make_folders(path, 0700, &err));
    snprintf(path, sizeof path, "%s/public/tile/entries/%s", root, name);
    assert_true(file_write_atomic(path, 0600, records[first], count * RECORD_SIZE, &err));
}

static int make_leaves(void **state)
{
    struct tree tree;
    (void)state;
    if (mkdtemp(root) == NULL)
        return -1;
    tree_init(&tree);
    for (unsigned i = 0; i < 2 * TILE_WIDTH; i++) {
        struct leaf leaf = {.checksum = digest_of(&i, sizeof i)};
        bytes_put_u16(records[i], LEAF_SIZE);
        leaf_encode(&leaf, records[i] + 2);
        struct digest hash = leaf_hash(&leaf);
        if (i < SIZE)
            tree_append(&tree, &hash);
    }
    checkpoint.root = tree_root(&tree);
    return 0;
}

static int remove_root(void **state)
{
    (void)state;
    return folder_remove(root);
}

static bool check(void)
{
    past_leaves_open(root, SIZE, &leaves);
    bool ok = past_leaves_check(&leaves, &checkpoint, &err);
    past_leaves_close(&leaves);
    return ok;
}

static void leaves_that_make_the_root_are_taken(void **state)
{
    (void)state;
    put("000", 0, TILE_WIDTH);
    put("001.p/44", TILE_WIDTH, SIZE - TILE_WIDTH);
    assert_true(check());
}

static void a_full_bundle_serves_for_the_partial_one_that_it_superseded(void **state)
{
    char path[256];
    (void)state;
    snprintf(path, sizeof path, "%s/public/tile/entries/001.p/44", root);
    assert_int_equal(remove(path), 0);
    put("001", TILE_WIDTH, TILE_WIDTH);
    assert_true(check());
}

static void another_leaf_is_refused(void **state)
{
    (void)state;
    records[299][RECORD_SIZE - 1] ^= 1;
    put("001", TILE_WIDTH, TILE_WIDTH);
    assert_false(check());
    assert_int_equal(err.code, ERROR_HALT);
    assert_non_null(strstr(err.message, "do not make the published root"));
    records[299][RECORD_SIZE - 1] ^= 1;
}

static void a_short_or_missing_bundle_is_refused(void **state)
{
    char path[256];
    (void)state;
    put("001", TILE_WIDTH, 43);
    assert_false(check());
    assert_int_equal(err.code, ERROR_HALT);
    snprintf(path, sizeof path, "%s/public/tile/entries/001", root);
    assert_int_equal(remove(path), 0);
    assert_false(check());
    assert_int_equal(err.code, ERROR_HALT);
    assert_non_null(strstr(err.message, "the leaves from 256 on"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_that_make_the_root_are_taken),
        cmocka_unit_test(a_full_bundle_serves_for_the_partial_one_that_it_superseded),
        cmocka_unit_test(another_leaf_is_refused),
        cmocka_unit_test(a_short_or_missing_bundle_is_refused),
    };
    core_init();
    return cmocka_run_group_tests(tests, make_leaves, remove_root);
}
