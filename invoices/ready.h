/*
 * Whether a period may be cut: everything that a close refuses, and why.
 */
#ifndef INVOICES_READY_H
#define INVOICES_READY_H

#include <stdbool.h>

#include "invoices/contracts.h"
#include "invoices/session.h"
#include "store/checkpoints.h"

/* Ended, previous one issued, usage complete, nothing undecided: ERROR_REFUSED says which, with its
 * numbers. */
MUST_CHECK bool period_ready(struct session *session, const struct tenant *tenant,
                             const struct contract *contract, const struct period *period,
                             struct error *err);
/* ERROR_BUSY while the tenant's newest entries are not sealed. The checkpoint is the cut; one that
 * is asked for later covers what this one does. */
MUST_CHECK bool period_sealed(struct session *session, const struct tenant *tenant,
                              struct checkpoint_row *out_cut, struct error *err);
/* No window above its capacity: ERROR_REFUSED names it. */
MUST_CHECK bool period_fits(struct session *session, const struct tenant *tenant,
                            const struct period *period, uint64_t size, struct error *err);

#endif
