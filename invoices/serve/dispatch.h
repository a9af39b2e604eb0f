/*
 * From a request to its answer: the route, who asks, the parameters, the handler; one snapshot for
 * all of it.
 */
#ifndef SERVE_DISPATCH_H
#define SERVE_DISPATCH_H

#include "serve/call.h"

/* Authenticates, reads, answers: afterwards `call->answer` is whole, whatever happened. */
void dispatch(struct call *call);

#endif
