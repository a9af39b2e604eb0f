#include "store/tokens.h"

#include <string.h>

#include "queries.h"
#include "store/row.h"

static int64_t instant_or_never(const struct rows *rows, int column)
{
    return row_is_null(rows, 0, column) ? INT64_MAX : row_instant(rows, 0, column);
}

/* Of all queries here: token_id, hash, name, tenants, scopes, expires_at, revoked_at. */
static bool token_of_row(const struct rows *rows, struct arena *arena, struct token *out,
                         struct error *err)
{
    struct token token;
    int64_t *tenants;

    if (!row_digest(rows, 0, 1, &token.hash, err))
        return false;
    token.token_id = arena_text(arena, row_text(rows, 0, 0));
    token.name = arena_text(arena, row_text(rows, 0, 2));
    token.tenant_count = row_int_array(rows, 0, 3, arena, &tenants);
    token.tenants = (const uint64_t *)tenants;
    token.scope_count = row_text_array(rows, 0, 4, arena, &token.scopes);
    token.expires_at_us = instant_or_never(rows, 5);
    token.revoked_at_us = instant_or_never(rows, 6);
    *out = token;
    return true;
}

bool token_insert(struct store *store, int log, const struct token *token, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, token->token_id);
    param_digest(&params, &token->hash);
    param_u64_array(&params, token->tenants, token->tenant_count);
    param_text_array(&params, token->scopes, token->scope_count);
    param_text(&params, token->name);
    if (token->expires_at_us == INT64_MAX)
        param_null(&params);
    else
        param_instant(&params, token->expires_at_us);
    return store_execute(store, sql_token_insert, &params, NULL, err);
}

bool token_find(struct store *store, int log, const char *token_id, struct arena *arena,
                struct token *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, token_id);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql_token_find, &params, &rows, err))
        return false;
    if (rows_count(rows) == 0)
        return error_set(err, ERROR_NOT_FOUND, "there is no API key '%s'", token_id);
    return token_of_row(rows, arena, out, err);
}

bool token_revoke(struct store *store, int log, const char *token_id, struct error *err)
{
    uint64_t affected;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    param_text(&params, token_id);
    if (!store_execute(store, sql_token_revoke, &params, &affected, err))
        return false;
    return affected > 0 || error_set(err, ERROR_NOT_FOUND, "there is no API key '%s'", token_id);
}

struct visit {
    token_visitor *visit;
    void *context;
};

static bool visit_token(void *context, const struct rows *row, struct error *err)
{
    const struct visit *visit = context;
    struct arena arena;
    struct token token;

    arena_init(&arena);
    bool ok = token_of_row(row, &arena, &token, err) && visit->visit(visit->context, &token, err);
    arena_release(&arena);
    return ok;
}

bool tokens_each(struct store *store, int log, token_visitor *visit, void *context,
                 struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    return store_each(store, sql_tokens_all, &params, visit_token, &(struct visit){visit, context},
                      err);
}
