/*
 * Who decides: a person, named in control entries by the hash of a public key.
 *
 * The secret key is read, so that a command names only a person whose key it was given. Which role
 * a command asks for stands in ledger/README.md, "Who decides".
 */
#ifndef STORE_OPERATOR_H
#define STORE_OPERATOR_H

#include "base/arena.h"
#include "base/cli.h"
#include "core/keyring.h"
#include "store/store.h"

struct person {
    struct secret_key *key; /* NULL: nobody decides here */
    struct digest hash;     /* of the public key */
    enum key_role role;     /* that is asked for */
    const char *path;       /* of the key's file */
};

/* The row of --operator for tables of options. */
#define OPERATOR_OPTION                                                                            \
    {                                                                                              \
        "operator", "NAME", NULL, "who decides: KEYS/NAME.key (operator; to approve: approver)"    \
    }

/* Reads KEYS/NAME.key, NAME from --operator, else "approver" for ROLE_APPROVE and "operator". */
MUST_CHECK bool operator_open(const struct cli *cli, struct arena *arena, enum key_role role,
                              struct person *out, struct error *err);
void operator_close(struct person *person);
/* Whether it holds its role now: ERROR_REFUSED says what it holds, and what to do. */
MUST_CHECK bool operator_check(const struct person *person, const struct keyring *keys,
                               struct error *err);
/* All three, where nothing is signed: *out is whom to name. */
MUST_CHECK bool operator_find(const struct cli *cli, struct store *store, int log,
                              enum key_role role, struct digest *out, struct error *err);

#endif
