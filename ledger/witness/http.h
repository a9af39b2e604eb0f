/*
 * The witness's two routes over HTTP/1.1, without TLS: a proxy in front has that.
 *
 *   POST /add-checkpoint        C2SP tlog-witness
 *   GET  /ID/checkpoint         what it cosigned last; ID is the hex SHA-256 of the origin
 */
#ifndef WITNESS_HTTP_H
#define WITNESS_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "witness/watch.h"

#define HTTP_THREADS_MAX 64

struct http;

/* `listen` is ADDRESS:PORT; port 0 takes a free one. The watch is lent until http_stop(). */
MUST_CHECK bool http_start(struct watch *watch, const char *listen, unsigned threads,
                           struct http **out, uint16_t *out_port, struct error *err);
void http_stop(struct http *http);

#endif
