/*
 * Charge models: one row of the table for each, one file for each family of them.
 *
 * A model has two duties: to check and compile its own members of a charge's JSON, and to price
 * what a counter counts in one plan version. All else (free allowance, sharing, rounding, lines)
 * is the same for all of them and not its business.
 */
#ifndef RATING_CHARGE_H
#define RATING_CHARGE_H

#include "base/error.h"
#include "rating/field.h"
#include "rating/line.h"
#include "rating/plan.h"
#include "rating/ratio.h"

/* One priced step of a counter: some units at a price, or a flat fee. */
struct step {
    enum part_kind kind; /* PART_TIER or PART_FLAT */
    size_t tier;         /* from 0 */
    mpq_ptr units;       /* base units, maybe not whole at a tier's border; zero for a fee */
    mpq_ptr money;       /* in the currency, exact */
};

struct steps {
    size_t count;
    size_t capacity;
    struct step *items;
    struct arena *arena;
    struct ratio_pool *pool;
};

/* Adds a step of no units and no money. */
struct step *steps_add(struct steps *steps, enum part_kind kind, size_t tier);

/* Where a counter stands in one plan version: billed base units, after coverage and allowance. */
struct counter_move {
    int128 before; /* billed by earlier versions in the period */
    int128 units;  /* billed in this one, > 0 */
    int128 total;  /* billed in the whole period */
};

struct charge_model_row {
    enum charge_model model;
    const char *word;
    /* Reads the model's own members; outputs are the charge's fields. */
    bool (*compile)(const struct reader *reader, struct charge *charge, struct error *err);
    /* Appends the steps of a move. */
    void (*price)(const struct charge *charge, const struct counter_move *move,
                  struct steps *steps);
};

/* The row of a model; NULL for a word that is no model. */
const struct charge_model_row *charge_model_of(enum charge_model model);
const struct charge_model_row *charge_model_by_word(const char *word);

/* Reads one charge of a plan, its model's members with it. */
MUST_CHECK bool charge_compile(const struct reader *reader, unsigned exponent, struct charge *out,
                               struct error *err);

/* tier.c */
bool tier_compile_per_unit(const struct reader *reader, struct charge *charge, struct error *err);
bool tier_compile_tiers(const struct reader *reader, struct charge *charge, struct error *err);
bool tier_compile_package(const struct reader *reader, struct charge *charge, struct error *err);
/* Units of each tier at its price, and its flat fee in the version that first bills a unit of its
 * range. */
void tier_price(const struct charge *charge, const struct counter_move *move, struct steps *steps);
/* All units at the price of the tier that the period's total falls in, and its flat fee in the
 * version that first bills a unit. */
void tier_price_volume(const struct charge *charge, const struct counter_move *move,
                       struct steps *steps);

#endif
