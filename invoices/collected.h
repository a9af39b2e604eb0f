/*
 * The entries that a document's proof bundle holds.
 */
#ifndef INVOICES_COLLECTED_H
#define INVOICES_COLLECTED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "invoices/session.h"
#include "store/documents.h"
#include "store/entries.h"

struct collected {
    struct session *session;
    uint64_t tenant;
    size_t count;
    size_t capacity;
    struct entry_row *rows; /* by index, each once */
    uint64_t *indexes;
};
void collected_release(struct collected *collected); /* for CLEANUP; zeros are fine */

/*
 * Of a document, as its content says: the usage and money of its ranges with its own entries, what
 * it carries, its tenant, contract, plans and periods; of each period that it adjusts what was
 * known before, its document with contract and plans, and the documents since; all key entries
 * below `size`. `session` and `tenant` of *out are set before.
 */
MUST_CHECK bool collect_document(struct collected *out, const struct document_row *document,
                                 const json_t *json, uint64_t size, struct error *err);

#endif
