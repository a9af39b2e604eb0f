/* What reservations and spend plans covered, hour by hour, as issued documents say it. */
#ifndef SERVE_COVERAGE_H
#define SERVE_COVERAGE_H

#include <stdbool.h>

#include "serve/call.h"

/* GET /v1/coverage */
bool coverage_answer(struct call *call, struct error *err);

#endif
