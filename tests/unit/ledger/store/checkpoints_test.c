#include "database.h"

#include "store/checkpoints.h"

static struct arena arena;

static struct digest root_of(uint64_t size)
{
    return digest_of(&size, sizeof size);
}

static void a_size_is_sealed_by_its_signed_row_alone(void **state)
{
    struct checkpoint_row row;
    struct digest root = root_of(3);
    (void)state;

    must_fail(ERROR_NOT_FOUND, checkpoint_latest(store, 0, &arena, &row, &test_error));
    must(checkpoint_insert_unsigned(store, 0, 3, &root, &test_error));
    must_fail(ERROR_NOT_FOUND, checkpoint_latest(store, 0, &arena, &row, &test_error));
    must_fail(ERROR_NOT_FOUND, checkpoint_covering(store, 0, 0, &arena, &row, &test_error));
    must(checkpoint_latest_unsigned(store, 0, &row, &test_error));
    assert_int_equal(row.size, 3);
    assert_null(row.note);
    must(checkpoint_insert_signed(store, 0, 3, &root, "note\n", 5, &test_error));
    must(checkpoint_latest(store, 0, &arena, &row, &test_error));
    assert_int_equal(row.size, 3);
    assert_string_equal(row.note, "note\n");
    assert_memory_equal(&row.root, &root, sizeof root);
}

static void again_is_nothing_and_another_root_is_a_conflict(void **state)
{
    struct checkpoint_row row;
    struct digest root = root_of(3), other = root_of(4);
    (void)state;
    must(checkpoint_insert_unsigned(store, 0, 3, &root, &test_error));
    must(checkpoint_insert_signed(store, 0, 3, &root, "later\n", 6, &test_error));
    must(checkpoint_at(store, 0, 3, &arena, &row, &test_error));
    assert_string_equal(row.note, "note\n");
    must_fail(ERROR_CONFLICT, checkpoint_insert_unsigned(store, 0, 3, &other, &test_error));
    must_fail(ERROR_CONFLICT,
              checkpoint_insert_signed(store, 0, 3, &other, "note\n", 5, &test_error));
}

static void an_entry_is_covered_by_the_first_size_beyond_it(void **state)
{
    static const struct {
        uint64_t index;
        uint64_t size;
    } cases[] = {{0, 3}, {2, 3}, {3, 10}, {9, 10}};
    struct checkpoint_row row;
    struct digest root = root_of(10);
    (void)state;
    must(checkpoint_insert_signed(store, 0, 10, &root, "ten\n", 4, &test_error));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        must(checkpoint_covering(store, 0, cases[i].index, &arena, &row, &test_error));
        assert_int_equal(row.size, cases[i].size);
    }
    must_fail(ERROR_NOT_FOUND, checkpoint_covering(store, 0, 10, &arena, &row, &test_error));
    must_fail(ERROR_NOT_FOUND, checkpoint_at(store, 0, 4, &arena, &row, &test_error));
}

static bool sum_sizes(void *context, const struct checkpoint_row *row, struct error *err)
{
    (void)err;
    *(uint64_t *)context = *(uint64_t *)context * 100 + row->size;
    return true;
}

static void all_are_visited_by_size(void **state)
{
    uint64_t sizes = 0;
    (void)state;
    must(checkpoints_each(store, 0, sum_sizes, &sizes, &test_error));
    assert_int_equal(sizes, 310);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_is_sealed_by_its_signed_row_alone),
        cmocka_unit_test(again_is_nothing_and_another_root_is_a_conflict),
        cmocka_unit_test(an_entry_is_covered_by_the_first_size_beyond_it),
        cmocka_unit_test(all_are_visited_by_size),
    };
    arena_init(&arena);
    int failed = cmocka_run_group_tests(tests, database_open, database_close);
    arena_release(&arena);
    return failed;
}
