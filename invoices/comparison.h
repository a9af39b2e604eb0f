/*
 * What tenants' charges cost before and after a change of terms: rows, sums, and their three forms.
 */
#ifndef INVOICES_COMPARISON_H
#define INVOICES_COMPARISON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/number.h"
#include "rating/rate.h"

/* Rounded nets, in minor units. */
struct comparison_row {
    const char *tenant;
    const char *kind; /* of the line: "charge", "reservation", "commitment", "credit" */
    const char *charge;
    const char *currency;
    unsigned exponent;
    int128 before;
    int128 after;
};

struct comparison_miss {
    const char *tenant;
    const char *why;
};

struct comparison {
    struct arena arena; /* texts */
    size_t tenant_count;
    size_t row_count;
    size_t row_capacity;
    struct comparison_row *rows; /* by tenant, then as charges were found */
    size_t first_of_tenant;
    size_t miss_count;
    size_t miss_capacity;
    struct comparison_miss *misses; /* tenants that could not be rated: they have no rows */
};

enum comparison_side { SIDE_BEFORE, SIDE_AFTER };

void comparison_init(struct comparison *comparison);
void comparison_release(struct comparison *comparison);
/* What follows is of this tenant. */
void comparison_tenant(struct comparison *comparison);
void comparison_add(struct comparison *comparison, const char *tenant, enum comparison_side side,
                    const struct rating *rating);
/* The rows of the tenant at hand as JSON, for another process; and back, as the next tenant's. */
json_t *comparison_rows(const struct comparison *comparison);
void comparison_take(struct comparison *comparison, const char *tenant, const json_t *rows);
/* The tenant at hand cannot be rated: his rows go. */
void comparison_miss(struct comparison *comparison, const char *tenant, const char *why);

void comparison_print_text(const struct comparison *comparison, FILE *out);
void comparison_print_csv(const struct comparison *comparison, FILE *out);
/* {"tenants", "rows", "totals", "not_rated"}. A new reference. */
json_t *comparison_json(const struct comparison *comparison);

#endif
