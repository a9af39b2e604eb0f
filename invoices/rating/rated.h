/*
 * A scheduled charge while it is rated, and its fragments.
 */
#ifndef RATING_RATED_H
#define RATING_RATED_H

#include "base/error.h"
#include "rating/item.h"
#include "rating/job.h"

struct rated {
    struct job *job;
    const struct scheduled_charge *charge;
    size_t at;                /* in the schedule */
    const struct phase *last; /* the version at the period's end, or the last there was */
    struct fragment_source *source;
    struct phase_rates *rates; /* one a phase */
    struct rate_slot end;      /* the period's last second, with the last version's category */
};

/* Where a fragment stands in the document. */
struct place {
    size_t phase;
    struct by line;
    const struct rate_slot *slot; /* when, and its tax rate */
    const struct by *key;         /* of the counter; NULL: none */
};

/* Adds a fragment of no units and no money, with the plan version as its reason. */
struct fragment *rated_add(const struct rated *rated, const struct place *place,
                           enum part_kind kind);
/* The line of what no usage makes: all its values are missing. */
struct by rated_plain_line(const struct rated *rated, size_t phase);
/* What has no time lies in the period's last second, or in its first when it is due in advance;
 * there the tax rate is asked. */
MUST_CHECK bool rated_moment(const struct rated *rated, const char *tax_category, bool in_advance,
                             struct rate_slot *out, struct error *err);

#endif
