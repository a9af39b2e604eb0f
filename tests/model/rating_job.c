#include "model/rating_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "model/rating_bill.h"
#include "model/rating_bill_pool.h"
#include "rating/difference.h"

const char *rating_job_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

bool rating_job_add(struct rating_usage *usage, uint32_t series, const struct usage_body *body,
                    struct error *err)
{
    unsigned char bytes[BODY_SIZE_MAX];
    struct entry entry = {.kind = body->quantity < 0 ? ENTRY_CORRECTION : ENTRY_USAGE, .tenant = 1};
    struct entry decoded;

    entry.usage = *body;
    entry.usage.series = usage->series[series].hash;
    if (!body_decode(bytes, body_encode(&entry, bytes), &decoded, err))
        return false;
    usage_add(usage, series, decoded.usage.from_us, decoded.usage.length_seconds,
              decoded.usage.quantity);
    return true;
}

static bool rate_usage(struct rating_job *job, const struct rating_usage *usage, struct rating *out,
                       struct error *err)
{
    return rate(&job->contract, job->plans, job->plan_count, &job->period, usage, &job->arena, out,
                err);
}

static bool add_difference(struct rating_job *job, const struct rating *now,
                           const struct rating_usage *usage, json_t *out, struct error *err)
{
    struct rating then;
    struct rating_difference difference;
    struct rating_totals totals;
    struct rating_adjustment adjustment = {.difference = &difference};

    if (!rate_usage(job, usage, &then, err) ||
        !rating_difference(now, &then, &job->arena, &difference, err) ||
        !rating_totals(NULL, &adjustment, 1, &job->arena, &totals, err))
        return false;
    json_object_set_new(out, "difference", rating_difference_json(&difference, now->exponent));
    return true;
}

bool rating_job_rate(struct rating_job *job, const struct rating_usage *now,
                     const struct rating_usage *then, json_t **out, struct error *err)
{
    struct rating rating;

    if (json_object_get(job->json, "periods") && job->contract.member_count > 0)
        return rating_job_bill_pool(job, now, out, err);
    if (json_object_get(job->json, "periods"))
        return rating_job_bill(job, now, out, err);
    if (!rate_usage(job, now, &rating, err))
        return false;
    json_t *json = rating_json(&rating);
    if (then && !add_difference(job, &rating, then, json, err)) {
        json_decref(json);
        return false;
    }
    *out = json;
    return true;
}

static bool read_plans(struct rating_job *job, const json_t *plans, struct error *err)
{
    job->plan_count = json_array_size(plans);
    job->plans = arena_array(&job->arena, job->plan_count, sizeof *job->plans);
    for (size_t i = 0; i < job->plan_count; i++) {
        const json_t *item = json_array_get(plans, i);
        uint32_t version = (uint32_t)json_integer_value(json_object_get(item, "version"));
        struct plan *plan = arena_alloc(&job->arena, sizeof *plan);

        job->plans[i] = plan;
        if (!plan_compile(json_object_get(item, "plan"), "plan", version, &job->arena, plan, err))
            return false;
    }
    return true;
}

static bool read_terms(struct rating_job *job, struct error *err)
{
    return contract_compile(json_object_get(job->json, "contract"), "contract", 0, &job->arena,
                            &job->contract, err) &&
           read_plans(job, json_object_get(job->json, "plans"), err) &&
           contract_check_plans(&job->contract, job->plans, job->plan_count, err) &&
           contract_period(&job->contract, rating_job_text(job->json, "period"), &job->period, err);
}

static void answer(const char *line, size_t size, rating_job_run *run)
{
    CLEANUP(json_release) json_t *json = NULL;
    CLEANUP(json_release) json_t *result = NULL;
    struct rating_job job = {0};
    struct error err = {0};

    arena_init(&job.arena);
    bool done = canonical_parse(line, size, "job", &json, &err);
    job.json = json;
    if (!done || !read_terms(&job, &err) || !run(&job, &result, &err))
        result = json_pack("{s:s}", "error", err.message);
    char *text = json_dumps(result, JSON_COMPACT | JSON_SORT_KEYS);
    puts(text);
    free(text);
    contract_release(&job.contract);
    arena_release(&job.arena);
}

int rating_job_main(rating_job_run *run)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size = 0;

    core_init();
    while ((size = getline(&line, &capacity, stdin)) > 0)
        answer(line, (size_t)size, run);
    free(line);
    return 0;
}
