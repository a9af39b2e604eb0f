/*
 * The public key and log entries of an archive: bodies that anybody may read.
 */
#ifndef VERIFY_KEY_ENTRIES_H
#define VERIFY_KEY_ENTRIES_H

#include <stdint.h>

#include "core/keyring.h"
#include "core/leaf.h"
#include "verify/log.h"

/* Reads FOLDER/keys/INDEX.json for every leaf that the root key wrote, holds it against the leaf
 * and applies it to `ring`. Findings: key_body_missing, key_body_mismatch, key_refused, key_chain.
 * Returns how many were applied. */
uint64_t verify_key_entries(const char *folder, const struct verify_keys *keys, const char *origin,
                            const struct leaf *leaves, uint64_t count, struct keyring *ring,
                            struct findings *findings);

#endif
