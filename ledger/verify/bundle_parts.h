/*
 * A bundle as it was read; for the bundle_*.c files only.
 */
#ifndef VERIFY_BUNDLE_PARTS_H
#define VERIFY_BUNDLE_PARTS_H

#include <jansson.h>

#include "core/keyring.h"
#include "core/leaf.h"
#include "verify/bundle.h"

struct bundle_entry {
    uint64_t index;
    struct salt salt;
    struct leaf leaf; /* made from salt and body, never taken from the file */
    struct entry entry;
    const json_t *content; /* a JSON string, or NULL */
    bool is_decoded;       /* `entry` may be looked at */
};

struct bundle {
    json_t *json;
    json_t *document; /* parsed; NULL when it cannot be */
    struct bundle_entry *entries;
    size_t count;
    struct digest *proof;
    size_t proof_count;
    uint64_t size;
    uint64_t document_index;
    const struct verify_keys *keys;
    struct verify_bundle_report *report;
    struct findings *findings;
};

/* Fills `bundle` from its JSON. false after bundle_malformed: nothing else can be judged. */
MUST_CHECK bool bundle_read(const char *bytes, size_t size, struct bundle *bundle);
void bundle_release(struct bundle *bundle);
/* The entry at this index, or NULL. */
const struct bundle_entry *bundle_find(const struct bundle *bundle, uint64_t index);
/* A member that must be a whole number ≥ 0. */
MUST_CHECK bool bundle_number(const json_t *object, const char *name, uint64_t *out);
/* Does this text member hold exactly the digest in hex? */
bool bundle_digest_is(const json_t *object, const char *name, const struct digest *digest);

/* Contents of control entries, and that the document is its entry's. */
void bundle_check_contents(struct bundle *bundle);
/* What the document names: ranges, carried, forward, totals, series. */
void bundle_check_document(struct bundle *bundle);
/* Of usage alone; called by the one above. */
void bundle_check_usage(struct bundle *bundle, uint64_t tenant);

#endif
