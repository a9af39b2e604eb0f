#include "database.h"

#include "store/row.h"

static void every_type_comes_back_as_it_went(void **state)
{
    static const char sql[] = "-- echo\nselect $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12";
    const struct digest digest = {{1, 2, 255}};
    int128 number = 0;
    struct digest back;
    (void)state;

    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_bool(&params, true);
    param_int16(&params, -2);
    param_int32(&params, INT32_MIN);
    param_int64(&params, INT64_MIN);
    param_u64(&params, UINT64_MAX);
    param_text(&params, "größe");
    param_bytes(&params, "\0\1", 2);
    param_digest(&params, &digest);
    param_numeric(&params, INT128_MIN);
    param_instant(&params, -1);
    param_date(&params, 20000);
    param_text(&params, NULL);

    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    must(store_query(store, sql, &params, &rows, &test_error));
    assert_int_equal(rows_count(rows), 1);
    assert_true(row_bool(rows, 0, 0));
    assert_int_equal(row_int(rows, 0, 1), -2);
    assert_int_equal(row_int(rows, 0, 2), INT32_MIN);
    assert_true(row_int(rows, 0, 3) == INT64_MIN);
    assert_true(row_u64(rows, 0, 4) == UINT64_MAX);
    assert_string_equal(row_text(rows, 0, 5), "größe");
    assert_int_equal(row_bytes(rows, 0, 6).size, 2);
    assert_memory_equal(row_bytes(rows, 0, 6).data, "\0\1", 2);
    must(row_digest(rows, 0, 7, &back, &test_error));
    assert_memory_equal(&back, &digest, sizeof back);
    must(row_numeric(rows, 0, 8, &number, &test_error));
    assert_true(number == INT128_MIN);
    assert_int_equal(row_instant(rows, 0, 9), -1);
    assert_int_equal(row_date(rows, 0, 10), 20000);
    assert_true(row_is_null(rows, 0, 11));
    must_fail(ERROR_CONFLICT, row_digest(rows, 0, 6, &back, &test_error));
}

static void texts_of_numbers_and_times_agree_with_the_server(void **state)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    (void)state;
    params_init(&params);
    param_numeric(&params, -(int128)1000000000000000000 * 1000000000000000000);
    param_instant(&params, INT64_C(1760000400000001));
    param_date(&params, 0);
    must(store_query(store, "select $1::text, $2::text, $3::text", &params, &rows, &test_error));
    assert_string_equal(row_text(rows, 0, 0), "-1000000000000000000000000000000000000");
    assert_string_equal(row_text(rows, 0, 1), "2025-10-09 09:00:00.000001+00");
    assert_string_equal(row_text(rows, 0, 2), "1970-01-01");
}

static void arrays_come_back_also_when_they_are_empty(void **state)
{
    static const char sql[] = "select $1, $2, $3, $4, cardinality($5), $6";
    const int64_t longs[] = {INT64_MIN, 0, 5};
    const int32_t ints[] = {-1, 7};
    const char *const texts[] = {"", "a b", "ü"};
    const uint64_t numbers[] = {UINT64_MAX};
    const struct digest digests[2] = {{{1}}, {{2}}};
    const char *const *back_texts;
    struct arena arena;
    int64_t *back;
    (void)state;

    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int64_array(&params, longs, 3);
    param_int32_array(&params, ints, 2);
    param_text_array(&params, texts, 3);
    param_u64_array(&params, numbers, 1);
    param_digest_array(&params, digests, 2);
    param_int64_array(&params, NULL, 0);
    must(store_query(store, sql, &params, &rows, &test_error));

    arena_init(&arena);
    assert_int_equal(row_int_array(rows, 0, 0, &arena, &back), 3);
    assert_memory_equal(back, longs, sizeof longs);
    assert_int_equal(row_int_array(rows, 0, 1, &arena, &back), 2);
    assert_int_equal(back[0], -1);
    assert_int_equal(row_text_array(rows, 0, 2, &arena, &back_texts), 3);
    assert_string_equal(back_texts[0], "");
    assert_string_equal(back_texts[2], "ü");
    assert_int_equal(row_int_array(rows, 0, 3, &arena, &back), 1);
    assert_int_equal(row_int(rows, 0, 4), 2);
    assert_int_equal(row_int_array(rows, 0, 5, &arena, &back), 0);
    arena_release(&arena);
}

static void an_untyped_null_and_a_value_are_two_statements(void **state)
{
    static const char sql[] = "select coalesce($1, 4::bigint)";
    (void)state;
    for (int round = 0; round < 3; round++) {
        CLEANUP(params_release) struct params params;
        CLEANUP(rows_cleanup) struct rows *rows = NULL;
        params_init(&params);
        if (round == 0)
            param_null(&params);
        else
            param_int32(&params, 9);
        must(store_query(store, sql, &params, &rows, &test_error));
        assert_int_equal(row_int(rows, 0, 0), round == 0 ? 4 : 9);
    }
}

