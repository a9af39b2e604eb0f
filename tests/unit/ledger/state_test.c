#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "core/tree.h"
#include "ledger/state.h"

static char folder[] = "/tmp/daybook-state-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/seal.state", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    char lock[80];
    snprintf(lock, sizeof(lock), "%s.lock", path);
    (void)unlink(lock);
    (void)unlink(path);
    return rmdir(folder);
}

static void refuses_a_missing_file_instead_of_reading_size_zero(void **state)
{
    (void)state;
    struct checkpoint out;
    struct error err;
    assert_false(state_read(path, &out, &err));
    assert_int_equal(err.code, ERROR_HALT);
}

static void reads_back_what_it_wrote(void **state)
{
    (void)state;
    struct checkpoint in = {.origin = "ledger.test/state", .size = 614}, out;
    struct error err;
    in.root = tree_empty_root();
    assert_true(state_write(path, &in, &err));
    assert_true(state_read(path, &out, &err));
    assert_string_equal(out.origin, in.origin);
    assert_int_equal(out.size, 614);
    assert_memory_equal(out.root.bytes, in.root.bytes, DIGEST_SIZE);
}

static void refuses_a_damaged_file(void **state)
{
    (void)state;
    static const char damaged[] = "ledger.test/state\n0614\nAAAA\n";
    struct checkpoint out;
    struct error err;
    assert_true(file_write_atomic(path, 0600, damaged, sizeof(damaged) - 1, &err));
    assert_false(state_read(path, &out, &err));
    assert_int_equal(err.code, ERROR_HALT);
}

static void lets_one_sealer_in_and_the_next_one_after_it(void **state)
{
    (void)state;
    struct error err;
    int first, second;
    assert_true(state_lock(path, &first, &err));
    assert_false(state_lock(path, &second, &err));
    assert_int_equal(err.code, ERROR_BUSY);
    assert_int_equal(close(first), 0);
    assert_true(state_lock(path, &second, &err));
    assert_int_equal(close(second), 0);
}

int main(void)
{
    core_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_missing_file_instead_of_reading_size_zero),
        cmocka_unit_test(reads_back_what_it_wrote),
        cmocka_unit_test(refuses_a_damaged_file),
        cmocka_unit_test(lets_one_sealer_in_and_the_next_one_after_it),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
