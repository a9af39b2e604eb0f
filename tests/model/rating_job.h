/*
 * What test programs share that rate what they are told: one job a line of stdin, one answer a
 * line of stdout.
 *
 * A job is a JSON object with "contract", "plans": [{"version", "plan"}], "period" ("2026-10") and
 * the program's own members, or with "periods" (model/rating_bill.h); its answer is the rating, or
 * {"error": message}. Usage is rated as the book would give it: every row goes through an entry's
 * signed bytes and back.
 */
#ifndef MODEL_RATING_JOB_H
#define MODEL_RATING_JOB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "core/body.h"
#include "rating/rate.h"

struct rating_job {
    struct arena arena;
    const json_t *json; /* the line */
    struct contract contract;
    size_t plan_count;
    const struct plan **plans;
    struct period period;
};

typedef bool rating_job_run(struct rating_job *job, json_t **out, struct error *err);

/* The text member of this name; "" when it is not there. */
const char *rating_job_text(const json_t *object, const char *name);
/* Adds what an entry counts, by way of its signed bytes. `series` is a position in the usage. */
MUST_CHECK bool rating_job_add(struct rating_usage *usage, uint32_t series,
                               const struct usage_body *body, struct error *err);
/* The rating of `now`, with a "difference" to `then` unless that is NULL. A new reference. */
MUST_CHECK bool rating_job_rate(struct rating_job *job, const struct rating_usage *now,
                                const struct rating_usage *then, json_t **out, struct error *err);
/* Answers every line of stdin. */
int rating_job_main(rating_job_run *run);

#endif
