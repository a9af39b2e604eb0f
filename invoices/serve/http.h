/*
 * The HTTP server: libmicrohttpd with a bounded pool of threads.
 *
 * Looks at nothing that a request asks: it lets the guard refuse it, hands it to call_run() and
 * sends the answer with the headers that all answers have.
 */
#ifndef SERVE_HTTP_H
#define SERVE_HTTP_H

#include <stdint.h>

#include "serve/call.h"

#define HTTP_THREADS_MAX 64

struct http;

/* `listen` is ADDRESS:PORT, with [] around an IPv6 address; port 0 takes a free one. */
MUST_CHECK bool http_start(struct serve *serve, const char *listen, unsigned threads,
                           struct http **out, uint16_t *out_port, struct error *err);
/* Answers what has begun, then stops. */
void http_stop(struct http *http);

#endif
