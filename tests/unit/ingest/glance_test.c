/* ingest/glance: a log that is another one, and one that only lost what is old. */
#include "ingest/glance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "ingest/raw.h"

#define NUMBER 4

/* A log of one partition, whose records are their offsets and the log's name. */
static struct {
    struct feed feed;
    uint64_t low, high, hole;
    const char *name;
    bool is_away;
    unsigned looks;
} log_now;

static struct partitions partitions;
static struct partition *partition;
static struct glance seen;
static struct error err;

static struct record record_at(const char *name, uint64_t offset, char value[64])
{
    int size = snprintf(value, 64, "%s %d", name, (int)offset);
    return (struct record){
        .offset = (int64_t)offset, .timestamp_type = 1, .value = {value, (size_t)size}};
}

/* The answer comes with the second question. */
static bool look_on(struct feed *feed, int timeout_ms, bool *out_is_over, struct error *out_err)
{
    (void)feed;
    (void)timeout_ms;
    (void)out_err;
    *out_is_over = log_now.looks++ > 0;
    return true;
}

static bool look_start(struct feed *feed, const struct feed_position *positions, size_t count,
                       feed_visit *visit, void *context, struct error *out_err)
{
    char value[64];
    (void)feed;
    if (log_now.is_away)
        return error_set(out_err, ERROR_BUSY, "away");
    for (size_t i = 0; i < count; i++) {
        uint64_t offset = positions[i].offset + (positions[i].offset == log_now.hole ? 1 : 0);
        struct record record = record_at(log_now.name, offset, value);
        if (positions[i].offset >= log_now.low && offset < log_now.high)
            visit(context, positions[i].partition, &record);
    }
    return true;
}

static bool bounds(struct feed *feed, uint32_t number, uint64_t *out_low, uint64_t *out_high,
                   struct error *out_err)
{
    (void)feed;
    (void)number;
    (void)out_err;
    *out_low = log_now.low;
    *out_high = log_now.high;
    return true;
}

static const struct feed_kind kind = {
    .look_start = look_start, .look_on = look_on, .bounds = bounds};

static struct claim claim_at(const char *name, uint64_t last)
{
    char value[64];
    struct claim claim = {.assignment = {.partition = NUMBER, .incarnation = 1},
                          .end = {.next = last + 1, .last_offset = last},
                          .state = STATE_VERIFYING};
    struct record record = record_at(name, last, value);
    claim.end.last_hash = raw_digest(&record);
    return claim;
}

/* The book goes on to a record of that log. */
static void commit(const char *name, uint64_t last)
{
    char value[64];
    struct record record = record_at(name, last, value);
    partition->claim.end =
        (struct chain_end){.next = last + 1, .last_offset = last, .last_hash = raw_digest(&record)};
    partitions_publish(&partitions, &partition->claim, HALT_NONE, "");
}

static int set_up(void **state)
{
    (void)state;
    struct claim claim = claim_at("old", 9);
    log_now.feed.kind = &kind;
    log_now.low = 0;
    log_now.hole = OFFSET_NONE;
    log_now.high = 1000;
    log_now.name = "old";
    log_now.is_away = false;
    log_now.looks = 0;
    partitions_init(&partitions);
    partition = partitions_put(&partitions, &claim);
    (void)claim_happens(&partition->claim, EVENT_ANCHOR_SAME);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    partitions_release(&partitions);
    return 0;
}

static bool look_once(void)
{
    bool ok = glance_begin(&seen, &log_now.feed, &partitions, &err);
    while (ok && seen.is_under_way)
        ok = glance_go_on(&seen, 0, &err);
    if (!ok)
        return false;
    assert_int_equal(seen.has_halted, partition->claim.state == STATE_HALTED);
    return true;
}

static void the_same_log_proves_what_was_committed(void **state)
{
    (void)state;
    commit("old", 20);
    assert_true(look_once());
    assert_int_equal(partition->claim.state, STATE_READING);
    assert_int_equal(partition->proven.offset, 20);
}

