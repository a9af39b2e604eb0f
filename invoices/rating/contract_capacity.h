/*
 * What a contract says of capacity: reservations, capacity blocks, provisioned throughput and
 * spend plans.
 */
#ifndef RATING_CONTRACT_CAPACITY_H
#define RATING_CONTRACT_CAPACITY_H

#include "base/error.h"
#include "rating/contract.h"
#include "rating/contract_check.h"
#include "rating/field.h"

/* The reader is the contract's. */
MUST_CHECK bool contract_read_capacity(const struct reader *reader, struct contract *contract,
                                       struct error *err);
MUST_CHECK bool contract_check_capacity(const struct contract_check *check, struct error *err);
/* A charge that a spend plan names is there, and has a price that it can be compared by. */
MUST_CHECK bool contract_check_spend_charges(const struct contract *contract,
                                             const struct plan *const *plans, size_t plan_count,
                                             struct error *err);
/* Scopes that cross, one a line. */
void contract_warn_capacity(const struct contract *contract, struct text *out);

#endif
