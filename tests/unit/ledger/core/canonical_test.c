#include "testing.h"

#include "core/canonical.h"

static void writes_what_jcs_writes(void **state)
{
    static const struct {
        const char *text, *canonical;
    } cases[] = {
        {" { } ", "{}"},
        {"[ ]", "[]"},
        {"null", "null"},
        {"[true, false,null]", "[true,false,null]"},
        {"-0", "0"},
        {"9007199254740992", "9007199254740992"},
        {"-9007199254740992", "-9007199254740992"},
        {"{\"b\":1,\"a\":{\"d\":[1, 2],\"c\":\"x\"}}", "{\"a\":{\"c\":\"x\",\"d\":[1,2]},\"b\":1}"},
        {"{\"a\":1,\"aa\":2,\"A\":3,\"\":4,\"1\":5}", "{\"\":4,\"1\":5,\"A\":3,\"a\":1,\"aa\":2}"},
        {"\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"",
         "\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\""},
        {"\"\\b\\f\\n\\r\\t\\u001f\\u007f\"", "\"\\b\\f\\n\\r\\t\\u001f\x7f\""},
        {"\"\\ud83d\\ude02\"", "\"\xf0\x9f\x98\x82\""},
        {"{\"\xc3\xb6\":1,\"z\":2,\"\xe2\x82\xac\":3}",
         "{\"z\":2,\"\xc3\xb6\":1,\"\xe2\x82\xac\":3}"},
    };
    struct text out;
    struct error err;

    (void)state;
    text_init(&out);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(json_release) json_t *value = NULL;

        assert_ok(canonical_parse(cases[i].text, strlen(cases[i].text), "case", &value, &err));
        text_clear(&out);
        assert_ok(canonical_write(value, &out, &err));
        assert_string_equal(out.data, cases[i].canonical);
    }
    text_release(&out);
}

static void refuses_what_has_no_canonical_form(void **state)
{
    static const char *const wrong[] = {
        "",
        " ",
        "1.0",
        "1e2",
        "[1.5]",
        "9007199254740993",
        "-9007199254740993",
        "18446744073709551616",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":2}",
        "[1,]",
        "{} x",
        "[1] [2]",
        "'a'",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\xff\"",
        "nul",
        "NaN",
        "[1",
        "\xef\xbb\xbf{}",
        "{\"a\":{\"b\":[0,1.5]}}",
        "01",
        "+1",
    };
    json_t *value = NULL;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (canonical_parse(wrong[i], strlen(wrong[i]), "case", &value, &err))
            fail_msg("'%s' was not refused", wrong[i]);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_true(text_starts_with(err.message, "case: "));
    }
    assert_null(value);
}

static void says_line_and_column(void **state)
{
    static const char text[] = "{\n  \"a\": 1,\n  \"b\": ]\n}";
    json_t *value;
    struct error err;

    (void)state;
    assert_refused(canonical_parse(text, strlen(text), "plan.json", &value, &err), ERROR_INPUT);
    assert_true(text_starts_with(err.message, "plan.json: line 3, column "));
}

static void refuses_values_that_are_nested_too_deep(void **state)
{
    char text[2 * (JSON_DEPTH_MAX + 1) + 1];
    json_t *value;
    struct error err;

    (void)state;
    memset(text, '[', JSON_DEPTH_MAX + 1);
    memset(text + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    assert_refused(canonical_parse(text, 2 * (JSON_DEPTH_MAX + 1), "case", &value, &err),
                   ERROR_INPUT);
    assert_ok(canonical_parse(text + 1, 2 * JSON_DEPTH_MAX, "case", &value, &err));
    json_decref(value);
}

static void a_failed_write_appends_nothing(void **state)
{
    json_t *value = json_pack("{s:i,s:f}", "a", 1, "b", 1.5);
    struct digest digest = {{1}};
    struct text out;
    struct error err;

    (void)state;
    text_init(&out);
    text_append(&out, "before");
    assert_refused(canonical_write(value, &out, &err), ERROR_INPUT);
    assert_string_equal(out.data, "before");
    assert_refused(canonical_digest(value, &digest, &err), ERROR_INPUT);
    assert_int_equal(digest.bytes[0], 1);
    json_decref(value);
    text_release(&out);
}

static void the_digest_is_that_of_the_bytes(void **state)
{
    json_t *value = json_pack("{s:i,s:s}", "b", 2, "a", "x");
    struct digest wanted = digest_of("{\"a\":\"x\",\"b\":2}", 15);
    struct digest digest;
    struct error err;

    (void)state;
    assert_ok(canonical_digest(value, &digest, &err));
    assert_true(digest_equals(&digest, &wanted));
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_jcs_writes),
        cmocka_unit_test(refuses_what_has_no_canonical_form),
        cmocka_unit_test(says_line_and_column),
        cmocka_unit_test(refuses_values_that_are_nested_too_deep),
        cmocka_unit_test(a_failed_write_appends_nothing),
        cmocka_unit_test(the_digest_is_that_of_the_bytes),
    };

    return run_with_core(tests);
}
