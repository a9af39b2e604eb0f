/*
 * Who decides: a person, named in control entries by the hash of a public key.
 */
#ifndef STORE_OPERATOR_H
#define STORE_OPERATOR_H

#include "base/arena.h"
#include "base/cli.h"
#include "store/append.h"

/* KEYS/operator.vkey, which must hold an operator's role in the writer's log now: ERROR_REFUSED. */
MUST_CHECK bool operator_find(const struct cli *cli, struct arena *arena, struct store *store,
                              const struct writer *writer, struct digest *out, struct error *err);

#endif
