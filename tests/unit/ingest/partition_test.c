/* ingest/partition: what others see of partitions; a halt is told even of one that was given back.
 */
#include "ingest/partition.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct partitions partitions;
static struct partition_view views[FEED_PARTITIONS_MAX];

static int set_up(void **state)
{
    (void)state;
    partitions_init(&partitions);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    partitions_release(&partitions);
    return 0;
}

static struct partition *take(uint32_t number)
{
    const struct claim claim = {.assignment = {.partition = number, .incarnation = 1},
                                .end = {.next = 10 + number},
                                .state = STATE_READING};
    return partitions_put(&partitions, &claim);
}

static void halt(struct partition *partition)
{
    claim_explain(&partition->claim, "offset 7");
    (void)claim_happens(&partition->claim, EVENT_RECORD_GAP);
    partitions_publish_halt(&partitions, partition);
}

static void nothing_is_left_of_what_was_given_back_well(void **state)
{
    (void)state;
    (void)take(3);
    partitions_clear(&partitions);
    assert_int_equal(partitions_view(&partitions, views), 0);
    assert_false(partitions_take_news(&partitions));
}

static void a_halt_is_still_seen_when_the_partition_was_given_back_at_once(void **state)
{
    (void)state;
    (void)take(1);
    halt(take(3));
    partitions_clear(&partitions);
    assert_true(partitions_take_news(&partitions));
    assert_int_equal(partitions_view(&partitions, views), 1);
    assert_int_equal(views[0].assignment.partition, 3);
    assert_int_equal(views[0].committed, 13);
    assert_int_equal(views[0].halt, HALT_HOLE);
    assert_string_equal(views[0].halt_detail, "offset 7");
    assert_false(views[0].is_held);
    partitions_told(&partitions, 3, HALT_HOLE);
    assert_int_equal(partitions_view(&partitions, views), 0);
}

static void the_committers_finding_too(void **state)
{
    (void)state;
    struct partition *partition = take(3);
    partitions_publish(&partitions, &partition->claim, HALT_RATE, "too many");
    partitions_clear(&partitions);
    assert_true(partitions_take_news(&partitions));
    assert_int_equal(partitions_view(&partitions, views), 1);
    assert_int_equal(views[0].halt, HALT_RATE);
}

static void what_was_told_is_not_told_again(void **state)
{
    (void)state;
    halt(take(3));
    partitions_told(&partitions, 3, HALT_HOLE);
    assert_int_equal(partitions_view(&partitions, views), 1);
    assert_true(views[0].is_held);
    partitions_clear(&partitions);
    assert_int_equal(partitions_view(&partitions, views), 0);
}

static void another_halt_than_the_one_that_was_told_is_still_to_be_told(void **state)
{
    (void)state;
    halt(take(3));
    partitions_told(&partitions, 3, HALT_GONE);
    partitions_clear(&partitions);
    assert_int_equal(partitions_view(&partitions, views), 1);
}

static void who_claims_it_again_tells_what_he_finds(void **state)
{
    (void)state;
    halt(take(3));
    partitions_clear(&partitions);
    (void)take(3);
    assert_int_equal(partitions_view(&partitions, views), 1);
    assert_int_equal(views[0].halt, HALT_NONE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_left_of_what_was_given_back_well),
        TEST(a_halt_is_still_seen_when_the_partition_was_given_back_at_once),
        TEST(the_committers_finding_too),
        TEST(what_was_told_is_not_told_again),
        TEST(another_halt_than_the_one_that_was_told_is_still_to_be_told),
        TEST(who_claims_it_again_tells_what_he_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
