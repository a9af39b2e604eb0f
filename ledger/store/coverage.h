/*
 * Coverage by the hour and its cost, as issued documents say it.
 *
 * Numbers are decimal texts; NULL where there is none: throughput has no capacity, and what was not
 * used has no percentage. Money is rounded to 10^-10 of the currency: *billed* is what the lines of
 * the documents are made of, an upfront where its term begins; *effective* has its share of the
 * upfront instead. Over a term both sum to the same. Everything goes to the arena.
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
    const char *currency;
    const char *billed;
    const char *effective;
    const char *effective_unused; /* of it, for what was not used */
};

struct coverage_lines {
    size_t row_count;
    struct coverage_line *rows; /* the cells, by tenant, kind, id and time */
    size_t total_count;
    struct coverage_line *totals; /* their sums by tenant, kind and id */
};

/* The cells that begin in [from, to). */
MUST_CHECK bool coverage_read(struct store *store, int log, const uint64_t *tenants, size_t count,
                              int64_t from_us, int64_t to_us, struct arena *arena,
                              struct coverage_lines *out, struct error *err);

#endif
