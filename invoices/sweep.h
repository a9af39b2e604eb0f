/*
 * The size of a reservation that would have been cheapest.
 */
#ifndef INVOICES_SWEEP_H
#define INVOICES_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "invoices/hypothesis.h"
#include "invoices/session.h"
#include "invoices/variants.h"

#define SWEEP_SIZES_MAX 1001

/* Whole units of one reservation. */
struct sweep {
    const char *reservation; /* its id, or "reservation": the first */
    uint64_t first;
    uint64_t last;
};

/* "reservation=0..64", "r-1=8..16". In the arena. */
MUST_CHECK bool sweep_parse(const char *text, struct arena *arena, struct sweep *out,
                            struct error *err);

/* What the months cost, rounded and before tax, in minor units. */
struct sweep_result {
    const char *reservation;
    const char *currency;
    unsigned exponent;
    int128 as_is;
    int128 *totals;    /* of first … last */
    uint64_t cheapest; /* the smallest of equals */
};

/* Of the tenant's changed terms. An upfront goes by the unit. In the session's arena. */
MUST_CHECK bool sweep_rate(const struct sweep *sweep, struct session *session,
                           const struct tenant *tenant, const struct tenant_terms *terms,
                           uint64_t size, const struct month_range *months,
                           struct sweep_result *out, struct error *err);

/* The result as JSON, for another process; and back: as_is, and the sizes from `part` on of the
 * whole sweep. In the arena. */
json_t *sweep_totals(const struct sweep *part, const struct sweep_result *result);
MUST_CHECK bool sweep_take(const struct sweep *whole, const struct sweep *part,
                           const json_t *totals, struct arena *arena, struct sweep_result *out,
                           struct error *err);
/* The cheapest, once all sizes are there. */
void sweep_choose(const struct sweep *sweep, struct sweep_result *result);

void sweep_print_text(const struct sweep *sweep, const struct sweep_result *result);
void sweep_print_csv(const struct sweep *sweep, const struct sweep_result *result);
json_t *sweep_json(const struct sweep *sweep, const struct sweep_result *result);

#endif
