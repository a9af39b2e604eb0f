#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter/event.h"

#define ATTRIBUTES                                                                                 \
    "\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"/s\",\"type\":\"t.v1\",\"subject\":\"acme\""
#define GOOD "{" ATTRIBUTES ",\"data\":{\"q\":7}}"

struct fixture {
    struct arena arena;
    struct scan_plan *plan;
    size_t q;
    struct event event;
    struct refusal refusal;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof(*fixture));
    struct error err;
    arena_init(&fixture->arena);
    fixture->plan = scan_plan_make(&fixture->arena);
    event_plan_attributes(fixture->plan);
    assert_true(scan_plan_add(fixture->plan, slice_of("/data/q"), &fixture->q, &err));
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

static bool read_structured(struct fixture *fixture, const char *json)
{
    fixture->refusal = (struct refusal){0};
    return event_read_structured(fixture->plan, slice_of(json), &fixture->arena, &fixture->event,
                                 &fixture->refusal);
}

static bool read_record(struct fixture *fixture, const struct record *record)
{
    fixture->refusal = (struct refusal){0};
    return event_read(fixture->plan, record, &fixture->arena, &fixture->event, &fixture->refusal);
}

static struct record_header header(const char *name, const char *value)
{
    return (struct record_header){slice_of(name),
                                  value != NULL ? slice_of(value) : (struct slice){NULL, 0}};
}

static void reads_a_structured_event(void **state)
{
    struct fixture *fixture = *state;
    assert_true(read_structured(
        fixture, "{\"data\":{\"q\":7},\"sequence\":\"0001\",\"time\":\"1970-01-01T01:00:01+01:00\","
                 "\"datacontenttype\":\"application/json\",\"other\":\"x\"," ATTRIBUTES "}"));
    struct event *event = &fixture->event;
    assert_true(slice_equals(event->id, "e1") && slice_equals(event->source, "/s"));
    assert_true(slice_equals(event->type, "t.v1") && slice_equals(event->subject, "acme"));
    assert_true(slice_equals(event->sequence, "0001"));
    assert_true(event->has_time && event->time_us == 1000000);
    assert_true(event->fields[fixture->q].integer == 7);
    assert_true(read_structured(fixture, GOOD));
    assert_false(fixture->event.has_time);
    assert_null(fixture->event.sequence.data);
}

static void reads_a_binary_event_to_the_same(void **state)
{
    struct fixture *fixture = *state;
    const struct record_header headers[] = {
        header("ce_specversion", "1.0"), header("ce_id", "e1"),
        header("ce_source", "/s"),       header("ce_type", "t.v1"),
        header("ce_subject", "acme"),    header("content-type", "application/json"),
        header("ce_extra", "x"),         header("ce_sequence", NULL),
        header("traceparent", "\xff"),   header("ce_time", "1970-01-01T00:00:01Z"),
    };
    struct record record = {
        .headers = headers, .header_count = COUNT_OF(headers), .value = slice_of("{\"q\":7}")};
    assert_true(read_record(fixture, &record));
    assert_true(slice_equals(fixture->event.id, "e1"));
    assert_true(slice_equals(fixture->event.subject, "acme"));
    assert_true(fixture->event.time_us == 1000000);
    assert_true(fixture->event.fields[fixture->q].integer == 7);
    assert_null(fixture->event.sequence.data);
}

static void knows_the_form_by_the_content_type(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *content_type;
        bool is_read;
    } cases[] = {
        {"application/cloudevents+json", true},
        {"Application/CloudEvents+JSON", true},
        {"application/cloudevents+json; charset=utf-8", true},
        {"application/cloudevents+json;charset=\"UTF-8\" ; x=y", true},
        {"application/cloudevents+json; charset=latin1", false},
        {"application/cloudevents+avro", false},
        {"application/cloudevents-batch+json", false},
        {"application/cloudevents", false},
        {"application/json", false},
        {"", false},
        {NULL, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct record_header headers[] = {header("Content-Type", cases[i].content_type)};
        struct record record = {.headers = headers, .header_count = 1, .value = slice_of(GOOD)};
        assert_int_equal(read_record(fixture, &record), cases[i].is_read);
        if (!cases[i].is_read)
            assert_int_equal(fixture->refusal.reason, REFUSAL_MALFORMED);
    }
    struct record bare = {.value = slice_of(GOOD)};
    assert_false(read_record(fixture, &bare));
    bare.is_file = true;
    assert_true(read_record(fixture, &bare));
}

