#include "testing.h"

#include "core/schema.h"

/* A value against a schema: NULL where it fits, else the message without "value: ". */
struct check {
    const char *schema, *value, *problem;
};

static void run_checks(const struct check *checks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_loads(checks[i].value, JSON_DECODE_ANY, NULL);
        struct error err = {.code = ERROR_NONE};
        bool fits;

        assert_non_null(value);
        fits = schema_check(checks[i].schema, value, "value", &err);
        json_decref(value);
        if (fits != (checks[i].problem == NULL))
            fail_msg("%s against %s: %s", checks[i].value, checks[i].schema,
                     fits ? "fits" : err.message);
        if (fits)
            continue;
        assert_int_equal(err.code, ERROR_INPUT);
        assert_true(text_starts_with(err.message, "value: "));
        assert_string_equal(err.message + strlen("value: "), checks[i].problem);
    }
}

static void checks_types_and_values(void **state)
{
    static const struct check checks[] = {
        {"{\"type\":\"object\"}", "{}", NULL},
        {"{\"type\":\"object\"}", "[]", "is an array where object is right"},
        {"{\"type\":\"integer\"}", "1", NULL},
        {"{\"type\":\"integer\"}", "1.5", "is a number where integer is right"},
        {"{\"type\":\"number\"}", "1.5", NULL},
        {"{\"type\":\"string\"}", "null", "is null where string is right"},
        {"{\"type\":[\"string\",\"null\"]}", "null", NULL},
        {"{\"type\":[\"string\",\"null\"]}", "1", "is a number where 'string', 'null' is right"},
        {"{\"type\":\"boolean\"}", "true", NULL},
        {"{\"const\":5}", "5", NULL},
        {"{\"const\":\"a\"}", "\"b\"", "'b' is not 'a'"},
        {"{\"const\":{\"a\":[1]}}", "{\"a\":[1]}", NULL},
        {"{\"enum\":[\"a\",1,null]}", "1", NULL},
        {"{\"enum\":[\"a\",1,null]}", "2", "2 is not one of 'a', 1, null"},
        {"{}", "[1,2]", NULL},
    };

    (void)state;
    run_checks(checks, COUNT_OF(checks));
}

static void checks_objects(void **state)
{
    static const char strict[] =
        "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},"
        "\"b\":{}},\"required\":[\"a\"],\"additionalProperties\":false}";
    static const struct check checks[] = {
        {strict, "{\"a\":1,\"b\":null}", NULL},
        {strict, "{\"b\":1}", "'a' is missing"},
        {strict, "{\"a\":\"x\"}", "/a: is a string where integer is right"},
        {strict, "{\"a\":1,\"c\":1}", "'c' is not known here; known: 'a', 'b'"},
        {"{\"additionalProperties\":{\"type\":\"string\"}}", "{\"x\":\"1\"}", NULL},
        {"{\"additionalProperties\":{\"type\":\"string\"}}", "{\"a/b~c\":1}",
         "/a~1b~0c: is a number where string is right"},
        {"{\"additionalProperties\":false}", "{\"x\":1}", "'x' is not known here; known: nothing"},
        {"{\"propertyNames\":{\"pattern\":\"^[a-z]+$\"}}", "{\"abc\":1}", NULL},
        {"{\"propertyNames\":{\"pattern\":\"^[a-z]+$\",\"title\":\"a word\"}}", "{\"A1\":1}",
         "/A1: 'A1' does not match a word"},
        {"{\"properties\":{\"a\":{\"type\":\"string\"}},\"required\":[\"a\"]}", "3", NULL},
    };

    (void)state;
    run_checks(checks, COUNT_OF(checks));
}

static void checks_arrays_strings_and_numbers(void **state)
{
    static const struct check checks[] = {
        {"{\"items\":{\"type\":\"integer\"}}", "[1,2]", NULL},
        {"{\"items\":{\"type\":\"integer\"}}", "[1,\"2\"]",
         "/1: is a string where integer is right"},
        {"{\"minItems\":1}", "[]", "has 0 items, at least 1 are right"},
        {"{\"maxItems\":1}", "[1,2]", "has 2 items, at most 1 are right"},
        {"{\"minItems\":1}", "\"\"", NULL},
        {"{\"uniqueItems\":true}", "[1,2,\"1\"]", NULL},
        {"{\"uniqueItems\":true}", "[{\"a\":1,\"b\":2},3,{\"b\":2,\"a\":1}]",
         "has {\"a\":1,\"b\":2} twice"},
        {"{\"uniqueItems\":false}", "[1,1]", NULL},
        {"{\"minLength\":2}", "\"\xc3\xb6\"", "has 1 characters, at least 2 are right"},
        {"{\"maxLength\":2}", "\"\xc3\xb6\xc3\xb6\"", NULL},
        {"{\"maxLength\":2}", "\"abc\"", "has 3 characters, at most 2 are right"},
        {"{\"pattern\":\"^(0|[1-9][0-9]*)$\",\"title\":\"a decimal\"}", "\"120\"", NULL},
        {"{\"pattern\":\"^(0|[1-9][0-9]*)$\",\"title\":\"a decimal\"}", "\"1e3\"",
         "'1e3' does not match a decimal"},
        {"{\"pattern\":\"b\"}", "\"abc\"", NULL},
        {"{\"pattern\":\"^b\"}", "\"abc\"", "'abc' does not match ^b"},
        {"{\"minimum\":0,\"maximum\":3}", "3", NULL},
        {"{\"minimum\":0}", "-1", "-1 is below 0"},
        {"{\"maximum\":3}", "4", "4 is above 3"},
        {"{\"maximum\":3}", "1.5", "is not a whole number"},
    };

    (void)state;
    run_checks(checks, COUNT_OF(checks));
}

