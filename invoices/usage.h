/*
 * A tenant's usage as its documents see it: what is known of a period at a cut, and the range of
 * entries that a document covers.
 *
 * Range: usage stream_seqs [from, to); `from` is where the previous document ended, `to` the first
 * that the cut does not know. Of the range and what the previous document carried on, windows at or
 * after the period's end are `forward`: the next document must use exactly these.
 */
#ifndef INVOICES_USAGE_H
#define INVOICES_USAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "invoices/contracts.h"
#include "invoices/session.h"
#include "rating/usage.h"
#include "store/documents.h"
#include "store/entries.h"

struct usage_range;

/* Net usage of windows in the period, of entries with index < size; in the session's arena. A
 * window of a meter of greatest values is its greatest entry, corrected. */
MUST_CHECK bool known_usage(struct session *session, const struct tenant *tenant, uint64_t size,
                            const struct period *period, struct rating_usage *out,
                            struct error *err);
/* The same, for terms that ask for no windows (rate_needs_windows()): each series has all of its
 * usage in one, so that PostgreSQL answers with a row a series. */
MUST_CHECK bool known_sums(struct session *session, const struct tenant *tenant, uint64_t size,
                           const struct period *period, struct rating_usage *out,
                           struct error *err);
/* Whichever these terms ask for. */
MUST_CHECK bool known_usage_of(struct session *session, const struct tenant *tenant, uint64_t size,
                               const struct period *period, const struct agreement *agreement,
                               struct rating_usage *out, struct error *err);
/* The same of the period that a range is read for: nothing of it lies elsewhere. */
MUST_CHECK bool known_usage_of_range(struct session *session, const struct tenant *tenant,
                                     uint64_t size, const struct period *period,
                                     const struct agreement *agreement,
                                     const struct usage_range *range, struct rating_usage *out,
                                     struct error *err);
/* ERROR_REFUSED names a window of gpu_time that is longer than its allocation could run. */
MUST_CHECK bool known_fits_capacity(const struct rating_usage *usage, const struct period *period,
                                    struct arena *arena, struct error *err);

/* Entries, and a hash over their leaf hashes in stream_seq order. */
struct entry_set {
    uint64_t count;
    struct digest hash;
};

struct usage_total {
    char label[PERIOD_LABEL_SIZE]; /* of the period that the windows lie in */
    bool is_unrated;               /* they lie in no period that was ever billed, nor in this one */
    struct digest series;
    int128 quantity;
    uint64_t entries;
    bool is_corrected; /* some entry is a correction */
};

/* A series of the range, spelled out. */
struct range_series {
    struct digest series;
    struct slice descriptor;
};

struct usage_range {
    uint64_t from_seq;
    uint64_t to_seq;
    uint64_t *carried_seqs;
    struct entry_set carried;
    struct entry_set forward;
    size_t total_count; /* of range and carried less forward: by label, then series */
    struct usage_total *totals;
    size_t series_count; /* of the totals, by hash, each once */
    struct range_series *series;
    bool *late; /* for each document given: does a window of its period appear? */
};

/* previous: the tenant's documents so far, oldest first; the last one tells where to begin. */
MUST_CHECK bool range_read(struct session *session, const struct tenant *tenant,
                           const struct contract *contract, const struct period *period,
                           uint64_t from_seq, uint64_t size, const struct document_row *previous,
                           size_t previous_count, struct usage_range *out, struct error *err);
/* Carried entries, then the range, each ascending. */
MUST_CHECK bool range_each(struct session *session, uint64_t tenant, const uint64_t *carried_seqs,
                           size_t carried_count, uint64_t from_seq, uint64_t to_seq,
                           entry_visitor *visit, void *context, struct error *err);
/* {"usage": [...], "series": [...], "forward", "carried"} as members of a document. */
void range_json(const struct usage_range *range, json_t *document);

#endif