static void refuses_a_null_value_and_one_that_is_too_large(void **state)
{
    struct fixture *fixture = *state;
    struct record record = {.is_file = true};
    assert_false(read_record(fixture, &record));
    assert_int_equal(fixture->refusal.reason, REFUSAL_MALFORMED);
    char *large = memory_alloc(EVENT_SIZE_MAX + 1);
    memset(large, ' ', EVENT_SIZE_MAX + 1);
    memcpy(large, GOOD, strlen(GOOD));
    record.value = (struct slice){large, EVENT_SIZE_MAX};
    assert_true(read_record(fixture, &record));
    record.value.size = EVENT_SIZE_MAX + 1;
    assert_false(read_record(fixture, &record));
    assert_int_equal(fixture->refusal.reason, REFUSAL_TOO_LARGE);
    free(large);
}

#define WITH(attribute, value)                                                                               \
    "{\"specversion\":\"1.0\",\"id\":\"e1\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"a\",\"" attribute \
    "\":" value "}"

static void refuses_attributes_that_break_cloudevents_rules(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *json;
        const char *detail; /* its start */
    } cases[] = {
        {"{\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"a\"}",
         "specversion is missing"},
        {"{\"specversion\":\"0.3\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"a\"}",
         "specversion '0.3'"},
        {"{\"specversion\":\"1.0\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"a\"}",
         "id is missing"},
        {"{\"specversion\":\"1.0\",\"id\":\"\",\"source\":\"/s\",\"type\":\"t\",\"subject\":\"a\"}",
         "id is empty"},
        {"{\"specversion\":\"1.0\",\"id\":7,\"source\":\"/s\",\"type\":\"t\",\"subject\":\"a\"}",
         "id is a number"},
        {"{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":null,\"type\":\"t\",\"subject\":\"a\"}",
         "source is missing"},
        {"{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"subject\":\"a\"}",
         "type is missing"},
        {"{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"type\":\"t\"}",
         "subject is missing"},
        {"{\"specversion\":\"1.0\",\"id\":\"a\\tb\",\"source\":\"/s\",\"type\":\"t\",\"subject\":"
         "\"a\"}",
         "id has control"},
        {"{\"specversion\":\"1.0\",\"id\":\"a\\u0085\",\"source\":\"/s\",\"type\":\"t\","
         "\"subject\":\"a\"}",
         "id has control"},
        {WITH("time", "\"yesterday\""), "time "},
        {WITH("time", "\"2026-10-01T00:00:60Z\""), "time "},
        {WITH("time", "1790812800"), "time is a number"},
        {WITH("datacontenttype", "\"application/xml\""), "datacontenttype"},
        {WITH("datacontenttype", "\"application/json; charset=latin1\""), "datacontenttype"},
        {WITH("data_base64", "\"e30=\""), "data_base64"},
        {WITH("sequence", "true"), "sequence is true"},
        {"[]", "an array where"},
        {"{", "not JSON"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (read_structured(fixture, cases[i].json))
            fail_msg("accepted: %s", cases[i].json);
        assert_int_equal(fixture->refusal.reason, REFUSAL_MALFORMED);
        if (strncmp(fixture->refusal.detail, cases[i].detail, strlen(cases[i].detail)) != 0)
            fail_msg("'%s' is not '%s…'", fixture->refusal.detail, cases[i].detail);
    }
}

static void accepts_what_the_rules_allow(void **state)
{
    struct fixture *fixture = *state;
    static const char *const cases[] = {
        WITH("datacontenttype", "\"application/vnd.x+json; a=b\""),
        WITH("datacontenttype", "\"TEXT/JSON\""),
        WITH("datacontenttype", "null"),
        WITH("data_base64", "null"),
        WITH("time", "null"),
        WITH("sequence", "12"),
        WITH("data", "\"no object\""),
        WITH("dataschema", "\"urn:x\""),
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (!read_structured(fixture, cases[i]))
            fail_msg("%s: %s", cases[i], fixture->refusal.detail);
    }
}

