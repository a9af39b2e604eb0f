/*
 * One request on its way: who asks, what for, and the answer that is made.
 *
 * A handler returns true with the answer filled in, or false: with a problem that
 * call_refuse() described, or with an error that becomes one.
 */
#ifndef SERVE_CALL_H
#define SERVE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/text.h"
#include "core/digest.h"
#include "serve/metrics.h"
#include "serve/pool.h"
#include "serve/problem.h"
#include "store/reads.h"
#include "store/store.h"
#include "store/tokens.h"

#define CALL_PARAMETERS_MAX 12
#define CALL_REQUEST_ID_SIZE 65

/* What the process has, for all requests. */
struct serve {
    int log;
    struct pool *pool;
    struct metrics metrics;
};

struct route;

struct parameter {
    const char *name; /* decoded */
    struct slice value;
};

struct answer {
    unsigned status;
    const char *content_type;
    const char *cache_control;
    const char *allow; /* for 405 */
    char etag[DIGEST_HEX_SIZE + 2];
    struct text body;
};

struct call {
    struct serve *serve;
    struct arena arena;
    const char *method;
    const char *path;          /* decoded */
    const char *authorization; /* header, or NULL */
    const char *if_none_match; /* header, or NULL */
    char request_id[CALL_REQUEST_ID_SIZE];
    size_t parameter_count;
    struct parameter parameters[CALL_PARAMETERS_MAX];

    const struct route *route;
    const char *number;  /* what stood for {…} in the path */
    struct store *store; /* in a snapshot, with the tenants set; NULL for open routes */
    struct token token;
    size_t tenant_count; /* the key's, or the one that was asked for */
    struct read_tenant *tenants;
    struct problem problem;
    struct answer answer;
};

/* Always false: describes why the request cannot be answered. `parameter` may be NULL. */
bool call_refuse(struct call *call, unsigned status, const char *code, const char *parameter,
                 const char *format, ...) PRINTF_LIKE(5, 6);
/* The parameter's value, zero-terminated, or NULL. */
const char *call_parameter(const struct call *call, const char *name);
/* Numbers of call->tenants. */
uint64_t *call_tenant_numbers(struct call *call);
const struct read_tenant *call_tenant(const struct call *call, uint64_t number);
/* The answer 200 with this JSON. Steals the reference. */
bool call_answer_json(struct call *call, json_t *value, struct error *err);
/* The answer 200 with bytes that never change, or 304. */
bool call_answer_immutable(struct call *call, struct slice bytes, const struct digest *hash);

#endif
