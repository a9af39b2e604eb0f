/* Whether the server lives, whether it can answer, and what it counted. Open to everybody. */
#ifndef SERVE_HEALTH_H
#define SERVE_HEALTH_H

#include "serve/call.h"

bool health_answer(struct call *call, struct error *err);  /* 200 while the process answers */
bool ready_answer(struct call *call, struct error *err);   /* 503 with the reasons */
bool metrics_answer(struct call *call, struct error *err); /* Prometheus' text format */

#endif
