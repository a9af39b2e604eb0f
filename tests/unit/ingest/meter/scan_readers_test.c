/*
 * The reader of one pass takes nothing that jansson refuses, and reads the same out of what it
 * takes; usual events are not left to jansson.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "harness/scan_readers.h"

#define PLAIN                                                                                      \
    "{\"specversion\":\"1.0\",\"id\":\"g-1\",\"x\":[true,{\"a\":\"b\"},-7,null],\"source\":"       \
    "\"/cluster/fra1\",\"time\":\"2026-09-01T00:05:00Z\",\"data\":{\"a\":\"v\xc3\xa4\",\"b\":12,"  \
    "\"longer_than_eight\":false,\"n\":{\"a\":0,\"b\":\"\"},\"other\":{}}}"
#define SPACED " {\n\t\"id\" : \"i\" , \"data\" : { \"b\" : [ 1 , 2 ] ,\r\n \"a\" : -1 } } \n"

static const char *const pointers[] = {
    "/specversion", "/id",      "/source", "/time",
    "/data",        "/data/a",  "/data/b", "/data/longer_than_eight",
    "/data/n/a",    "/data/n/b"};

struct fixture {
    struct arena arena;
    struct scan_plan *plan;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);
    struct error err;
    size_t index;
    arena_init(&fixture->arena);
    fixture->plan = scan_plan_make(&fixture->arena);
    for (size_t i = 0; i < COUNT_OF(pointers); i++)
        assert_true(scan_plan_add(fixture->plan, slice_of(pointers[i]), &index, &err));
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

/* Both roots; what both readers say when it is an event. */
static struct scan_readers check(const struct fixture *fixture, struct slice bytes)
{
    struct scan_readers data = scan_by_both(fixture->plan, SCAN_ROOT_DATA, bytes);
    struct scan_readers event = scan_by_both(fixture->plan, SCAN_ROOT_EVENT, bytes);
    if (!data.agree || !event.agree)
        fail_msg("the readers differ on: %.*s", (int)bytes.size, bytes.data);
    return event;
}

static struct scan_readers check_inside(const struct fixture *fixture, const char *before,
                                        struct slice bytes, const char *after)
{
    struct text text;
    text_init(&text);
    text_append(&text, before);
    text_append_n(&text, bytes.data, bytes.size);
    text_append(&text, after);
    struct scan_readers readers = check(fixture, (struct slice){text.data, text.size});
    text_release(&text);
    return readers;
}

static void usual_events_are_read_in_one_pass(void **state)
{
    assert_true(check(*state, slice_of(PLAIN)).fast);
    assert_true(check(*state, slice_of(SPACED)).fast);
    assert_true(check(*state, slice_of("{}")).fast);
    assert_true(check(*state, slice_of("{\"a\":[[],{},[{}]]}")).fast);
}

static void what_is_unusual_is_left_to_jansson_which_takes_it(void **state)
{
    static const char *const cases[] = {
        "{\"a\":\"\\n\"}", "{\"\\u0061\":1}", "{\"a\":1.0}",
        "{\"a\":1e3}",     "{\"a\":-0}",      "{\"a\":9223372036854775807}",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct scan_readers readers = check(*state, slice_of(cases[i]));
        if (readers.fast || !readers.slow)
            fail_msg("%s", cases[i]);
    }
}

static void agree_wherever_an_event_is_cut_off_or_changed_by_one_byte(void **state)
{
    static const char others[] =
        "\"\\{}[]:,0129.-+eEtfnu /\t\n\r\x1f\x7f\x80\xa0\xc2\xe2\xed\xf4\xff";
    static const char *const events[] = {PLAIN, SPACED};
    for (size_t e = 0; e < COUNT_OF(events); e++) {
        size_t size = strlen(events[e]);
        char *bytes = memory_alloc(size + 1);
        memcpy(bytes, events[e], size);
        for (size_t at = 0; at < size; at++) {
            check(*state, (struct slice){bytes, at});
            for (size_t i = 0; i < sizeof others; i++) { /* the zero behind them, too */
                bytes[at] = others[i];
                check(*state, (struct slice){bytes, size});
            }
            bytes[at] = events[e][at];
        }
        free(bytes);
    }
}

static void agree_when_members_stand_twice(void **state)
{
    static const char *const names[] = {
        "id", "data", "b", "longer_than_eight", "longer_than_nine", "longer_than_eigh",
        "",   "other"};
    char json[200];
    for (size_t a = 0; a < COUNT_OF(names); a++) {
        for (size_t b = 0; b < COUNT_OF(names); b++) {
            snprintf(json, sizeof json, "{\"%s\":1,\"q\":[{\"%s\":2}],\"%s\":{}}", names[a],
                     names[a], names[b]);
            struct scan_readers readers = check(*state, slice_of(json));
            assert_true(readers.fast == (a != b));
            snprintf(json, sizeof json, "{\"data\":{\"%s\":1,\"n\":{\"%s\":1},\"%s\":2}}", names[a],
                     names[b], names[b]);
            assert_true(check(*state, slice_of(json)).fast == (a != b));
        }
    }
}

