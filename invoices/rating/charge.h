/*
 * Charge models: one row of the table for each, one file for each family of them.
 *
 * A model reads its own members of a charge's JSON and then has one of two duties. Most price what
 * a counter counts in one plan version; those whose price depends on a series or on the time first
 * say in which *cell* of their price table a lot lies, and get the counted units cell by cell. A
 * model that counts nothing by itself (flat, peaks of several meters) bills the charge as a whole.
 * All else (conversion, sessions, free allowance, sharing, discounts, minimum, maximum, rounding,
 * lines) is the same for all of them and not their business.
 */
#ifndef RATING_CHARGE_H
#define RATING_CHARGE_H

#include "base/error.h"
#include "base/zone.h"
#include "rating/field.h"
#include "rating/line.h"
#include "rating/plan.h"
#include "rating/ratio.h"

#define CELL_DEFAULT INT64_C(-1) /* the table's default price */
#define CELL_NONE INT64_C(-2)    /* no price is asked for: nothing is left to bill */

/* One priced step of a counter: some units at a price, or a flat fee. */
struct step {
    enum part_kind kind; /* PART_TIER or PART_FLAT */
    int64_t cell;        /* whose units it prices; CELL_NONE: all */
    mpq_ptr units;       /* base units, maybe not whole at a tier's border; zero for a fee */
    mpq_ptr money;       /* in the currency, exact */
    struct why why;      /* which price, tier or row it was */
};

struct steps {
    size_t count;
    size_t capacity;
    struct step *items;
    struct arena *arena;
    struct ratio_pool *pool;
};

/* Adds a step of no units and no money, of all cells. */
struct step *steps_add(struct steps *steps, enum part_kind kind);

/* Billed units in a cell. */
struct cell_units {
    int64_t cell;
    int128 units; /* > 0 */
};

/* Where a counter stands in one plan version, in base units. */
struct counter_move {
    int128 first;  /* covered units that count: they lie below all that is billed */
    int128 before; /* first + what earlier versions of the period billed */
    int128 units;  /* billed in this one, > 0 */
    int128 total;  /* first + what is billed in the whole period */
    size_t cell_count;
    const struct cell_units *cells; /* rising; their sum is `units` */
};

/* A lot, as a model sees it. */
struct lot_place {
    const struct zone *zone; /* the contract's */
    const struct series *series;
    int64_t from_us;
    int64_t to_us;
};

struct rated; /* rated.h */

struct charge_model_row {
    enum charge_model model;
    const char *word;
    const char *family;  /* an override may change the model within it */
    const char *members; /* of the charge's JSON that only some models have: this one's */
    /* Reads the model's own members; outputs are the charge's fields. */
    bool (*compile)(const struct reader *reader, struct charge *charge, struct error *err);
    /* The cell that a lot lies in; ERROR_INPUT when it has no price. NULL: there is one cell. */
    bool (*find_cell)(const struct charge *charge, const struct lot_place *lot, int64_t *out_cell,
                      struct error *err);
    /* Appends the steps of a move. */
    void (*price)(const struct charge *charge, const struct counter_move *move,
                  struct steps *steps);
    /* Bills a version of a charge that names no meter, instead of find_cell and price. */
    bool (*bill)(const struct rated *rated, size_t phase, struct error *err);
};

/* The row of a model; NULL for a word that is no model. */
const struct charge_model_row *charge_model_of(enum charge_model model);
const struct charge_model_row *charge_model_by_word(const char *word);
/* Takes the members that belong to models away from a charge's JSON. */
void charge_drop_model(json_t *charge);

/* Reads one charge of a plan, its model's members with it. */
MUST_CHECK bool charge_compile(const struct reader *reader, unsigned exponent, struct charge *out,
                               struct error *err);
/* Members that all models may have: conversion, sessions, discounts, minimum, maximum. */
MUST_CHECK bool charge_compile_terms(const struct reader *reader, unsigned exponent,
                                     struct charge *charge, struct error *err);

/* The price of one price unit (of a percentage in hundredths: 0.029) of a lot where that does not
 * depend on a total; false where it does, and where there is none (then the plan may state
 * on_demand). For spend plans. */
bool charge_unit_price(const struct charge *charge, const struct lot_place *lot,
                       struct decimal *out);
/* units × multiple / divisor: price units of base units; and back. */
void charge_price_units(const struct charge *charge, mpq_ptr units);
void charge_base_units(const struct charge *charge, mpq_ptr units);

/* tier.c */
bool tier_compile_per_unit(const struct reader *reader, struct charge *charge, struct error *err);
bool tier_compile_tiers(const struct reader *reader, struct charge *charge, struct error *err);
bool tier_compile_package(const struct reader *reader, struct charge *charge, struct error *err);
bool tier_compile_percentage(const struct reader *reader, struct charge *charge, struct error *err);
/* a < b, at whatever scales. */
bool decimal_is_below(struct decimal a, struct decimal b);
/* Units of each tier at its price, and its flat fee in the version that first bills a unit of its
 * range. */
void tier_price(const struct charge *charge, const struct counter_move *move, struct steps *steps);
/* All units at the price of the tier that the period's total falls in, and its flat fee in the
 * version that first bills a unit. */
void tier_price_volume(const struct charge *charge, const struct counter_move *move,
                       struct steps *steps);
/* Tier 1's flat fee, for when nothing is left to bill. */
void tier_price_nothing(const struct charge *charge, struct steps *steps);

/* cell.c: each cell's units at its price */
struct decimal cell_price(const struct price_table *table, int64_t cell);
void cell_price_units(const struct charge *charge, const struct counter_move *move,
                      struct steps *steps);
bool cell_read_default(const struct reader *reader, struct charge *charge, struct error *err);

/* matrix.c, week.c, spot.c: a price by dimensions, by the clock, by steps in time */
bool matrix_compile(const struct reader *reader, struct charge *charge, struct error *err);
bool matrix_find(const struct charge *charge, const struct lot_place *lot, int64_t *out_cell,
                 struct error *err);
bool week_compile(const struct reader *reader, struct charge *charge, struct error *err);
bool week_find(const struct charge *charge, const struct lot_place *lot, int64_t *out_cell,
               struct error *err);
/* Every border of the windows lies on the grid, in winter and summer of [from, to). */
MUST_CHECK bool week_check_grid(const struct charge *charge, const struct zone *zone,
                                int64_t from_us, int64_t to_us, uint32_t grid_seconds,
                                struct error *err);
bool spot_compile(const struct reader *reader, struct charge *charge, struct error *err);
bool spot_find(const struct charge *charge, const struct lot_place *lot, int64_t *out_cell,
               struct error *err);

/* peak.c */
bool peak_compile(const struct reader *reader, struct charge *charge, struct error *err);
/* Of several meters' peaks. */
bool peak_bill(const struct rated *rated, size_t phase, struct error *err);

/* flat.c */
bool flat_compile(const struct reader *reader, struct charge *charge, struct error *err);
bool flat_bill(const struct rated *rated, size_t phase, struct error *err);

#endif