static void cuts_the_attribute_time_to_microseconds(void **state)
{
    struct fixture *fixture = *state;
    assert_true(read_structured(fixture, WITH("time", "\"1970-01-01T00:00:00.123456789Z\"")));
    assert_true(fixture->event.time_us == 123456);
    assert_true(read_structured(fixture, WITH("time", "\"1970-01-01T01:00:00.000001999+01:00\"")));
    assert_true(fixture->event.time_us == 1);
    assert_false(read_structured(fixture, WITH("time", "\"1970-01-01T00:00:00.1234567x\"")));
}

static void refuses_binary_events_that_are_not_well_formed(void **state)
{
    struct fixture *fixture = *state;
    struct record_header headers[] = {
        header("ce_specversion", "1.0"), header("ce_id", "e1"),      header("ce_source", "/s"),
        header("ce_type", "t.v1"),       header("ce_subject", "ac"), header("x", "y"),
    };
    struct record record = {
        .headers = headers, .header_count = COUNT_OF(headers), .value = slice_of("{\"q\":7}")};
    assert_true(read_record(fixture, &record));
    headers[5] = header("ce_id", "e2");
    assert_false(read_record(fixture, &record));
    assert_string_equal(fixture->refusal.detail, "id is given twice");
    headers[5] = header("ce_time", "\xff");
    assert_false(read_record(fixture, &record));
    assert_string_equal(fixture->refusal.detail, "time is not UTF-8");
    headers[5] = header("content-type", "text/plain");
    assert_false(read_record(fixture, &record));
    headers[5] = header("x", "y");
    headers[1].value = (struct slice){"e\0", 2};
    assert_false(read_record(fixture, &record));
    headers[1].value = slice_of("");
    assert_false(read_record(fixture, &record));
    headers[1].value = slice_of("e1");
    record.value = slice_of("");
    assert_false(read_record(fixture, &record));
    record.value = slice_of("[7]");
    assert_false(read_record(fixture, &record));
}

static void limits_the_size_of_attributes(void **state)
{
    struct fixture *fixture = *state;
    char json[2048];
    for (size_t size = EVENT_ATTRIBUTE_SIZE_MAX; size <= EVENT_ATTRIBUTE_SIZE_MAX + 1; size++) {
        char id[EVENT_ATTRIBUTE_SIZE_MAX + 2] = {0};
        memset(id, 'i', size);
        (void)snprintf(json, sizeof(json),
                       "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/s\",\"type\":\"t\","
                       "\"subject\":\"a\"}",
                       id);
        assert_int_equal(read_structured(fixture, json), size <= EVENT_ATTRIBUTE_SIZE_MAX);
    }
}

/* Whether an event of this id is taken; the id comes in a header, so it may have any bytes. */
static bool takes_id(struct fixture *fixture, const char *id)
{
    const struct record_header headers[] = {
        header("ce_specversion", "1.0"), header("ce_id", id),       header("ce_source", "/s"),
        header("ce_type", "t.v1"),       header("ce_subject", "a"),
    };
    struct record record = {
        .headers = headers, .header_count = COUNT_OF(headers), .value = slice_of("{}")};
    return read_record(fixture, &record);
}

static void finds_a_control_character_in_any_place(void **state)
{
    struct fixture *fixture = *state;
    for (size_t size = 1; size <= 26; size++) {
        char id[32];
        for (size_t at = 0; at < size; at++)
            for (int c = 1; c < 0x80; c++) {
                memset(id, 'i', size);
                id[size] = '\0';
                id[at] = (char)c;
                if (takes_id(fixture, id) != (c >= 0x20 && c != 0x7f))
                    fail_msg("character %d at %zu of %zu", c, at, size);
            }
        for (size_t at = 0; at + 1 < size; at++) {
            memset(id, 'i', size);
            memcpy(&id[at], "\xc2\x9f", 2);
            assert_false(takes_id(fixture, id));
            memcpy(&id[at], "\xc2\xa0", 2);
            assert_true(takes_id(fixture, id));
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_a_structured_event),
        TEST(reads_a_binary_event_to_the_same),
        TEST(knows_the_form_by_the_content_type),
        TEST(refuses_a_null_value_and_one_that_is_too_large),
        TEST(refuses_attributes_that_break_cloudevents_rules),
        TEST(accepts_what_the_rules_allow),
        TEST(cuts_the_attribute_time_to_microseconds),
        TEST(refuses_binary_events_that_are_not_well_formed),
        TEST(finds_a_control_character_in_any_place),
        TEST(limits_the_size_of_attributes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
