/*
 * Where a server listens: "127.0.0.1:8080", "[::1]:8080", numbers only; port 0 takes a free one.
 */
#ifndef BASE_LISTEN_H
#define BASE_LISTEN_H

#include <netdb.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"

/* *out is the caller's, to freeaddrinfo(). ERROR_INPUT names --listen. */
MUST_CHECK bool listen_resolve(const char *listen, struct addrinfo **out, struct error *err);

#endif
