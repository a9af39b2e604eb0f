/*
 * Errors as RFC 9457 says them: application/problem+json.
 */
#ifndef SERVE_PROBLEM_H
#define SERVE_PROBLEM_H

#include "base/text.h"

struct problem {
    unsigned status;       /* 0: none */
    const char *code;      /* a word for programs, one of README.md's table */
    const char *parameter; /* the query parameter that is wrong, or NULL */
    char detail[512];
};

/* What a status is called: "Not Found". */
const char *problem_title(unsigned status);
void problem_write(const struct problem *problem, const char *instance, const char *request_id,
                   struct text *out);

#endif
