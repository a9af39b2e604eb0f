/*
 * Inside of the keyring: keyring.c has grants and key entries, keyring_log.c the log entries.
 */
#ifndef CORE_KEYRING_PARTS_H
#define CORE_KEYRING_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "core/keyring.h"

MUST_CHECK bool keyring_parse_key(const char *vkey, struct public_key *out, struct error *err);
void keyring_add_grant(struct keyring *ring, const struct public_key *key, unsigned roles,
                       uint64_t index);
MUST_CHECK bool keyring_apply_log(struct keyring *ring, uint64_t index, const json_t *content,
                                  struct error *err);

#endif
