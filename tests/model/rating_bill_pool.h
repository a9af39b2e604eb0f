/*
 * A job of several periods of a pool (model/rating_bill.h): each period's documents of all members
 * are made together. Its answer is {"documents": [{tenant: document}…], "exponent"}. Late usage of
 * one document arrives in the order of its rows.
 */
#ifndef MODEL_RATING_BILL_POOL_H
#define MODEL_RATING_BILL_POOL_H

#include "model/rating_job.h"

MUST_CHECK bool rating_job_bill_pool(struct rating_job *job, const struct rating_usage *usage,
                                     json_t **out, struct error *err);

#endif
