/*
 * What tenants used: sealed usage and its corrections, summed by bucket, meter and dimensions.
 */
#ifndef SERVE_USAGE_H
#define SERVE_USAGE_H

#include "serve/call.h"

bool usage_answer(struct call *call, struct error *err);

#endif
