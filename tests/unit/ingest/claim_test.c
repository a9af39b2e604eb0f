/* ingest/claim: the reasons to halt, as a table; the anchor. */
#include "ingest/claim.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/raw.h"

struct judge_case {
    const char *name;
    struct claim_facts facts; /* registered, same cluster, low, high, next, last offset */
    enum halt halt;
    bool verify;
    bool expired;
};

static const struct judge_case judge_cases[] = {
    {"an empty topic that was never read",
     {true, true, 0, 0, 0, OFFSET_NONE},
     HALT_NONE,
     false,
     false},
    {"first claim of a topic that lost its start",
     {true, true, 7, 9, 7, OFFSET_NONE},
     HALT_NONE,
     false,
     false},
    {"the last record is there", {true, true, 0, 10, 10, 9}, HALT_NONE, true, false},
    {"more came since", {true, true, 0, 100, 10, 9}, HALT_NONE, true, false},
    {"the last record is the first one left", {true, true, 9, 10, 10, 9}, HALT_NONE, true, false},
    {"the last record expired, nothing is lost",
     {true, true, 10, 10, 10, 9},
     HALT_NONE,
     false,
     true},
    {"markers after the last record", {true, true, 8, 12, 12, 7}, HALT_NONE, false, true},
    {"records expired unread", {true, true, 11, 20, 10, 9}, HALT_LOST, false, false},
    {"the topic ends before what was read", {true, true, 0, 9, 10, 9}, HALT_SHORT, false, false},
    {"a recreated, empty topic", {true, true, 0, 0, 10, 9}, HALT_SHORT, false, false},
    {"another cluster", {true, false, 0, 10, 10, 9}, HALT_CLUSTER, false, false},
    {"a topic that the catalog does not know",
     {false, true, 0, 10, 10, 9},
     HALT_FEED,
     false,
     false},
};

static void judges_every_case_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(judge_cases); i++) {
        bool verify = true;
        bool expired = true;
        enum halt halt = claim_judge(&judge_cases[i].facts, &verify, &expired);
        if (halt != judge_cases[i].halt || verify != judge_cases[i].verify ||
            expired != judge_cases[i].expired)
            fail_msg("%s: halt %s, verify %d, expired %d", judge_cases[i].name,
                     halt_row(halt)->word, verify, expired);
    }
}

static void every_halt_has_words_for_the_operator(void **state)
{
    (void)state;
    for (enum halt halt = HALT_NONE + 1; halt < HALT_COUNT; halt++) {
        assert_true(strlen(halt_row(halt)->word) > 0);
        assert_true(strlen(halt_row(halt)->sentence) > 20);
        assert_true(strlen(halt_row(halt)->advice) > 20);
    }
}

static struct record record_at(int64_t offset, const char *value)
{
    return (struct record){.offset = offset,
                           .timestamp_type = 1,
                           .timestamp_ms = 1000,
                           .value = {value, strlen(value)}};
}

static struct claim claim_after(const struct record *record)
{
    return (struct claim){.end = {.next = (uint64_t)record->offset + 1,
                                  .last_offset = (uint64_t)record->offset,
                                  .last_hash = raw_digest(record)},
                          .must_verify = true};
}

static void the_same_record_is_the_anchor(void **state)
{
    (void)state;
    struct record record = record_at(5, "hello");
    struct claim claim = claim_after(&record);
    assert_int_equal(claim_position(&claim), 5);
    assert_int_equal(claim_verify(&claim, &record), HALT_NONE);
    assert_false(claim.must_verify);
    assert_int_equal(claim_position(&claim), 6);
}

static void another_record_in_its_place_halts(void **state)
{
    (void)state;
    struct record record = record_at(5, "hello");
    struct record changed = record_at(5, "hellO");
    struct record later = record_at(6, "hello");
    struct claim claim = claim_after(&record);
    assert_int_equal(claim_verify(&claim, &changed), HALT_ANCHOR);
    claim = claim_after(&record);
    assert_int_equal(claim_verify(&claim, &later), HALT_ANCHOR);
    assert_int_equal(claim.halt, HALT_ANCHOR);
    assert_true(strlen(claim.halt_detail) > 0);
}

