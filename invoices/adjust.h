/*
 * Late usage: for each earlier period that a document's range touches, what it costs now less what
 * it cost with what was known at the last document.
 */
#ifndef INVOICES_ADJUST_H
#define INVOICES_ADJUST_H

#include <stdbool.h>
#include <stddef.h>

#include "invoices/session.h"
#include "invoices/usage.h"
#include "rating/difference.h"
#include "store/documents.h"

struct adjustments {
    size_t count;
    struct rating_adjustment *items; /* as statement_money() takes them */
};

/* In the session's arena. `contract` is that of the new document, `size` the cut, `known_size` that
 * of the tenant's last document. */
MUST_CHECK bool adjustments_make(struct session *session, const struct tenant *tenant,
                                 const struct contract *contract, const struct usage_range *range,
                                 const struct document_row *documents, size_t document_count,
                                 uint64_t size, uint64_t known_size, struct adjustments *out,
                                 struct error *err);

#endif
