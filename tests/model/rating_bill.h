/*
 * A job of several periods: "periods": ["2026-10", …] are billed one after the other, each with the
 * settlement that the documents before it leave. Its answer is {"documents": […], "exponent"}.
 */
#ifndef MODEL_RATING_BILL_H
#define MODEL_RATING_BILL_H

#include "model/rating_job.h"

/* `usage` is of all periods. A new reference. */
MUST_CHECK bool rating_job_bill(struct rating_job *job, const struct rating_usage *usage,
                                json_t **out, struct error *err);

#endif