static void an_error_names_what_the_statement_means(void **state)
{
    struct rows *rows = NULL;
    (void)state;
    must_fail(ERROR_SYSTEM, store_query(store, "-- What nobody knows.\nselect nothing", NULL, &rows,
                                        &test_error));
    assert_non_null(strstr(test_error.message, "What nobody knows."));
    assert_null(rows);
}

static bool sum_until_ten(void *context, const struct rows *row, struct error *err)
{
    int64_t *sum = context;
    if (row_int(row, 0, 0) > 10)
        return error_set(err, ERROR_INPUT, "enough");
    *sum += row_int(row, 0, 0);
    return true;
}

static void a_visitor_may_stop_a_long_answer(void **state)
{
    int64_t sum = 0;
    (void)state;
    must(
        store_each(store, "select generate_series(1, 10)", NULL, sum_until_ten, &sum, &test_error));
    assert_int_equal(sum, 55);
    must_fail(ERROR_INPUT, store_each(store, "select generate_series(1, 100000000)", NULL,
                                      sum_until_ten, &sum, &test_error));
    assert_string_equal(test_error.message, "enough");
    command("select 1"); /* the connection is good */
}

static void a_failure_in_the_middle_of_an_answer_is_told(void **state)
{
    int64_t sum = 0;
    (void)state;
    must_fail(ERROR_SYSTEM, store_each(store, "select 5 / (5 - x) from generate_series(1, 9) as x",
                                       NULL, sum_until_ten, &sum, &test_error));
    assert_non_null(strstr(test_error.message, "22012"));
    command("select 1");
}

static void copy_writes_every_type(void **state)
{
    const int32_t ints[] = {1, -2};
    const int64_t longs[] = {INT64_MAX};
    struct copy *copy;
    (void)state;

    command("create table public.copied (a boolean, b smallint, c integer, d bigint, e bytea, "
            "f numeric(39, 0), g timestamptz, h integer[], i bigint[], j text)");
    must(copy_begin(store, "copy public.copied from stdin (format binary)", &copy, &test_error));
    for (int i = 0; i < 5000; i++) {
        copy_row(copy, 10);
        copy_bool(copy, true);
        copy_int16(copy, -3);
        copy_int32(copy, i);
        copy_int64(copy, INT64_MIN);
        copy_bytes(copy, "", 0);
        copy_numeric(copy, INT128_MIN);
        copy_instant(copy, 0);
        copy_int32_array(copy, ints, 2);
        copy_int64_array(copy, longs, i % 2 ? 1 : 0);
        copy_null(copy);
    }
    must(copy_end(copy, &test_error));
    command(
        "do $$ begin assert (select count(*) = 5000 and sum(c) = 12497500 and bool_and(a and b ="
        " -3 and d = -9223372036854775808 and e = '' and f = "
        "-170141183460469231731687303715884105728 and g = 'epoch' and h = array[1, -2] and "
        "i = case when c % 2 = 1 then array[9223372036854775807] else '{}' end and j is null) "
        "from public.copied); end $$");
}

static void copy_takes_a_value_larger_than_its_buffer(void **state)
{
    size_t size = 1 << 20;
    char *bytes = memory_alloc(size);
    struct copy *copy;
    (void)state;

    must(
        copy_begin(store, "copy public.copied (e) from stdin (format binary)", &copy, &test_error));
    copy_row(copy, 1);
    copy_bytes(copy, bytes, size);
    must(copy_end(copy, &test_error));
    command(
        "do $$ begin assert (select max(octet_length(e)) = 1048576 from public.copied); end $$");
    free(bytes);
}

static void copy_that_fails_is_told_and_one_that_is_abandoned_leaves_nothing(void **state)
{
    struct copy *copy;
    (void)state;

    must_fail(ERROR_SYSTEM, copy_begin(store, "copy public.nothing from stdin (format binary)",
                                       &copy, &test_error));
    command("create table public.small (x integer constraint small_x check (x < 10))");
    must(copy_begin(store, "copy public.small from stdin (format binary)", &copy, &test_error));
    for (int i = 0; i < 100000; i++) {
        copy_row(copy, 1);
        copy_int32(copy, i);
    }
    must_fail(ERROR_CONFLICT, copy_end(copy, &test_error));
    must(copy_begin(store, "copy public.small from stdin (format binary)", &copy, &test_error));
    copy_row(copy, 1);
    copy_int32(copy, 1);
    copy_abandon(copy);
    command("do $$ begin assert (select count(*) = 0 from public.small); end $$");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_comes_back_as_it_went),
        cmocka_unit_test(texts_of_numbers_and_times_agree_with_the_server),
        cmocka_unit_test(arrays_come_back_also_when_they_are_empty),
        cmocka_unit_test(an_untyped_null_and_a_value_are_two_statements),
        cmocka_unit_test(an_error_names_what_the_statement_means),
        cmocka_unit_test(a_visitor_may_stop_a_long_answer),
        cmocka_unit_test(a_failure_in_the_middle_of_an_answer_is_told),
        cmocka_unit_test(copy_writes_every_type),
        cmocka_unit_test(copy_takes_a_value_larger_than_its_buffer),
        cmocka_unit_test(copy_that_fails_is_told_and_one_that_is_abandoned_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, database_open_empty, database_close);
}
