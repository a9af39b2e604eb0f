/*
 * A job of several periods: "periods": ["2026-10", …] are billed one after the other, each with the
 * settlement that the documents before it leave. Its answer is {"documents": […], "exponent"}.
 * Usage with "known": n is late: it comes in time for the document of period n (from 0), which
 * adjusts those before.
 */
#ifndef MODEL_RATING_BILL_H
#define MODEL_RATING_BILL_H

#include "model/rating_job.h"

/* `usage` is of all periods. A new reference. */
MUST_CHECK bool rating_job_bill(struct rating_job *job, const struct rating_usage *usage,
                                json_t **out, struct error *err);

#endif
