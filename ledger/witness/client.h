/*
 * HTTP to witnesses, by libcurl: no redirects, no proxies' surprises, limits on time and size.
 */
#ifndef WITNESS_CLIENT_H
#define WITNESS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/text.h"

#define CLIENT_ANSWER_SIZE_MAX 65536
#define CLIENT_TYPE_SIZE 64

struct client;

struct client_answer {
    unsigned status;
    char content_type[CLIENT_TYPE_SIZE]; /* empty where there is none, or a longer one */
    struct text body;                    /* the caller's */
};

/* Connections are kept between calls. */
struct client *client_open(unsigned timeout_seconds);
void client_close(struct client *client);
/* Any status is an answer; ERROR_BUSY when there is none. */
MUST_CHECK bool client_post(struct client *client, const char *url, const struct text *body,
                            struct client_answer *out, struct error *err);
MUST_CHECK bool client_get(struct client *client, const char *url, struct client_answer *out,
                           struct error *err);

#endif
