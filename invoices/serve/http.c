#include "serve/http.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/instant.h"
#include "base/listen.h"
#include "base/log.h"
#include "serve/dispatch.h"
#include "serve/guard.h"
#include "serve/route.h"

#define HEADERS_MAX 64
#define CONNECTION_BYTES 32768
#define CONNECTIONS_MAX 512
#define IDLE_SECONDS 30

struct http {
    struct MHD_Daemon *daemon;
};

/* One request, from its first line on. */
struct exchange {
    struct call call;
    const char *target; /* as it came */
    int64_t began_us;
    bool is_counted;
};

static const char *const security_headers[][2] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Vary", "Authorization"},
};

static struct exchange *exchange_new(struct serve *serve, const char *target)
{
    struct exchange *exchange = memory_alloc(sizeof *exchange);
    struct call *call = &exchange->call;
    unsigned char random[16];
    call->serve = serve;
    arena_init(&call->arena);
    text_init(&call->answer.body);
    randombytes_buf(random, sizeof random);
    hex_encode(random, sizeof random, call->request_id);
    exchange->target = arena_text(&call->arena, target);
    exchange->began_us = instant_monotonic();
    return exchange;
}

static void exchange_free(struct exchange *exchange)
{
    text_release(&exchange->call.answer.body);
    arena_release(&exchange->call.arena);
    free(exchange);
}

/* ------------------------------------------------------------------------------- what was asked */

struct header_list {
    size_t count;
    bool is_full;
    struct guard_header headers[HEADERS_MAX];
};

static enum MHD_Result add_header(void *context, enum MHD_ValueKind kind, const char *name,
                                  size_t name_size, const char *value, size_t value_size)
{
    struct header_list *list = context;
    (void)kind;
    if (list->count == HEADERS_MAX) {
        list->is_full = true;
        return MHD_NO;
    }
    list->headers[list->count++] =
        (struct guard_header){{name, name_size}, {value, value != NULL ? value_size : 0}};
    return MHD_YES;
}

static enum MHD_Result add_parameter(void *context, enum MHD_ValueKind kind, const char *name,
                                     size_t name_size, const char *value, size_t value_size)
{
    struct call *call = context;
    (void)kind;
    if (call->parameter_count == CALL_PARAMETERS_MAX) {
        call_refuse(call, 400, "too_many_parameters", NULL, "there are too many parameters");
        return MHD_NO;
    }
    call->parameters[call->parameter_count++] = (struct parameter){
        arena_text_n(&call->arena, name, name_size),
        {arena_text_n(&call->arena, value != NULL ? value : "", value != NULL ? value_size : 0),
         value != NULL ? value_size : 0},
    };
    return MHD_YES;
}

/* Whether the head is nothing but its lines, each with CR LF at its end. libmicrohttpd 0.9 cuts it
 * where it stands: every header lies in the buffer two bytes behind the one before. A value that a
 * NUL ends early leaves a gap, a folded one was moved, a bare line feed is one byte. */
static bool is_gapless(struct MHD_Connection *connection, const char *method, const char *target,
                       const char *version, const struct header_list *list)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if ((uintptr_t)method + strlen(method) + strlen(target) + 2 != (uintptr_t)version)
        return false;
    uintptr_t at = (uintptr_t)version + strlen(version) + 2;
    for (size_t i = 0; i < list->count; i++) {
        const struct guard_header *header = &list->headers[i];
        if ((uintptr_t)header->name.data != at)
            return false;
        at =
            header->value.data != NULL ? (uintptr_t)header->value.data + header->value.size + 2 : 0;
    }
    return info != NULL && at + 2 == (uintptr_t)method + info->header_size;
}

/* A client's own id, if it is harmless in a log and in a header. */
static void take_request_id(struct call *call, const char *given)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (given == NULL)
        return;
    size_t size = strlen(given);
    if (size > 0 && size < CALL_REQUEST_ID_SIZE && strspn(given, allowed) == size)
        memcpy(call->request_id, given, size + 1);
}

static const char *header(struct call *call, struct MHD_Connection *connection, const char *name)
{
    const char *value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value != NULL ? arena_text(&call->arena, value) : NULL;
}

