/*
 * What main.c's table of commands names.
 */
#ifndef INGEST_COMMANDS_H
#define INGEST_COMMANDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"

struct feed;
struct session;

bool command_run(const struct cli *cli, struct error *err);
bool command_file(const struct cli *cli, struct error *err);
bool command_audit(const struct cli *cli, struct error *err);
bool command_recover(const struct cli *cli, struct error *err);
bool command_incarnation(const struct cli *cli, struct error *err);
bool command_validate(const struct cli *cli, struct error *err);
bool command_replace(const struct cli *cli, struct error *err);
bool command_gaps(const struct cli *cli, struct error *err);
bool command_quarantine_show(const struct cli *cli, struct error *err);
bool command_quarantine_release(const struct cli *cli, struct error *err);
bool command_quarantine_list(const struct cli *cli, struct error *err);
bool command_quarantine_write_off(const struct cli *cli, struct error *err);

/* What `file` does with a file that the archive has, and others do too: takes it as of that instant
 * and says what became of its lines. Closes the feed. Once in a process. */
MUST_CHECK bool command_take(const struct cli *cli, struct session *session, struct feed *feed,
                             int64_t as_of_us, struct error *err);

#endif
