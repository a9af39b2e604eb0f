/*
 * Which sealed checkpoint a bundle stands under.
 *
 * With a policy the first one that covers the document and has its quorum; without one the first
 * that covers it and was cosigned at all, or just the first. Cosignatures come later than the seal,
 * so who wants them in every bundle gives the policy.
 */
#ifndef INVOICES_BUNDLE_CHECKPOINT_H
#define INVOICES_BUNDLE_CHECKPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/policy.h"
#include "invoices/session.h"
#include "store/checkpoints.h"

/* NULL where no file is named. Lives in the session's arena. */
MUST_CHECK bool bundle_policy_read(const struct cli *cli, struct session *session,
                                   const struct policy **out, struct error *err);
/* Whether this is the policy that the document's contract asks for, if it asks. ERROR_NOT_FOUND:
 * the bundle waits for a run with that policy. */
MUST_CHECK bool bundle_policy_suits(struct session *session, const struct policy *policy,
                                    const json_t *document, struct error *err);
/* Its note has the witnesses' lines. ERROR_NOT_FOUND while there is none. */
MUST_CHECK bool bundle_checkpoint(struct session *session, const struct policy *policy,
                                  uint64_t index, struct checkpoint_row *out, struct error *err);

#endif
