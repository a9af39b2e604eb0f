/*
 * Proof bundles: everything that a customer needs to check a document with public keys alone.
 * Made by a second, repeatable step, under the first checkpoint (with its quorum of witnesses) that
 * covers the document, once.
 */
#ifndef INVOICES_BUNDLE_H
#define INVOICES_BUNDLE_H

#include <stdbool.h>

#include "base/cli.h"
#include "core/policy.h"
#include "invoices/session.h"
#include "store/documents.h"

/* ERROR_NOT_FOUND while the document is not sealed, or not by the policy's quorum (if not NULL). */
MUST_CHECK bool bundle_make(struct session *session, const struct policy *policy,
                            const struct document_row *document, struct error *err);
bool bundle_command(const struct cli *cli, struct error *err);

#endif
