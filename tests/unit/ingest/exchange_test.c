/* ingest/exchange: what is handed over between the two threads, given back, given up. */
#include "ingest/exchange.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/instant.h"

static struct exchange exchange;

static int set_up(void **state)
{
    (void)state;
    exchange_init(&exchange);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    exchange_release(&exchange);
    return 0;
}

/* As the collector does: a load is given, or kept until there is room. */
static struct load *offer(bool is_taken)
{
    struct load *load = exchange_new_load(&exchange);
    assert_int_equal(exchange_offer(&exchange, load), is_taken);
    return load;
}

static void one_load_waits_at_most(void **state)
{
    (void)state;
    struct load *first = offer(true);
    struct load *second = offer(false);
    assert_ptr_equal(exchange_take(&exchange), first);
    assert_true(exchange_offer(&exchange, second));
    assert_false(exchange_is_idle(&exchange));
    exchange_done(&exchange, first);
    assert_ptr_equal(exchange_take(&exchange), second);
    exchange_done(&exchange, second);
    assert_true(exchange_is_idle(&exchange));
}

static void nothing_is_handed_over_while_a_claim_is_wanted(void **state)
{
    (void)state;
    exchange_ask_claim(&exchange);
    assert_true(exchange_must_claim(&exchange));
    offer(false);
    assert_true(exchange_drain(&exchange, 1000));
    assert_false(exchange_must_claim(&exchange));
}

static void a_claim_that_is_wanted_ends_the_load_that_runs(void **state)
{
    (void)state;
    assert_false(exchange_should_abandon(&exchange));
    exchange_ask_claim(&exchange);
    assert_true(exchange_should_abandon(&exchange));
}

static void a_drain_throws_away_what_waits(void **state)
{
    (void)state;
    offer(true);
    assert_true(exchange_drain(&exchange, 1000));
    assert_true(exchange_is_idle(&exchange));
    for (int i = 0; i < EXCHANGE_LOADS; i++) /* all loads are free again */
        (void)exchange_new_load(&exchange);
}

/* The committer: ends its load when it is to be given up. */
static void *commit(void *context)
{
    struct load *load = context;
    while (!exchange_should_abandon(&exchange))
        usleep(1000);
    exchange_done(&exchange, load);
    return NULL;
}

static void a_drain_waits_until_the_batch_that_runs_has_ended(void **state)
{
    (void)state;
    pthread_t thread;
    offer(true);
    struct load *load = exchange_take(&exchange);
    assert_false(exchange_should_abandon(&exchange));
    assert_int_equal(pthread_create(&thread, NULL, commit, load), 0);
    assert_true(exchange_drain(&exchange, 5000));
    pthread_join(thread, NULL);
    assert_true(exchange_is_idle(&exchange));
    assert_false(exchange_should_abandon(&exchange)); /* what is collected now goes on */
}

static void a_failure_is_told_and_nothing_more_is_taken(void **state)
{
    (void)state;
    struct error err, told;
    assert_true(exchange_check(&exchange, &told));
    error_set(&err, ERROR_HALT, "the database went back");
    exchange_fail(&exchange, &err);
    assert_false(exchange_check(&exchange, &told));
    assert_int_equal(told.code, ERROR_HALT);
    offer(false);
}

static void an_attempt_that_takes_too_long_is_noticed(void **state)
{
    (void)state;
    offer(true);
    struct load *load = exchange_take(&exchange);
    assert_true(exchange_moves(&exchange, 300));
    exchange.busy_since_us = instant_monotonic() - 301 * SECOND_US;
    assert_false(exchange_moves(&exchange, 300));
    assert_false(exchange_should_abandon(&exchange)); /* between two batches: it lives */
    assert_true(exchange_moves(&exchange, 300));
    exchange_done(&exchange, load);
    exchange.busy_since_us = 0;
    assert_true(exchange_moves(&exchange, 300)); /* nothing to do is no hanging */
}

static void a_stop_ends_the_committer(void **state)
{
    (void)state;
    exchange_stop(&exchange);
    assert_null(exchange_take(&exchange));
    assert_true(exchange_should_abandon(&exchange));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_load_waits_at_most, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_handed_over_while_a_claim_is_wanted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_claim_that_is_wanted_ends_the_load_that_runs, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_drain_throws_away_what_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_drain_waits_until_the_batch_that_runs_has_ended, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_failure_is_told_and_nothing_more_is_taken, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_attempt_that_takes_too_long_is_noticed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_stop_ends_the_committer, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
