/*
 * Who asks: an API key, its scopes, its tenants.
 *
 * Keys are looked up for every request, in the request's own snapshot: revoking one works at once.
 */
#ifndef SERVE_AUTH_H
#define SERVE_AUTH_H

#include "serve/bearer.h"
#include "serve/call.h"

/* 401 without a well-formed key; needs no database. */
MUST_CHECK bool auth_read(struct call *call, struct bearer *out);
/* 401 for an unknown, expired or revoked key, 403 without the route's scope; afterwards row-level
 * security lets the key's tenants through. */
MUST_CHECK bool auth_check(struct call *call, const struct bearer *bearer, struct error *err);
/* Fills call->tenants: the key's, or the one named by `tenant`; 404 for another's. */
MUST_CHECK bool auth_choose_tenants(struct call *call, struct error *err);

#endif
