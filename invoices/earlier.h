/*
 * The documents before one: which they are, where the last of them ended, and what they leave to a
 * settlement.
 */
#ifndef INVOICES_EARLIER_H
#define INVOICES_EARLIER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "invoices/session.h"
#include "rating/history.h"
#include "store/documents.h"

/* The tenant's documents of earlier periods, oldest first: the same when this one is issued. In the
 * session's arena. */
MUST_CHECK bool earlier_documents(struct session *session, const struct tenant *tenant,
                                  const struct period *period, struct document_row **out,
                                  size_t *out_count, struct error *err);

/* Where the tenant's last document ended. */
struct continued {
    uint64_t usage_seq;
    uint64_t money_seq;
    uint64_t size; /* its cut */
    const json_t *forward;
    json_t *json;
};
void continued_release(struct continued *continued); /* for CLEANUP; zeros are fine */
/* Zeros where there is no document. */
MUST_CHECK bool continued_read(struct session *session, const struct document_row *documents,
                               size_t count, struct continued *out, struct error *err);

/* What the contract's documents leave to its settlement; nothing where it has none. `is_pools`:
 * they are the payer's, and its facts are all the pool's. */
MUST_CHECK bool earlier_history(struct session *session, const struct contract *contract,
                                const struct document_row *documents, size_t count, bool is_pools,
                                struct history *out, struct error *err);

#endif
