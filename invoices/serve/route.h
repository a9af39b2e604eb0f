/*
 * Every route of the server, as one table.
 */
#ifndef SERVE_ROUTE_H
#define SERVE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "serve/call.h"

#define ROUTE_PARAMETERS_MAX 8

typedef bool route_handler(struct call *call, struct error *err);

struct route {
    const char *pattern; /* "/v1/invoices/{number}"; a {…} is one part of the path,
                            and {path...} all that is left of it */
    const char *scope;   /* what a key must have; NULL: open to everybody */
    const char *parameters[ROUTE_PARAMETERS_MAX + 1]; /* of the query; ends with NULL */
    route_handler *handler;
};

/* Ends with a pattern of NULL. */
extern const struct route routes[];

/* The route of a decoded path, or NULL; what stands for {…} goes to the arena, else NULL. */
const struct route *route_find(const char *path, struct arena *arena, const char **out_part);
/* The place of a route in the table. */
size_t route_number(const struct route *route);

#endif
