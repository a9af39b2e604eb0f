/*
 * A member's document of a pool, made again as far as its bundle goes: shares from the pool's
 * amounts, lines from shares, parts from lines, service levels from its own documents, a credit's
 * lines from its burns, tax, sums and another currency from lines. What the others used, and so the
 * pool's own amounts, late lines, commitments and burns, is not in the bundle: they are as stated.
 */
#ifndef RERATE_SHARES_H
#define RERATE_SHARES_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "rating/calendar.h"
#include "rating/settle.h"

/* What the shares are made from. */
struct shares_input {
    const json_t *document;
    struct settle_input terms; /* its history has the tenant's documents of the contract */
    const struct period *period;
    struct rating_adjustment *adjustments; /* of late usage, with the stated sections */
    size_t count;
};

/* Adds to `made` what follows: pool, lines, adjustments, taxes, net, tax and total, and of the
 * settlement what is the document's own: `sla`, `paid`, `payable`, `fx`. */
MUST_CHECK bool shares_make(const struct shares_input *input, json_t *made, struct error *err);

#endif
