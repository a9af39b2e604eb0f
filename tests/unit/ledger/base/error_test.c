#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

static void returns_false_and_formats_the_message(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(error_set(&err, ERROR_INPUT, "quantity '%s' is %d too much", "12", 3));
    assert_int_equal(err.code, ERROR_INPUT);
    assert_string_equal(err.message, "quantity '12' is 3 too much");
}

static void adds_the_systems_words(void **state)
{
    (void)state;
    struct error err = {0};
    errno = ENOENT;
    assert_false(error_set_errno(&err, ERROR_SYSTEM, "cannot open '%s'", "x"));
    assert_string_equal(err.message, "cannot open 'x': No such file or directory");
}

static void puts_words_before_what_a_callee_said(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(error_set(&err, ERROR_CONFLICT, "no"));
    assert_false(error_prefix(&err, "%s:%d: ", "plan.json", 3));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_string_equal(err.message, "plan.json:3: no");
}

static void can_quote_its_own_message(void **state)
{
    (void)state;
    struct error err = {0};
    (void)error_set(&err, ERROR_SYSTEM, "inner");
    (void)error_set(&err, ERROR_HALT, "outer: %s", err.message);
    assert_string_equal(err.message, "outer: inner");
}

static void stays_one_line_whatever_the_input_holds(void **state)
{
    (void)state;
    struct error err = {0};
    (void)error_set(&err, ERROR_SYSTEM, "ERROR:  no\nDETAIL:\x1b[31m none\r\n");
    assert_string_equal(err.message, "ERROR:  no DETAIL: [31m none");
}

static void cuts_a_long_message_between_characters(void **state)
{
    (void)state;
    for (size_t before = 0; before < 4; before++) {
        char euros[2000];
        memset(euros, 'x', before);
        for (size_t i = before; i + 3 < sizeof euros; i += 3)
            memcpy(euros + i, "\xE2\x82\xAC", 4);
        struct error err = {0};
        (void)error_set(&err, ERROR_INPUT, "%s", euros);
        size_t size = strlen(err.message);
        assert_true(size < ERROR_MESSAGE_SIZE && size > ERROR_MESSAGE_SIZE - 5);
        assert_int_equal((size - before) % 3, 0);
    }
}

static void has_a_word_and_an_exit_status_for_every_code(void **state)
{
    (void)state;
    static const struct {
        enum error_code code;
        const char *word;
        int status;
    } cases[] = {
        {ERROR_INPUT, "input", 2},       {ERROR_NOT_FOUND, "not_found", 1},
        {ERROR_CONFLICT, "conflict", 1}, {ERROR_SIGNATURE, "signature", 1},
        {ERROR_HALT, "halt", 3},         {ERROR_BUSY, "busy", 75},
        {ERROR_UNKNOWN, "unknown", 1},   {ERROR_REFUSED, "refused", 1},
        {ERROR_SYSTEM, "system", 1},     {ERROR_NONE, "none", 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_string_equal(error_code_word(cases[i].code), cases[i].word);
        assert_int_equal(error_exit_status(cases[i].code), cases[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(returns_false_and_formats_the_message),
        cmocka_unit_test(adds_the_systems_words),
        cmocka_unit_test(puts_words_before_what_a_callee_said),
        cmocka_unit_test(can_quote_its_own_message),
        cmocka_unit_test(stays_one_line_whatever_the_input_holds),
        cmocka_unit_test(cuts_a_long_message_between_characters),
        cmocka_unit_test(has_a_word_and_an_exit_status_for_every_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