static void another_log_halts_although_the_chain_ends_in_it(void **state)
{
    (void)state;
    log_now.name = "new";
    commit("new", 500);
    assert_true(look_once());
    assert_int_equal(partition->claim.state, STATE_HALTED);
    assert_int_equal(partition->claim.halt, HALT_ANCHOR);
    assert_string_equal(partition->claim.halt_detail,
                        "the record at offset 9, of an older receipt, is another one");
}

static void another_claim_does_not_prove_what_came_in_between(void **state)
{
    (void)state;
    struct claim claim = claim_at("new", 500);
    log_now.name = "new";
    partition = partitions_put(&partitions, &claim);
    assert_true(look_once());
    assert_int_equal(partition->claim.halt, HALT_ANCHOR);
}

static void a_record_that_is_not_shown_is_a_claims_to_judge(void **state)
{
    (void)state;
    commit("old", 20);
    log_now.high = 5;
    assert_true(look_once());
    assert_true(seen.is_in_doubt);
    assert_int_equal(partition->claim.state, STATE_READING);
    assert_int_equal(partition->proven.offset, 9);
}

static void a_log_in_which_another_record_follows_halts(void **state)
{
    (void)state;
    commit("old", 20);
    log_now.hole = 9;
    assert_true(look_once());
    assert_int_equal(partition->claim.halt, HALT_ANCHOR);
}

static void a_record_that_retention_took_is_asked_for_once(void **state)
{
    (void)state;
    struct claim claim = claim_at("old", 50);
    commit("old", 50);
    log_now.low = claim.low = 30;
    assert_true(look_once());
    assert_true(seen.is_in_doubt);
    assert_int_equal(partition->claim.state, STATE_READING);
    partition = partitions_put(&partitions, &claim);
    assert_true(look_once());
    assert_false(seen.is_in_doubt);
    assert_int_equal(partition->proven.offset, 50);
}

static void a_partition_that_lost_all_that_was_read_is_not_asked(void **state)
{
    (void)state;
    struct claim claim = claim_at("old", 50);
    claim.state = STATE_READING; /* EVENT_CLAIMED_EXPIRED */
    log_now.low = log_now.high = claim.low = 51;
    partition = partitions_put(&partitions, &claim);
    for (int i = 0; i < 3; i++) {
        assert_true(look_once());
        assert_false(seen.is_in_doubt);
        assert_int_equal(log_now.looks, 0);
    }
    commit("old", 70);
    log_now.high = 71;
    assert_true(look_once());
    assert_int_equal(partition->proven.offset, 70);
}

static void a_broker_that_is_away_proves_nothing(void **state)
{
    (void)state;
    commit("old", 20);
    log_now.is_away = true;
    assert_false(look_once());
    assert_int_equal(err.code, ERROR_BUSY);
    assert_int_equal(partition->proven.offset, 9);
}

static void a_new_chain_is_measured_by_its_first_commit(void **state)
{
    (void)state;
    struct claim claim = {.assignment = {.partition = NUMBER, .incarnation = 2},
                          .end = {.last_offset = OFFSET_NONE},
                          .state = STATE_READING};
    partition = partitions_put(&partitions, &claim);
    assert_true(look_once());
    assert_int_equal(log_now.looks, 0);
    commit("old", 3);
    log_now.name = "new";
    commit("new", 700);
    assert_true(look_once());
    assert_int_equal(partition->claim.halt, HALT_ANCHOR);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_same_log_proves_what_was_committed),
        TEST(another_log_halts_although_the_chain_ends_in_it),
        TEST(another_claim_does_not_prove_what_came_in_between),
        TEST(a_record_that_is_not_shown_is_a_claims_to_judge),
        TEST(a_log_in_which_another_record_follows_halts),
        TEST(a_record_that_retention_took_is_asked_for_once),
        TEST(a_partition_that_lost_all_that_was_read_is_not_asked),
        TEST(a_broker_that_is_away_proves_nothing),
        TEST(a_new_chain_is_measured_by_its_first_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
