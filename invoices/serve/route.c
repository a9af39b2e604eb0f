#include "serve/route.h"

#include <assert.h>
#include <string.h>

#include "serve/coverage.h"
#include "serve/health.h"
#include "serve/invoices.h"
#include "serve/ledger.h"
#include "serve/tiles.h"
#include "serve/usage.h"

const struct route routes[] = {
    {"/v1/usage",
     "usage:read",
     {"from", "to", "granularity", "time_zone", "meter", "group_by", "tenant"},
     usage_answer},
    {"/v1/coverage", "invoices:read", {"from", "to", "tenant"}, coverage_answer},
    {"/v1/invoices", "invoices:read", {"tenant", "limit", "cursor"}, invoices_answer},
    {"/v1/invoices/{number}", "invoices:read", {NULL}, invoice_answer},
    {"/v1/invoices/{number}/bundle", "invoices:read", {NULL}, bundle_answer},
    {"/v1/ledger/checkpoint", "ledger:read", {NULL}, checkpoint_answer},
    {"/checkpoint", NULL, {NULL}, tiles_checkpoint_answer},
    {"/tile/{path...}", NULL, {NULL}, tiles_answer},
    {"/healthz", NULL, {NULL}, health_answer},
    {"/readyz", NULL, {NULL}, ready_answer},
    {"/metrics", NULL, {NULL}, metrics_answer},
    {0},
};
_Static_assert(COUNT_OF(routes) - 1 <= METRICS_ROUTES_MAX, "every route is measured");

static bool matches(const char *pattern, const char *path, struct slice *part)
{
    *part = (struct slice){NULL, 0};
    while (*pattern != '\0') {
        if (*pattern == '{') {
            const char *end = strchr(pattern, '}');
            assert(end != NULL);
            *part = (struct slice){path, end[-1] == '.' ? strlen(path) : strcspn(path, "/")};
            if (part->size == 0)
                return false;
            path += part->size;
            pattern = end + 1;
        } else if (*pattern++ != *path++)
            return false;
    }
    return *path == '\0';
}

const struct route *route_find(const char *path, struct arena *arena, const char **out_part)
{
    *out_part = NULL;
    for (const struct route *route = routes; route->pattern != NULL; route++) {
        struct slice part;
        if (!matches(route->pattern, path, &part))
            continue;
        if (part.data != NULL)
            *out_part = arena_text_n(arena, part.data, part.size);
        return route;
    }
    return NULL;
}

size_t route_number(const struct route *route)
{
    return (size_t)(route - routes);
}
