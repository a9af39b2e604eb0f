/*
 * What differs between two documents, and what earlier ones took as tax.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/canonical.h"
#include "core/digest.h"
#include "rating/statement.h"
#include "rating/taxed.h"

static void note(void *context, const char *path, const char *stated, const char *made)
{
    text_printf(context, "%s %s %s\n", path, stated != NULL ? stated : "-",
                made != NULL ? made : "-");
}

static json_t *parse(const char *text)
{
    struct error err = {0};
    json_t *json = NULL;
    assert_true(canonical_parse(text, strlen(text), "test", &json, &err));
    return json;
}

static void names_every_value_that_differs(void **state)
{
    static const struct {
        const char *stated, *made, *differences;
    } rows[] = {
        {"{}", "{}", ""},
        {"{\"a\":{\"b\":[1,\"x\"]}}", "{\"a\":{\"b\":[1,\"x\"]}}", ""},
        {"{\"a\":1,\"more\":2}", "{\"a\":1}", ""}, /* members that nobody made */
        {"{\"a\":1}", "{\"a\":\"1\"}", "/a 1 \"1\"\n"},
        {"{\"a\":{\"b\":1}}", "{\"a\":{\"c\":1}}", "/a/c - 1\n/a/b 1 -\n"},
        {"{\"a\":[1,2,3]}", "{\"a\":[1,4]}", "/a/1 2 4\n/a/2 3 -\n"},
        {"{\"a\":[]}", "{\"a\":[{\"b\":[]}]}", "/a/0 - {\"b\":[]}\n"},
        {"{\"a\":[]}", "{\"a\":{}}", "/a [] {}\n"},
        {"{}", "{\"a/b~c\":null}", "/a~1b~0c - null\n"},
        {"{\"a\":null}", "{\"a\":0}", "/a null 0\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(json_release) json_t *stated = parse(rows[i].stated);
        CLEANUP(json_release) json_t *made = parse(rows[i].made);
        struct text found CLEANUP(text_release);
        size_t lines = 0;
        text_init(&found);
        size_t count = statement_compare(stated, made, note, &found);
        assert_string_equal(found.data != NULL ? found.data : "", rows[i].differences);
        for (const char *at = rows[i].differences; *at != '\0'; at++)
            lines += *at == '\n';
        assert_int_equal(count, lines);
    }
}

static void adds_what_an_original_and_its_adjustments_were_taxed(void **state)
{
    CLEANUP(json_release)
    json_t *original = parse(
        "{\"taxes\":[{\"category\":\"standard\",\"rate\":\"19\",\"net\":\"26.32\",\"tax\":\"5.00\"}],"
        "\"adjustments\":[{\"original\":\"N-0\",\"taxes\":[{\"category\":\"standard\","
        "\"rate\":\"19\",\"net\":\"2.63\",\"tax\":\"0.50\"}]}]}");
    CLEANUP(json_release)
    json_t *later = parse(
        "{\"taxes\":[{\"category\":\"standard\",\"rate\":\"19\",\"net\":\"47.37\",\"tax\":\"9.00\"}],"
        "\"adjustments\":[{\"original\":\"N-1\",\"taxes\":[{\"category\":\"standard\","
        "\"rate\":\"19\",\"net\":\"-6.58\",\"tax\":\"-1.25\"},{\"category\":\"reduced\",\"rate\":\"7\","
        "\"net\":\"1.00\",\"tax\":\"0.07\"}]},{\"original\":\"N-2\",\"taxes\":[{\"category\":\"standard\","
        "\"rate\":\"19\",\"net\":\"526.32\",\"tax\":\"100.00\"}]}]}");
    CLEANUP(json_release) json_t *broken = parse("{\"taxes\":[{\"category\":\"standard\"}]}");
    struct arena arena CLEANUP(arena_release);
    struct taxed_list list = {.arena = &arena};
    struct error err = {0};
    (void)state;
    arena_init(&arena);
    assert_true(taxed_add(&list, original, "N-1", true, &err));
    assert_true(taxed_add(&list, later, "N-1", false, &err));
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].category, "standard");
    assert_true(list.items[0].tax_minor == 500 - 50 - 125);
    assert_true(list.items[0].net_minor == 2632 - 263 - 658);
    assert_string_equal(list.items[1].category, "reduced");
    assert_true(list.items[1].tax_minor == 7);
    assert_false(taxed_add(&list, broken, "N-1", true, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_every_value_that_differs),
        cmocka_unit_test(adds_what_an_original_and_its_adjustments_were_taxed),
    };
    core_init();
    return cmocka_run_group_tests_name("statement", tests, NULL, NULL);
}