static void leave_what_has_too_many_strangers_to_jansson(void **state)
{
    for (int count = 1; count < 300; count++) {
        struct text json;
        text_init(&json);
        for (int i = 0; i < count; i++)
            text_printf(&json, "%s\"x%d\":%d", i == 0 ? "{" : ",", i, i);
        text_append(&json, "}");
        struct scan_readers readers = check(*state, (struct slice){json.data, json.size});
        assert_true(readers.slow);
        assert_true(readers.fast == (count <= 128));
        text_release(&json);
    }
}

static void agree_at_any_depth(void **state)
{
    for (int depth = 1; depth < 40; depth++) {
        struct text json;
        text_init(&json);
        for (int i = 0; i < depth; i++)
            text_append(&json, i % 2 == 0 ? "{\"a\":" : "[");
        text_append(&json, "1");
        for (int i = depth; i-- > 0;)
            text_append(&json, i % 2 == 0 ? "}" : "]");
        struct scan_readers readers = check(*state, (struct slice){json.data, json.size});
        assert_true(readers.slow == (depth <= SCAN_DEPTH_MAX) && readers.fast == readers.slow);
        text_release(&json);
    }
}

static void agree_on_numbers_of_any_length(void **state)
{
    static const char *const digits[] = {"1", "9", "0"};
    for (size_t d = 0; d < COUNT_OF(digits); d++) {
        struct text number;
        text_init(&number);
        for (int i = 0; i < 25; i++) {
            text_append(&number, digits[d]);
            struct slice text = {number.data, number.size};
            bool is_whole = digits[d][0] != '0' || i == 0;
            assert_true(check_inside(*state, "{\"data\":{\"b\":", text, "}}").fast ==
                        (is_whole && i < 18));
            check_inside(*state, "{\"data\":{\"b\":-", text, "}}");
        }
        text_release(&number);
    }
}

static const char *vectors_folder(void)
{
    const char *folder = getenv("DAYBOOK_VECTORS");
    return folder != NULL ? folder : "tests/vectors";
}

static struct text read_vector(const char *folder, const char *name)
{
    char path[2048];
    struct text bytes;
    struct error err;
    text_init(&bytes);
    snprintf(path, sizeof path, "%s/%s/%s", vectors_folder(), folder, name);
    if (!file_read(path, (size_t)1 << 24, &bytes, &err))
        fail_msg("%s", err.message);
    return bytes;
}

static void agree_on_the_json_test_suite(void **state)
{
    char folder[2048];
    size_t checked = 0;
    size_t taken = 0;
    snprintf(folder, sizeof folder, "%s/json/test_parsing", vectors_folder());
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        fail_msg("cannot open the folder of vectors");
        return;
    }
    for (struct dirent *item; (item = readdir(dir)) != NULL;) {
        if (item->d_name[0] == '.')
            continue;
        struct text bytes = read_vector("json/test_parsing", item->d_name);
        struct slice document = {bytes.data, bytes.size};
        check(*state, document);
        check_inside(*state, "{\"data\":{\"b\":", document, "}}");
        check_inside(*state, "{\"q\":[", document, "]}");
        taken += check_inside(*state, "{\"id\":", document, "}").fast;
        checked++;
        text_release(&bytes);
    }
    (void)closedir(dir);
    assert_true(checked > 300 && taken > 40);
}

/* Lines "number:valid:bytes" and "number:invalid:bytes"; some bytes are line ends themselves. */
static void agree_on_utf8_at_its_edges(void **state)
{
    struct text bytes = read_vector("utf8", "utf8tests.bin");
    size_t valid = 0;
    size_t invalid = 0;
    for (char *line = bytes.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        char *text = strchr(line, ':');
        if (text == NULL || text > end || line[0] == '#')
            continue;
        bool is_valid = strncmp(text, ":valid:", 7) == 0;
        text += is_valid ? 7 : 9;
        if (text > end || memchr(text, '"', (size_t)(end - text)) != NULL)
            continue;
        struct slice found = {text, (size_t)(end - text)};
        struct scan_readers value = check_inside(*state, "{\"data\":{\"a\":\"0123456789abc", found,
                                                 "012345678901234567890123456789\"}}");
        check_inside(*state, "{\"q\":{\"", found, "\":1}}");
        valid += is_valid && value.fast;
        invalid += !is_valid && !value.fast;
    }
    assert_true(valid > 20 && invalid > 50);
    text_release(&bytes);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(usual_events_are_read_in_one_pass),
        TEST(what_is_unusual_is_left_to_jansson_which_takes_it),
        TEST(agree_wherever_an_event_is_cut_off_or_changed_by_one_byte),
        TEST(agree_when_members_stand_twice),
        TEST(leave_what_has_too_many_strangers_to_jansson),
        TEST(agree_at_any_depth),
        TEST(agree_on_numbers_of_any_length),
        TEST(agree_on_the_json_test_suite),
        TEST(agree_on_utf8_at_its_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
