/*
 * A few connections to PostgreSQL for many requests: bounded whatever the number of clients.
 */
#ifndef SERVE_POOL_H
#define SERVE_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "store/store.h"

#define POOL_WAIT_SECONDS 2
#define POOL_CONNECTIONS_MAX 64

struct pool;

/* Opens nothing yet: a connection is made when it is first asked for. */
struct pool *pool_new(const char *conninfo, size_t connections);
/* When nobody has a connection of it any more. */
void pool_free(struct pool *pool);
/* A connection that lives. ERROR_BUSY when none came free for POOL_WAIT_SECONDS, or when the
 * database does not answer. */
MUST_CHECK bool pool_take(struct pool *pool, struct store **out, struct error *err);
/* Rolls back what was begun; the connection goes to the next who waits. */
void pool_give(struct pool *pool, struct store *store);

#endif
