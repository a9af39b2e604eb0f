/*
 * rate-json: rates what it is told, for models and published cases to compare with.
 *
 * Each line of stdin is a job {"contract", "plans": [{"version", "plan"}], "period", "usage":
 * [{"meter", "unit", "scale", "aggregation", "dimensions", "from", "length_seconds", "quantity"}],
 * "then"?: [the same]}; each line of stdout is its rating, with a "difference" to `then`, or
 * {"error": message}. Usage goes by way of descriptors and signed bodies, as in the product.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "core/body.h"
#include "core/canonical.h"
#include "rating/difference.h"
#include "rating/rate.h"

struct work {
    struct arena arena;
    struct contract contract;
    struct plan *plans;
    const struct plan **plan_list;
    size_t plan_count;
    struct period period;
};

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static enum aggregation aggregation_of(const char *word)
{
    for (int a = AGGREGATION_SUM; a <= AGGREGATION_MAX; a++)
        if (strcmp(aggregation_word((enum aggregation)a), word) == 0)
            return (enum aggregation)a;
    return AGGREGATION_SUM;
}

static bool add_series(struct rating_usage *usage, const json_t *row, uint32_t *out_series,
                       struct error *err)
{
    struct series series = {
        .meter = slice_of(text_of(row, "meter")),
        .unit = slice_of(text_of(row, "unit")),
        .scale = (uint32_t)json_integer_value(json_object_get(row, "scale")),
        .aggregation = aggregation_of(text_of(row, "aggregation")),
    };
    const char *name;
    json_t *value;
    struct text descriptor;

    json_object_foreach (json_object_get(row, "dimensions"), name, value) {
        series.dimensions[series.dimension_count++] =
            (struct dimension){slice_of(name), slice_of(json_string_value(value))};
    }
    text_init(&descriptor);
    bool done = series_encode(&series, &descriptor, err) &&
                usage_add_series(usage, descriptor.data, descriptor.size, out_series, err);
    text_release(&descriptor);
    return done;
}

/* Through an entry's signed bytes and back. */
static bool add_row(struct rating_usage *usage, const json_t *row, struct error *err)
{
    const char *from = text_of(row, "from");
    const char *quantity = text_of(row, "quantity");
    unsigned char bytes[BODY_SIZE_MAX];
    struct entry entry = {.kind = ENTRY_USAGE, .tenant = 1};
    struct entry decoded;
    uint32_t series = 0;

    if (!add_series(usage, row, &series, err) ||
        !instant_parse(from, strlen(from), "from", &entry.usage.from_us, err) ||
        !number_parse_int128(quantity, strlen(quantity), "quantity", &entry.usage.quantity, err))
        return false;
    if (entry.usage.quantity < 0)
        entry.kind = ENTRY_CORRECTION;
    entry.usage.series = usage->series[series].hash;
    entry.usage.length_seconds =
        (uint32_t)json_integer_value(json_object_get(row, "length_seconds"));
    entry.usage.contributions = 1;
    if (!body_decode(bytes, body_encode(&entry, bytes), &decoded, err))
        return false;
    usage_add(usage, series, decoded.usage.from_us, decoded.usage.length_seconds,
              decoded.usage.quantity);
    return true;
}

static bool rate_usage(struct work *work, const json_t *rows, struct rating *out, struct error *err)
{
    struct rating_usage usage;
    bool done = true;

    usage_init(&usage, &work->arena);
    for (size_t i = 0; done && i < json_array_size(rows); i++)
        done = add_row(&usage, json_array_get(rows, i), err);
    done = done && rate(&work->contract, work->plan_list, work->plan_count, &work->period, &usage,
                        &work->arena, out, err);
    usage_release(&usage);
    return done;
}

static bool read_plans(struct work *work, const json_t *plans, struct error *err)
{
    work->plan_count = json_array_size(plans);
    work->plans = arena_array(&work->arena, work->plan_count, sizeof *work->plans);
    work->plan_list = arena_array(&work->arena, work->plan_count, sizeof *work->plan_list);
    for (size_t i = 0; i < work->plan_count; i++) {
        const json_t *item = json_array_get(plans, i);
        uint32_t version = (uint32_t)json_integer_value(json_object_get(item, "version"));

        work->plan_list[i] = &work->plans[i];
        if (!plan_compile(json_object_get(item, "plan"), "plan", version, &work->arena,
                          &work->plans[i], err))
            return false;
    }
    return true;
}

static bool run_job(struct work *work, const json_t *job, json_t **out, struct error *err)
{
    struct rating now;
    struct rating then;
    struct rating_difference difference;
    struct rating_totals totals;
    struct rating_adjustment adjustment = {.difference = &difference};

    if (!contract_compile(json_object_get(job, "contract"), "contract", 0, &work->arena,
                          &work->contract, err) ||
        !read_plans(work, json_object_get(job, "plans"), err) ||
        !contract_check_plans(&work->contract, work->plan_list, work->plan_count, err) ||
        !contract_period(&work->contract, text_of(job, "period"), &work->period, err) ||
        !rate_usage(work, json_object_get(job, "usage"), &now, err))
        return false;
    *out = rating_json(&now);
    if (!json_object_get(job, "then"))
        return true;
    if (!rate_usage(work, json_object_get(job, "then"), &then, err) ||
        !rating_difference(&now, &then, &work->arena, &difference, err) ||
        !rating_totals(NULL, &adjustment, 1, &work->arena, &totals, err))
        return false;
    json_object_set_new(*out, "difference", rating_difference_json(&difference, now.exponent));
    return true;
}

static void answer(const char *line, size_t size)
{
    CLEANUP(json_release) json_t *job = NULL;
    CLEANUP(json_release) json_t *result = NULL;
    struct work work = {0};
    struct error err = {0};

    arena_init(&work.arena);
    if (!canonical_parse(line, size, "job", &job, &err) || !run_job(&work, job, &result, &err)) {
        json_release(&result);
        result = json_pack("{s:s}", "error", err.message);
    }
    char *text = json_dumps(result, JSON_COMPACT | JSON_SORT_KEYS);
    puts(text);
    free(text);
    contract_release(&work.contract);
    arena_release(&work.arena);
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t size = 0;

    core_init();
    while ((size = getline(&line, &capacity, stdin)) > 0)
        answer(line, (size_t)size);
    free(line);
    return 0;
}
