/*
 * The parts of the command line that only cli*.c share: tables, values, help.
 *
 * A command named "" is what a program does when the first word names no other command.
 */
#ifndef BASE_CLI_PARTS_H
#define BASE_CLI_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/cli.h"
#include "base/text.h"

#define CLI_VALUES_MAX 128 /* options of one command */

struct cli_value {
    const struct cli_option *option;
    const char *text; /* NULL: none. In argv, environment, tables, `config` or `arena`. */
};

struct cli {
    const struct cli_program *program;
    const struct cli_command *command; /* NULL until a word has named it */
    struct cli_value values[CLI_VALUES_MAX];
    size_t value_count;
    const char **arguments; /* room for all words of argv */
    size_t argument_count;
    struct text config; /* the file, cut into strings in place */
    struct arena arena; /* lists that several flags make */
    int *exit_status;
};

/* cli_table.c: what the tables say. Every program has `cli_builtin_options`, which no file sets. */
extern const struct cli_option cli_builtin_options[];
bool cli_is_builtin(const struct cli_option *option);
/* Whether its value is a list, with commas between: "ID[,...]". */
bool cli_is_list(const struct cli_option *option);
const struct cli_option *cli_find_option(const struct cli_program *program,
                                         const struct cli_command *command, const char *name,
                                         size_t name_size);
/* Whether an option of that name is in the table of any command. */
bool cli_some_command_has(const struct cli_program *program, const char *name);
/* The command that the words name, two words before one; *out_words is how many it took. */
const struct cli_command *cli_find_command(const struct cli_program *program, char *const *words,
                                           size_t count, size_t *out_words);
/* Whether a two-word command begins with this word. */
bool cli_is_group(const struct cli_program *program, const char *word);
/* How many arguments "FILE [X] Y..." takes; *out_most is SIZE_MAX where there is no limit. */
void cli_arity(const char *arguments, size_t *out_least, size_t *out_most);
/* ERROR_INPUT that names the nearest command or option, if one is near. Always false. */
bool cli_unknown_command(const struct cli_program *program, const char *words, struct error *err);
/* `before` is what stands before the name where it was found: "--" or nothing. A NULL command
 * stands for all of them. */
bool cli_unknown_option(const struct cli_program *program, const struct cli_command *command,
                        const char *before, const char *name, struct error *err);
/* Insertions, deletions, changes and swaps of neighbours that make one word the other. */
size_t cli_edit_distance(const char *a, const char *b);

/* cli_value.c: where values come from. */
/* A value for every option of the command that has none yet: environment, file, default. */
MUST_CHECK bool cli_fill_values(struct cli *cli, struct error *err);
struct cli_value *cli_value_of(struct cli *cli, const char *name);
bool cli_is_true(const char *text);

/* cli_help.c. `group` is a first word, or NULL for all commands. */
void cli_print_program_help(const struct cli_program *program, const char *group, FILE *out);
void cli_print_command_help(const struct cli_program *program, const struct cli_command *command,
                            FILE *out);

#endif
