#include "serve/usage.h"

#include <assert.h>
#include <string.h>

#include "base/zone.h"
#include "core/canonical.h"
#include "serve/usage_group.h"
#include "store/checkpoints.h"

struct asked {
    int64_t from_us;
    int64_t to_us;
    const char *granularity_word;
    enum granularity granularity;
    struct zone *zone;
    struct usage_question question;
};

static void asked_release(struct asked *asked)
{
    if (asked->zone != NULL)
        zone_close(asked->zone);
}

/* Says which parameter the error is about. */
static bool wrong(struct call *call, const char *parameter, const struct error *err)
{
    return call_refuse(call, 400, "invalid_parameter", parameter, "%s", err->message);
}

static bool read_instant(struct call *call, const char *name, int64_t *out, struct error *err)
{
    const char *value = call_parameter(call, name);
    if (value == NULL)
        return call_refuse(call, 400, "missing_parameter", name, "%s is needed", name);
    return instant_parse(value, strlen(value), name, out, err) || wrong(call, name, err);
}

static bool read_group_by(struct call *call, struct usage_question *question)
{
    const char *part = call_parameter(call, "group_by");
    while (part != NULL) {
        size_t size = strcspn(part, ",");
        const char *name = arena_text_n(&call->arena, part, size);
        if (size == 0 || question->by_count == GROUP_BY_MAX)
            return call_refuse(call, 400, "invalid_parameter", "group_by",
                               "group_by is 1 to %d names of dimensions with commas between",
                               GROUP_BY_MAX);
        for (size_t i = 0; i < question->by_count; i++)
            if (strcmp(question->by[i], name) == 0)
                return call_refuse(call, 400, "invalid_parameter", "group_by",
                                   "group_by names '%.60s' twice", name);
        question->by[question->by_count++] = name;
        part = part[size] == ',' ? part + size + 1 : NULL;
    }
    return true;
}

static bool read_asked(struct call *call, struct asked *asked, struct error *err)
{
    const char *granularity = call_parameter(call, "granularity");
    const char *zone = call_parameter(call, "time_zone");
    asked->granularity_word = granularity != NULL ? granularity : "day";
    asked->question.meter = call_parameter(call, "meter");
    if (!read_instant(call, "from", &asked->from_us, err) ||
        !read_instant(call, "to", &asked->to_us, err))
        return false;
    if (!granularity_parse(asked->granularity_word, &asked->granularity, err))
        return wrong(call, "granularity", err);
    if (!zone_open(zone != NULL ? zone : "UTC", &asked->zone, err))
        return wrong(call, "time_zone", err);
    return read_group_by(call, &asked->question);
}

/* The coarsest grid of the tenants, on which the finer ones lie too. */
static uint32_t grid_of(const struct call *call)
{
    uint32_t grid = 900;
    for (size_t i = 0; i < call->tenant_count; i++)
        if (call->tenants[i].grid_seconds > grid)
            grid = call->tenants[i].grid_seconds;
    return grid;
}

static bool read_size(struct call *call, uint64_t *out, struct error *err)
{
    struct checkpoint_row row;
    if (checkpoint_latest(call->store, call->serve->log, &call->arena, &row, err))
        *out = row.size;
    else if (err->code == ERROR_NOT_FOUND)
        *out = 0;
    else
        return false;
    return true;
}

static bool read_sums(struct call *call, const struct asked *asked, uint64_t size,
                      struct usage_groups *groups, struct error *err)
{
    struct buckets buckets;
    struct read_series *series;
    size_t series_count;
    int log = call->serve->log;
    const uint64_t *tenants = call_tenant_numbers(call);
    if (!buckets_make(asked->from_us, asked->to_us, asked->granularity, asked->zone, grid_of(call),
                      &call->arena, &buckets, err))
        return call_refuse(call, 400, "invalid_range", NULL, "%s", err->message);
    if (!read_series(call->store, log, tenants, call->tenant_count, &call->arena, &series,
                     &series_count, err))
        return false;
    if (!usage_groups_make(&asked->question, series, series_count, &buckets, &call->arena, groups,
                           err))
        return err->code == ERROR_INPUT && series_count > 0
                   ? call_refuse(call, 400, "too_many_rows", NULL, "%s", err->message)
                   : false;
    return read_usage(call->store, log, tenants, call->tenant_count, asked->from_us, asked->to_us,
                      size, usage_groups_add, groups, err);
}

