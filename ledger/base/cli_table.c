#include "base/cli_parts.h"

#include <stdint.h>
#include <string.h>

#define DISTANCE_SIZE_MAX 48 /* longer names are not guessed at */

const struct cli_option cli_builtin_options[] = {
    {"config", "FILE", NULL, "Read options from FILE: lines of 'name = value', '#' comments"},
    {"help", NULL, NULL, "Show this help"},
    {"version", NULL, NULL, "Show the version"},
    {0},
};

bool cli_is_builtin(const struct cli_option *option)
{
    for (const struct cli_option *builtin = cli_builtin_options; builtin->name != NULL; builtin++)
        if (builtin == option)
            return true;
    return false;
}

bool cli_is_list(const struct cli_option *option)
{
    return option->argument != NULL && strstr(option->argument, "[,...]") != NULL;
}

static const struct cli_option *find_in(const struct cli_option *options, const char *name,
                                        size_t name_size)
{
    for (; options != NULL && options->name != NULL; options++)
        if (strlen(options->name) == name_size && memcmp(options->name, name, name_size) == 0)
            return options;
    return NULL;
}

const struct cli_option *cli_find_option(const struct cli_program *program,
                                         const struct cli_command *command, const char *name,
                                         size_t name_size)
{
    const struct cli_option *tables[] = {
        command != NULL ? command->options : NULL,
        program->common_options,
        cli_builtin_options,
    };
    for (size_t i = 0; i < COUNT_OF(tables); i++) {
        const struct cli_option *option = find_in(tables[i], name, name_size);
        if (option != NULL)
            return option;
    }
    return NULL;
}

bool cli_some_command_has(const struct cli_program *program, const char *name)
{
    for (const struct cli_command *command = program->commands; command->name != NULL; command++)
        if (find_in(command->options, name, strlen(name)) != NULL)
            return true;
    return false;
}

/* Whether a command's name is exactly these words with one space between them. */
static bool is_named(const struct cli_command *command, char *const *words, size_t count)
{
    const char *name = command->name;
    for (size_t i = 0; i < count; i++) {
        if (!text_starts_with(name, words[i]))
            return false;
        name += strlen(words[i]);
        if (*name++ != (i + 1 < count ? ' ' : '\0'))
            return false;
    }
    return true;
}

const struct cli_command *cli_find_command(const struct cli_program *program, char *const *words,
                                           size_t count, size_t *out_words)
{
    for (size_t take = count < 2 ? count : 2; take > 0; take--)
        for (const struct cli_command *command = program->commands; command->name != NULL;
             command++)
            if (is_named(command, words, take)) {
                *out_words = take;
                return command;
            }
    *out_words = 0;
    const struct cli_command *command = program->commands;
    while (command->name != NULL && *command->name != '\0')
        command++;
    return command->name != NULL ? command : NULL;
}

bool cli_is_group(const struct cli_program *program, const char *word)
{
    size_t size = strlen(word);
    for (const struct cli_command *command = program->commands; command->name != NULL; command++)
        if (text_starts_with(command->name, word) && command->name[size] == ' ')
            return true;
    return false;
}

void cli_arity(const char *arguments, size_t *out_least, size_t *out_most)
{
    size_t least = 0;
    size_t most = 0;
    bool many = false;
    bool optional = false;
    for (const char *at = arguments == NULL ? "" : arguments; *at != '\0';) {
        size_t size = strcspn(at, " ");
        optional = optional || *at == '[';
        least += size > 0 && !optional ? 1 : 0;
        most += size > 0 ? 1 : 0;
        optional = optional && memchr(at, ']', size) == NULL;
        many = many || memmem(at, size, "...", 3) != NULL;
        at += size;
        at += strspn(at, " ");
    }
    *out_least = least;
    *out_most = many ? SIZE_MAX : most;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment, with the last three rows of its matrix. */
size_t cli_edit_distance(const char *a, const char *b)
{
    size_t a_size = strlen(a);
    size_t b_size = strlen(b);
    if (a_size > DISTANCE_SIZE_MAX || b_size > DISTANCE_SIZE_MAX)
        return SIZE_MAX;
    size_t rows[3][DISTANCE_SIZE_MAX + 1];
    for (size_t j = 0; j <= b_size; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t *row = rows[i % 3];
        const size_t *last = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t changed = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = smaller(changed, smaller(last[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[a_size % 3][b_size];
}

/* The best candidate so far for a word that nobody knows. */
struct nearest {
    const char *wanted;
    const char *name;
    size_t distance;
};

/* Farther than a slip of the finger or two is another word, and no help. */
static void nearest_offer(struct nearest *nearest, const char *name)
{
    size_t distance = cli_edit_distance(nearest->wanted, name);
    if (distance >= nearest->distance || distance > 1 + strlen(name) / 4)
        return;
    nearest->name = name;
    nearest->distance = distance;
}

static void nearest_offer_options(struct nearest *nearest, const struct cli_option *options)
{
    for (; options != NULL && options->name != NULL; options++)
        nearest_offer(nearest, options->name);
}

bool cli_unknown_command(const struct cli_program *program, const char *words, struct error *err)
{
    struct nearest nearest = {.wanted = words, .distance = SIZE_MAX};
    for (const struct cli_command *command = program->commands; command->name != NULL; command++)
        nearest_offer(&nearest, command->name);
    if (nearest.name != NULL && *nearest.name != '\0')
        return error_set(err, ERROR_INPUT, "unknown command '%.60s'; did you mean '%s'?", words,
                         nearest.name);
    return error_set(err, ERROR_INPUT, "unknown command '%.60s'", words);
}

bool cli_unknown_option(const struct cli_program *program, const struct cli_command *command,
                        const char *before, const char *name, struct error *err)
{
    struct nearest nearest = {.wanted = name, .distance = SIZE_MAX};
    const struct cli_command *all = command != NULL ? NULL : program->commands;
    if (command != NULL)
        nearest_offer_options(&nearest, command->options);
    for (; all != NULL && all->name != NULL; all++)
        nearest_offer_options(&nearest, all->options);
    nearest_offer_options(&nearest, program->common_options);
    nearest_offer_options(&nearest, cli_builtin_options);
    if (nearest.name != NULL)
        return error_set(err, ERROR_INPUT, "unknown option '%s%.60s'; did you mean '%s%s'?", before,
                         name, before, nearest.name);
    return error_set(err, ERROR_INPUT, "unknown option '%s%.60s'", before, name);
}
