/*
 * The public key and log entries of an archive: bodies that anybody may read.
 */
#ifndef VERIFY_KEY_ENTRIES_H
#define VERIFY_KEY_ENTRIES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/keyring.h"
#include "core/leaf.h"
#include "verify/log.h"

/* What the root key wrote, as far as the log was read. */
struct key_entries {
    const char *folder;             /* lent, like the two below */
    const struct verify_keys *keys; /* pinned */
    const char *origin;             /* the checkpoint's */
    struct digest root;             /* how leaves name the root key */
    struct keyring ring;
    uint64_t applied;
    bool is_others; /* the log does not begin with the pinned root key: nothing is applied */
};

void key_entries_init(struct key_entries *entries, const char *folder,
                      const struct verify_keys *keys, const char *origin);
void key_entries_release(struct key_entries *entries);
bool key_entries_wrote(const struct key_entries *entries, const struct leaf *leaf);
/* To be called for every leaf, from index 0 on. One that the root key wrote has its body in
 * FOLDER/keys/INDEX.json, which is held against it and applied to the ring. Findings:
 * key_body_missing, key_body_mismatch, key_refused, key_chain. */
void key_entries_take(struct key_entries *entries, uint64_t index, const struct leaf *leaf,
                      struct findings *findings);
/* After the last of `size` leaves: under its newest name the log has the pinned log key, and
 * nothing follows the entry that closes it. Finding: key_chain. */
void key_entries_end(const struct key_entries *entries, uint64_t size, struct findings *findings);

#endif
