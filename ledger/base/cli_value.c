#include "base/cli_parts.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define CONFIG_SIZE_MAX (64 * 1024)
#define ENVIRONMENT_NAME_SIZE 80

struct cli_value *cli_value_of(struct cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->value_count; i++)
        if (strcmp(cli->values[i].option->name, name) == 0)
            return &cli->values[i];
    return NULL;
}

static const struct {
    const char *word;
    bool value;
} switch_words[] = {
    {"1", true},  {"true", true},   {"yes", true}, {"on", true},
    {"0", false}, {"false", false}, {"no", false}, {"off", false},
};

bool cli_is_true(const char *text)
{
    for (size_t i = 0; text != NULL && i < COUNT_OF(switch_words); i++)
        if (strcmp(text, switch_words[i].word) == 0)
            return switch_words[i].value;
    return false;
}

/* A switch in the environment or in a file has to say yes or no. */
static bool check_switch(const struct cli_option *option, const char *text, const char *where,
                         struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(switch_words); i++)
        if (strcmp(text, switch_words[i].word) == 0)
            return true;
    return option->argument != NULL ||
           error_set(err, ERROR_INPUT, "%s: '%.40s' is neither 'true' nor 'false'", where, text);
}

/* "log-folder" → "DAYBOOK_LOG_FOLDER" */
static const char *environment_name(const char *option, char out[ENVIRONMENT_NAME_SIZE])
{
    static const char prefix[] = "DAYBOOK_";
    size_t size = strlen(option);
    assert(sizeof prefix + size <= ENVIRONMENT_NAME_SIZE);
    memcpy(out, prefix, sizeof prefix - 1);
    char *end = out + sizeof prefix - 1;
    for (size_t i = 0; i <= size; i++)
        end[i] = option[i] == '-' ? '_' : (char)toupper((unsigned char)option[i]);
    return out;
}

/* --help and --version ask once; an environment that asks for ever would be a trap. */
static bool is_question(const struct cli_option *option)
{
    return option->argument == NULL && cli_is_builtin(option);
}

static bool fill_from_environment(struct cli *cli, struct error *err)
{
    for (size_t i = 0; i < cli->value_count; i++) {
        struct cli_value *value = &cli->values[i];
        char name[ENVIRONMENT_NAME_SIZE];
        const char *text = getenv(environment_name(value->option->name, name));
        if (value->text != NULL || text == NULL || *text == '\0' || is_question(value->option))
            continue;
        if (!check_switch(value->option, text, name, err))
            return false;
        value->text = text;
    }
    return true;
}

/* The text without white space at its ends; writes a zero behind it. */
static char *trimmed(char *text, char *end)
{
    while (text < end && isspace((unsigned char)*text))
        text++;
    while (end > text && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return text;
}

/* Whether a file may set it: an option of any command, as a file serves all of a program. */
static bool is_option_of_file(const struct cli_program *program, const char *name)
{
    if (cli_some_command_has(program, name))
        return true;
    const struct cli_option *option = cli_find_option(program, NULL, name, strlen(name));
    return option != NULL && !cli_is_builtin(option);
}

/* One line "name = value", cut in two in place. `seen` marks options that a line has set. */
static bool read_line(struct cli *cli, char *line, char *end, bool seen[CLI_VALUES_MAX],
                      struct error *err)
{
    line = trimmed(line, end);
    if (*line == '\0' || *line == '#')
        return true;
    char *equals = strchr(line, '=');
    if (equals == NULL)
        return error_set(err, ERROR_INPUT, "'%.40s' is not 'name = value'", line);
    char *text = trimmed(equals + 1, line + strlen(line));
    char *name = trimmed(line, equals);
    if (!is_option_of_file(cli->program, name))
        return cli_unknown_option(cli->program, NULL, "", name, err);
    struct cli_value *value = cli_value_of(cli, name);
    if (value == NULL)
        return true;
    size_t at = (size_t)(value - cli->values);
    if (seen[at])
        return error_set(err, ERROR_INPUT, "'%s' is set twice", name);
    seen[at] = true;
    if (!check_switch(value->option, text, name, err))
        return false;
    if (value->text == NULL)
        value->text = text;
    return true;
}

static bool fill_from_file(struct cli *cli, const char *path, struct error *err)
{
    bool seen[CLI_VALUES_MAX] = {false};
    if (!file_read(path, CONFIG_SIZE_MAX, &cli->config, err))
        return error_prefix(err, "option '--config': ");
    char *line = cli->config.data;
    for (int number = 1; *line != '\0'; number++) {
        char *end = strchrnul(line, '\n');
        char *next = *end == '\0' ? end : end + 1;
        if (!read_line(cli, line, end, seen, err))
            return error_prefix(err, "%s:%d: ", path, number);
        line = next;
    }
    return true;
}

bool cli_fill_values(struct cli *cli, struct error *err)
{
    if (!fill_from_environment(cli, err))
        return false;
    const struct cli_value *config = cli_value_of(cli, "config");
    assert(config != NULL); /* cli_builtin_options */
    if (config->text != NULL && !fill_from_file(cli, config->text, err))
        return false;
    for (size_t i = 0; i < cli->value_count; i++)
        if (cli->values[i].text == NULL)
            cli->values[i].text = cli->values[i].option->fallback;
    return true;
}
