#include "database.h"

static int applied_count;

static void count_applied(void *context, int version, const char *name)
{
    (void)context;
    (void)name;
    applied_count++;
    assert_int_equal(version, applied_count);
}

static void an_empty_database_is_refused_with_what_to_do(void **state)
{
    (void)state;
    must_fail(ERROR_REFUSED, migrate_check(store, &test_error));
    assert_non_null(strstr(test_error.message, "daybook-ledger migrate"));
}

static void applies_every_file_once_in_order(void **state)
{
    (void)state;
    must(migrate_run(store, count_applied, NULL, &test_error));
    assert_true(applied_count >= 7);
    must(migrate_check(store, &test_error));
    must(migrate_run(store, count_applied, NULL, &test_error));
    must(migrate_check(store, &test_error));
}

static void refuses_an_applied_file_that_has_changed(void **state)
{
    (void)state;
    must(store_begin(store, &test_error));
    command("update ledger.schema_version set hash = sha256('another') where version = 2");
    must_fail(ERROR_CONFLICT, migrate_run(store, NULL, NULL, &test_error));
    must_fail(ERROR_CONFLICT, migrate_check(store, &test_error));
    store_rollback(store);
}

static void refuses_a_database_that_is_newer_than_the_program(void **state)
{
    (void)state;
    must(store_begin(store, &test_error));
    command("insert into ledger.schema_version select max(version) + 1, 'x', sha256('x') "
            "from ledger.schema_version");
    must_fail(ERROR_REFUSED, migrate_check(store, &test_error));
    store_rollback(store);
}

static void everything_belongs_to_an_owner_that_nobody_logs_in_as(void **state)
{
    struct rows *rows;
    (void)state;
    must(store_query(store,
                     "select count(*) filter (where pg_get_userbyid(relowner) <> 'daybook_owner'),"
                     " count(*) from pg_class where relnamespace = 'ledger'::regnamespace",
                     NULL, &rows, &test_error));
    assert_int_equal(row_int(rows, 0, 0), 0);
    assert_true(row_int(rows, 0, 1) > 20);
    rows_release(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_database_is_refused_with_what_to_do),
        cmocka_unit_test(applies_every_file_once_in_order),
        cmocka_unit_test(refuses_an_applied_file_that_has_changed),
        cmocka_unit_test(refuses_a_database_that_is_newer_than_the_program),
        cmocka_unit_test(everything_belongs_to_an_owner_that_nobody_logs_in_as),
    };
    return cmocka_run_group_tests(tests, database_open_empty, database_close);
}
