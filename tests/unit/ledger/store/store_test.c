#include "database.h"

#include <sys/socket.h>

#include "base/file.h"
#include "core/checkpoint.h"
#include "store/row.h"

static void errors_mean_what_their_sqlstate_says(void **state)
{
    static const struct {
        const char *sqlstate;
        enum error_code code;
    } cases[] = {
        {"23505", ERROR_CONFLICT}, {"23503", ERROR_CONFLICT}, {"23514", ERROR_CONFLICT},
        {"40001", ERROR_BUSY},     {"40P01", ERROR_BUSY},     {"55P03", ERROR_BUSY},
        {"57014", ERROR_BUSY},     {"53300", ERROR_BUSY},     {"57P03", ERROR_BUSY},
        {"08006", ERROR_BUSY},     {"42501", ERROR_REFUSED},  {"42703", ERROR_SYSTEM},
        {"XX000", ERROR_SYSTEM},   {"23502", ERROR_SYSTEM},
    };
    char sql[160];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        snprintf(sql, sizeof sql, "do $$ begin raise exception 'no' using errcode = '%s'; end $$",
                 cases[i].sqlstate);
        must_fail(cases[i].code, store_command(store, sql, &test_error));
        assert_non_null(strstr(test_error.message, cases[i].sqlstate));
    }
}

static void a_database_that_cannot_be_reached_is_said(void **state)
{
    struct store *out = NULL;
    (void)state;
    must_fail(ERROR_BUSY, store_open("host=127.0.0.1 port=1", "test", &out, &test_error));
    assert_null(out);
}

static void the_session_has_its_limits(void **state)
{
    static const struct {
        const char *name;
        const char *value;
    } cases[] = {
        {"lock_timeout", "10s"},      {"idle_in_transaction_session_timeout", "1min"},
        {"synchronous_commit", "on"}, {"TimeZone", "UTC"},
        {"application_name", "test"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(params_release) struct params params;
        CLEANUP(rows_cleanup) struct rows *rows = NULL;
        params_init(&params);
        param_text(&params, cases[i].name);
        must(store_query(store, "select current_setting($1)", &params, &rows, &test_error));
        assert_string_equal(row_text(rows, 0, 0), cases[i].value);
    }
}

static void commit_that_did_not_commit_is_unknown(void **state)
{
    (void)state;
    must(store_begin(store, &test_error));
    must_fail(ERROR_SYSTEM, store_command(store, "select 1 / 0", &test_error));
    must_fail(ERROR_UNKNOWN, store_commit(store, &test_error));
    must(store_begin(store, &test_error));
    must(store_commit(store, &test_error));
}

/* The one statement of tests that ends a connection: this test's own. */
static void end_the_connection(void)
{
    struct store *other;
    char sql[80];
    snprintf(sql, sizeof sql, "select pg_terminate_backend(%d, 5000)",
             PQbackendPID(store->connection));
    must(store_open(test_conninfo, "test", &other, &test_error));
    must(store_command(other, sql, &test_error));
    store_close(other);
}

static void a_lost_connection_makes_commit_unknown_and_is_opened_again(void **state)
{
    (void)state;
    must(store_begin(store, &test_error));
    command("create table public.lost (x integer)");
    end_the_connection();
    must_fail(ERROR_UNKNOWN, store_commit(store, &test_error));
    assert_false(store_is_alive(store));
    must_fail(ERROR_BUSY, store_begin(store, &test_error));
    store_rollback(store);
    must(store_reopen(store, &test_error));
    assert_true(store_is_alive(store));
    must(store_begin(store, &test_error));
    command("create table public.lost (x integer)");
    store_rollback(store);
}

/* In place of the server: it gives the last of its words, and is gone before it is asked again. */
static void end_with(const void *words, size_t size)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    assert_int_equal(write(ends[1], words, size), (ssize_t)size);
    assert_true(dup2(ends[0], PQsocket(store->connection)) >= 0);
    close(ends[0]);
    close(ends[1]);
}

static void a_crash_elsewhere_that_is_noticed_in_sending_is_a_lost_connection(void **state)
{
    static const char warning[] = "N\0\0\0\x23SWARNING\0VWARNING\0C57P02\0Mbye\0";
    struct rows *rows = NULL;
    (void)state;
    end_with(warning, sizeof warning);
    must_fail(ERROR_BUSY, store_query(store, "select 1", NULL, &rows, &test_error));
    assert_false(store_is_alive(store));
    must(store_reopen(store, &test_error));
    must(store_query(store, "select 1", NULL, &rows, &test_error));
    rows_release(rows);
}

