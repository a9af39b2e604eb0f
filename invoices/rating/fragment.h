/*
 * Priced fragments, and the one rounding that makes lines of them.
 *
 * A fragment is an exact amount with its reason, of one line. fragments_finish() rounds once per
 * (charge, tax category, rate), shares the result over the charge's lines in minor units and each
 * line over its fragments, which become its parts, at 10 decimals. In a pool it is shared over the
 * members first, and each member's share over its lines.
 */
#ifndef RATING_FRAGMENT_H
#define RATING_FRAGMENT_H

#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/by.h"
#include "rating/line.h"
#include "rating/ratio.h"

/* What all fragments of a charge or reservation share. */
struct fragment_source {
    size_t order; /* in the document */
    enum line_kind kind;
    const char *plan;
    const char *charge;
    const char *description;
    const char *unit;
    int128 divisor; /* so many base units are `multiple` price units; 1 for a reservation */
    int128 multiple;
    bool print_zero;
};

struct fragment {
    const struct fragment_source *source;
    struct by by;
    const char *member; /* of a pool, whose document has it; set by fragments_finish() */
    const char *tax_category;
    struct decimal tax_rate;
    const struct tax_parts *tax_parts;
    enum part_kind kind;
    size_t phase;   /* of a charge: the plan version, as scheduled */
    int128 divisor; /* of its plan version; 1 for a reservation */
    int128 multiple;
    mpq_ptr units; /* base units (unit-hours of a reservation); may be zero */
    mpq_ptr money; /* in the currency */
    int64_t at_us; /* of its use: the slot's first instant; 0: the period's last second */
    struct why why;
    size_t sequence; /* order of adding */
};

struct fragments {
    struct arena *arena;
    struct ratio_pool *pool;
    size_t count;
    size_t capacity;
    struct fragment *items; /* malloc */
};

struct fragment_result {
    size_t charge_count;
    struct rating_charge *charges;
    size_t line_count;
    struct rating_line *lines;
    size_t share_count; /* 0: no pool */
    struct rating_charge *shares;
};

void fragments_init(struct fragments *fragments, struct arena *arena, struct ratio_pool *pool);
void fragments_release(struct fragments *fragments);
/* A copy, with units and money of zero, to be filled in. */
struct fragment *fragments_add(struct fragments *fragments, const struct fragment *fragment);
/* payer: of a pool; the fragments of charges have POOL_TENANT among what tells lines apart, what
 * has none is the payer's. NULL: no pool. */
MUST_CHECK bool fragments_finish(struct fragments *fragments, const char *payer, unsigned exponent,
                                 struct fragment_result *out, struct error *err);

/* a < b: -1, as numbers. */
int decimal_compare(struct decimal a, struct decimal b);

#endif
