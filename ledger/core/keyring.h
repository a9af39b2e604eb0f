/*
 * Which keys were granted at which index: the `key` and `log` entries, in order.
 *
 * An entry at index i is valid if its writer's key was granted, with the role that its kind
 * needs, at an index below i and not revoked before i. `key` and `log` entries themselves are
 * signed by the root key, which the log's first entry names and outsiders pin. That entry grants
 * the root key and the log key from its own index on; no key entry grants `root`. A key may hold
 * several grants of different roles; a revocation names the roles of one of them and ends it.
 *
 * A log that lost entries for good is closed by its last entry, and succeeded by another one: the
 * same first entries, some that were carried over, then an entry that opens it under a new name and
 * log key. So one ring may know several names of the log, one after the other.
 *
 * Content of a key entry: {"action": "grant" | "revoke", "key": vkey, "roles": [role …]}; of a log
 * entry: {"action": "open" | "close", "origin", "log_key": vkey, "root_key": vkey, "previous":
 * null | {"origin", "size", "root": hex, "common", "carried", "lost", "chains": [{"feed": hex,
 * "partition": n, "incarnation": n, "next", "taken"} …]}, "secrets"?: {"salt": hex, "dedup": hex},
 * "successor"?: {"origin", "log_key": vkey, "common"}}; sizes and offsets are decimal strings.
 * Only `close` has a successor. ledger/README.md, "A log that succeeds another".
 *
 * `secrets` are hashes of the two symmetric keys. They tell nothing of random keys, but a program
 * that was given another ledger's key stops: under another dedup key each event would be new.
 */
#ifndef CORE_KEYRING_H
#define CORE_KEYRING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/body.h"
#include "core/key.h"

enum key_role {
    ROLE_ROOT = 1 << 0,     /* key, log */
    ROLE_INGEST = 1 << 1,   /* usage, correction, exclusion, receipt */
    ROLE_CONTROL = 1 << 2,  /* catalog, tenant, plan, contract */
    ROLE_INVOICES = 1 << 3, /* period, document, transfer */
    ROLE_LOG = 1 << 4,      /* checkpoints */
    /* operators: named in control entries, roles of people */
    ROLE_DRAFT = 1 << 5,   /* plan, contract, period; a document's draft */
    ROLE_APPROVE = 1 << 6, /* a draft that another made */
    ROLE_ISSUE = 1 << 7,   /* document */
    ROLE_OPERATE = 1 << 8, /* tenant, catalog; quarantine, API keys */
};
#define KEYRING_NOW UINT64_MAX /* as an index: after all that was applied */
#define ROLES_OPERATOR (ROLE_DRAFT | ROLE_APPROVE | ROLE_ISSUE | ROLE_OPERATE)

enum keyring_secret { KEYRING_SALT, KEYRING_DEDUP };
#define KEYRING_SECRETS 2
#define KEYRING_ORIGIN_SIZE 256

struct key_grant {
    struct public_key key;
    struct digest hash; /* SHA-256 of the public bytes */
    unsigned roles;
    uint64_t granted_at; /* index of the grant */
    uint64_t revoked_at; /* UINT64_MAX while it holds */
};

/* A name that the log has, or had before a successor was opened. */
struct key_log {
    char origin[KEYRING_ORIGIN_SIZE];
    struct public_key key;
    uint64_t opened_at; /* index of the entry that opens it */
    uint64_t common;    /* entries below it are the successor's, too; UINT64_MAX: there is none */
    uint64_t previous_size; /* of the log before it, with the entry that closed that; 0: none */
    struct digest previous_root;
};

/* What the entry that opens a successor says of the log before it. */
struct key_previous {
    char origin[KEYRING_ORIGIN_SIZE];
    uint64_t size; /* with the entry that closed it */
    struct digest root;
    uint64_t common;  /* its first entries, which are the successor's, too */
    uint64_t carried; /* entries after them that stand in the successor right behind these */
    uint64_t lost;    /* its other entries but the one that closed it */
    json_t *chains;   /* lent: whose ranges were lost, and are decided anew */
};

/* What the entry that closes a log says of the one that goes on. */
struct key_successor {
    struct public_key key; /* its name is the origin */
    uint64_t common;
};

struct keyring {
    struct public_key log_key; /* of the newest name */
    struct public_key root_key;
    char origin[KEYRING_ORIGIN_SIZE]; /* the newest name; empty until the log is open */
    bool closed;                      /* by a log entry: nothing may follow */
    struct key_successor successor;   /* of a log that is closed */
    struct key_log *logs;             /* all names, oldest first */
    size_t log_count;
    size_t log_capacity;
    bool has_secrets; /* the log entry says what its symmetric keys hash to */
    struct digest secrets[KEYRING_SECRETS];
    uint64_t applied; /* entries taken so far */
    uint64_t last_index;
    struct key_grant *grants;
    size_t count;
    size_t capacity;
};

void keyring_init(struct keyring *ring);
void keyring_release(struct keyring *ring);
/* Takes a key or log entry's content at its index, in index order. ERROR_INPUT, ERROR_CONFLICT. */
MUST_CHECK bool keyring_apply(struct keyring *ring, uint64_t index, enum entry_kind kind,
                              const json_t *content, struct error *err);
/* The grant of this key that holds at `index` with one of `roles`, or NULL. */
const struct key_grant *keyring_find(const struct keyring *ring, const struct digest *key_hash,
                                     uint64_t index, unsigned roles);
/* The one grant of this key that holds at `index` and has all of `roles`, or NULL. */
const struct key_grant *keyring_find_whole(const struct keyring *ring,
                                           const struct digest *key_hash, uint64_t index,
                                           unsigned roles);
/* All roles that it holds at `index`, of whatever grants. */
unsigned keyring_roles(const struct keyring *ring, const struct digest *key_hash, uint64_t index);
/* The writer's role that an entry of this kind needs. */
unsigned keyring_role_of_kind(enum entry_kind kind);
/* The role that it needs of the operator whom it names: ROLE_ROOT for key and log, whose operator
 * is the root key; 0 where no operator is named. */
unsigned keyring_operator_of_kind(enum entry_kind kind);
const char *key_role_word(enum key_role role);
MUST_CHECK bool key_roles_parse(const json_t *words, unsigned *out, struct error *err);
/* The name that the log has or had; NULL for a stranger's. */
const struct key_log *keyring_log(const struct keyring *ring, const char *origin);
/* The name under which a tree of this size is signed; NULL while the log is not open. */
const struct key_log *keyring_log_at(const struct keyring *ring, uint64_t size);
/* Builds the contents above. New reference. */
json_t *keyring_grant_content(const struct public_key *key, unsigned roles, bool grant);
json_t *keyring_log_content(const char *origin, const struct public_key *log_key,
                            const struct public_key *root_key,
                            const struct digest secrets[KEYRING_SECRETS]); /* or NULL */
json_t *keyring_close_content(const struct keyring *ring, const struct key_successor *successor);
json_t *keyring_succeed_content(const struct keyring *ring, const struct public_key *log_key,
                                const struct key_previous *previous);

/* SHA-256("daybook/secret/v1" ‖ 0 ‖ "salt" or "dedup" ‖ 0 ‖ key of 32 bytes). */
struct digest keyring_secret_hash(enum keyring_secret which, const unsigned char key[32]);
/* ERROR_CONFLICT if the log entry names another key. */
MUST_CHECK bool keyring_check_secret(const struct keyring *ring, enum keyring_secret which,
                                     const unsigned char key[32], struct error *err);

#endif
