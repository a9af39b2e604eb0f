/* ingest/claim: what is found at a claim, in a record, at an end; the anchor. */
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
    struct claim_facts
        facts; /* registered, gone, same cluster, compacted, low, high, next, last offset */
    enum partition_event event;
};

static const struct judge_case judge_cases[] = {
    {"an empty topic that was never read",
     {true, false, true, false, 0, 0, 0, OFFSET_NONE},
     EVENT_CLAIMED_NEW},
    {"first claim of a topic that lost its start",
     {true, false, true, false, 7, 9, 7, OFFSET_NONE},
     EVENT_CLAIMED_NEW},
    {"the last record is there", {true, false, true, false, 0, 10, 10, 9}, EVENT_CLAIMED_ANCHORED},
    {"more came since", {true, false, true, false, 0, 100, 10, 9}, EVENT_CLAIMED_ANCHORED},
    {"the last record is the first one left",
     {true, false, true, false, 9, 10, 10, 9},
     EVENT_CLAIMED_ANCHORED},
    {"the last record expired, nothing is lost",
     {true, false, true, false, 10, 10, 10, 9},
     EVENT_CLAIMED_EXPIRED},
    {"markers after the last record",
     {true, false, true, false, 8, 12, 12, 7},
     EVENT_CLAIMED_EXPIRED},
    {"records expired unread", {true, false, true, false, 11, 20, 10, 9}, EVENT_CLAIMED_LOST},
    {"the topic ends before what was read",
     {true, false, true, false, 0, 9, 10, 9},
     EVENT_CLAIMED_SHORT},
    {"a recreated, empty topic", {true, false, true, false, 0, 0, 10, 9}, EVENT_CLAIMED_SHORT},
    {"another cluster", {true, false, false, false, 0, 10, 10, 9}, EVENT_CLAIMED_ELSEWHERE},
    {"a topic that was deleted", {true, true, false, false, 0, 0, 10, 9}, EVENT_CLAIMED_GONE},
    {"a compacted topic", {true, false, true, true, 0, 10, 10, 9}, EVENT_CLAIMED_COMPACTED},
    {"a topic that the catalog does not know",
     {false, false, true, false, 0, 10, 10, 9},
     EVENT_CLAIMED_UNREGISTERED},
};

static void judges_every_case_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(judge_cases); i++) {
        enum partition_event event = claim_judge(&judge_cases[i].facts);
        if (event != judge_cases[i].event)
            fail_msg("%s: %s", judge_cases[i].name, partition_event_word(event));
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
                          .state = STATE_VERIFYING};
}

static void the_same_record_is_the_anchor(void **state)
{
    (void)state;
    struct record record = record_at(5, "hello");
    struct claim claim = claim_after(&record);
    assert_int_equal(claim_position(&claim, 6), 5);
    enum partition_event event = claim_see_record(&claim, 6, &record);
    assert_int_equal(event, EVENT_ANCHOR_SAME);
    assert_int_equal(claim_happens(&claim, event), ACTION_NONE);
    assert_int_equal(claim.state, STATE_READING);
    assert_int_equal(claim_position(&claim, 6), 6);
}

static void another_record_in_its_place_halts(void **state)
{
    (void)state;
    struct record record = record_at(5, "hello");
    struct record changed = record_at(5, "hellO");
    struct record later = record_at(6, "hello");
    struct claim claim = claim_after(&record);
    assert_int_equal(claim_see_record(&claim, 6, &changed), EVENT_ANCHOR_OTHER);
    assert_int_equal(claim_see_record(&claim, 6, &later), EVENT_ANCHOR_GONE);
    assert_int_equal(claim_happens(&claim, EVENT_ANCHOR_GONE), ACTION_HALT);
    assert_int_equal(claim.halt, HALT_ANCHOR);
    assert_true(strlen(claim.halt_detail) > 0);
}

static void a_halt_keeps_its_first_reason(void **state)
{
    (void)state;
    struct claim claim = {.state = STATE_READING};
    assert_int_equal(claim_happens(&claim, EVENT_RECORD_GAP), ACTION_HALT);
    assert_int_equal(claim_happens(&claim, EVENT_RATE), ACTION_NONE);
    assert_int_equal(claim.halt, HALT_HOLE);
}

