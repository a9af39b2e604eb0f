/*
 * One generated usage event, and the ways in which its JSON can be written or spoilt.
 */
#ifndef DEV_GENERATE_EVENTS_H
#define DEV_GENERATE_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

#define EVENT_JSON_SIZE 1000
#define GPU_SOURCE "/cluster/fra1"
#define TOKEN_SOURCE "/gateway/fra1"

/* Places in generate_tenants[]. */
enum { ACME = 0, GLOBEX = 1, INITECH = 2, FIRST_PLAIN = 3, PLAIN_COUNT = 20 };
enum { MODEL_COUNT = 4 };

struct usage {
    bool is_gpu;
    unsigned tenant;
    uint64_t number; /* makes the id */
    int64_t at_us;   /* start of the slice, time of the request */
    unsigned allocation;
    unsigned gpus;
    unsigned length_seconds;
    unsigned model, project, principal;
    uint64_t tokens[3]; /* input, cache_read, output */
};

/* How this writing differs from the plain one; all zero is plain. */
struct usage_twist {
    bool is_binary;
    bool is_reordered;
    bool is_broken;       /* cut short */
    const char *tenant;   /* instead of the usage's */
    const char *source;   /* instead of the usage's */
    const char *quantity; /* gpu_count or output, as written */
    int64_t end_shift_us; /* added to a slice's end */
};

struct written_event {
    const char *tenant, *source, *type;
    char id[64];
    char time[INSTANT_TEXT_SIZE];
    char json[EVENT_JSON_SIZE]; /* in binary mode the data alone */
};

void usage_write(const struct usage *usage, const struct usage_twist *twist,
                 struct written_event *out);

#endif
