/*
 * rate-json: rates usage that it is told, for models to compare with.
 *
 * A job (model/rating_job.h) has "usage": [{"meter", "unit", "scale", "aggregation", "dimensions",
 * "from", "length_seconds", "quantity"}], in a pool each with its "tenant", and, for a difference,
 * "then": [the same].
 */
#include <string.h>

#include "base/instant.h"
#include "model/rating_job.h"

static enum aggregation aggregation_of(const char *word)
{
    for (int a = AGGREGATION_SUM; a <= AGGREGATION_MAX; a++)
        if (strcmp(aggregation_word((enum aggregation)a), word) == 0)
            return (enum aggregation)a;
    return AGGREGATION_SUM;
}

static bool encode_series(const json_t *row, struct text *out_descriptor, struct error *err)
{
    struct series series = {
        .meter = slice_of(rating_job_text(row, "meter")),
        .unit = slice_of(rating_job_text(row, "unit")),
        .scale = (uint32_t)json_integer_value(json_object_get(row, "scale")),
        .aggregation = aggregation_of(rating_job_text(row, "aggregation")),
    };
    const char *name;
    json_t *value;

    json_object_foreach (json_object_get(row, "dimensions"), name, value) {
        series.dimensions[series.dimension_count++] =
            (struct dimension){slice_of(name), slice_of(json_string_value(value))};
    }
    return series_encode(&series, out_descriptor, err);
}

static bool add_row(struct rating_usage *usage, const json_t *row, struct error *err)
{
    const char *from = rating_job_text(row, "from");
    const char *quantity = rating_job_text(row, "quantity");
    struct usage_body body = {
        .length_seconds = (uint32_t)json_integer_value(json_object_get(row, "length_seconds")),
        .contributions = 1,
    };
    struct text descriptor;
    uint32_t series = 0;

    if (!instant_parse(from, strlen(from), "from", &body.from_us, err) ||
        !number_parse_int128(quantity, strlen(quantity), "quantity", &body.quantity, err))
        return false;
    text_init(&descriptor);
    bool done = encode_series(row, &descriptor, err) &&
                (json_object_get(row, "tenant")
                     ? usage_add_series_of(usage, rating_job_text(row, "tenant"), descriptor.data,
                                           descriptor.size, &series, err)
                     : usage_add_series(usage, descriptor.data, descriptor.size, &series, err)) &&
                rating_job_add(usage, series, &body, err);
    text_release(&descriptor);
    return done;
}

static bool add_rows(struct rating_usage *usage, const json_t *rows, struct error *err)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        if (!add_row(usage, json_array_get(rows, i), err))
            return false;
    return true;
}

static bool run(struct rating_job *job, json_t **out, struct error *err)
{
    const json_t *earlier = json_object_get(job->json, "then");
    struct rating_usage now;
    struct rating_usage then;

    usage_init(&now, &job->arena);
    usage_init(&then, &job->arena);
    bool done = add_rows(&now, json_object_get(job->json, "usage"), err) &&
                add_rows(&then, earlier, err) &&
                rating_job_rate(job, &now, earlier ? &then : NULL, out, err);
    usage_release(&then);
    usage_release(&now);
    return done;
}

int main(void)
{
    return rating_job_main(run);
}