static void the_last_words_of_the_server_are_a_lost_connection(void **state)
{
    static const char end[] = "E\0\0\0\x1fSFATAL\0VFATAL\0C57P05\0Mbye\0";
    struct rows *rows = NULL;
    (void)state;
    end_with(end, sizeof end);
    must_fail(ERROR_BUSY, store_query(store, "select 1", NULL, &rows, &test_error));
    assert_false(store_is_alive(store));
    must(store_reopen(store, &test_error));
}

static void rollback_never_fails(void **state)
{
    (void)state;
    store_rollback(store);
    must(store_begin(store, &test_error));
    end_the_connection();
    store_rollback(store);
    assert_false(store_is_alive(store));
    store_rollback(store);
    must(store_reopen(store, &test_error));
}

static void a_snapshot_does_not_write(void **state)
{
    (void)state;
    must(store_begin_snapshot(store, &test_error));
    must_fail(ERROR_SYSTEM, store_command(store, "create table public.x (x integer)", &test_error));
    store_rollback(store);
}

static void tenants_are_set_until_the_end_of_the_transaction(void **state)
{
    const uint64_t tenants[] = {7, (UINT64_C(3) << 48) | 1};
    (void)state;

    must(store_begin(store, &test_error));
    must(store_set_tenants(store, tenants, 2, &test_error));
    command("do $$ begin assert current_setting('daybook.tenants')::bigint[] = "
            "array[7, 844424930131969]; end $$");
    must(store_set_tenants(store, NULL, 0, &test_error));
    command("do $$ begin assert current_setting('daybook.tenants')::bigint[] = '{}'; end $$");
    must(store_commit(store, &test_error));
    must_fail(
        ERROR_SYSTEM,
        store_command(store, "select current_setting('daybook.tenants')::bigint[]", &test_error));
}

static char published[64];

static void publish(const char *origin, uint64_t size)
{
    struct checkpoint checkpoint = {.size = size};
    struct secret_key *key = test_key(origin);
    struct text note;

    snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", origin);
    text_init(&note);
    checkpoint_sign(&checkpoint, key, &note);
    must(file_write_atomic(published, 0600, note.data, note.size, &test_error));
    text_release(&note);
    key_release(key);
}

/* Whoever overlooks it cannot append by the connection that it stopped. */
static void guard_halts(void)
{
    struct error reopening;
    must_fail(ERROR_HALT, store_guard(store, 0, published, &test_error));
    assert_false(store_is_alive(store));
    assert_true(store_reopen(store, &reopening));
}

static void the_guard_stops_writers_of_a_restored_database(void **state)
{
    (void)state;
    snprintf(published, sizeof published, "/tmp/daybook-test-%d.checkpoint", (int)getpid());
    guard_halts();
    publish(TEST_ORIGIN, 5);
    guard_halts(); /* no log at all */

    command("insert into ledger.head values (0, 5, 0, 0, 1, 1, 16)");
    command("insert into ledger.log values (0, '" TEST_ORIGIN "', substr(sha256(''), 1, 16))");
    must(store_guard(store, 0, published, &test_error));
    publish(TEST_ORIGIN, 4);
    must(store_guard(store, 0, published, &test_error));
    publish(TEST_ORIGIN, 6);
    guard_halts();
    assert_non_null(strstr(test_error.message, "holds 5 entries"));
    assert_non_null(strstr(test_error.message, "has 6"));
    publish("test.example/other", 5);
    guard_halts();
    must(file_write_atomic(published, 0600, "garbage", 7, &test_error));
    guard_halts();
    unlink(published);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_mean_what_their_sqlstate_says),
        cmocka_unit_test(a_database_that_cannot_be_reached_is_said),
        cmocka_unit_test(the_session_has_its_limits),
        cmocka_unit_test(commit_that_did_not_commit_is_unknown),
        cmocka_unit_test(a_lost_connection_makes_commit_unknown_and_is_opened_again),
        cmocka_unit_test(a_crash_elsewhere_that_is_noticed_in_sending_is_a_lost_connection),
        cmocka_unit_test(the_last_words_of_the_server_are_a_lost_connection),
        cmocka_unit_test(rollback_never_fails),
        cmocka_unit_test(a_snapshot_does_not_write),
        cmocka_unit_test(tenants_are_set_until_the_end_of_the_transaction),
        cmocka_unit_test(the_guard_stops_writers_of_a_restored_database),
    };
    return cmocka_run_group_tests(tests, database_open, database_close);
}
