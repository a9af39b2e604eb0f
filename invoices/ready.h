/*
 * Whether a period may be cut: everything that a close refuses, and why.
 */
#ifndef INVOICES_READY_H
#define INVOICES_READY_H

#include <stdbool.h>

#include "invoices/contracts.h"
#include "invoices/session.h"
#include "store/checkpoints.h"

/* Ended, previous one issued, usage complete, nothing undecided, no window above its capacity:
 * ERROR_REFUSED says which, with its numbers. ERROR_BUSY while the newest entries are not sealed.
 * The checkpoint is the cut. */
MUST_CHECK bool period_ready(struct session *session, const struct tenant *tenant,
                             const struct contract *contract, const struct period *period,
                             struct checkpoint_row *out_cut, struct error *err);

#endif
