/*
 * Command lines: a program is a table of commands, a command a table of options. The tables
 * make the parser and the help.
 *
 * An option's value is, in this order: the flag, the environment's DAYBOOK_<NAME> (upper case,
 * '-' as '_'), the file named by --config or DAYBOOK_CONFIG ("name = value" lines, '#'
 * comments), the default. An unknown option or key is an error that names the nearest one.
 * A list ("ID[,...]") may be given as several flags, which add up; of another option's flags the
 * last one holds, so that a script can overrule what it wraps.
 */
#ifndef BASE_CLI_H
#define BASE_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

struct cli_option {
    const char *name;     /* "database": --database VALUE */
    const char *argument; /* "CONNINFO" in the help; NULL for a switch; "ID[,...]" is a list */
    const char *fallback; /* default, or NULL for none */
    const char *help;     /* one line */
};

struct cli;

struct cli_command {
    const char *name;      /* "seal", or two words "key grant" */
    const char *arguments; /* "FILE", "TENANT PERIOD", "" ; "[X]" optional, "X..." many */
    const char *help;      /* one line */
    bool (*run)(const struct cli *cli, struct error *err);
    const struct cli_option *options; /* ends with {0}; may be NULL; beside the program's own */
};

struct cli_program {
    const char *name;                        /* "daybook-ledger" */
    const char *help;                        /* one or two sentences */
    const struct cli_command *commands;      /* ends with {0} */
    const struct cli_option *common_options; /* ends with {0}; every command has them */
};

/* Parses, runs, prints errors as "daybook-x: message", returns the exit status (error.h).
 * --help and --version go to stdout with status 0. A command may call cli_exit_status(). */
int cli_main(const struct cli_program *program, int argc, char **argv);

/* The n-th positional argument, or NULL. */
const char *cli_argument(const struct cli *cli, size_t n);
size_t cli_argument_count(const struct cli *cli);
/* The option's value, or NULL where there is neither value nor default. Asserts that the name
 * is in the tables. */
const char *cli_text(const struct cli *cli, const char *name);
/* ERROR_INPUT that names the option when it has no value. */
MUST_CHECK bool cli_required(const struct cli *cli, const char *name, const char **out,
                             struct error *err);
bool cli_switch(const struct cli *cli, const char *name);
MUST_CHECK bool cli_u64(const struct cli *cli, const char *name, uint64_t *out, struct error *err);
/* The status with which the program ends though the command returned true (daybook-verify: 1). */
void cli_exit_status(const struct cli *cli, int status);

#endif