static json_t *dimensions_json(const struct usage_question *question, const struct series *series)
{
    json_t *dimensions = json_object();
    for (size_t i = 0; i < question->by_count; i++) {
        struct slice value = series_dimension(series, question->by[i]);
        if (value.data != NULL)
            json_object_set_new(dimensions, question->by[i], json_stringn(value.data, value.size));
    }
    return dimensions;
}

static json_t *row_json(const struct call *call, const struct asked *asked,
                        const struct usage_groups *groups, size_t bucket, size_t g)
{
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE], quantity[INT128_TEXT_SIZE];
    const struct usage_group *group = &groups->groups[g];
    const struct series *series = &group->series;
    const struct usage_cell *cell = &groups->cells[g * groups->buckets.count + bucket];
    const struct read_tenant *tenant = call_tenant(call, group->tenant);
    json_t *row = json_pack(
        "{s:s, s:s, s:s, s:s%, s:s%, s:i, s:s}", "tenant", tenant != NULL ? tenant->id : "", "from",
        instant_format(groups->buckets.edges[bucket], from), "to",
        instant_format(groups->buckets.edges[bucket + 1], to), "meter", series->meter.data,
        series->meter.size, "unit", series->unit.data, series->unit.size, "scale",
        (int)series->scale, "quantity", number_format(cell->quantity, quantity));
    if (asked->question.by_count > 0)
        json_object_set_new(row, "dimensions", dimensions_json(&asked->question, series));
    return row;
}

/* A row at a time, so that the memory is that of the text. */
static bool write_rows(const struct call *call, const struct asked *asked,
                       const struct usage_groups *groups, struct text *out, struct error *err)
{
    bool is_first = true;
    for (size_t b = 0; b < groups->buckets.count; b++)
        for (size_t g = 0; g < groups->group_count; g++) {
            if (!groups->cells[g * groups->buckets.count + b].is_used)
                continue;
            CLEANUP(json_release) json_t *row = row_json(call, asked, groups, b, g);
            if (!is_first)
                text_append_char(out, ',');
            is_first = false;
            if (!canonical_write(row, out, err))
                return false;
        }
    return true;
}

/* The rows go into the frame's empty list. */
static bool answer_rows(struct call *call, const struct asked *asked,
                        const struct usage_groups *groups, json_t *frame, struct error *err)
{
    static const char list[] = "\"rows\":[";
    struct text CLEANUP(text_release) outside;
    struct text *body = &call->answer.body;
    text_init(&outside);
    if (!call_answer_json(call, frame, err))
        return false;
    text_append_n(&outside, body->data, body->size);
    const char *end = strstr(outside.data, list);
    assert(end != NULL);
    size_t before = (size_t)(end - outside.data) + strlen(list);
    text_clear(body);
    text_append_n(body, outside.data, before);
    if (!write_rows(call, asked, groups, body, err))
        return false;
    text_append_n(body, outside.data + before, outside.size - before);
    return true;
}

bool usage_answer(struct call *call, struct error *err)
{
    struct asked CLEANUP(asked_release) asked = {.zone = NULL};
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE], complete[INSTANT_TEXT_SIZE];
    struct usage_groups groups;
    uint64_t size;
    int64_t complete_us;
    if (!read_asked(call, &asked, err) || !read_size(call, &size, err) ||
        !read_complete_through(call->store, call->serve->log, &complete_us, err) ||
        !read_sums(call, &asked, size, &groups, err))
        return false;
    call->answer.cache_control = "private, no-cache";
    return answer_rows(
        call, &asked, &groups,
        json_pack(
            "{s:I, s:s?, s:s, s:s, s:s, s:s, s:[]}", "as_of", (json_int_t)size, "complete_through",
            complete_us == READ_NEVER ? NULL : instant_format(complete_us, complete), "from",
            instant_format(asked.from_us, from), "to", instant_format(asked.to_us, to),
            "granularity", asked.granularity_word, "time_zone", zone_name(asked.zone), "rows"),
        err);
}
