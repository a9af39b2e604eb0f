/*
 * The one way into the book.
 *
 * A writer locks what serialises its stream (slots, money heads, number heads), builds and signs
 * its entries, then locks the log's head last, gets consecutive indexes, and writes everything in
 * the same transaction:
 *
 *     store_begin → (locks) → sign under keys up to `key_index` → append_lock → append_entries
 *                 → (receipts, contents, steps) → append_unlock → store_commit
 */
#ifndef STORE_APPEND_H
#define STORE_APPEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/body.h"
#include "core/keyring.h"
#include "core/leaf.h"
#include "store/store.h"

struct head {
    int log;
    uint64_t size;          /* the next index */
    uint64_t control_index; /* newest control entry: catalog tenant plan contract period key log */
    uint64_t key_index;     /* newest key or log entry */
    uint64_t control_seq;   /* next stream_seq of (0, control) */
    uint64_t next_tenant;   /* next counter of a tenant's number */
    uint64_t next_chain;    /* next stream of a receipt chain, from 16 */
};

struct signed_entry {
    struct entry entry;
    struct leaf leaf;
};

/* A writer: its key, the salt key, and the grants up to `key_index`. */
struct writer {
    int log;
    struct ledger_id ledger;
    const struct secret_key *key;
    struct digest key_hash;
    enum key_role role;
    const unsigned char *salt_key; /* 32 bytes; NULL for who writes public kinds only */
    struct keyring keys;
    uint64_t key_index; /* keys holds everything up to here; UINT64_MAX: nothing yet */
};

/* The grants of a log, up to now. The caller releases the ring, also after a failure. */
MUST_CHECK bool keys_read(struct store *store, int log, struct keyring *ring, struct error *err);
/* Reads the head without a lock. ERROR_NOT_FOUND before `daybook-ledger init`. */
MUST_CHECK bool head_read(struct store *store, int log, struct head *out, struct error *err);
/* The greatest size at or below `size`, which the log has passed, at which no transaction is cut in
 * two: a log that was sealed in the middle of a batch could not be recovered. */
MUST_CHECK bool head_whole_size(struct store *store, int log, uint64_t size, uint64_t *out,
                                struct error *err);
/* For init: the head of a new log (size 0, indexes UINT64_MAX) and its 64 slots, in the transaction
 * of the log's first entries. ERROR_CONFLICT when the log exists. The head is as if locked: sign,
 * append_entries() and append_unlock() follow. */
MUST_CHECK bool head_create(struct store *store, int log, struct head *out, struct error *err);
/* Loads the grants and checks that this key may write entries of `role`: ERROR_REFUSED if not. */
MUST_CHECK bool writer_open(struct store *store, int log, const struct secret_key *key,
                            const unsigned char *salt_key, enum key_role role, struct writer *out,
                            struct error *err);
/* For init: the root key before the log's first entry, which names it. */
void writer_open_first(int log, const char *origin, const struct secret_key *root_key,
                       struct writer *out);
/* For recovery: a writer without a key. It appends what was published and signs nothing; the caller
 * keeps key_index at the head's. */
void writer_open_keyless(int log, const struct ledger_id *ledger, const unsigned char *salt_key,
                         struct writer *out);
void writer_close(struct writer *writer);
/* Reloads the grants when the head has a newer key_index; REFUSED when ours no longer holds. */
MUST_CHECK bool writer_refresh(struct store *store, struct writer *writer, struct error *err);
/* Signs one entry (ledger id is filled in by the writer). Asserts that the role may write its
 * kind. Several threads may sign with one writer. */
void writer_sign(const struct writer *writer, struct signed_entry *entry);
/* Takes over a leaf that was published, instead of signing. False when the entry, with its salt, is
 * not what that leaf commits to. */
MUST_CHECK bool writer_take(const struct writer *writer, struct signed_entry *entry,
                            const struct leaf *leaf);

/* SELECT … FOR UPDATE of the head. ERROR_BUSY when its key_index is not the writer's: roll back,
 * writer_refresh(), sign again. */
MUST_CHECK bool append_lock(struct store *store, const struct writer *writer, struct head *out,
                            struct error *err);
/* COPY at consecutive indexes from head->size on; advances head->size and, for control kinds,
 * control_index, key_index and control_seq (entries of the control stream must carry
 * head->control_seq, head->control_seq + 1, …). */
MUST_CHECK bool append_entries(struct store *store, struct head *head,
                               const struct signed_entry *entries, size_t count,
                               uint64_t *out_first_index, struct error *err);
/* The content of a control entry or document, beside it. `content` is canonical JSON. */
MUST_CHECK bool append_content(struct store *store, int log, uint64_t index, enum entry_kind kind,
                               uint64_t tenant, const char *subject_id, uint32_t version,
                               const char *content, size_t content_size, struct error *err);
/* Writes the head back. */
MUST_CHECK bool append_unlock(struct store *store, const struct head *head, struct error *err);

#endif
