/*
 * A seeded month of usage: the same arguments give the same events, byte for byte.
 *
 * Every event's fate is a function of (seed, its number): regular, exact or re-serialised
 * duplicate, conflict, malformed in one of several ways, or late (kept for a second phase). The
 * counts that an exact ingest must report are therefore known beforehand.
 */
#ifndef DEV_GENERATE_H
#define DEV_GENERATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

#define GENERATE_TENANTS_MAX 64

enum generate_phase { PHASE_MAIN, PHASE_LATE };

struct generate_plan {
    uint64_t seed;
    uint64_t events;      /* of both phases together */
    int64_t from_us;      /* start of the first hour */
    unsigned hours;       /* how long usage lasts */
    unsigned allocations; /* GPU allocations that run at once, at most */
    bool binary;          /* a tenth in binary mode; files know structured only */
};

enum fate {
    FATE_REGULAR,
    FATE_LATE,
    FATE_DUPLICATE,
    FATE_CONFLICT,
    FATE_BROKEN_JSON,
    FATE_REAL_QUANTITY,
    FATE_NEGATIVE_TOKENS,
    FATE_END_BEFORE_START,
    FATE_UNKNOWN_TENANT,
    FATE_UNKNOWN_SOURCE,
    FATE_SOURCE_NOT_ALLOWED,
    FATE_FUTURE,
    FATE_COUNT,
};

/* The word under which a refused event stands in quarantine; NULL for those that are not. */
const char *fate_refusal(enum fate fate);

struct generated {
    const char *tenant;
    const char *json; /* the structured event; for binary mode its data */
    bool is_binary;
    const char *id, *source, *type, *time; /* for binary mode's headers */
};

struct generate_counts {
    uint64_t produced;
    uint64_t by_fate[FATE_COUNT];
};

typedef bool generate_sink(void *context, const struct generated *event, struct error *err);

/* Calls `sink` for the events of one phase, in order. Counts are of this phase. */
MUST_CHECK bool generate_run(const struct generate_plan *plan, enum generate_phase phase,
                             generate_sink *sink, void *context, struct generate_counts *out,
                             struct error *err);

struct generate_tenant {
    const char *id;
    const char *name;
    const char *zone;
};
/* The tenants that the events bill; ends with {0}. */
extern const struct generate_tenant generate_tenants[];

#endif
