/*
 * What review, approve and issue are about: a closed period of a tenant, on its way to a document.
 *
 * The draft is rated again at each step, under the lock of the tenant's money stream: what was
 * reviewed is what is approved, and what was approved is what is issued, or the step is refused.
 */
#ifndef INVOICES_MATTER_H
#define INVOICES_MATTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "invoices/contracts.h"
#include "invoices/document.h"
#include "invoices/period.h"
#include "invoices/session.h"
#include "store/documents.h"

/* A period that was closed, with the agreement that its close named. */
struct matter {
    struct tenant tenant;
    struct agreement agreement;
    struct closed_period closed;
    int64_t issue_days; /* review: as given */
    size_t unpriced;    /* review: series that nobody pays for */
    const char *draft;  /* approve: the draft that was seen, as hex; NULL: whatever it is */
    bool was_there;
    struct review_row review;
    struct document_row document;
};
void matter_release(struct matter *matter);

/* TENANT PERIOD of the command. */
MUST_CHECK bool matter_find(const struct cli *cli, struct session *session, struct matter *out,
                            struct error *err);
/* The same, for an operator who holds `decides`. */
MUST_CHECK bool matter_open(const struct cli *cli, enum key_role decides, struct session *session,
                            struct matter *out, struct error *err);
/* Whether the period is issued: then it is matter->document. */
MUST_CHECK bool matter_document(struct session *session, struct matter *matter, bool *out_found,
                                struct error *err);
/* matter->review, and its draft rated again, to be the same. */
MUST_CHECK bool matter_reviewed(struct session *session, struct matter *matter, uint64_t next_seq,
                                struct draft *out, struct error *err);
/* "review acme 2026-09: " in front of what went wrong. */
bool matter_prefix(const struct matter *matter, const char *verb, struct error *err);

#endif
