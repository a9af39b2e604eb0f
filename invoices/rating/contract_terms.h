/*
 * What a contract changes in its plans' prices: overrides of charges, and discounts of its own.
 */
#ifndef RATING_CONTRACT_TERMS_H
#define RATING_CONTRACT_TERMS_H

#include "base/error.h"
#include "rating/contract.h"
#include "rating/field.h"

/* Reads both; the reader is the contract's. */
MUST_CHECK bool contract_read_terms(const struct reader *reader, struct contract *contract,
                                    struct error *err);
/* Their borders are on the grid, overrides of one charge do not overlap. The contract is read. */
MUST_CHECK bool contract_check_terms(const struct reader *reader, const struct contract *contract,
                                     struct error *err);
/* The next border of a discount after an instant: amounts on its sides come apart. INSTANT_MAX:
 * none. */
int64_t contract_terms_cut(const struct contract *contract, int64_t after_us);
/* The charge of a plan as an override makes it. ERROR_INPUT says what it must not replace, or what
 * is wrong with the charge that comes out. */
MUST_CHECK bool override_compile(const struct contract_override *override, const struct plan *plan,
                                 const struct charge *charge, struct arena *arena,
                                 const struct charge **out, struct error *err);

#endif
