/*
 * The book as lines of JSON, for whoever wants to compute with it: `jq`, spreadsheets, audits.
 *
 * An entry's object has all its typed columns: numbers of 64 and more bits as decimal strings,
 * instants as RFC 3339, hashes in hex; the tenant's id beside its number; the series' descriptor
 * spelled out. Members that a kind does not have are left out.
 */
#ifndef LEDGER_EXPORT_H
#define LEDGER_EXPORT_H

#include <stdbool.h>

#include "base/cli.h"

bool export_entries_command(const struct cli *cli, struct error *err);
bool export_content_command(const struct cli *cli, struct error *err);

#endif
