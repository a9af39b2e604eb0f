#include "serve/coverage.h"

#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "store/coverage.h"

#define RANGE_MAX_US (31 * DAY_US) /* a month by the hour */

static bool read_instant(struct call *call, const char *name, int64_t *out, struct error *err)
{
    const char *value = call_parameter(call, name);
    if (value == NULL)
        return call_refuse(call, 400, "missing_parameter", name, "%s is needed", name);
    return instant_parse(value, strlen(value), name, out, err) ||
           call_refuse(call, 400, "invalid_parameter", name, "%s", err->message);
}

static json_t *line_json(const struct call *call, const struct coverage_line *line)
{
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
    const struct read_tenant *tenant = call_tenant(call, line->tenant);
    json_t *object =
        json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "tenant", tenant != NULL ? tenant->id : "", "kind",
                  line->kind, "id", line->id, "unit", line->unit, "from",
                  instant_format(line->from_us, from), "to", instant_format(line->to_us, to));
    json_set_text(object, "capacity", line->capacity);
    json_set_text(object, "covered", line->covered);
    json_set_text(object, "unused", line->unused);
    json_set_text(object, "overage", line->overage);
    json_set_text(object, "utilisation", line->utilisation);
    json_set_text(object, "coverage", line->coverage);
    json_set_text(object, "currency", line->currency);
    json_set_text(object, "billed", line->billed);
    json_set_text(object, "effective", line->effective);
    json_set_text(object, "effective_unused", line->effective_unused);
    return object;
}

static json_t *list_json(const struct call *call, const struct coverage_line *lines, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, line_json(call, &lines[i]));
    return list;
}

bool coverage_answer(struct call *call, struct error *err)
{
    int64_t from_us, to_us;
    struct coverage_lines lines;
    if (!read_instant(call, "from", &from_us, err) || !read_instant(call, "to", &to_us, err))
        return false;
    if (from_us >= to_us || to_us - from_us > RANGE_MAX_US)
        return call_refuse(call, 400, "invalid_range", NULL,
                           "from is before to, at most 31 days before");
    uint64_t *tenants = call_tenant_numbers(call);
    if (!coverage_read(call->store, call->serve->log, tenants, call->tenant_count, from_us, to_us,
                       &call->arena, &lines, err))
        return false;
    return call_answer_json(call,
                            json_pack("{s:o,s:o}", "rows",
                                      list_json(call, lines.rows, lines.row_count), "totals",
                                      list_json(call, lines.totals, lines.total_count)),
                            err);
}
