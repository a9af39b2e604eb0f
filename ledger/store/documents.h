/*
 * Documents as rows: to be found by number, tenant and period; their reviews; their bundles.
 *
 * The document itself is the content of its entry (contents.h). Texts of rows that are found go to
 * `arena`; a visitor's live until it returns, and it may not use the same store.
 */
#ifndef STORE_DOCUMENTS_H
#define STORE_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/number.h"
#include "base/text.h"
#include "core/digest.h"
#include "core/key.h"
#include "core/signoff.h"
#include "store/store.h"

struct document_row {
    const char *number_series;
    uint64_t number;
    const char *document_id; /* "DE-2026-000001" */
    uint64_t index;          /* of its entry */
    uint64_t tenant;
    const char *kind;      /* "invoice", "credit_note" */
    uint64_t period_index; /* of the period's entry */
    int64_t period_from_us;
    int64_t period_to_us;
    int64_t issue_days; /* since 1970-01-01 */
    const char *currency;
    unsigned exponent;
    int128 total_minor;
    struct digest hash; /* of the content */
    bool has_bundle;    /* not yet: it is pending */
    /* by document_insert() alone; the content says so to readers */
    bool is_approved; /* false in documents from before approvals */
    struct digest drafter;
    struct digest approver;
};

typedef bool document_visitor(void *context, const struct document_row *row, struct error *err);

MUST_CHECK bool document_insert(struct store *store, int log, const struct document_row *row,
                                struct error *err);
/* By its number. ERROR_NOT_FOUND. */
MUST_CHECK bool document_find(struct store *store, int log, const char *document_id,
                              struct arena *arena, struct document_row *out, struct error *err);
/* ERROR_NOT_FOUND while the period is not issued. */
MUST_CHECK bool document_of_period(struct store *store, int log, uint64_t tenant,
                                   uint64_t period_index, struct arena *arena,
                                   struct document_row *out, struct error *err);
/* In the order of the book; tenant 0: of everybody. */
MUST_CHECK bool documents_each(struct store *store, int log, uint64_t tenant,
                               document_visitor *visit, void *context, struct error *err);
/* The same as a list in the arena. */
MUST_CHECK bool documents_list(struct store *store, int log, uint64_t tenant, struct arena *arena,
                               struct document_row **out, size_t *out_count, struct error *err);
/* Those whose bundle is still to be made. */
MUST_CHECK bool documents_pending(struct store *store, int log, struct arena *arena,
                                  struct document_row **out, size_t *out_count, struct error *err);

/* What a review fixed, and who has approved it. */
struct review_row {
    uint32_t version; /* from 1, of the period */
    int64_t issue_days;
    struct digest draft_hash;
    bool is_signed; /* false in reviews from before approvals */
    struct signoff drafted;
    bool is_approved;
    struct signoff approved;
};
MUST_CHECK bool review_insert(struct store *store, int log, uint64_t tenant, uint64_t period_index,
                              const struct review_row *row, struct error *err);
/* Of this review, its `approved`. ERROR_INPUT of the database where the drafter approves. */
MUST_CHECK bool approval_insert(struct store *store, int log, uint64_t tenant,
                                uint64_t period_index, const struct review_row *row,
                                struct error *err);
/* ERROR_NOT_FOUND before the first. */
MUST_CHECK bool review_latest(struct store *store, int log, uint64_t tenant, uint64_t period_index,
                              struct review_row *out, struct error *err);

/* Once: a second one is ignored, whatever it says. */
MUST_CHECK bool bundle_insert(struct store *store, int log, uint64_t tenant, uint64_t index,
                              uint64_t size, const char *bundle, size_t bundle_size,
                              struct error *err);
/* The bundle's bytes, in the arena. ERROR_NOT_FOUND while it is pending. */
MUST_CHECK bool document_bundle(struct store *store, int log, uint64_t tenant, uint64_t index,
                                struct arena *arena, struct slice *out, uint64_t *out_size,
                                struct error *err);

#endif
