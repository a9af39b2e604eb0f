#include "base/cli_parts.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/number.h"

#ifndef DAYBOOK_VERSION
#define DAYBOOK_VERSION "0.1"
#endif

static void values_add(struct cli *cli, const struct cli_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        struct cli_value *known = cli_value_of(cli, options->name);
        assert(known != NULL || cli->value_count < CLI_VALUES_MAX);
        if (known != NULL)
            known->option = options; /* a command's option is meant before one of all commands */
        else
            cli->values[cli->value_count++] = (struct cli_value){.option = options};
    }
}

static void cli_set_command(struct cli *cli, const struct cli_command *command)
{
    cli->command = command;
    values_add(cli, command->options);
}

static bool unknown_option(const struct cli *cli, const char *name, size_t name_size,
                           struct error *err)
{
    struct text CLEANUP(text_release) wanted;
    text_init(&wanted);
    text_append_n(&wanted, name, name_size);
    if (cli->command == NULL && cli_some_command_has(cli->program, wanted.data))
        return error_set(err, ERROR_INPUT, "option '--%s' has to stand behind its command",
                         wanted.data);
    return cli_unknown_option(cli->program, cli->command, "--", wanted.data, err);
}

/* A list grows with each flag. */
static void set_value(struct cli *cli, struct cli_value *value, const char *text)
{
    bool adds = value->text != NULL && cli_is_list(value->option);
    value->text = adds ? arena_printf(&cli->arena, "%s,%s", value->text, text) : text;
}

/* Takes the option at words[0] and, where it needs one, the value behind it. */
static bool take_option(struct cli *cli, char *const *words, size_t count, size_t *out_taken,
                        struct error *err)
{
    if (words[0][1] != '-')
        return error_set(err, ERROR_INPUT, "unknown option '%.60s'; options begin with '--'",
                         words[0]);
    const char *name = words[0] + 2;
    size_t name_size = strcspn(name, "=");
    const struct cli_option *option = cli_find_option(cli->program, cli->command, name, name_size);
    if (option == NULL)
        return unknown_option(cli, name, name_size, err);
    struct cli_value *value = cli_value_of(cli, option->name);
    assert(value != NULL);
    bool has_equals = name[name_size] == '=';
    if (option->argument == NULL && has_equals)
        return error_set(err, ERROR_INPUT, "option '--%s' takes no value", option->name);
    bool takes_next = option->argument != NULL && !has_equals;
    if (takes_next && (count < 2 || text_starts_with(words[1], "--")))
        return error_set(err, ERROR_INPUT, "option '--%s' needs a value: %s", option->name,
                         option->argument);
    set_value(cli, value, takes_next ? words[1] : has_equals ? name + name_size + 1 : "true");
    *out_taken = takes_next ? 2 : 1;
    return true;
}

/* How many of the words are no options: a command's name is looked for among these. */
static size_t plain_words(char *const *words, size_t count)
{
    size_t plain = 0;
    while (plain < count && words[plain][0] != '-')
        plain++;
    return plain;
}

static bool unknown_command(const struct cli *cli, char *const *words, size_t count,
                            struct error *err)
{
    struct text CLEANUP(text_release) wanted;
    text_init(&wanted);
    text_append(&wanted, words[0]);
    bool group = cli_is_group(cli->program, words[0]);
    if (group && count < 2)
        return error_set(err, ERROR_INPUT, "'%s' needs a second word", words[0]);
    if (group)
        text_printf(&wanted, " %s", words[1]);
    return cli_unknown_command(cli->program, wanted.data, err);
}

static bool take_word(struct cli *cli, char *const *words, size_t count, size_t *out_taken,
                      struct error *err)
{
    if (cli->command == NULL) {
        size_t plain = plain_words(words, count);
        const struct cli_command *command = cli_find_command(cli->program, words, plain, out_taken);
        if (command == NULL && plain > 0)
            return unknown_command(cli, words, plain, err);
        if (command == NULL)
            return error_set(err, ERROR_INPUT, "a command is expected before '%.60s'", words[0]);
        cli_set_command(cli, command);
        if (*out_taken > 0)
            return true;
    }
    cli->arguments[cli->argument_count++] = words[0];
    *out_taken = 1;
    return true;
}

static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0'; /* "-" alone is a file: standard input */
}

/* A program whose only command has no name may have that command's options first. */
static void settle_nameless(struct cli *cli)
{
    const struct cli_command *first = cli->program->commands;
    if (first->name != NULL && *first->name == '\0' && first[1].name == NULL)
        cli_set_command(cli, first);
}

static bool take_words(struct cli *cli, char *const *words, size_t count, struct error *err)
{
    bool options_ended = false;
    settle_nameless(cli);
    for (size_t i = 0, taken = 0; i < count; i += taken) {
        if (!options_ended && strcmp(words[i], "--") == 0) {
            options_ended = true;
            taken = 1;
        } else if (!options_ended && is_option(words[i])) {
            if (!take_option(cli, words + i, count - i, &taken, err))
                return false;
        } else if (!take_word(cli, words + i, count - i, &taken, err)) {
            return false;
        }
    }
    return true;
}

