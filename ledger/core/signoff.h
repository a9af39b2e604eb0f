/*
 * Four eyes: who drafted, who approved and who issued a document, said by the document itself.
 *
 * Each of the three signs the draft with an operator's key of his own: the draft is the document's
 * canonical JSON without "number" and "signoffs", so the same hash before it is issued and ever
 * after. Who approves has not drafted. The document says
 *
 *     "signoffs": {"approve": SIGNOFF, "draft": SIGNOFF, "issue": SIGNOFF}
 *     SIGNOFF = {"operator": hex of SHA-256(public key), "signature": hex}
 *
 * A signature is Ed25519 over "daybook.v1.draft", "daybook.v1.approve" or "daybook.v1.issue" ‖ 00 ‖
 * SHA-256(draft).
 *
 * Ledgers that are older than sign-offs granted one key all four roles at once, and the documents
 * of such an operator have none. No program grants that any more.
 */
#ifndef CORE_SIGNOFF_H
#define CORE_SIGNOFF_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/finding.h"
#include "core/key.h"
#include "core/keyring.h"

enum signoff_step { SIGNOFF_DRAFT, SIGNOFF_APPROVE, SIGNOFF_ISSUE, SIGNOFF_STEPS };

struct signoff {
    struct digest operator_key; /* SHA-256 of the public key */
    struct signature signature;
};

/* ROLE_DRAFT, ROLE_APPROVE, ROLE_ISSUE. */
enum key_role signoff_role(enum signoff_step step);
void signoff_sign(const struct secret_key *key, enum signoff_step step, const struct digest *draft,
                  struct signoff *out);
/* Does its operator hold the step's role at `index`, and is the signature his? ERROR_REFUSED. */
MUST_CHECK bool signoff_verify(const struct keyring *ring, uint64_t index, enum signoff_step step,
                               const struct digest *draft, const struct signoff *signoff,
                               struct error *err);

/* The hash of a document's draft. */
MUST_CHECK bool signoff_draft(const json_t *document, struct digest *out, struct error *err);
/* The member of a document. New reference. */
json_t *signoffs_json(const struct signoff signoffs[SIGNOFF_STEPS]);
/* Reads it; ERROR_INPUT where it is another, or is not there. */
MUST_CHECK bool signoffs_parse(const json_t *document, struct signoff out[SIGNOFF_STEPS],
                               struct error *err);
/* All of the above, of the document whose entry stands at `index` and names `issuer`:
 * FINDING_DOCUMENT_SIGNOFF for what does not hold. */
void signoffs_check(const struct keyring *ring, uint64_t index, const struct digest *issuer,
                    const json_t *document, struct findings *findings);

#endif
