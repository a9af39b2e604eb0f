/*
 * API keys: what of them is stored is an id and a hash of the secret.
 */
#ifndef STORE_TOKENS_H
#define STORE_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/digest.h"
#include "store/store.h"

struct token {
    const char *token_id;
    struct digest hash; /* SHA-256 of the secret */
    const char *name;
    size_t tenant_count;
    const uint64_t *tenants; /* numbers */
    size_t scope_count;
    const char *const *scopes; /* "usage:read" … */
    int64_t expires_at_us;     /* INT64_MAX: never */
    int64_t revoked_at_us;     /* INT64_MAX: not revoked */
};

typedef bool token_visitor(void *context, const struct token *token, struct error *err);

/* ERROR_CONFLICT when the id is taken. */
MUST_CHECK bool token_insert(struct store *store, int log, const struct token *token,
                             struct error *err);
/* Revoked and expired ones too: the caller decides. Texts go to `arena`. ERROR_NOT_FOUND. */
MUST_CHECK bool token_find(struct store *store, int log, const char *token_id, struct arena *arena,
                           struct token *out, struct error *err);
/* For good, at once. Revoking twice keeps the first instant. ERROR_NOT_FOUND. */
MUST_CHECK bool token_revoke(struct store *store, int log, const char *token_id, struct error *err);
/* By name and id. The visitor may not use the same store. */
MUST_CHECK bool tokens_each(struct store *store, int log, token_visitor *visit, void *context,
                            struct error *err);

#endif
