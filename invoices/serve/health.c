#include "serve/health.h"

#include "serve/route.h"
#include "store/logs.h"

bool health_answer(struct call *call, struct error *err)
{
    return call_answer_json(call, json_pack("{s:s}", "status", "ok"), err);
}

static void find_reasons(struct call *call, json_t *reasons)
{
    struct error err;
    struct store *store;
    struct log_row log;
    if (!pool_take(call->serve->pool, &store, &err)) {
        json_array_append_new(reasons,
                              json_pack("{s:s, s:s}", "code", "database", "detail", err.message));
        return;
    }
    if (!log_find(store, call->serve->log, &log, &err))
        json_array_append_new(reasons,
                              json_pack("{s:s, s:s}", "code",
                                        err.code == ERROR_NOT_FOUND ? "log" : "schema", "detail",
                                        err.code == ERROR_NOT_FOUND ? "the log is not there yet"
                                                                    : "the log cannot be read"));
    pool_give(call->serve->pool, store);
}

bool ready_answer(struct call *call, struct error *err)
{
    json_t *reasons = json_array();
    find_reasons(call, reasons);
    bool ready = json_array_size(reasons) == 0;
    if (!call_answer_json(
            call,
            json_pack("{s:s, s:o}", "status", ready ? "ready" : "not_ready", "reasons", reasons),
            err))
        return false;
    call->answer.status = ready ? 200 : 503;
    return true;
}

bool metrics_answer(struct call *call, struct error *err)
{
    const char *patterns[METRICS_ROUTES_MAX];
    size_t count = 0;
    (void)err;
    for (const struct route *route = routes; route->pattern != NULL; route++)
        patterns[count++] = route->pattern;
    metrics_write(&call->serve->metrics, patterns, count, &call->answer.body);
    call->answer.status = 200;
    call->answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    return true;
}
