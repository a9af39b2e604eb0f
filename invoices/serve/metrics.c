#include "serve/metrics.h"

#include <inttypes.h>

static const unsigned statuses[METRICS_STATUSES_MAX] = {200, 304, 400, 401, 403,
                                                        404, 405, 500, 503, 505};
static const struct {
    int64_t bound_us;
    const char *text;
} bounds[METRICS_BUCKETS] = {
    {1000, "0.001"},  {5000, "0.005"}, {25000, "0.025"}, {100000, "0.1"},
    {250000, "0.25"}, {1000000, "1"},  {5000000, "5"},   {15000000, "15"},
};

void metrics_init(struct metrics *metrics)
{
    *metrics = (struct metrics){.in_flight = 0};
    pthread_mutex_init(&metrics->mutex, NULL);
}

void metrics_began(struct metrics *metrics)
{
    pthread_mutex_lock(&metrics->mutex);
    metrics->in_flight++;
    pthread_mutex_unlock(&metrics->mutex);
}

void metrics_ended(struct metrics *metrics, size_t route, unsigned status, int64_t duration_us)
{
    size_t s = 0, b = 0;
    while (s < METRICS_STATUSES_MAX && statuses[s] != status)
        s++;
    while (b < METRICS_BUCKETS && bounds[b].bound_us < duration_us)
        b++;
    pthread_mutex_lock(&metrics->mutex);
    metrics->in_flight--;
    metrics->routes[route].by_status[s]++;
    metrics->routes[route].by_duration[b]++;
    metrics->routes[route].duration_us += (uint64_t)duration_us;
    pthread_mutex_unlock(&metrics->mutex);
}

static void write_requests(const struct metrics_route *route, const char *name, struct text *out)
{
    for (size_t s = 0; s <= METRICS_STATUSES_MAX; s++)
        if (route->by_status[s] > 0)
            text_printf(out, "http_requests_total{route=\"%s\",status=\"%u\"} %" PRIu64 "\n", name,
                        s < METRICS_STATUSES_MAX ? statuses[s] : 0, route->by_status[s]);
}

static void write_durations(const struct metrics_route *route, const char *name, struct text *out)
{
    static const char metric[] = "http_request_duration_seconds";
    uint64_t total = 0;
    for (size_t b = 0; b <= METRICS_BUCKETS; b++) {
        total += route->by_duration[b];
        text_printf(out, "%s_bucket{route=\"%s\",le=\"%s\"} %" PRIu64 "\n", metric, name,
                    b < METRICS_BUCKETS ? bounds[b].text : "+Inf", total);
    }
    text_printf(out, "%s_sum{route=\"%s\"} %" PRIu64 ".%06" PRIu64 "\n", metric, name,
                route->duration_us / 1000000, route->duration_us % 1000000);
    text_printf(out, "%s_count{route=\"%s\"} %" PRIu64 "\n", metric, name, total);
}

void metrics_write(struct metrics *metrics, const char *const *patterns, size_t count,
                   struct text *out)
{
    pthread_mutex_lock(&metrics->mutex);
    text_append(out, "# HELP http_requests_in_flight Requests that are being answered.\n"
                     "# TYPE http_requests_in_flight gauge\n");
    text_printf(out, "http_requests_in_flight %" PRIu64 "\n", metrics->in_flight);
    text_append(out, "# HELP http_requests_total Requests that were answered.\n"
                     "# TYPE http_requests_total counter\n");
    for (size_t i = 0; i < count; i++)
        write_requests(&metrics->routes[i], patterns[i], out);
    write_requests(&metrics->routes[METRICS_ROUTES_MAX], "none", out);
    text_append(out, "# HELP http_request_duration_seconds From the headers to the answer.\n"
                     "# TYPE http_request_duration_seconds histogram\n");
    for (size_t i = 0; i < count; i++)
        write_durations(&metrics->routes[i], patterns[i], out);
    pthread_mutex_unlock(&metrics->mutex);
}
