/*
 * Late usage: what a period costs with what is known now, less what it cost with what was known
 * at the last document for it. Both are rated by today's engine with the original versions.
 *
 * One line per (charge, tax category, rate), line_by values summed; zero lines are left out.
 * An unchanged plan and unchanged usage give no line.
 */
#ifndef RATING_DIFFERENCE_H
#define RATING_DIFFERENCE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/rate.h"

/* Tax that documents so far took from an original's (category, rate): its own tax and that of
 * every adjustment of it. */
struct rating_taxed {
    const char *category;
    struct decimal rate;
    int128 net_minor; /* and what they charged there */
    int128 tax_minor;
};

struct difference_tax {
    const char *category;
    struct decimal rate;
    int128 net_minor; /* of this difference */
    int128 tax_minor; /* its share of the document's tax; set by rating_totals() */
    const struct tax_parts *parts;
    bool emptied; /* nothing is left of the original's (category, rate): it takes the rest */
};

struct rating_difference {
    const struct rating *now; /* NULL: not a difference of ratings; its lists are the caller's */
    size_t line_count;
    struct rating_line *lines; /* one part a line would only repeat it: no parts */
    size_t tax_count;
    struct difference_tax *taxes;
    int128 net_minor;
};

/* Of the same plan, charge, tax category and rate. */
bool rating_is_same_charge(const struct rating_charge *a, const struct rating_charge *b);

/* Adds a rating's charges to those of a sum. */
void rating_add_charges(struct rating *sum, const struct rating *step, struct arena *arena);
/* ERROR_INPUT when the two are not of the same period and currency. */
MUST_CHECK bool rating_difference(const struct rating *now, const struct rating *then,
                                  struct arena *arena, struct rating_difference *out,
                                  struct error *err);

/* A document's totals: its own period's lines (NULL: it has none) and differences. */
struct rating_totals {
    size_t tax_count;
    struct rating_tax *taxes;
    int128 net_minor;
    int128 tax_minor;
    int128 total_minor;
};

/* One difference of a document, with what was taxed before, for the case that it empties. */
struct rating_adjustment {
    struct rating_difference *difference;
    size_t taxed_count;
    const struct rating_taxed *taxed;
    const char *original; /* the document that is adjusted: its number, and its content's hash */
    struct digest original_hash;
};

/*
 * Tax once per document and (category, rate): T0 on the own nets, T1 with the first difference
 * added, T2 … ; a difference's share is the step that it makes, so that shares add up. Where it
 * empties an original's (category, rate) the step is exactly what was taxed there so far, back.
 */
MUST_CHECK bool rating_totals(const struct rating *own, struct rating_adjustment *adjustments,
                              size_t count, struct arena *arena, struct rating_totals *out,
                              struct error *err);

/* {"lines": [...], "taxes": [...], "net", "tax"} of one difference, after rating_totals(). */
json_t *rating_difference_json(const struct rating_difference *difference, unsigned exponent);

#endif
