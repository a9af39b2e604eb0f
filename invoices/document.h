/*
 * The document: a pure function of the book up to a cut, the tenant's documents so far, and the
 * issue date. A draft has no number; everything else is as it will be issued.
 */
#ifndef INVOICES_DOCUMENT_H
#define INVOICES_DOCUMENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "invoices/contracts.h"
#include "invoices/period.h"
#include "invoices/session.h"
#include "store/documents.h"

struct draft {
    json_t *json; /* without "number" */
    struct digest hash;
    const char *kind; /* "invoice", "credit_note" when the total is below zero */
    int128 total_minor;
};
void draft_release(struct draft *draft); /* for CLEANUP; zeros are fine */

/* money_to_seq: the tenant's money stream before the document's own entries. */
MUST_CHECK bool document_draft(struct session *session, const struct tenant *tenant,
                               const struct agreement *agreement,
                               const struct closed_period *closed, int64_t issue_days,
                               uint64_t money_to_seq, struct draft *out, struct error *err);
/* The content of a document's entry, parsed. The caller releases it. */
MUST_CHECK bool document_content(struct session *session, uint64_t index, json_t **out,
                                 struct error *err);
/* How many entries the document made: itself, the transfer of its total, and those that its
 * settlement names. */
uint64_t document_own_entries(const struct document_row *row, const json_t *document);
/* Where a stream, "usage" or "money", goes on after the document. */
uint64_t document_next(const json_t *document, const char *stream);

#endif
