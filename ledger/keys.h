/*
 * Making and naming keys; granting and revoking them is a decision under the root key.
 */
#ifndef LEDGER_KEYS_H
#define LEDGER_KEYS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/cli.h"
#include "core/key.h"
#include "core/keyring.h"
#include "ledger/control.h"

/* Writes KEYS/NAME.key (0400) and KEYS/NAME.vkey; the key's name is `key_name`. */
MUST_CHECK bool keys_create(const struct cli *cli, const char *name, const char *key_name,
                            struct public_key *out, struct error *err);
/* "<vkey>\n", 0644. */
MUST_CHECK bool keys_write_vkey(const char *path, const struct public_key *key, struct error *err);
/* The content that grants `roles` to a key, or takes them away; the subject is the key's hash. */
MUST_CHECK bool keys_decision(struct store *store, int log, const struct public_key *key,
                              unsigned roles, bool grant, const char *subject_id,
                              struct decision *out, struct error *err);

bool key_new_command(const struct cli *cli, struct error *err);
bool key_grant_command(const struct cli *cli, struct error *err);
bool key_revoke_command(const struct cli *cli, struct error *err);
bool key_list_command(const struct cli *cli, struct error *err);

#endif
