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
    json_t *json;          /* the content once it is what the entry hashes, else NULL */
    bool is_decoded;       /* `entry` may be looked at */
};

/* A list of hashes. */
struct bundle_proof {
    struct digest *hashes;
    size_t count;
};

struct bundle {
    json_t *json;
    json_t *document; /* parsed; NULL when it cannot be */
    struct bundle_entry *entries;
    size_t count;
    struct bundle_proof proof;     /* inclusion of all entries */
    struct bundle_proof cut_proof; /* the cut's tree is the beginning of the checkpoint's */
    uint64_t size;
    uint64_t document_index;
    uint64_t cut_size;  /* as the document states it; 0 when it cannot be read */
    uint64_t cut_limit; /* the log that the cut names is this one below it; 0: it never was */
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

/* A member that must be an amount with the decimals of the document's currency. */
MUST_CHECK bool bundle_amount(const struct bundle *bundle, const json_t *object, const char *name,
                              int128 *out);
/* A member that must be an instant. */
MUST_CHECK bool bundle_instant(const json_t *object, const char *name, int64_t *out_us);
/* The entry at the index that `named` states, if it is of this kind; else NULL, and a finding. */
const struct bundle_entry *bundle_named(struct bundle *bundle, const json_t *named,
                                        enum entry_kind kind);

/* Contents of control entries: hash, form, subject. Fills `json`. */
void bundle_check_contents(struct bundle *bundle);
/* What the document states: number, ledger, money; and the three below. */
void bundle_check_document(struct bundle *bundle);
/* What was agreed: tenant, plans, contract, period, and the cut. */
void bundle_check_terms(struct bundle *bundle);
/* Is the document's tenant the contract's, or a member of its pool in the document's period? */
bool bundle_is_party(const json_t *contract, const json_t *document);
/* What the document says of its pool, and its part of the pool's settlement; contents of the
 * contract and of the period. */
void bundle_check_pool(struct bundle *bundle, const json_t *contract, const json_t *period);
/* The document begins where the tenant's last one ended. */
void bundle_check_previous(struct bundle *bundle, uint64_t tenant);
/* Ranges, carried, forward, totals, series. */
void bundle_check_usage(struct bundle *bundle, uint64_t tenant);
/* One C2SP tlog-proof an entry; only of a bundle without findings. */
MUST_CHECK bool bundle_explode(const struct bundle *bundle, const char *folder, struct error *err);

#endif
