#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/cli_parts.h"
#include "base/file.h"
#include "base/text.h"

/* What the command saw, as one line. */
static struct text seen;

static bool look(const struct cli *cli, struct error *err)
{
    (void)err;
    const char *database = cli_text(cli, "database");
    text_printf(&seen, "database=%s force=%d", database != NULL ? database : "none",
                cli_switch(cli, "force"));
    for (size_t i = 0; i < cli_argument_count(cli); i++)
        text_printf(&seen, " [%s]", cli_argument(cli, i));
    assert_null(cli_argument(cli, cli_argument_count(cli)));
    return true;
}

static bool count(const struct cli *cli, struct error *err)
{
    uint64_t limit = 0;
    const char *name = NULL;
    if (!cli_u64(cli, "limit", &limit, err) || !cli_required(cli, "name", &name, err))
        return false;
    text_printf(&seen, "limit=%llu name=%s", (unsigned long long)limit, name);
    cli_exit_status(cli, (int)limit);
    return true;
}

static bool be_busy(const struct cli *cli, struct error *err)
{
    (void)cli;
    return error_set(err, ERROR_BUSY, "somebody else is at it");
}

static const struct cli_option look_options[] = {
    {"force", NULL, NULL, "Do it anyway"},
    {"log-folder", "FOLDER", "log",
     "Where the public files are, in a sentence that is too long "
     "for one line of a terminal"},
    {0},
};
static const struct cli_option count_options[] = {
    {"limit", "N", "10", "How many"},
    {"name", "NAME[,...]", NULL, "Whose"},
    {0},
};
static const struct cli_option common_options[] = {
    {"database", "CONNINFO", NULL, "The book"},
    {0},
};
static const struct cli_command commands[] = {
    {"look", "[A] [B]", "Looks around", look, look_options},
    {"key grant", "KEY TENANT...", "Grants", look, look_options},
    {"key list", "", "Lists", look, look_options},
    {"count", "", "Counts", count, count_options},
    {"busy", NULL, "Is busy", be_busy, NULL},
    {0},
};
static const struct cli_program program = {"daybook-test", "A program to be tested.", commands,
                                           common_options};

struct outcome {
    int status;
    struct text out;
    struct text err;
};

static void read_back(FILE *file, struct text *out)
{
    char bytes[8192];
    rewind(file);
    text_append_n(out, bytes, fread(bytes, 1, sizeof bytes, file));
    fclose(file);
}

#define WORDS_MAX 12

static void run_program(const struct cli_program *which, const char *line, struct outcome *outcome)
{
    char words[256];
    char *argv[WORDS_MAX + 2] = {(char[]){"test"}};
    int argc = 1;
    (void)snprintf(words, sizeof words, "%s", line);
    for (char *rest = words, *word; argc < WORDS_MAX && (word = strsep(&rest, " ")) != NULL;)
        if (*word != '\0')
            argv[argc++] = word;
    FILE *files[] = {tmpfile(), tmpfile()};
    int before[] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};
    fflush(stdout);
    dup2(fileno(files[0]), STDOUT_FILENO);
    dup2(fileno(files[1]), STDERR_FILENO);
    text_clear(&seen);
    outcome->status = cli_main(which, argc, argv);
    fflush(stdout);
    dup2(before[0], STDOUT_FILENO);
    dup2(before[1], STDERR_FILENO);
    close(before[0]);
    close(before[1]);
    text_clear(&outcome->out);
    text_clear(&outcome->err);
    read_back(files[0], &outcome->out);
    read_back(files[1], &outcome->err);
}

static int open_outcome(void **state)
{
    static struct outcome outcome;
    text_init(&outcome.out);
    text_init(&outcome.err);
    text_init(&seen);
    *state = &outcome;
    return 0;
}

static int close_outcome(void **state)
{
    struct outcome *outcome = *state;
    text_release(&outcome->out);
    text_release(&outcome->err);
    text_release(&seen);
    return 0;
}

