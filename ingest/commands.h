/*
 * What main.c's table of commands names.
 */
#ifndef INGEST_COMMANDS_H
#define INGEST_COMMANDS_H

#include <stdbool.h>

#include "base/cli.h"

bool command_run(const struct cli *cli, struct error *err);
bool command_file(const struct cli *cli, struct error *err);
bool command_audit(const struct cli *cli, struct error *err);
bool command_recover(const struct cli *cli, struct error *err);
bool command_incarnation(const struct cli *cli, struct error *err);
bool command_validate(const struct cli *cli, struct error *err);
bool command_quarantine_list(const struct cli *cli, struct error *err);
bool command_quarantine_write_off(const struct cli *cli, struct error *err);

#endif
