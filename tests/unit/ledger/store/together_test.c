#include "store/together.h"

#include "database.h"

#include "base/arena.h"
#include "store/row.h"

#define WORKERS 5
#define LATER "create temporary table noted (n bigint primary key)"

struct work {
    uint64_t sums[WORKERS];
    int64_t bad;       /* who does something wrong; −1: nobody */
    const char *wrong; /* the statement */
    bool was_good[WORKERS];
    struct error errs[WORKERS];
};

static bool ask(const char *sql, int64_t value, uint64_t *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int64(&params, value);
    if (!store_query(store, sql, &params, &rows, err))
        return false;
    *out = row_u64(rows, 0, 0);
    return true;
}

static bool add_row(void *context, const struct rows *row, struct error *err)
{
    (void)err;
    *(uint64_t *)context += row_u64(row, 0, 0);
    return true;
}

static bool add_up_to(int64_t last, uint64_t *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int64(&params, last);
    return store_each(store, "select generate_series(1, $1)", &params, add_row, out, err);
}

static bool note(int64_t value, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int64(&params, value);
    return store_execute(store, "insert into noted values ($1)", &params, NULL, err);
}

/* Of different length, so that some end before others; each waits for its own answers. */
static bool do_work(struct work *work, size_t which, struct error *err)
{
    uint64_t doubled, ignored;
    work->sums[which] = 0;
    for (size_t i = 0; i < which; i++)
        if (!ask("select 2 * $1::bigint", (int64_t)which, &doubled, err) || doubled != 2 * which)
            return false;
    if ((int64_t)which == work->bad && !ask(work->wrong, (int64_t)which, &ignored, err))
        return false;
    return add_up_to((int64_t)which * 10, &work->sums[which], err) && note((int64_t)which, err);
}

static void work_one(void *context, size_t which)
{
    struct work *work = context;
    work->was_good[which] = do_work(work, which, &work->errs[which]);
}

static uint64_t noted(void)
{
    uint64_t count;
    must(ask("select count(*) from noted where n >= $1", 0, &count, &test_error));
    return count;
}

static void each_has_its_own_answers(void **state)
{
    struct work work = {.bad = -1};
    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        must(store_begin(store, &test_error));
        must(store_together(store, WORKERS, work_one, &work, &test_error));
        for (size_t i = 0; i < WORKERS; i++) {
            assert_true(work.was_good[i]);
            assert_int_equal(work.sums[i], 10 * i * (10 * i + 1) / 2);
        }
        assert_int_equal(noted(), WORKERS);
        store_rollback(store);
        assert_int_equal(noted(), 0);
    }
}

static void fail_together(const char *wrong, enum error_code code, bool is_alive)
{
    struct work work = {.bad = 1, .wrong = wrong};
    must(store_begin(store, &test_error));
    must_fail(code, store_together(store, WORKERS, work_one, &work, &test_error));
    assert_false(work.was_good[1]);
    assert_false(work.was_good[WORKERS - 1]);
    assert_int_equal(store_is_alive(store), is_alive);
    store_rollback(store);
}

static void a_statement_that_fails_ends_it_for_all(void **state)
{
    (void)state;
    fail_together("select 1 / ($1 - $1)", ERROR_SYSTEM, true);
    assert_non_null(strstr(test_error.message, "division by zero"));
    fail_together("select $1::bigint from nowhere", ERROR_SYSTEM, true); /* not even prepared */
    assert_int_equal(noted(), 0);
}

struct many {
    int64_t rows;
    uint64_t sum;
    bool good;
    struct error err;
};

static void read_many(void *context, size_t which)
{
    struct many *many = context;
    many[which].good = add_up_to(many[which].rows, &many[which].sum, &many[which].err);
}

static void rows_are_counted_for_each(void **state)
{
    struct many many[2] = {{.rows = TOGETHER_ROWS_MAX}, {.rows = TOGETHER_ROWS_MAX}};
    (void)state;
    must(store_begin(store, &test_error));
    must(store_together(store, 2, read_many, many, &test_error));
    many[1].rows = TOGETHER_ROWS_MAX + 1;
    must_fail(ERROR_BUSY, store_together(store, 2, read_many, many, &test_error));
    assert_true(many[0].good);
    assert_false(many[1].good);
    assert_non_null(strstr(test_error.message, "too many rows"));
    store_rollback(store);
    assert_int_equal(noted(), 0);
}

static void a_lost_connection_is_lost_for_all(void **state)
{
    (void)state;
    fail_together("select pg_terminate_backend(pg_backend_pid())::int::bigint + $1", ERROR_BUSY,
                  false);
    must(store_reopen(store, &test_error));
    must(store_command(store, LATER, &test_error));
    each_has_its_own_answers(NULL);
}

static int open_with_table(void **state)
{
    if (database_open(state) != 0)
        return -1;
    return store == NULL || store_command(store, LATER, &test_error) ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_own_answers),
        cmocka_unit_test(a_statement_that_fails_ends_it_for_all),
        cmocka_unit_test(rows_are_counted_for_each),
        cmocka_unit_test(a_lost_connection_is_lost_for_all),
    };
    return cmocka_run_group_tests(tests, open_with_table, database_close);
}