static void understands_command_lines(void **state)
{
    struct outcome *outcome = *state;
    static const struct {
        const char *line, *seen;
    } cases[] = {
        {"look", "database=none force=0"},
        {"look --database x --force a", "database=x force=1 [a]"},
        {"look a --database=x=y b", "database=x=y force=0 [a] [b]"},
        {"look --database= a", "database= force=0 [a]"},
        {"--database x look", "database=x force=0"},
        {"look --database x --database y", "database=y force=0"},
        {"look -- --force -", "database=none force=0 [--force] [-]"},
        {"look -", "database=none force=0 [-]"},
        {"look --database=--x", "database=--x force=0"},
        {"key grant k t", "database=none force=0 [k] [t]"},
        {"key grant --force k t u v", "database=none force=1 [k] [t] [u] [v]"},
        {"key list", "database=none force=0"},
        {"count --limit 0 --name n", "limit=0 name=n"},
        {"count --limit 0 --name n --name=m,o --name p", "limit=0 name=n,m,o,p"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        run_program(&program, cases[i].line, outcome);
        assert_string_equal(outcome->err.data, "");
        assert_int_equal(outcome->status, 0);
        assert_string_equal(seen.data, cases[i].seen);
    }
}

static void refuses_the_others_and_says_what_was_meant(void **state)
{
    struct outcome *outcome = *state;
    static const struct {
        const char *line, *problem;
    } cases[] = {
        {"", "a command is needed"},
        {"lok", "unknown command 'lok'; did you mean 'look'?"},
        {"olok", "unknown command 'olok'; did you mean 'look'?"},
        {"zzzzzzzz", "unknown command 'zzzzzzzz'"},
        {"key", "'key' needs a second word"},
        {"key grnat x y", "unknown command 'key grnat'; did you mean 'key grant'?"},
        {"look --forse", "unknown option '--forse'; did you mean '--force'?"},
        {"look --log-foldr=x", "unknown option '--log-foldr'; did you mean '--log-folder'?"},
        {"look --limit 3", "unknown option '--limit'"},
        {"--force look", "option '--force' has to stand behind its command"},
        {"look -x", "unknown option '-x'; options begin with '--'"},
        {"look --force=yes", "option '--force' takes no value"},
        {"look --database", "option '--database' needs a value: CONNINFO"},
        {"look --database --force", "option '--database' needs a value: CONNINFO"},
        {"look a b c", "'look' takes [A] [B]; 'c' is too many"},
        {"key list x", "'key list' takes no arguments, but 'x' was given"},
        {"key grant k", "'key grant' needs KEY TENANT..."},
        {"count --name n --limit x", "option '--limit': 'x' is not a whole number of 0 or more"},
        {"count", "option '--name' is needed"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char wanted[200];
        run_program(&program, cases[i].line, outcome);
        (void)snprintf(wanted, sizeof wanted, "daybook-test: %s\n", cases[i].problem);
        if (!text_starts_with(outcome->err.data, wanted))
            fail_msg("'%s' said: %s", cases[i].line, outcome->err.data);
        assert_int_equal(outcome->status, 2);
        assert_string_equal(outcome->out.data, "");
        assert_string_equal(seen.data, "");
    }
}

static void ends_with_the_status_of_the_error_or_of_the_command(void **state)
{
    struct outcome *outcome = *state;
    run_program(&program, "busy", outcome);
    assert_int_equal(outcome->status, 75);
    assert_string_equal(outcome->err.data, "daybook-test: somebody else is at it\n");
    run_program(&program, "count --name n --limit 1", outcome);
    assert_int_equal(outcome->status, 1);
    assert_string_equal(outcome->err.data, "");
}

static void help_comes_from_the_tables(void **state)
{
    struct outcome *outcome = *state;
    static const struct {
        const char *line, *has, *has_not;
    } cases[] = {
        {"--help", "  key grant KEY TENANT...   Grants\n", "--force"},
        {"--help", "  --database CONNINFO       The book\n", "Looks around."},
        {"help", "\nA program to be tested.\n", "--force"},
        {"look --help", "usage: daybook-test look [options] [A] [B]\n\nLooks around\n", "key"},
        {"help look", "  --force                   Do it anyway\n", "key"},
        {"key grant --nonsense -h", "usage: daybook-test key grant [options] KEY TENANT...",
         "list"},
        {"key --help", "  key list                  Lists\n", "look"},
        {"look --help",
         "  --log-folder FOLDER       Where the public files are, in a sentence that is\n"
         "                            too long for one line of a terminal (default: log)\n",
         "key"},
        {"--version", "daybook-test ", "usage"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        run_program(&program, cases[i].line, outcome);
        assert_int_equal(outcome->status, 0);
        assert_string_equal(outcome->err.data, "");
        if (strstr(outcome->out.data, cases[i].has) == NULL)
            fail_msg("'%s' said:\n%s", cases[i].line, outcome->out.data);
        assert_null(strstr(outcome->out.data, cases[i].has_not));
        for (const char *line = outcome->out.data, *end; *line != '\0'; line = end + 1) {
            end = strchr(line, '\n');
            assert_non_null(end);
            assert_true(end - line <= 80);
        }
    }
}

static void the_flag_is_before_the_environment_the_file_and_the_default(void **state)
{
    struct outcome *outcome = *state;
    struct error err = {0};
    char path[] = "/tmp/cli_test.XXXXXX";
    char line[100];
    assert_true(mkstemp(path) >= 0);
    static const char config[] = "# the book\n\n  limit = 3 \r\nname=of the file\nforce = yes\n"
                                 "database = host=/tmp dbname=x # y\n";
    assert_true(file_write_atomic(path, 0600, config, sizeof config - 1, &err));
    (void)snprintf(line, sizeof line, "count --config %s", path);
    run_program(&program, line, outcome);
    assert_string_equal(seen.data, "limit=3 name=of the file");
    setenv("DAYBOOK_LIMIT", "4", 1);
    setenv("DAYBOOK_NAME", "", 1);
    run_program(&program, line, outcome);
    assert_string_equal(seen.data, "limit=4 name=of the file");
    (void)snprintf(line, sizeof line, "count --limit 5 --config=%s", path);
    run_program(&program, line, outcome);
    assert_string_equal(seen.data, "limit=5 name=of the file");
    unsetenv("DAYBOOK_LIMIT");
    setenv("DAYBOOK_CONFIG", path, 1);
    run_program(&program, "look", outcome);
    assert_string_equal(seen.data, "database=host=/tmp dbname=x # y force=1");
    setenv("DAYBOOK_FORCE", "no", 1);
    run_program(&program, "look", outcome);
    assert_string_equal(seen.data, "database=host=/tmp dbname=x # y force=0");
    unsetenv("DAYBOOK_CONFIG");
    setenv("DAYBOOK_NAME", "n", 1);
    run_program(&program, "count", outcome);
    assert_string_equal(seen.data, "limit=10 name=n");
    unsetenv("DAYBOOK_NAME");
    setenv("DAYBOOK_FORCE", "perhaps", 1);
    run_program(&program, "look", outcome);
    assert_true(text_starts_with(outcome->err.data, "daybook-test: DAYBOOK_FORCE: 'perhaps' is "));
    unsetenv("DAYBOOK_FORCE");
    (void)unlink(path);
}

static void a_file_with_a_mistake_is_refused_with_its_line(void **state)
{
    struct outcome *outcome = *state;
    static const struct {
        const char *config, *problem;
    } cases[] = {
        {"limt = 3\n", ":1: unknown option 'limt'; did you mean 'limit'?\n"},
        {"limit = 3\n\nlimit = 3", ":3: 'limit' is set twice\n"},
        {"name\n", ":1: 'name' is not 'name = value'\n"},
        {"help = yes\n", ":1: unknown option 'help'"},
        {"force = \n", ":1: force: '' is neither 'true' nor 'false'\n"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {0};
        char path[] = "/tmp/cli_test.XXXXXX";
        assert_true(mkstemp(path) >= 0);
        const char *config = cases[i].config;
        assert_true(file_write_atomic(path, 0600, config, strlen(config), &err));
        setenv("DAYBOOK_CONFIG", path, 1);
        run_program(&program, i == 4 ? "look" : "count", outcome);
        unsetenv("DAYBOOK_CONFIG");
        (void)unlink(path);
        assert_int_equal(outcome->status, 2);
        assert_non_null(strstr(outcome->err.data, cases[i].problem));
    }
    run_program(&program, "count --config /nowhere", outcome);
    assert_int_equal(outcome->status, 1);
}

static void a_program_may_have_one_nameless_command(void **state)
{
    struct outcome *outcome = *state;
    static const struct cli_command only[] = {
        {"", "LOG [BUNDLE]", "Checks", look, look_options},
        {0},
    };
    static const struct cli_program nameless = {"daybook-only", "Checks.", only, common_options};
    run_program(&nameless, "--force log", outcome);
    assert_string_equal(seen.data, "database=none force=1 [log]");
    run_program(&nameless, "", outcome);
    assert_true(text_starts_with(outcome->err.data,
                                 "daybook-only: 'daybook-only' needs LOG [BUNDLE]\n"
                                 "Try 'daybook-only --help'.\n"));
    run_program(&nameless, "--help", outcome);
    assert_true(
        text_starts_with(outcome->out.data, "usage: daybook-only [options] LOG [BUNDLE]\n"));
}

static void counts_arguments(void **state)
{
    (void)state;
    static const struct {
        const char *arguments;
        size_t least, most;
    } cases[] = {
        {NULL, 0, 0},      {"", 0, 0},           {"FILE", 1, 1},        {"TENANT PERIOD", 2, 2},
        {"[X]", 0, 1},     {"FILE [X]", 1, 2},   {"X...", 1, SIZE_MAX}, {"[X...]", 0, SIZE_MAX},
        {"A [B C]", 1, 3}, {"A [B [C]] ", 1, 3},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t least = 99;
        size_t most = 99;
        cli_arity(cases[i].arguments, &least, &most);
        assert_int_equal(least, cases[i].least);
        assert_int_equal(most, cases[i].most);
    }
}

static void measures_how_far_words_are_apart(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        size_t distance;
    } cases[] = {
        {"", "", 0},         {"a", "", 1},          {"seal", "seal", 0},
        {"seal", "sael", 1}, {"seal", "sealed", 2}, {"kitten", "sitting", 3},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(cli_edit_distance(cases[i].a, cases[i].b), cases[i].distance);
        assert_int_equal(cli_edit_distance(cases[i].b, cases[i].a), cases[i].distance);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(understands_command_lines),
        cmocka_unit_test(refuses_the_others_and_says_what_was_meant),
        cmocka_unit_test(ends_with_the_status_of_the_error_or_of_the_command),
        cmocka_unit_test(help_comes_from_the_tables),
        cmocka_unit_test(the_flag_is_before_the_environment_the_file_and_the_default),
        cmocka_unit_test(a_file_with_a_mistake_is_refused_with_its_line),
        cmocka_unit_test(a_program_may_have_one_nameless_command),
        cmocka_unit_test(counts_arguments),
        cmocka_unit_test(measures_how_far_words_are_apart),
    };
    return cmocka_run_group_tests(tests, open_outcome, close_outcome);
}
