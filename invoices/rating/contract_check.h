/*
 * The sense of a contract, beyond its shape: every border on the grid, plans one after the
 * other, reservations inside the contract, payments that add up.
 */
#ifndef RATING_CONTRACT_CHECK_H
#define RATING_CONTRACT_CHECK_H

#include "base/error.h"
#include "rating/contract.h"
#include "rating/field.h"

struct contract_check {
    const struct reader *reader; /* the contract's */
    const struct contract *contract;
    uint32_t grid_seconds;
};

/* [from, to) is not empty, on the grid and inside the contract. */
MUST_CHECK bool contract_check_span(const struct contract_check *check, const struct reader *reader,
                                    int64_t from_us, int64_t to_us, struct error *err);
/* The reader is the contract's; the contract is read and its zone open. */
MUST_CHECK bool contract_check(const struct reader *reader, const struct contract *contract,
                               uint32_t grid_seconds, struct error *err);

#endif
