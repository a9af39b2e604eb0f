#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter/scan.h"

struct fixture {
    struct arena arena;
    struct scan_plan *plan;
    size_t a, ab, d, dx;
    struct scan_field fields[8];
    struct error err;
};

static size_t add(struct scan_plan *plan, const char *pointer)
{
    size_t index = SIZE_MAX;
    struct error err;
    assert_true(scan_plan_add(plan, slice_of(pointer), &index, &err));
    return index;
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof(*fixture));
    arena_init(&fixture->arena);
    fixture->plan = scan_plan_make(&fixture->arena);
    fixture->a = add(fixture->plan, "/a");
    fixture->ab = add(fixture->plan, "/a/b");
    fixture->d = add(fixture->plan, "/data");
    fixture->dx = add(fixture->plan, "/data/x~1y~0z");
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

static bool scan(struct fixture *fixture, const char *json)
{
    return scan_object(fixture->plan, SCAN_ROOT_EVENT, slice_of(json), &fixture->arena,
                       fixture->fields, &fixture->err);
}

static void finds_what_pointers_point_to_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    assert_true(scan(fixture, "{\"z\":[1,{\"a\":2}],\"a\":{\"c\":1,\"b\":\"v\\u00e4\"}}"));
    assert_int_equal(fixture->fields[fixture->a].kind, SCAN_OBJECT);
    assert_int_equal(fixture->fields[fixture->ab].kind, SCAN_STRING);
    assert_true(slice_equals(fixture->fields[fixture->ab].text, "v\xc3\xa4"));
    assert_int_equal(fixture->fields[fixture->d].kind, SCAN_ABSENT);
    assert_true(scan(fixture, "{\"data\":{\"x/y~z\":-12}}"));
    assert_int_equal(fixture->fields[fixture->a].kind, SCAN_ABSENT);
    assert_int_equal(fixture->fields[fixture->dx].kind, SCAN_INTEGER);
    assert_true(fixture->fields[fixture->dx].integer == -12);
    assert_true(slice_equals(fixture->fields[fixture->dx].text, "-12"));
}

static void reads_below_data_when_the_bytes_are_the_data(void **state)
{
    struct fixture *fixture = *state;
    struct slice bytes = slice_of("{\"a\":1,\"x/y~z\":true}");
    assert_true(scan_object(fixture->plan, SCAN_ROOT_DATA, bytes, &fixture->arena, fixture->fields,
                            &fixture->err));
    assert_int_equal(fixture->fields[fixture->a].kind, SCAN_ABSENT);
    assert_int_equal(fixture->fields[fixture->dx].kind, SCAN_TRUE);
}

static void tells_the_kinds_of_values_apart(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *json;
        enum scan_kind kind;
        const char *text;
    } cases[] = {
        {"{\"a\":null}", SCAN_NULL, ""},
        {"{\"a\":false}", SCAN_FALSE, ""},
        {"{\"a\":[]}", SCAN_ARRAY, ""},
        {"{\"a\":\"\"}", SCAN_STRING, ""},
        {"{\"a\":0.1}", SCAN_REAL, ""},
        {"{\"a\":1.0}", SCAN_REAL, ""},
        {"{\"a\":1e3}", SCAN_REAL, ""},
        {"{\"a\":1e308}", SCAN_REAL, ""},
        {"{\"a\":-0}", SCAN_INTEGER, "0"},
        {"{\"a\":9223372036854775807}", SCAN_INTEGER, "9223372036854775807"},
        {"{\"a\":-9223372036854775808}", SCAN_INTEGER, "-9223372036854775808"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(scan(fixture, cases[i].json));
        assert_int_equal(fixture->fields[fixture->a].kind, cases[i].kind);
        assert_true(slice_equals(fixture->fields[fixture->a].text, cases[i].text));
    }
}

static void refuses_what_two_readers_could_understand_differently(void **state)
{
    struct fixture *fixture = *state;
    static const char *const cases[] = {
        "",
        "[]",
        "1",
        "null",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":1}",
        "{\"q\":{\"r\":1,\"r\":2}}",
        "{\"a\":9223372036854775808}",
        "{\"a\":1e309}",
        "{\"a\":NaN}",
        "{\"a\":01}",
        "{\"a\":+1}",
        "{\"a\":1,}",
        "{\"a\":1} x",
        "{\"a\":1}{}",
        "{'a':1}",
        "{\"a\":\"\\u0000\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\xc0\x80\"}",
        "{\"a\":\"\xed\xa0\x80\"}",
        "{\"a\":\"\n\"}",
        "\xef\xbb\xbf{}",
        "{\"a\":1",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (scan(fixture, cases[i]))
            fail_msg("accepted: %s", cases[i]);
        assert_int_equal(fixture->err.code, ERROR_INPUT);
    }
    static const struct slice with_nul[] = {{"{}\0", 3}, {"{\"a\":1\0}", 8}, {"{\"a\"\0:1}", 8}};
    for (size_t i = 0; i < COUNT_OF(with_nul); i++)
        assert_false(scan_object(fixture->plan, SCAN_ROOT_EVENT, with_nul[i], &fixture->arena,
                                 fixture->fields, &fixture->err));
}

