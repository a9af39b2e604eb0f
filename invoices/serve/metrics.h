/*
 * What the server counts of itself, in Prometheus' text format.
 */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define METRICS_ROUTES_MAX 16   /* and one more for what is no route */
#define METRICS_STATUSES_MAX 12 /* and one more for others */
#define METRICS_BUCKETS 8

struct metrics_route {
    uint64_t by_status[METRICS_STATUSES_MAX + 1];
    uint64_t by_duration[METRICS_BUCKETS + 1]; /* not cumulative; the last is above all bounds */
    uint64_t duration_us;
};

struct metrics {
    pthread_mutex_t mutex;
    uint64_t in_flight;
    struct metrics_route routes[METRICS_ROUTES_MAX + 1];
};

void metrics_init(struct metrics *metrics);
void metrics_began(struct metrics *metrics);
/* `route` is its number; METRICS_ROUTES_MAX for what is none. */
void metrics_ended(struct metrics *metrics, size_t route, unsigned status, int64_t duration_us);
/* patterns[i] is what route i is called. */
void metrics_write(struct metrics *metrics, const char *const *patterns, size_t count,
                   struct text *out);

#endif
