/* ingest/release_line: a record that was kept becomes a line that says the same. */
#include "ingest/release_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/raw.h"
#include "meter/refusal.h"

#define EVENT "{\"specversion\":\"1.0\",\"id\":\"a\"}"
#define JSON_TYPE                                                                                  \
    {"Content-Type", 12},                                                                          \
    {                                                                                              \
        "application/json", 16                                                                     \
    }

static const struct record_header structured[] = {
    {{"content-type", 12}, {"application/cloudevents+json; charset=utf-8", 43}},
};

static struct quarantine_item item_of(const struct record_header *headers, size_t count,
                                      struct slice value, struct arena *arena)
{
    const struct record record = {.headers = headers, .header_count = count};
    struct quarantine_item item = {.reason = "unknown_tenant", .value = value, .size = value.size};
    if (count > 0)
        item.headers = raw_headers(&record, arena);
    return item;
}

struct fixture {
    struct arena arena;
    struct text line;
    struct error err;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);
    arena_init(&fixture->arena);
    text_init(&fixture->line);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_release(&fixture->arena);
    text_release(&fixture->line);
    free(fixture);
    return 0;
}

static bool make_line(struct fixture *fixture, const struct quarantine_item *item)
{
    return release_line(item, &fixture->arena, &fixture->line, &fixture->err);
}

static void a_structured_event_is_its_bytes_on_one_line(void **state)
{
    struct fixture *fixture = *state;
    struct quarantine_item item =
        item_of(structured, 1, slice_of("{\r\n \"id\": \"a\\n\",\n \"id2\": \"\xc3\xa9\" }\n"),
                &fixture->arena);
    assert_true(make_line(fixture, &item));
    assert_string_equal(fixture->line.data, "{   \"id\": \"a\\n\",  \"id2\": \"\xc3\xa9\" } \n");
}

static void a_line_of_a_file_is_itself(void **state)
{
    struct fixture *fixture = *state;
    struct quarantine_item item = item_of(NULL, 0, slice_of(EVENT), &fixture->arena);
    item.is_file = true;
    assert_true(make_line(fixture, &item));
    assert_string_equal(fixture->line.data, EVENT "\n");
}

static void a_binary_event_has_its_headers_as_members(void **state)
{
    static const struct record_header headers[] = {
        {{"ce_id", 5}, {"a \"b\" \\", 7}},
        {JSON_TYPE},
        {{"ce_ext1", 7}, {"\xc3\xa9", 2}},
        {{"ce_ext1", 7}, {"again", 5}},
        {{"ce_null", 7}, {NULL, 0}},
        {{"ce_bytes", 8}, {"\xff", 1}},
        {{"ce_line", 7}, {"a\nb", 3}},
        {{"ce_Upper", 8}, {"x", 1}},
        {{"ce_data", 7}, {"x", 1}},
        {{"ce_datacontenttype", 18}, {"x", 1}},
        {{"ce_", 3}, {"x", 1}},
        {{"other", 5}, {"x", 1}},
    };
    struct fixture *fixture = *state;
    struct quarantine_item item =
        item_of(headers, COUNT_OF(headers), slice_of("{\n\"n\": 1}"), &fixture->arena);
    assert_true(make_line(fixture, &item));
    assert_string_equal(fixture->line.data,
                        "{\"id\":\"a \\\"b\\\" \\\\\",\"datacontenttype\":\"application/json\","
                        "\"ext1\":\"\xc3\xa9\",\"data\":{ \"n\": 1}}\n");
}

static void lines_follow_each_other(void **state)
{
    struct fixture *fixture = *state;
    struct quarantine_item item = item_of(structured, 1, slice_of(EVENT), &fixture->arena);
    assert_true(make_line(fixture, &item) && make_line(fixture, &item));
    assert_string_equal(fixture->line.data, EVENT "\n" EVENT "\n");
}

static void what_no_release_can_help_is_refused(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 1; i < REFUSAL_COUNT; i++) {
        struct quarantine_item item = item_of(structured, 1, slice_of(EVENT), &fixture->arena);
        item.reason = refusal_word((enum refusal_reason)i);
        bool allowed = refusal_allows((enum refusal_reason)i, DISPOSITION_RELEASE);
        assert_true(make_line(fixture, &item) == allowed);
        assert_true(allowed || fixture->err.code == ERROR_REFUSED);
        text_clear(&fixture->line);
    }
    struct quarantine_item item = item_of(structured, 1, slice_of(EVENT), &fixture->arena);
    item.reason = "whim";
    assert_false(make_line(fixture, &item));
}

static void what_is_not_kept_whole_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct quarantine_item cut = item_of(structured, 1, slice_of(EVENT), &fixture->arena);
    struct quarantine_item null = item_of(structured, 1, (struct slice){NULL, 0}, &fixture->arena);
    struct quarantine_item torn = item_of(structured, 1, slice_of(EVENT), &fixture->arena);
    cut.size = EVENT_SIZE_MAX + 1;
    torn.headers.size--;
    assert_false(make_line(fixture, &cut) || make_line(fixture, &null) ||
                 make_line(fixture, &torn));
    assert_int_equal(fixture->line.size, 0);
}

static void a_line_that_is_too_long_is_refused_and_leaves_the_others_alone(void **state)
{
    static const struct record_header headers[] = {{{"ce_id", 5}, {"a", 1}}};
    struct fixture *fixture = *state;
    char *value = arena_alloc(&fixture->arena, EVENT_SIZE_MAX);
    memset(value, ' ', EVENT_SIZE_MAX);
    struct quarantine_item good = item_of(structured, 1, slice_of(EVENT), &fixture->arena);
    struct quarantine_item most =
        item_of(structured, 1, (struct slice){value, EVENT_SIZE_MAX}, &fixture->arena);
    struct quarantine_item more =
        item_of(headers, 1, (struct slice){value, EVENT_SIZE_MAX}, &fixture->arena);
    assert_true(make_line(fixture, &most));
    assert_int_equal(fixture->line.size, EVENT_SIZE_MAX + 1);
    text_clear(&fixture->line);
    assert_true(make_line(fixture, &good));
    assert_false(make_line(fixture, &more));
    assert_string_equal(fixture->line.data, EVENT "\n");
}

static void headers_are_read_as_they_were_written(void **state)
{
    static const struct record_header headers[] = {
        {{"a", 1}, {NULL, 0}}, {{"", 0}, {"", 0}}, {{"b", 1}, {"\0x", 2}}};
    struct fixture *fixture = *state;
    const struct record record = {.headers = headers, .header_count = COUNT_OF(headers)};
    struct slice bytes = raw_headers(&record, &fixture->arena);
    const struct record_header *read = NULL;
    size_t count = 0;
    assert_true(raw_read_headers(bytes, &fixture->arena, &read, &count));
    assert_int_equal(count, 3);
    assert_true(read[0].value.data == NULL && read[1].value.data != NULL);
    assert_memory_equal(read[2].value.data, "\0x", 2);
    for (size_t size = 0; size < bytes.size; size++) {
        struct slice part = {bytes.data, size};
        assert_false(raw_read_headers(part, &fixture->arena, &read, &count));
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_structured_event_is_its_bytes_on_one_line),
        TEST(a_line_of_a_file_is_itself),
        TEST(a_binary_event_has_its_headers_as_members),
        TEST(lines_follow_each_other),
        TEST(what_no_release_can_help_is_refused),
        TEST(what_is_not_kept_whole_is_refused),
        TEST(a_line_that_is_too_long_is_refused_and_leaves_the_others_alone),
        TEST(headers_are_read_as_they_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
