#include "serve/auth.h"

#include <string.h>

#include "base/instant.h"
#include "serve/route.h"

static bool unauthorized(struct call *call)
{
    return call_refuse(call, 401, "unauthorized", NULL,
                       "an API key that holds is needed: Authorization: Bearer dbk_...");
}

bool auth_read(struct call *call, struct bearer *out)
{
    return (call->authorization != NULL && bearer_parse(call->authorization, out)) ||
           unauthorized(call);
}

static bool has_scope(const struct token *token, const char *scope)
{
    for (size_t i = 0; i < token->scope_count; i++)
        if (strcmp(token->scopes[i], scope) == 0)
            return true;
    return false;
}

bool auth_check(struct call *call, const struct bearer *bearer, struct error *err)
{
    if (!token_find(call->store, call->serve->log, bearer->id, &call->arena, &call->token, err))
        return err->code == ERROR_NOT_FOUND ? unauthorized(call) : false;
    if (!digest_equals(&call->token.hash, &bearer->hash) ||
        call->token.expires_at_us <= instant_now() || call->token.revoked_at_us != INT64_MAX)
        return unauthorized(call);
    if (!has_scope(&call->token, call->route->scope))
        return call_refuse(call, 403, "missing_scope", NULL, "this API key lacks the scope %s",
                           call->route->scope);
    return store_set_tenants(call->store, call->token.tenants, call->token.tenant_count, err);
}

bool auth_choose_tenants(struct call *call, struct error *err)
{
    const char *wanted = call_parameter(call, "tenant");
    if (!read_tenants(call->store, call->serve->log, call->token.tenants, call->token.tenant_count,
                      &call->arena, &call->tenants, &call->tenant_count, err))
        return false;
    if (wanted == NULL)
        return true;
    for (size_t i = 0; i < call->tenant_count; i++)
        if (strcmp(call->tenants[i].id, wanted) == 0) {
            call->tenants += i;
            call->tenant_count = 1;
            return store_set_tenants(call->store, &call->tenants->number, 1, err);
        }
    return call_refuse(call, 404, "not_found", "tenant", "there is no such tenant");
}
