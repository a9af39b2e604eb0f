/*
 * Coverage by the hour, as issued documents say it (the view ledger.coverage).
 *
 * Numbers are decimal texts; NULL where there is none: throughput has no capacity, and what was not
 * used has no percentage. Everything goes to the arena.
 */
#ifndef STORE_COVERAGE_H
#define STORE_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/store.h"

struct coverage_line {
    uint64_t tenant;
    const char *document_id;
    const char *kind; /* "reservation", "spend_plan" */
    const char *id;
    const char *unit;
    int64_t from_us;
    int64_t to_us;
    const char *capacity;
    const char *covered;
    const char *unused;
    const char *overage;
    const char *utilisation; /* percent of the capacity that was used */
    const char *coverage;    /* percent of the usage in scope that was covered */
};

/* The cells that begin in [from, to), by tenant, kind, id and time. */
MUST_CHECK bool coverage_rows(struct store *store, int log, const uint64_t *tenants, size_t count,
                              int64_t from_us, int64_t to_us, struct arena *arena,
                              struct coverage_line **out, size_t *out_count, struct error *err);
/* Their sums by tenant, kind and id. */
MUST_CHECK bool coverage_totals(struct store *store, int log, const uint64_t *tenants, size_t count,
                                int64_t from_us, int64_t to_us, struct arena *arena,
                                struct coverage_line **out, size_t *out_count, struct error *err);

#endif