struct record_case {
    const char *name;
    struct claim claim;
    uint64_t expected;
    int64_t offset;
    int32_t timestamp_type;
    enum partition_event event;
};

static const struct record_case record_cases[] = {
    {"the next one", {.state = STATE_READING}, 7, 7, 1, EVENT_RECORD_NEXT},
    {"a gap", {.state = STATE_READING}, 6, 7, 1, EVENT_RECORD_GAP},
    {"after markers", {.state = STATE_READING, .transactional = true}, 6, 7, 1, EVENT_RECORD_HOLES},
    {"after blank lines", {.state = STATE_READING, .is_file = true}, 6, 70, 0, EVENT_RECORD_HOLES},
    {"one that came before", {.state = STATE_READING}, 8, 7, 1, EVENT_RECORD_AGAIN},
    {"a producer's time", {.state = STATE_READING}, 7, 7, 0, EVENT_RECORD_CLOCK},
    {"a producer's time, after markers",
     {.state = STATE_READING, .transactional = true},
     6,
     7,
     0,
     EVENT_RECORD_CLOCK},
    {"a producer's time that is registered",
     {.state = STATE_READING, .create_time = true},
     7,
     7,
     0,
     EVENT_RECORD_NEXT},
    {"while the anchor is awaited",
     {.state = STATE_VERIFYING, .end = {.last_offset = 8}},
     9,
     7,
     1,
     EVENT_RECORD_AGAIN},
    {"after trouble", {.state = STATE_DOUBTED}, 7, 7, 1, EVENT_ARRIVED},
    {"before the next claim", {.state = STATE_STALE}, 7, 9, 1, EVENT_ARRIVED},
    {"after a halt", {.state = STATE_HALTED, .halt = HALT_HOLE}, 7, 9, 1, EVENT_ARRIVED},
};

static void a_record_is_what_its_offset_and_clock_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(record_cases); i++) {
        const struct record_case *row = &record_cases[i];
        struct claim claim = row->claim;
        struct record record = record_at(row->offset, "x");
        record.timestamp_type = row->timestamp_type;
        enum partition_event event = claim_see_record(&claim, row->expected, &record);
        if (event != row->event)
            fail_msg("%s: %s", row->name, partition_event_word(event));
    }
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
    enum partition_event event;
};

static const struct end_case end_cases[] = {
    {"everything was read", {.state = STATE_READING}, 10, 10, EVENT_END_REACHED},
    {"markers at the end",
     {.state = STATE_READING, .transactional = true},
     10,
     12,
     EVENT_END_HOLES},
    {"blank lines at the end", {.state = STATE_READING, .is_file = true}, 10, 12, EVENT_END_HOLES},
    {"something is missing at the end", {.state = STATE_READING}, 10, 12, EVENT_END_GAP},
    {"an older fetch", {.state = STATE_READING}, 10, 9, EVENT_END_EARLY},
    {"the last record is still to come",
     {.state = STATE_VERIFYING, .end = {.next = 10, .last_offset = 9}},
     10,
     9,
     EVENT_END_EARLY},
    {"a marker where the last record was",
     {.state = STATE_VERIFYING, .transactional = true, .end = {.next = 10, .last_offset = 8}},
     10,
     10,
     EVENT_ANCHOR_GONE},
    {"after trouble", {.state = STATE_DOUBTED}, 10, 10, EVENT_ARRIVED},
};

static void an_end_tells_what_did_not_come(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(end_cases); i++) {
        struct claim claim = end_cases[i].claim;
        enum partition_event event = claim_see_end(&claim, end_cases[i].expected, end_cases[i].end);
        if (event != end_cases[i].event)
            fail_msg("%s: %s", end_cases[i].name, partition_event_word(event));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges_every_case_of_the_table),
        cmocka_unit_test(the_same_record_is_the_anchor),
        cmocka_unit_test(another_record_in_its_place_halts),
        cmocka_unit_test(a_halt_keeps_its_first_reason),
        cmocka_unit_test(a_record_is_what_its_offset_and_clock_say),
        cmocka_unit_test(a_record_is_hashed_as_the_protocol_says),
        cmocka_unit_test(an_absent_value_is_not_an_empty_one),
        cmocka_unit_test(an_end_tells_what_did_not_come),
    };
    core_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
