#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"

/* What the function writes to stderr. */
static void said_by(void (*function)(void), struct text *out)
{
    FILE *file = tmpfile();
    assert_non_null(file);
    int before = dup(STDERR_FILENO);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
    function();
    assert_true(dup2(before, STDERR_FILENO) >= 0);
    close(before);
    rewind(file);
    char bytes[8192];
    text_append_n(out, bytes, fread(bytes, 1, sizeof bytes, file));
    fclose(file);
}

static void speak(void)
{
    log_debug("quiet");
    log_info("took %d of \"%s\"", 3, "a\\b");
    log_warning("two\nlines\x1b[0m");
    log_error("\xFF %s", "caf\xC3\xA9");
}

static void reopen(const char *form, const char *level)
{
    setenv("DAYBOOK_LOG_FORMAT", form, 1);
    setenv("DAYBOOK_LOG_LEVEL", level, 1);
    log_open("daybook-test");
}

/* The line without its time, which is as long in every line that has no or six decimals. */
static const char *after_time(const char *line, const char *mark)
{
    const char *found = strstr(line, mark);
    assert_non_null(found);
    return found;
}

static void people_get_one_line_a_message(void **state)
{
    (void)state;
    struct text CLEANUP(text_release) said;
    text_init(&said);
    reopen("text", "info");
    said_by(speak, &said);
    assert_true(text_starts_with(said.data, "20"));
    const char *line = after_time(said.data, "daybook-test ");
    assert_true(text_starts_with(line, "daybook-test info: took 3 of \"a\\b\"\n"));
    line = after_time(line + 1, "daybook-test ");
    assert_true(text_starts_with(line, "daybook-test warning: two lines [0m\n"));
    assert_null(strstr(said.data, "quiet"));
}

static void machines_get_json_that_always_parses(void **state)
{
    (void)state;
    struct text CLEANUP(text_release) said;
    text_init(&said);
    reopen("json", "debug");
    said_by(speak, &said);
    assert_true(text_starts_with(said.data, "{\"time\":\"20"));
    const char *line = after_time(said.data, "\"level\"");
    static const char *const lines[] = {
        "\"level\":\"debug\",\"program\":\"daybook-test\",\"message\":\"quiet\"}\n",
        "\"level\":\"info\",\"program\":\"daybook-test\",\"message\":\"took 3 of \\\"a\\\\b\\\"\"}\n",
        ("\"level\":\"warning\",\"program\":\"daybook-test\","
         "\"message\":\"two\\u000alines\\u001b[0m\"}\n"),
        "\"level\":\"error\",\"program\":\"daybook-test\",\"message\":\"? caf??\"}\n",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_true(text_starts_with(line, lines[i]));
        const char *next = strstr(line + 1, "\"level\"");
        line = next != NULL ? next : line;
    }
}

static void says_only_what_is_important_enough(void **state)
{
    (void)state;
    struct text CLEANUP(text_release) said;
    text_init(&said);
    reopen("text", "error");
    said_by(speak, &said);
    assert_null(strstr(said.data, "warning"));
    assert_non_null(strstr(said.data, "error: "));
}

static void reopen_wrong(void)
{
    reopen("yaml", "loud");
}

static void warns_of_a_word_that_it_does_not_know(void **state)
{
    (void)state;
    struct text CLEANUP(text_release) said;
    text_init(&said);
    reopen("text", "info");
    said_by(reopen_wrong, &said);
    assert_non_null(strstr(said.data, "DAYBOOK_LOG_FORMAT: 'yaml' is not known; 'text' holds"));
    assert_non_null(strstr(said.data, "DAYBOOK_LOG_LEVEL: 'loud' is not known; 'info' holds"));
}

static void hurry(void)
{
    for (int i = 0; i < 1000; i++)
        log_progress("audit: entries", i, 1000);
}

static void take_time(void)
{
    log_progress("audit: entries", 0, 10);
    usleep(2100000);
    log_progress("audit: entries", 5, 10);
    log_progress("audit: entries", 6, 10);
}

static void progress_is_told_of_what_takes_long(void **state)
{
    (void)state;
    struct text CLEANUP(text_release) said;
    text_init(&said);
    reopen("text", "info");
    said_by(hurry, &said);
    assert_string_equal(said.data, "");
    said_by(take_time, &said);
    assert_non_null(strstr(said.data, "info: audit: entries 5 of 10\n"));
    assert_null(strstr(said.data, "entries 6"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_get_one_line_a_message),
        cmocka_unit_test(machines_get_json_that_always_parses),
        cmocka_unit_test(says_only_what_is_important_enough),
        cmocka_unit_test(warns_of_a_word_that_it_does_not_know),
        cmocka_unit_test(progress_is_told_of_what_takes_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
