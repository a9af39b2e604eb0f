/*
 * What a proof bundle states, as rating takes it: the document, its terms, usage by period, and the
 * documents before it.
 *
 * Contents must be what their entries hash. Whether entries are in the log, signed and complete is
 * daybook-verify's question, and is not asked here.
 */
#ifndef RERATE_STATED_H
#define RERATE_STATED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/body.h"
#include "rating/contract.h"
#include "rating/plan.h"
#include "rating/usage.h"

struct stated_entry {
    uint64_t index;
    struct entry entry;
    const char *content; /* zero-terminated; NULL when the entry has none */
    size_t content_size;
};

struct stated_series {
    struct digest hash;
    unsigned char *descriptor;
    size_t size;
};

struct stated {
    struct arena arena;
    json_t *json;
    json_t *document;
    uint64_t document_index;
    bool is_hashed; /* the document is what its entry hashes */
    uint64_t tenant;
    uint64_t usage_from_seq; /* where the document's usage begins */
    uint64_t cut_size;
    size_t count;
    struct stated_entry *entries; /* by index */
    size_t series_count;
    struct stated_series *series; /* by hash */
};

/* ERROR_INPUT names what is missing or is not what it should be. */
MUST_CHECK bool stated_read(const char *bytes, size_t size, struct stated *out, struct error *err);
void stated_release(struct stated *stated); /* for CLEANUP; zeros are fine */

/* A document's contract with its plans. */
struct stated_terms {
    struct contract contract;
    size_t plan_count;
    const struct plan **plans;
};
MUST_CHECK bool stated_terms(struct stated *stated, const json_t *document,
                             struct stated_terms *out, struct error *err);
void stated_terms_release(struct stated_terms *terms); /* for CLEANUP; zeros are fine */

/* A document's period: label, from, to. */
MUST_CHECK bool stated_period(const json_t *document, struct period *out, struct error *err);
/* Usage and corrections with windows in the period, of entries known at the cut with stream_seq <
 * before_seq. A window of a meter of greatest values is its greatest entry, corrected. */
MUST_CHECK bool stated_usage(struct stated *stated, const struct period *period,
                             uint64_t before_seq, struct rating_usage *out, struct error *err);
/* Does the document bring usage of the period? */
bool stated_touches(const struct stated *stated, const struct period *period);

#endif