static void a_gap_halts_unless_the_feed_is_transactional(void **state)
{
    (void)state;
    struct claim claim = {.transactional = false};
    struct record record = record_at(7, "x");
    assert_int_equal(claim_check(&claim, 7, &record), HALT_NONE);
    assert_int_equal(claim_check(&claim, 6, &record), HALT_HOLE);
    struct claim transactional = {.transactional = true};
    assert_int_equal(claim_check(&transactional, 6, &record), HALT_NONE);
}

static void producers_time_halts_unless_it_is_registered(void **state)
{
    (void)state;
    struct claim claim = {.create_time = false};
    struct record record = record_at(7, "x");
    record.timestamp_type = 0;
    assert_int_equal(claim_check(&claim, 7, &record), HALT_TIME);
    struct claim registered = {.create_time = true};
    assert_int_equal(claim_check(&registered, 7, &record), HALT_NONE);
}

/* The bytes that receipts hash, written out by hand. */
static void a_record_is_hashed_as_the_protocol_says(void **state)
{
    (void)state;
    const unsigned char bytes[] = {
        0,    0,    0,    0,    0,   0,   0, 5,       /* offset */
        0,    0,    0,    1,                          /* timestamp type */
        0,    0,    0,    0,    0,   0,   3, 0xe8,    /* timestamp */
        0xff, 0xff, 0xff, 0xff,                       /* no key */
        0,    0,    0,    1,                          /* one header */
        0,    0,    0,    1,    'h', 0,   0, 0,    0, /* "h", an empty value */
        0,    0,    0,    2,    'h', 'i',             /* value */
    };
    const struct record_header header = {{"h", 1}, {"", 0}};
    struct record record = record_at(5, "hi");
    record.headers = &header;
    record.header_count = 1;
    struct digest expected = digest_of(bytes, sizeof bytes);
    struct digest digest = raw_digest(&record);
    assert_memory_equal(&digest, &expected, DIGEST_SIZE);
}

static void an_absent_value_is_not_an_empty_one(void **state)
{
    (void)state;
    struct record empty = record_at(5, "");
    struct record absent = empty;
    absent.value.data = NULL;
    struct digest a = raw_digest(&empty);
    struct digest b = raw_digest(&absent);
    assert_false(digest_equals(&a, &b));
}

struct end_case {
    const char *name;
    struct claim claim;
    uint64_t expected, end;
    enum halt halt;
};

static const struct end_case end_cases[] = {
    {"everything was read", {.end = {.next = 10}}, 10, 10, HALT_NONE},
    {"markers at the end", {.transactional = true}, 10, 12, HALT_NONE},
    {"blank lines at the end", {.is_file = true}, 10, 12, HALT_NONE},
    {"something is missing at the end", {.end = {.next = 10}}, 10, 12, HALT_HOLE},
    {"the last record is still to come",
     {.must_verify = true, .end = {.next = 10, .last_offset = 9}},
     10,
     9,
     HALT_NONE},
    {"a marker where the last record was",
     {.must_verify = true, .transactional = true, .end = {.next = 10, .last_offset = 8}},
     10,
     10,
     HALT_ANCHOR},
};

static void an_end_tells_what_did_not_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(end_cases); i++) {
        struct claim claim = end_cases[i].claim;
        enum halt halt = claim_check_end(&claim, end_cases[i].expected, end_cases[i].end);
        if (halt != end_cases[i].halt || claim.halt != halt)
            fail_msg("%s: %s", end_cases[i].name, halt_row(halt)->word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_every_case_of_the_table),
        cmocka_unit_test(every_halt_has_words_for_the_operator),
        cmocka_unit_test(the_same_record_is_the_anchor),
        cmocka_unit_test(another_record_in_its_place_halts),
        cmocka_unit_test(a_gap_halts_unless_the_feed_is_transactional),
        cmocka_unit_test(producers_time_halts_unless_it_is_registered),
        cmocka_unit_test(a_record_is_hashed_as_the_protocol_says),
        cmocka_unit_test(an_absent_value_is_not_an_empty_one),
        cmocka_unit_test(an_end_tells_what_did_not_come),
    };
    core_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
