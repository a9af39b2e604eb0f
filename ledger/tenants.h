/*
 * Tenants: a decision binds an immutable id to an immutable number, slot and grid; a registry copy
 * follows, which `tenant sync` can always make again.
 *
 * Content of a `tenant` entry: {"grid_seconds", "id", "name", "number" (decimal string), "slot",
 * "zone"}; a later version may only change the name.
 */
#ifndef LEDGER_TENANTS_H
#define LEDGER_TENANTS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cli.h"
#include "store/tenants.h"

/* Texts point into `content`. ERROR_INPUT when a member is missing or no such value. */
MUST_CHECK bool tenant_of_content(const json_t *content, int log, struct tenant *out,
                                  struct error *err);

/* Makes the registry's copies again from the entries. */
MUST_CHECK bool tenants_sync(struct store *store, int log, size_t *out_count, struct error *err);

bool tenant_add_command(const struct cli *cli, struct error *err);
bool tenant_rename_command(const struct cli *cli, struct error *err);
bool tenant_list_command(const struct cli *cli, struct error *err);
bool tenant_sync_command(const struct cli *cli, struct error *err);

#endif
