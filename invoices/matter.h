/*
 * What review, approve and issue are about: a closed period of a tenant, on its way to a document.
 * Of a pool the period of all its members, whose documents go all or none.
 *
 * The drafts are rated again at each step, under the locks of the tenants' money streams: what was
 * reviewed is what is approved, and what was approved is what is issued, or the step is refused.
 */
#ifndef INVOICES_MATTER_H
#define INVOICES_MATTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"
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
    uint64_t next_seq; /* of its money stream, while that is locked */
    size_t unpriced;   /* review: series that nobody pays for */
    bool was_there;
    struct review_row review;
    struct document_row document;
};

struct matters {
    int64_t issue_days; /* review: as given */
    const char *draft;  /* approve: the draft that was seen, as hex; NULL: whatever it is */
    size_t count;
    struct matter *items; /* by tenant's number: the order of locks */
    size_t named;         /* whom the command named */
};
void matters_release(struct matters *matters); /* for CLEANUP; zeros are fine */

/* TENANT PERIOD of the command. */
MUST_CHECK bool matters_find(const struct cli *cli, struct session *session, struct matters *out,
                             struct error *err);
/* Of the tenant's period with exactly this name. `read`: an agreement of the tenant's that was read
 * already, and lives longer; NULL: none. */
MUST_CHECK bool matters_of(struct session *session, const struct tenant *tenant, const char *label,
                           const struct agreement *read, struct matters *out, struct error *err);
/* TENANT PERIOD again, for an operator who holds `decides`. */
MUST_CHECK bool matters_open(const struct cli *cli, enum key_role decides, struct session *session,
                             struct matters *out, struct error *err);
/* Locks the money streams. *out_issued: the documents are there; then each is matter->document. */
MUST_CHECK bool matters_lock(struct session *session, struct matters *matters, bool *out_issued,
                             struct error *err);
/* matter->review, and its draft rated again, to be the same. */
MUST_CHECK bool matter_reviewed(struct session *session, struct matter *matter, struct draft *out,
                                struct error *err);
/* What an approver names with --draft: the draft's hash, of several the hash of theirs one after
 * the other. After matter_reviewed(). */
struct digest matters_draft(const struct matters *matters);
/* "review acme 2026-09: " in front of what went wrong. */
bool matters_prefix(const struct matters *matters, const char *verb, struct error *err);
/* "'b': " in front of it, where there are several. */
bool matter_prefix(const struct matters *matters, const struct matter *matter, struct error *err);

#endif
