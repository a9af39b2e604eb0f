/*
 * Pools: tenants whose usage is rated together, and what of a rating is one member's.
 *
 * A pool has one counter, one allowance, one rounding. A member's document states its share of each
 * charge; what has no usage is the payer's. A tenant is a member for whole periods.
 */
#ifndef RATING_POOL_H
#define RATING_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/contract.h"
#include "rating/contract_check.h"
#include "rating/difference.h"
#include "rating/field.h"
#include "rating/rate.h"

/* The tenant who pays first, then the others as listed; the contract's own span is known. */
MUST_CHECK bool pool_read(const struct reader *reader, struct contract *contract,
                          struct error *err);
/* Who pays, who is in it once, and that members come and go where a period begins. */
MUST_CHECK bool pool_check(const struct contract_check *check, struct error *err);

/* When a tenant is the contract's: of a pool while it is a member; false when it never is. */
bool pool_tenure(const struct contract *contract, const char *tenant, int64_t *out_from_us,
                 int64_t *out_to_us);
/* Whether the member takes part in a period, which is one of the contract's. */
bool pool_has(const struct pool_member *member, const struct period *period);

/* The lines, charges and taxes of one member's document, and what of its usage nobody asked for;
 * reservations and spend plans are the payer's. */
MUST_CHECK bool pool_rating_of(const struct contract *contract, const struct rating *pool,
                               const char *member, struct arena *arena, struct rating *out,
                               struct error *err);

#endif
