/*
 * A plan: what is charged for which usage at which price. Versioned JSON in the book
 * (schema/plan.json), compiled here once.
 *
 * A compiled plan is immutable and lives in the arena that it was parsed into; its strings are
 * zero-terminated. Prices are exact decimals per price unit (a GPU-hour, 1 000 000 tokens); the
 * price unit's divisor says how many of the meter's base units it is. `version` is the book's
 * (the control entry's), `hash` the SHA-256 of the canonical JSON.
 */
#ifndef RATING_PLAN_H
#define RATING_PLAN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/number.h"
#include "core/digest.h"
#include "core/series.h"

#define PRICE_DECIMALS_MAX 12
#define PRICE_DIGITS_MAX 18
#define FLAT_MINOR_MAX_POWER 15 /* flat amounts: at most 10^15 minor units */

/* A filter: the series has this dimension, with one of these values. */
struct condition {
    const char *dimension;
    size_t value_count;
    const char **values;
};

struct conditions {
    size_t count;
    struct condition *items;
};

/* Names of dimensions, sorted bytewise. */
struct dimension_names {
    size_t count;
    const char **names;
};

struct tier {
    bool open;            /* the last tier has no upper border */
    struct decimal up_to; /* inclusive, in price units */
    struct decimal price; /* per price unit, or per block */
    struct decimal block; /* price units in a block, billed in whole ones; 0: by the unit */
    struct decimal flat;  /* when the tier is entered */
};

enum charge_model { /* rows of the table in charge.h */
                    CHARGE_PER_UNIT,
                    CHARGE_GRADUATED,
                    CHARGE_VOLUME,
                    CHARGE_PACKAGE,
};

struct charge {
    const char *id;
    const char *name; /* what people read; the id when the plan says nothing */
    const char *meter;
    struct conditions where;
    const char *unit; /* "GPU-hour" */
    int128 divisor;   /* base units in a price unit */
    enum charge_model model;
    size_t tier_count; /* per_unit, package: one open tier */
    struct tier *tiers;
    bool blocks_down;               /* what does not fill a block costs nothing */
    bool flat_at_zero;              /* tier 1's flat fee applies when nothing is left to bill */
    struct decimal free;            /* price units that each counter grants in a period */
    struct dimension_names key_by;  /* one counter for each of their values */
    struct dimension_names line_by; /* one line for each of their values */
    bool print_zero;
    const char *tax_category;
};

struct plan {
    const char *id;
    uint32_t version;
    struct digest hash;
    const char *currency;
    unsigned exponent;         /* of the currency: 2 for EUR */
    int64_t effective_from_us; /* INSTANT_MIN when the plan does not say */
    size_t charge_count;
    struct charge *charges; /* in the order of the file */
};

/* Schema, then sense: ERROR_INPUT with the JSON pointer of the first thing that is wrong and what
 * to do. `what` names the file in messages. */
MUST_CHECK bool plan_compile(const json_t *json, const char *what, uint32_t version,
                             struct arena *arena, struct plan *out, struct error *err);
/* The same from bytes (canonical_parse). */
MUST_CHECK bool plan_parse(const char *bytes, size_t size, const char *what, uint32_t version,
                           struct arena *arena, struct plan *out, struct error *err);
/* NULL when the plan has no such charge. */
const struct charge *plan_charge(const struct plan *plan, const char *id);
/* The series is of this meter and meets every condition. */
bool conditions_match(const char *meter, const struct conditions *where,
                      const struct series *series);

#endif