static const char forms[] =
    "{\"oneOf\":[{\"$ref\":\"#/$defs/flat\"},{\"$ref\":\"#/$defs/tiered\"}],\"$defs\":{"
    "\"decimal\":{\"title\":\"a decimal\",\"type\":\"string\",\"pattern\":\"^[0-9.]+$\"},"
    "\"flat\":{\"type\":\"object\",\"properties\":{\"model\":{\"const\":\"flat\"},"
    "\"price\":{\"$ref\":\"#/$defs/decimal\"}},\"required\":[\"model\",\"price\"]},"
    "\"tiered\":{\"type\":\"object\",\"properties\":{\"model\":{\"const\":\"tiered\"},"
    "\"tiers\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/decimal\"},\"minItems\":1}},"
    "\"required\":[\"model\",\"tiers\"]}}}";

static void says_what_is_wrong_in_the_form_that_is_meant(void **state)
{
    static const struct check checks[] = {
        {forms, "{\"model\":\"flat\",\"price\":\"1.5\"}", NULL},
        {forms, "{\"model\":\"tiered\",\"tiers\":[\"1\"]}", NULL},
        {forms, "{\"model\":\"flat\",\"price\":\"1e3\"}", "/price: '1e3' does not match a decimal"},
        {forms, "{\"model\":\"tiered\",\"tiers\":[\"1\",\"x\"]}",
         "/tiers/1: 'x' does not match a decimal"},
        {forms, "{\"model\":\"tiered\"}", "'tiers' is missing"},
        {forms, "{\"model\":\"steps\"}", "/model: 'steps' is not one of 'flat', 'tiered'"},
        {forms, "7", "7 has none of the 2 forms that are right"},
        {forms, "{\"price\":\"1\"}", "'model' is missing"},
        {"{\"oneOf\":[{\"type\":\"string\",\"minLength\":2},{\"type\":\"null\"}]}", "\"a\"",
         "has 1 characters, at least 2 are right"},
        {"{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":3}]}", "5",
         "5 has 2 forms at once, one is right"},
        {"{\"anyOf\":[{\"type\":\"integer\"},{\"minimum\":3}]}", "5", NULL},
        {"{\"anyOf\":[{\"minimum\":9},{\"minimum\":7}]}", "5", "5 is below 9"},
    };

    (void)state;
    run_checks(checks, COUNT_OF(checks));
}

static void follows_references_that_come_back_to_themselves(void **state)
{
    static const char list[] =
        "{\"$ref\":\"#/$defs/list\",\"$defs\":{\"list\":{\"type\":\"object\","
        "\"properties\":{\"next\":{\"$ref\":\"#/$defs/list\"}},"
        "\"additionalProperties\":false}}}";
    static const char loop[] = "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},"
                               "\"b\":{\"$ref\":\"#/$defs/a\"}}}";
    static const struct check checks[] = {
        {list, "{\"next\":{\"next\":{}}}", NULL},
        {list, "{\"next\":{\"next\":{\"x\":1}}}",
         "/next/next: 'x' is not known here; known: 'next'"},
        {loop, "1", "is nested too deep, or its schema refers to itself"},
    };

    (void)state;
    run_checks(checks, COUNT_OF(checks));
}

static void refuses_schemas_that_it_would_not_understand(void **state)
{
    static const char *const wrong[] = {
        "",
        "[]",
        "{\"typ\":\"object\"}",
        "{\"format\":\"date\"}",
        "{\"type\":\"int\"}",
        "{\"type\":[]}",
        "{\"properties\":[]}",
        "{\"properties\":{\"a\":true}}",
        "{\"properties\":{\"a\":{\"minimun\":1}}}",
        "{\"required\":\"a\"}",
        "{\"additionalProperties\":true}",
        "{\"minItems\":-1}",
        "{\"minimum\":1.5}",
        "{\"pattern\":\"(\"}",
        "{\"oneOf\":[]}",
        "{\"enum\":[]}",
        "{\"$ref\":\"#/$defs/a\"}",
        "{\"$ref\":\"other.json\"}",
        "{\"$defs\":{\"a\":{\"x\":1}}}",
        "{\"items\":{\"items\":{\"x\":1}}}",
        "{\"type\":\"object\",\"type\":\"array\"}",
    };
    struct schema *schema;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (schema_open(wrong[i], &schema, &err))
            fail_msg("'%s' was not refused", wrong[i]);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_true(text_starts_with(err.message, "schema: "));
    }
}

static void one_open_schema_checks_many_values(void **state)
{
    struct schema *schema;
    struct error err;

    (void)state;
    assert_ok(schema_open(forms, &schema, &err));
    for (int i = 0; i < 100; i++) {
        char price[20];
        json_t *value;

        snprintf(price, sizeof(price), "%d.5", i);
        value = json_pack("{s:s,s:s}", "model", "flat", "price", price);
        assert_ok(schema_match(schema, value, "value", &err));
        json_decref(value);
    }
    schema_close(schema);
    schema_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_types_and_values),
        cmocka_unit_test(checks_objects),
        cmocka_unit_test(checks_arrays_strings_and_numbers),
        cmocka_unit_test(says_what_is_wrong_in_the_form_that_is_meant),
        cmocka_unit_test(follows_references_that_come_back_to_themselves),
        cmocka_unit_test(refuses_schemas_that_it_would_not_understand),
        cmocka_unit_test(one_open_schema_checks_many_values),
    };

    return run_with_core(tests);
}