static void refuses_what_is_deeper_than_the_limit(void **state)
{
    struct fixture *fixture = *state;
    for (int depth = 1; depth <= 200000; depth = depth < 40 ? depth + 1 : depth * 10) {
        struct text json;
        text_init(&json);
        text_append(&json, "{\"q\":");
        for (int i = 1; i < depth; i++)
            text_append(&json, "[");
        text_append(&json, "\"[[[[\\\"{{{{\"");
        for (int i = 1; i < depth; i++)
            text_append(&json, "]");
        text_append(&json, "}");
        assert_int_equal(scan(fixture, json.data), depth <= SCAN_DEPTH_MAX);
        text_release(&json);
    }
}

static void gives_the_same_pointer_the_same_field_and_refuses_what_is_none(void **state)
{
    struct fixture *fixture = *state;
    size_t index = 77;
    assert_int_equal(add(fixture->plan, "/a/b"), fixture->ab);
    static const char *const bad[] = {"", "a", "/", "//", "/a/", "/a~2", "/a~", "/\xff"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(scan_plan_add(fixture->plan, slice_of(bad[i]), &index, &fixture->err));
    assert_int_equal(index, 77);
    assert_int_equal(scan_plan_count(fixture->plan), 4);
}

/* An array or a scalar at the top is no event, so each document is looked at as a member. */
static bool accepts(struct fixture *fixture, const char *bytes, size_t size)
{
    struct text json;
    text_init(&json);
    text_append(&json, "{\"q\":");
    text_append_n(&json, bytes, size);
    text_append(&json, "}");
    bool accepted =
        scan_object(fixture->plan, SCAN_ROOT_EVENT, (struct slice){json.data, json.size},
                    &fixture->arena, fixture->fields, &fixture->err);
    text_release(&json);
    return accepted;
}

/* Valid JSON that is refused on purpose. */
static bool is_refused_on_purpose(const char *name)
{
    static const char *const names[] = {
        "y_object_duplicated_key.json",
        "y_object_duplicated_key_and_value.json",
        "y_object_escaped_null_in_key.json",
        "y_string_null_escape.json",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static size_t read_whole(const char *folder, const char *name, char *out, size_t room)
{
    char path[4096];
    (void)snprintf(path, sizeof(path), "%s/json/test_parsing/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(out, 1, room, file);
    (void)fclose(file);
    return size;
}

static void agrees_with_the_json_test_suite(void **state)
{
    struct fixture *fixture = *state;
    static char bytes[1 << 20];
    char folder[4096];
    const char *vectors = getenv("DAYBOOK_VECTORS");
    if (vectors == NULL)
        vectors = "tests/vectors";
    (void)snprintf(folder, sizeof(folder), "%s/json/test_parsing", vectors);
    DIR *dir = opendir(folder);
    if (dir == NULL) {
        fail_msg("cannot open '%s'", folder);
        return;
    }
    size_t checked = 0;
    for (struct dirent *item; (item = readdir(dir)) != NULL;) {
        const char *name = item->d_name;
        if (strncmp(name, "y_", 2) != 0 && strncmp(name, "n_", 2) != 0)
            continue;
        size_t size = read_whole(vectors, name, bytes, sizeof(bytes));
        bool wanted = name[0] == 'y' && !is_refused_on_purpose(name);
        if (accepts(fixture, bytes, size) != wanted)
            fail_msg("%s: should be %s", name, wanted ? "accepted" : "refused");
        checked++;
    }
    (void)closedir(dir);
    assert_true(checked > 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_what_pointers_point_to_and_nothing_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(reads_below_data_when_the_bytes_are_the_data, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(tells_the_kinds_of_values_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_two_readers_could_understand_differently,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_deeper_than_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            gives_the_same_pointer_the_same_field_and_refuses_what_is_none, set_up, tear_down),
        cmocka_unit_test_setup_teardown(agrees_with_the_json_test_suite, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
