#include "base/cli_parts.h"

#include <string.h>

#define HELP_COLUMNS 80
#define HELP_INDENT 28

/* Prints words from column `at` on, later lines from column `indent`, and ends the line. */
static void print_wrapped(FILE *out, size_t at, size_t indent, const char *words)
{
    bool first = true;
    while (*words != '\0') {
        size_t size = strcspn(words, " ");
        if (!first && at + 1 + size > HELP_COLUMNS) {
            (void)fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        (void)fprintf(out, "%s%.*s", first ? "" : " ", (int)size, words);
        at += size + (first ? 0 : 1);
        first = false;
        words += size;
        words += strspn(words, " ");
    }
    (void)fputc('\n', out);
}

/* "  name      help", the help on a line of its own where the name is long. */
static void print_row(FILE *out, const char *name, const char *help)
{
    int printed = fprintf(out, "  %s", name);
    if (printed < 0)
        return;
    if (printed > HELP_INDENT - 2)
        (void)fprintf(out, "\n%*s", HELP_INDENT, "");
    else
        (void)fprintf(out, "%*s", HELP_INDENT - printed, "");
    print_wrapped(out, HELP_INDENT, HELP_INDENT, help);
}

static void print_option(FILE *out, const struct cli_option *option)
{
    struct text CLEANUP(text_release) name;
    struct text CLEANUP(text_release) help;
    text_init(&name);
    text_init(&help);
    text_printf(&name, "--%s%s%s", option->name, option->argument != NULL ? " " : "",
                option->argument != NULL ? option->argument : "");
    text_append(&help, option->help != NULL ? option->help : "");
    if (option->argument != NULL && option->fallback != NULL)
        text_printf(&help, " (default: %s)", option->fallback);
    print_row(out, name.data, help.data);
}

static void print_options(FILE *out, const char *title, const struct cli_option *options)
{
    if (options == NULL || options->name == NULL)
        return;
    (void)fprintf(out, "\n%s\n", title);
    for (; options->name != NULL; options++)
        print_option(out, options);
}

static void print_common(const struct cli_program *program, FILE *out)
{
    print_options(out, "Options of every command:", program->common_options);
    print_options(out, "Also:", cli_builtin_options);
    (void)fputc('\n', out);
    print_wrapped(out, 0, 0,
                  "An option that is not given is taken from the environment (--some-name from "
                  "DAYBOOK_SOME_NAME), then from the file of --config, then its default.");
}

static bool is_in_group(const char *command, const char *group)
{
    return group == NULL || (text_starts_with(command, group) &&
                             (command[strlen(group)] == ' ' || command[strlen(group)] == '\0'));
}

static void print_command_row(const struct cli_command *command, FILE *out)
{
    struct text CLEANUP(text_release) name;
    text_init(&name);
    text_append(&name, command->name);
    if (command->arguments != NULL && *command->arguments != '\0')
        text_printf(&name, "%s%s", name.size > 0 ? " " : "", command->arguments);
    print_row(out, name.data, command->help != NULL ? command->help : "");
}

void cli_print_program_help(const struct cli_program *program, const char *group, FILE *out)
{
    const char *word = group != NULL ? group : "COMMAND";
    (void)fprintf(out, "usage: %s %s [options] [arguments]\n", program->name,
                  group != NULL ? word : "COMMAND");
    if (group == NULL && program->help != NULL) {
        (void)fputc('\n', out);
        print_wrapped(out, 0, 0, program->help);
    }
    (void)fprintf(out, "\nCommands:\n");
    for (const struct cli_command *command = program->commands; command->name != NULL; command++)
        if (is_in_group(command->name, group))
            print_command_row(command, out);
    if (group == NULL)
        print_common(program, out);
    (void)fputc('\n', out);
    (void)fprintf(out, "'%s COMMAND --help' says more about a command.\n", program->name);
}

void cli_print_command_help(const struct cli_program *program, const struct cli_command *command,
                            FILE *out)
{
    (void)fprintf(out, "usage: %s %s%s[options] %s\n\n", program->name, command->name,
                  *command->name != '\0' ? " " : "",
                  command->arguments != NULL ? command->arguments : "");
    if (command->help != NULL)
        print_wrapped(out, 0, 0, command->help);
    print_options(out, "Options:", command->options);
    print_common(program, out);
}
