/*
 * A tenant's usage of past months, rated under several variants of his terms.
 *
 * Nothing is written: what is read is read in transactions that PostgreSQL lets only read.
 * Contracts with commitments, credits or service levels are settled month after month, on the
 * documents that each variant would have had; the months before the first are those of the terms as
 * they are, so that every variant begins with the same balances.
 */
#ifndef INVOICES_VARIANTS_H
#define INVOICES_VARIANTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "invoices/contracts.h"
#include "invoices/session.h"
#include "rating/rate.h"

/* One contract, with the plan versions that it names. */
struct variant_terms {
    const struct contract *contract;
    size_t plan_count;
    const struct plan *const *plans;
};

/* The tenant's contracts, one after the other. A pool's are its payer's to rate, for all members:
 * of another tenant's pool nothing is rated. */
struct variant {
    size_t count;
    struct variant_terms *terms;
    const struct contract *pool; /* another's, that would have the tenant in it; or NULL */
};

/* Months of labels, counted from year 0; both are meant. */
struct month_range {
    int first;
    int last;
};

#define MONTHS_MAX 120

/* "2026-07..2026-09", or a single month. */
MUST_CHECK bool months_parse(const char *text, struct month_range *out, struct error *err);

/* The rating is gone when the visitor returns. */
typedef bool variant_visitor(void *context, size_t variant, const struct rating *rating,
                             struct error *err);
/* Rates each variant's parts of the months, with the usage of entries below `size`; what is read is
 * read once for all variants that agree on the period. The first variant is the terms as they are.
 * A rating's charges, lines and `net_minor` are those after settlement. */
MUST_CHECK bool variants_rate(struct session *session, const struct tenant *tenant, uint64_t size,
                              const struct month_range *months, const struct variant *variants,
                              size_t count, variant_visitor *visit, void *context,
                              struct error *err);

#endif
