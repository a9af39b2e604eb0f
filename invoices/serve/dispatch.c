#include "serve/dispatch.h"

#include <string.h>

#include "base/log.h"
#include "serve/auth.h"
#include "serve/route.h"

/* A mistyped group_by must not return another bill. */
static bool check_parameters(struct call *call)
{
    for (size_t i = 0; i < call->parameter_count; i++) {
        const struct parameter *given = &call->parameters[i];
        bool known = false;
        for (const char *const *name = call->route->parameters; *name != NULL; name++)
            known = known || strcmp(*name, given->name) == 0;
        if (!known)
            return call_refuse(call, 400, "unknown_parameter", given->name,
                               "'%.60s' is no parameter of %s", given->name, call->route->pattern);
        for (size_t j = 0; j < i; j++)
            if (strcmp(call->parameters[j].name, given->name) == 0)
                return call_refuse(call, 400, "repeated_parameter", given->name,
                                   "'%.60s' is given more than once", given->name);
        if (given->value.size == 0)
            return call_refuse(call, 400, "invalid_parameter", given->name, "'%.60s' has no value",
                               given->name);
        if (!utf8_is_valid(given->value.data, given->value.size))
            return call_refuse(call, 400, "invalid_parameter", given->name, "'%.60s' is not UTF-8",
                               given->name);
    }
    return true;
}

/* One snapshot for who asks and what is answered. */
static bool answer_guarded(struct call *call, struct error *err)
{
    struct bearer bearer;
    if (!auth_read(call, &bearer) || !pool_take(call->serve->pool, &call->store, err))
        return false;
    bool answered = store_begin_snapshot(call->store, err) && auth_check(call, &bearer, err) &&
                    check_parameters(call) && auth_choose_tenants(call, err) &&
                    call->route->handler(call, err);
    pool_give(call->serve->pool, call->store);
    call->store = NULL;
    return answered;
}

static bool answer(struct call *call, struct error *err)
{
    if (call->problem.status != 0)
        return false;
    if (utf8_is_valid(call->path, strlen(call->path)))
        call->route = route_find(call->path, &call->arena, &call->number);
    if (call->route == NULL)
        return call_refuse(call, 404, "not_found", NULL, "there is nothing at this path");
    if (strcmp(call->method, "GET") != 0 && strcmp(call->method, "HEAD") != 0) {
        call->answer.allow = "GET, HEAD";
        return call_refuse(call, 405, "method_not_allowed", NULL, "this server is for reading");
    }
    if (call->route->scope != NULL)
        return answer_guarded(call, err);
    return check_parameters(call) && call->route->handler(call, err);
}

/* What a caller may know of an error; the log has its words. */
static void refuse_error(struct call *call, const struct error *err)
{
    if (err->code == ERROR_NOT_FOUND) {
        call_refuse(call, 404, "not_found", NULL, "%s", err->message);
        return;
    }
    log_error("%s %s: %s", call->request_id, call->path, err->message);
    if (err->code == ERROR_BUSY)
        call_refuse(call, 503, "busy", NULL, "the server is busy; try again");
    else
        call_refuse(call, 500, "internal", NULL, "something went wrong; the log says what");
}

void dispatch(struct call *call)
{
    struct error err = {.code = ERROR_NONE};
    call->answer.cache_control = "no-store";
    if (answer(call, &err))
        return;
    if (call->problem.status == 0)
        refuse_error(call, &err);
    text_clear(&call->answer.body);
    problem_write(&call->problem, call->path, call->request_id, &call->answer.body);
    call->answer.status = call->problem.status;
    call->answer.content_type = "application/problem+json";
    call->answer.cache_control = "no-store";
    call->answer.etag[0] = '\0';
}
