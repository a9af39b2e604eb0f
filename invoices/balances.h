/*
 * Settlements of simulated months: each is settled on the documents that the months before it would
 * have had.
 */
#ifndef INVOICES_BALANCES_H
#define INVOICES_BALANCES_H

#include <jansson.h>
#include <stdbool.h>

#include "invoices/variants.h"
#include "rating/history.h"

/* What one contract's months leave to the next. Zeros: nothing was settled yet. */
struct balances {
    bool is_open;
    struct history history;
};
void balances_release(struct balances *balances); /* for CLEANUP; zeros are fine */

/* After these documents, all of the contract's before `first`. In the arena. */
MUST_CHECK bool balances_open(struct balances *balances, const struct contract *contract,
                              const struct period *first, const json_t *earlier,
                              struct arena *arena, struct error *err);
/* Adds the settlement's lines to the rating, and the document to the balances. The document is a
 * new reference; out_document may be NULL. */
MUST_CHECK bool balances_settle(struct balances *balances, const struct variant_terms *terms,
                                const char *tenant, struct arena *arena, struct rating *rating,
                                json_t **out_document, struct error *err);

#endif