static bool check_arguments(const struct cli *cli, struct error *err)
{
    const struct cli_command *command = cli->command;
    const char *name = *command->name != '\0' ? command->name : cli->program->name;
    size_t least;
    size_t most;
    cli_arity(command->arguments, &least, &most);
    if (cli->argument_count < least)
        return error_set(err, ERROR_INPUT, "'%s' needs %s", name, command->arguments);
    if (cli->argument_count > most && most == 0)
        return error_set(err, ERROR_INPUT, "'%s' takes no arguments, but '%.60s' was given", name,
                         cli->arguments[0]);
    if (cli->argument_count > most)
        return error_set(err, ERROR_INPUT, "'%s' takes %s; '%.60s' is too many", name,
                         command->arguments, cli->arguments[most]);
    return true;
}

static bool asks(int argc, char **argv, const char *flag)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], flag) == 0)
            return true;
    return false;
}

/* --help and --version win over whatever else stands there, right or wrong. */
static bool answer_questions(const struct cli_program *program, int argc, char **argv)
{
    bool help_word = argc > 1 && strcmp(argv[1], "help") == 0;
    if (asks(argc, argv, "--version")) {
        (void)printf("%s %s\n", program->name, DAYBOOK_VERSION);
        return true;
    }
    if (!help_word && !asks(argc, argv, "--help") && !asks(argc, argv, "-h"))
        return false;
    char *const *words = argv + (help_word ? 2 : 1);
    size_t count = plain_words(words, (size_t)(argc - (help_word ? 2 : 1)));
    size_t taken;
    const struct cli_command *command = cli_find_command(program, words, count, &taken);
    const char *group = count > 0 && cli_is_group(program, words[0]) ? words[0] : NULL;
    bool single = program->commands[0].name != NULL && program->commands[1].name == NULL;
    if (command != NULL && (taken > 0 || single))
        cli_print_command_help(program, command, stdout);
    else
        cli_print_program_help(program, group, stdout);
    return true;
}

static bool parse(struct cli *cli, int argc, char **argv, struct error *err)
{
    if (!take_words(cli, argv + 1, argc > 0 ? (size_t)argc - 1 : 0, err))
        return false;
    if (cli->command == NULL) {
        size_t taken;
        const struct cli_command *nameless = cli_find_command(cli->program, NULL, 0, &taken);
        if (nameless == NULL)
            return error_set(err, ERROR_INPUT, "a command is needed");
        cli_set_command(cli, nameless);
    }
    return check_arguments(cli, err) && cli_fill_values(cli, err);
}

static void print_error(const struct cli_program *program, const struct error *err)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "%s: %s\n", program->name, err->message);
}

static void print_usage_hint(const struct cli *cli)
{
    const char *command = cli->command != NULL ? cli->command->name : "";
    (void)fprintf(stderr, "Try '%s %s%s--help'.\n", cli->program->name, command,
                  *command != '\0' ? " " : "");
}

/* What was printed must have arrived: a full disk is not a success. */
static int finish(const struct cli_program *program, int status)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    (void)fprintf(stderr, "%s: cannot write to standard output\n", program->name);
    return status != 0 ? status : 1;
}

/* Parses and runs; the exit status. */
static int run(struct cli *cli, int argc, char **argv)
{
    struct error err = {0};
    if (!parse(cli, argc, argv, &err)) {
        print_error(cli->program, &err);
        print_usage_hint(cli);
        return error_exit_status(err.code);
    }
    if (!cli->command->run(cli, &err)) {
        assert(err.code != ERROR_NONE);
        print_error(cli->program, &err);
        return error_exit_status(err.code);
    }
    return *cli->exit_status;
}

int cli_main(const struct cli_program *program, int argc, char **argv)
{
    log_open(program->name);
    if (answer_questions(program, argc, argv))
        return finish(program, 0);
    int exit_status = 0;
    struct cli cli = {.program = program, .exit_status = &exit_status};
    cli.arguments = memory_alloc((size_t)argc * sizeof *cli.arguments);
    text_init(&cli.config);
    arena_init(&cli.arena);
    values_add(&cli, cli_builtin_options);
    values_add(&cli, program->common_options);
    int status = run(&cli, argc, argv);
    arena_release(&cli.arena);
    text_release(&cli.config);
    free(cli.arguments);
    return finish(program, status);
}

const char *cli_argument(const struct cli *cli, size_t n)
{
    return n < cli->argument_count ? cli->arguments[n] : NULL;
}

size_t cli_argument_count(const struct cli *cli)
{
    return cli->argument_count;
}

const char *cli_text(const struct cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->value_count; i++)
        if (strcmp(cli->values[i].option->name, name) == 0)
            return cli->values[i].text;
    assert(false && "an option that is in no table");
    return NULL;
}

bool cli_required(const struct cli *cli, const char *name, const char **out, struct error *err)
{
    const char *text = cli_text(cli, name);
    if (text == NULL)
        return error_set(err, ERROR_INPUT, "option '--%s' is needed", name);
    *out = text;
    return true;
}

bool cli_switch(const struct cli *cli, const char *name)
{
    return cli_is_true(cli_text(cli, name));
}

bool cli_u64(const struct cli *cli, const char *name, uint64_t *out, struct error *err)
{
    const char *text = NULL;
    if (!cli_required(cli, name, &text, err))
        return false;
    assert(text != NULL);
    char what[64];
    (void)snprintf(what, sizeof what, "option '--%s':", name);
    return number_parse_u64(text, strlen(text), what, out, err);
}

void cli_exit_status(const struct cli *cli, int status)
{
    *cli->exit_status = status;
}