/* Fills in the call; the guard's refusal becomes its problem. */
static void read_request(struct MHD_Connection *connection, struct exchange *exchange,
                         const char *path, const char *method, const char *version)
{
    struct call *call = &exchange->call;
    struct header_list list = {.count = 0};
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, add_header, &list);
    struct guard_request request = {method, version, exchange->target, list.count, list.headers};
    struct guard_verdict verdict = guard_check(&request);
    call->method = "-";
    call->path = arena_text(&call->arena, path);
    if (list.is_full)
        verdict = (struct guard_verdict){400, "there are too many headers"};
    else if (verdict.status == 0 &&
             !is_gapless(connection, method, exchange->target, version, &list))
        verdict =
            (struct guard_verdict){400, "the head has a NUL, a folded line or a bare line feed"};
    if (verdict.status != 0) {
        call_refuse(call, verdict.status, verdict.status == 505 ? "http_version" : "bad_request",
                    NULL, "%s", verdict.detail);
        return;
    }
    call->method = arena_text(&call->arena, method);
    take_request_id(call, header(call, connection, "X-Request-Id"));
    call->authorization = header(call, connection, "Authorization");
    call->if_none_match = header(call, connection, "If-None-Match");
    MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, add_parameter, call);
}

/* ------------------------------------------------------------------------------------ the answer
 */

static void add_headers(struct MHD_Response *response, const struct call *call)
{
    const struct answer *answer = &call->answer;
    for (size_t i = 0; i < COUNT_OF(security_headers); i++)
        MHD_add_response_header(response, security_headers[i][0], security_headers[i][1]);
    MHD_add_response_header(response, "X-Request-Id", call->request_id);
    MHD_add_response_header(response, "Cache-Control", answer->cache_control);
    if (answer->status != 304)
        MHD_add_response_header(response, "Content-Type", answer->content_type);
    if (answer->etag[0] != '\0')
        MHD_add_response_header(response, "ETag", answer->etag);
    if (answer->allow != NULL)
        MHD_add_response_header(response, "Allow", answer->allow);
    if (answer->status == 401)
        MHD_add_response_header(response, "WWW-Authenticate", "Bearer realm=\"daybook\"");
    if (answer->status == 503)
        MHD_add_response_header(response, "Retry-After", "2");
    /* What was refused unread may be followed by bytes that are no request. */
    if (answer->status == 400 || answer->status == 405 || answer->status == 505)
        MHD_add_response_header(response, "Connection", "close");
}

/* The body is the exchange's, which lives until the answer is sent. */
static enum MHD_Result send_answer(struct MHD_Connection *connection, const struct call *call)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        call->answer.body.size, call->answer.body.data, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    add_headers(response, call);
    enum MHD_Result queued = MHD_queue_response(connection, call->answer.status, response);
    MHD_destroy_response(response);
    return queued;
}

static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    (void)connection;
    return exchange_new(context, target);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **state)
{
    struct exchange *exchange = *state;
    struct serve *serve = context;
    (void)upload;
    if (exchange == NULL)
        return MHD_NO;
    if (!exchange->is_counted) {
        exchange->is_counted = true;
        metrics_began(&serve->metrics);
        read_request(connection, exchange, path, method, version);
        /* An answer to the first call ends the connection; the second one comes after the head. */
        if (exchange->call.problem.status == 0)
            return MHD_YES;
    } else if (*upload_size > 0)
        return MHD_NO;
    dispatch(&exchange->call);
    return send_answer(connection, &exchange->call);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *state;
    struct serve *serve = context;
    (void)connection;
    (void)code;
    if (exchange == NULL)
        return;
    if (exchange->is_counted) {
        const struct call *call = &exchange->call;
        int64_t took_us = instant_monotonic() - exchange->began_us;
        metrics_ended(&serve->metrics,
                      call->route != NULL ? route_number(call->route) : METRICS_ROUTES_MAX,
                      call->answer.status, took_us);
        log_info("%s %s %s %u %" PRId64 " us", call->request_id, call->method,
                 call->route != NULL ? call->route->pattern : "none", call->answer.status, took_us);
    }
    exchange_free(exchange);
    *state = NULL;
}

/* ------------------------------------------------------------------------------- start and stop */

static void on_library_log(void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void on_library_log(void *context, const char *format, va_list arguments)
{
    (void)context;
    log_library("http", format, arguments);
}

static uint16_t port_of(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info != NULL ? info->port : 0;
}

bool http_start(struct serve *serve, const char *listen, unsigned threads, struct http **out,
                uint16_t *out_port, struct error *err)
{
    struct addrinfo *address;
    if (!listen_resolve(listen, &address, err))
        return false;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG;
    if (address->ai_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, serve, MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
        MHD_OPTION_SOCK_ADDR, address->ai_addr, MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_URI_LOG_CALLBACK, on_target, serve,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, serve, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS, MHD_OPTION_END);
    freeaddrinfo(address);
    if (daemon == NULL)
        return error_set_errno(err, ERROR_SYSTEM, "cannot listen on %s", listen);
    *out = memory_alloc(sizeof **out);
    (*out)->daemon = daemon;
    *out_port = port_of(daemon);
    return true;
}

void http_stop(struct http *http)
{
    MHD_stop_daemon(http->daemon);
    free(http);
}
