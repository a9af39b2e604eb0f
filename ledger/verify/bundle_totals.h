/*
 * A document's periods and its usage by period and series; for the bundle_*.c files only.
 */
#ifndef VERIFY_BUNDLE_TOTALS_H
#define VERIFY_BUNDLE_TOTALS_H

#include "verify/bundle_parts.h"

/* A period's label and borders, as its entry in the bundle says. */
struct span {
    const char *label;
    int64_t from_us, to_us;
};

/* The document's period, the one before it, … */
struct spans {
    struct span *items;
    size_t count;
    size_t capacity;
    bool are_whole; /* they begin with the tenant's first */
};

void spans_read(struct bundle *bundle, uint64_t tenant, struct spans *spans);
/* Of the period that the entry's window lies in; "" when it lies in none. */
const char *spans_label(const struct spans *spans, struct bundle *bundle,
                        const struct bundle_entry *entry);
/* Of a period in the bundle? A row of no period says so, and its month's name means nothing. */
bool spans_have(const struct spans *spans, const char *label);

/* A series' usage of a period; label "": of windows in no period. */
struct sum {
    const char *label;
    struct digest series;
    int128 quantity;
    uint64_t entries;
};

struct sums {
    struct sum *items;
    size_t count;
    size_t capacity;
};

void sums_add(struct sums *sums, const struct sum *sum);
/* Adds what the entry counts. */
void sums_add_entry(struct sums *sums, const char *label, const struct bundle_entry *entry);
/* A document's "usage", in its order and none twice; `spans` NULL: of whatever periods. */
MUST_CHECK bool sums_read(struct sums *sums, const json_t *usage, const struct spans *spans);
/* Merges both; a finding for each sum that they do not share. */
void sums_compare(struct bundle *bundle, struct sums *made, struct sums *stated);

/* The document before this one, when the bundle holds it and its content. */
const struct bundle_entry *bundle_document_before(const struct bundle *bundle, uint64_t tenant,
                                                  const json_t *document);
/* Of the periods that the document adjusts: their documents and terms are there, and the entries
 * below its range make what was stated of them; `stated` is the document's usage, `known` those
 * entries'. */
void bundle_check_earlier(struct bundle *bundle, uint64_t tenant, const struct sums *stated,
                          struct sums *known);

#endif
