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
                    CHARGE_PERCENTAGE,
                    CHARGE_GRADUATED_PERCENTAGE,
                    CHARGE_MATRIX,
                    CHARGE_TIME_OF_USE,
                    CHARGE_SERIES,
                    CHARGE_PEAK,
                    CHARGE_FLAT,
};

/* A row of a price table: of a matrix, a window of the week, a step of a spot price. */
struct price_cell {
    struct conditions when; /* matrix, series */
    unsigned days;          /* time_of_use: bit 0 = Monday … bit 6 = Sunday and holidays */
    int from_minute;        /* of the local day; from = to is the whole day */
    int to_minute;
    int64_t from_us; /* series: in force from here on */
    struct decimal price;
    const char *rule; /* the row in words, for people */
};

struct price_table {
    size_t cell_count;
    struct price_cell *cells; /* as listed: the first that matches; series: the last that began */
    bool has_default;
    struct decimal default_price;
    size_t holiday_count;
    int64_t *holidays; /* days since 1970, rising */
};

enum rounding { ROUND_UP, ROUND_NEAREST, ROUND_DOWN };

/* Whole base units to whole increments, then at least a minimum. */
struct step_rounding {
    bool is_set;
    int128 increment; /* base units; 1: none */
    int128 minimum;
    enum rounding mode;
};

struct discount {
    bool is_percent;
    struct decimal value; /* percent, or an amount per billing period */
    const char *name;     /* NULL: none */
};

/* A meter whose peak chooses the tier together with others'. */
struct peak_meter {
    const char *name;
    const char *meter;
    struct conditions where;
    int128 divisor; /* base units in one of the tiers' units */
};

struct peak_tier {
    struct decimal *up_to; /* for each peak meter, inclusive; NULL: the last, open */
    struct decimal flat;
};

struct charge {
    const char *id;
    const char *name;  /* what people read; the id when the plan says nothing */
    const char *meter; /* "" for one that counts none */
    struct conditions where;
    const char *unit; /* "GPU-hour" */
    int128 divisor;   /* so many base units … */
    int128 multiple;  /* … are so many price units, converted ones where the plan converts */
    enum charge_model model;
    size_t tier_count; /* per_unit, package, percentage: one open tier; 0: no tiers */
    struct tier *tiers;
    bool is_percent;                 /* the tiers' prices are of hundred */
    bool blocks_down;                /* what does not fill a block costs nothing */
    bool flat_at_zero;               /* tier 1's flat fee applies when nothing is left to bill */
    struct price_table table;        /* matrix, time_of_use, series */
    size_t peak_meter_count;         /* peak over several meters */
    struct peak_meter *peak_meters;  /* as listed */
    size_t peak_tier_count;          /* of several meters' */
    struct peak_tier *peak_tiers;    /* rising, the last open */
    struct decimal price;            /* flat: per billing period */
    struct decimal quantity;         /* flat */
    bool in_advance;                 /* flat: lies at the period's beginning */
    bool once;                       /* flat: only in the period of the version's first instant */
    struct decimal free;             /* price units that each counter grants in a period */
    struct dimension_names key_by;   /* one counter for each of their values */
    struct dimension_names line_by;  /* one line for each of their values */
    bool per_window;                 /* a counter for each window */
    bool counts_covered;             /* covered units move the counter, first */
    struct step_rounding session;    /* of what one allocation used in the period */
    struct step_rounding conversion; /* of what a counter counts in the period */
    size_t discount_count;
    struct discount *discounts; /* as listed */
    bool has_minimum;
    bool has_maximum;
    struct decimal minimum; /* per billing period */
    struct decimal maximum;
    bool prorates; /* fees, minimum, maximum and fixed discounts by days of the period */
    bool has_on_demand;
    struct decimal on_demand; /* per price unit, for spend plans */
    bool print_zero;
    const char *tax_category;
    const char *json; /* as the plan states it, for a contract's overrides */
};

struct plan {
    const char *id;
    uint32_t version;
    struct digest hash;
    const char *currency;
    unsigned exponent;         /* of the currency: 2 for EUR */
    int64_t effective_from_us; /* INSTANT_MIN when the plan does not say */
    uint32_t month_hours;      /* of a month, where the plan prorates by hours; 0: by days */
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

#endif
