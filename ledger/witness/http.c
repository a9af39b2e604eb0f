#include "witness/http.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "base/listen.h"
#include "base/log.h"
#include "core/digest.h"
#include "witness/request.h"

#define CONNECTION_BYTES 32768
#define CONNECTIONS_MAX 128
#define IDLE_SECONDS 30
#define UPLOAD_SIZE_MAX (1 << 20) /* read to its end and answered 400; more ends the connection */

struct http {
    struct MHD_Daemon *daemon;
};

/* One request from its first line on. */
struct exchange {
    struct text upload;
    size_t received; /* bytes, those too many as well */
    struct text answer;
};

/* ------------------------------------------------------------------------------------- routing */

static const char show_suffix[] = "/checkpoint";

static bool is_show(const char *path)
{
    return strlen(path) == 1 + (DIGEST_HEX_SIZE - 1) + strlen(show_suffix) &&
           strcmp(path + DIGEST_HEX_SIZE, show_suffix) == 0;
}

static void refuse(struct watch_answer *out, unsigned status, const char *words)
{
    out->status = status;
    out->content_type = "text/plain; charset=utf-8";
    text_clear(out->body);
    text_append(out->body, words);
}

/* Returns the method that the path has, or NULL where it has none. */
static const char *route(struct watch *watch, const struct exchange *exchange, const char *method,
                         const char *path, struct watch_answer *out)
{
    bool is_add = strcmp(path, "/add-checkpoint") == 0;
    const char *allowed = is_add ? "POST" : is_show(path) ? "GET" : NULL;
    if (allowed == NULL)
        refuse(out, 404, "there is POST /add-checkpoint and GET /ID/checkpoint\n");
    else if (strcmp(method, allowed) != 0)
        refuse(out, 405, "another method is allowed here\n");
    else if (!is_add)
        watch_show_checkpoint(watch, path + 1, DIGEST_HEX_SIZE - 1, out);
    else if (exchange->received > exchange->upload.size)
        refuse(out, 400, "the request is too long\n");
    else
        watch_add_checkpoint(watch, exchange->upload.data, exchange->upload.size,
                             (uint64_t)(instant_now() / SECOND_US), out);
    return allowed;
}

/* ---------------------------------------------------------------------------------- the library */

static enum MHD_Result send_answer(struct MHD_Connection *connection,
                                   const struct watch_answer *answer, const char *allowed)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->body->size, answer->body->data, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", answer->content_type);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (answer->status == 405)
        MHD_add_response_header(response, "Allow", allowed);
    enum MHD_Result queued = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

static struct exchange *exchange_new(void)
{
    struct exchange *exchange = memory_alloc(sizeof *exchange);
    text_init(&exchange->upload);
    text_init(&exchange->answer);
    return exchange;
}

/* Keeps what a request may have, and counts the rest. */
static bool receive(struct exchange *exchange, const char *bytes, size_t size)
{
    size_t room = REQUEST_SIZE_MAX - exchange->upload.size;
    text_append_n(&exchange->upload, bytes, size < room ? size : room);
    exchange->received += size;
    return exchange->received <= UPLOAD_SIZE_MAX;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *upload, size_t *upload_size, void **state)
{
    struct exchange *exchange = *state;
    (void)version;
    if (exchange == NULL) {
        *state = exchange_new();
        return MHD_YES;
    }
    if (*upload_size > 0) {
        bool good = receive(exchange, upload, *upload_size);
        *upload_size = 0;
        return good ? MHD_YES : MHD_NO;
    }
    struct watch_answer answer = {.body = &exchange->answer};
    const char *allowed = route(context, exchange, method, path, &answer);
    log_info("%s %u",
             allowed == NULL   ? "unknown"
             : *allowed == 'P' ? "add"
                               : "show",
             answer.status);
    return send_answer(connection, &answer, allowed);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *state;
    (void)context;
    (void)connection;
    (void)code;
    if (exchange == NULL)
        return;
    text_release(&exchange->upload);
    text_release(&exchange->answer);
    free(exchange);
    *state = NULL;
}

static void on_library_log(void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void on_library_log(void *context, const char *format, va_list arguments)
{
    (void)context;
    log_library("http", format, arguments);
}

/* ------------------------------------------------------------------------------- start and stop */

bool http_start(struct watch *watch, const char *listen, unsigned threads, struct http **out,
                uint16_t *out_port, struct error *err)
{
    struct addrinfo *address;
    if (!listen_resolve(listen, &address, err))
        return false;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG;
    if (address->ai_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, watch, MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
        MHD_OPTION_SOCK_ADDR, address->ai_addr, MHD_OPTION_THREAD_POOL_SIZE, threads,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
        MHD_OPTION_END);
    freeaddrinfo(address);
    if (daemon == NULL)
        return error_set_errno(err, ERROR_SYSTEM, "cannot listen on %s", listen);
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    *out = memory_alloc(sizeof **out);
    (*out)->daemon = daemon;
    *out_port = info != NULL ? info->port : 0;
    return true;
}

void http_stop(struct http *http)
{
    MHD_stop_daemon(http->daemon);
    free(http);
}
