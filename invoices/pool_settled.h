/*
 * One document of a pool that has commitments, credits or the like: all members' documents of the
 * period are made up to their settlement, which is one; then this one is stated.
 */
#ifndef INVOICES_POOL_SETTLED_H
#define INVOICES_POOL_SETTLED_H

#include <jansson.h>
#include <stdbool.h>

#include "invoices/contracts.h"
#include "invoices/period.h"
#include "invoices/session.h"
#include "rating/difference.h"

/* Sets the document's members of money, as statement_money() does, and `settlement`. */
MUST_CHECK bool pool_settled(struct session *session, const struct tenant *tenant,
                             const struct agreement *agreement, const struct closed_period *closed,
                             json_t *document, struct rating_totals *out, struct error *err);

#endif
