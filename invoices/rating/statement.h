/*
 * The members of a document that follow from its contract and from rating, for whoever makes a
 * document and for whoever makes it again; and where two documents differ.
 */
#ifndef RATING_STATEMENT_H
#define RATING_STATEMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/contract.h"
#include "rating/difference.h"
#include "rating/rate.h"
#include "rating/settle.h"
#include "rating/settle_pool.h"

/* seller, customer, tax_hash, currency, exponent, issue_date, due_date. */
void statement_terms(const struct contract *contract, int64_t issue_days, json_t *document);
/* document, lines, reservations, spend_plans where there are any, unrated, adjustments, taxes, net,
 * tax, total. Settles the adjustments' shares of tax. */
MUST_CHECK bool statement_money(const struct rating *own, struct rating_adjustment *adjustments,
                                size_t count, struct arena *arena, json_t *document,
                                struct rating_totals *out, struct error *err);

/* The same, and before it the settlement of a contract that has one, which adds lines to the rating
 * and the adjustments; these have room for one more than there are documents in the history. */
MUST_CHECK bool statement_settled(const struct settle_input *input, struct rating *own,
                                  struct rating_adjustment *adjustments, size_t count,
                                  json_t *document, struct rating_totals *out, struct error *err);

/* The same of one document of a pool, after settle_pool(). */
MUST_CHECK bool statement_pooled(struct settle_party *party, json_t *document,
                                 struct rating_totals *out, struct error *err);

/* A value that differs: its JSON Pointer, and both as JSON; NULL where there is none. */
typedef void statement_visitor(void *context, const char *path, const char *stated,
                               const char *made);
/* Visits every difference in the members that `made` has; their number. */
size_t statement_compare(const json_t *stated, const json_t *made, statement_visitor *visit,
                         void *context);

#endif
