/*
 * A tenant's time line: contracts that do not overlap, and periods that are closed one after the
 * other, so that no usage is billed twice and none is passed over.
 */
#ifndef INVOICES_CHAIN_H
#define INVOICES_CHAIN_H

#include <stdbool.h>

#include "invoices/contracts.h"
#include "invoices/session.h"

/* ERROR_INPUT when it overlaps another contract of the tenant, when none of its periods begins
 * where the tenant's last period was closed, or when its number series is another legal entity's.
 */
MUST_CHECK bool chain_contract_fits(struct session *session, const struct tenant *tenant,
                                    const struct contract *contract, struct error *err);
/* ERROR_REFUSED unless the period begins where the last one that was closed ended, or where the
 * contract begins with no other contract in between, and the last one is issued. */
MUST_CHECK bool chain_period_follows(struct session *session, const struct tenant *tenant,
                                     const struct contract *contract, const struct period *period,
                                     struct error *err);

#endif
