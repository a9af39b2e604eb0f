/*
 * Requests that are refused before anything looks at what they ask: what two programs on the way
 * could read in two ways (smuggling), and what no honest client sends.
 */
#ifndef SERVE_GUARD_H
#define SERVE_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct guard_header {
    struct slice name;
    struct slice value;
};

struct guard_request {
    const char *method;
    const char *version; /* "HTTP/1.1" */
    const char *target;  /* path and query as they came, not decoded */
    size_t header_count;
    const struct guard_header *headers;
};

struct guard_verdict {
    unsigned status;    /* 0: pass */
    const char *detail; /* why not, for people */
};

struct guard_verdict guard_check(const struct guard_request *request);

#endif
