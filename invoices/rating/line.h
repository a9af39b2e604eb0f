/*
 * What rating gives: lines of a document, their parts, and why each costs what it costs.
 *
 *   Σ parts = line          at 10 decimals
 *   Σ lines = charge        in minor units; a charge here is (plan, charge, tax category, rate)
 *   Σ charges of a (tax category, rate) = net; tax once on that sum
 *
 * All memory is the arena's. Order is that of the document: charges in order of first appearance
 * over the plan versions in force, then reservations and spend plans as the contract lists them;
 * within these the values of line_by, bytewise, a missing one first, then tax category, then rate
 * as a number.
 */
#ifndef RATING_LINE_H
#define RATING_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/number.h"
#include "core/digest.h"
#include "rating/plan.h"

#define PART_DECIMALS 10

/* Several taxes of one category and rate, which is their sum: each on the whole base, none on
 * another. */
struct tax_part {
    const char *name;
    struct decimal rate; /* percent */
};

struct tax_parts {
    size_t count; /* > 0 */
    struct tax_part *items;
};

enum line_kind {
    LINE_CHARGE,
    LINE_RESERVATION,
    LINE_SPEND_PLAN,
    /* Of those above commitments count the nets. */
    LINE_COMMITMENT, /* what an interval owes beyond its use */
    LINE_SLA,        /* below zero: for a month of low availability */
    LINE_CREDIT,     /* below zero: a prepaid credit before tax */
};

/* Their places in the document, after all charges, reservations and the like. */
#define ORDER_COMMITMENT ((size_t)1 << 20)
#define ORDER_SLA ((size_t)2 << 20)
#define ORDER_CREDIT ((size_t)3 << 20)

enum part_kind {
    PART_TIER,        /* units at a tier's price (per_unit: the one tier) */
    PART_FLAT,        /* a tier's flat fee */
    PART_ROUNDED,     /* units that a rounding added, or took away: their price is in the others */
    PART_FREE,        /* units of the free allowance: costs nothing */
    PART_COVERED,     /* units that a reservation or a spend plan covers: cost nothing here */
    PART_CAPACITY,    /* a reservation's units × hours, a spend plan's hours, used or not */
    PART_USAGE,       /* what covered units cost on top */
    PART_UPFRONT,     /* what is paid at the beginning for the whole term */
    PART_FEE,         /* a fee per billing period, or once */
    PART_DISCOUNT,    /* below zero */
    PART_MINIMUM,     /* what is missing to the minimum */
    PART_MAXIMUM,     /* below zero: what is above the maximum */
    PART_TRUE_UP,     /* what a commitment's interval used less than it must pay */
    PART_SURCHARGE,   /* on what it used more */
    PART_ROLLED_OVER, /* below zero: unused amounts of earlier intervals */
    PART_SLA,
    PART_CREDIT,
};

/* Why a part costs what it costs: which quantity met which price. What does not apply is zero or
 * NULL. rating_why_json() is its text for people and documents. */
struct why {
    const char *plan; /* and its version, in force for [from, to) of the period */
    uint32_t version;
    int64_t from_us;
    int64_t to_us;
    struct decimal price;   /* per price unit, per unit-hour, or the flat amount itself */
    bool is_percent;        /* the price is of hundred; of a discount, it is the percent itself */
    bool is_override;       /* the contract changed the charge */
    const char *unit;       /* of the price; NULL for a flat amount */
    const char *rule;       /* the row of a price table, in words */
    const char *name;       /* of a discount */
    const char *prorated;   /* "24/31 days": the part of the amount that is due; NULL: all */
    const char *of;         /* the amount that a discount or maximum is taken from: "n/d" */
    const char *window;     /* where a counter is of one window, or its peak: "FROM/TO" */
    unsigned tier;          /* from 1; 0 where there is none */
    const char *tier_from;  /* its range in price units: above this … */
    const char *tier_up_to; /* … and up to this; NULL: open */
    const char *block; /* the price is of so many units, billed in whole blocks; NULL: of one */
    const char *exact; /* the part's amount before any rounding: "n/d" in the currency */
    const char *share; /* "n/d" of what the counter cost, in base units, or of what is shared in
                        * proportion to amounts; NULL: all of it */
    const char *reservation; /* id */
    const char *spend_plan;  /* id; of covered units: */
    const char *plan_price;  /* what one costs under the plan … */
    const char *on_demand;   /* … and without it, exact */
    const char *units;       /* of a reservation */
    size_t key_count;        /* the counter's key_by values */
    const char **key_names;
    const char **key_values; /* NULL: the series does not have it */
};

struct rating_part {
    enum part_kind kind;
    const char *quantity; /* in why.unit, exact: "12.5", or "n/d"; NULL for a flat amount */
    int128 amount;        /* in 10^-10 of the currency; Σ parts = line × 10^(10 − exponent) */
    struct why why;
};

struct rating_line {
    enum line_kind kind;
    const char *member; /* of a pool, whose document has it; NULL: no pool */
    size_t order;       /* of its charge in the document */
    const char *plan;   /* id; NULL for what is no charge */
    const char *charge; /* its id, or the reservation's or spend plan's */
    const char *description;
    size_t by_count;
    const char **by_names;  /* line_by, sorted */
    const char **by_values; /* NULL: the series does not have it */
    const char *tax_category;
    struct decimal tax_rate;           /* percent, without trailing zeros */
    const struct tax_parts *tax_parts; /* NULL: one tax without a name */
    const char *quantity; /* in `unit`, for people: at most 10 decimals; NULL: nothing counted */
    const char *unit;     /* price unit: "GPU-hour" */
    int128 base_quantity; /* billed and free base units, whole; 0 for a reservation */
    int128 amount_minor;
    size_t part_count;
    struct rating_part *parts;
};

/* What is rounded, once; in a pool also a member's share of that. */
struct rating_charge {
    enum line_kind kind;
    const char *member; /* whose share it is; NULL: the whole charge */
    size_t order;       /* in the document */
    const char *plan;
    const char *charge;
    const char *description;
    const char *tax_category;
    struct decimal tax_rate;
    const struct tax_parts *tax_parts;
    const char *exact;   /* before rounding, in the currency: "n/d" */
    int128 amount_minor; /* half away from zero; its lines sum to it */
    int128 base_quantity;
    int128 divisor; /* so many base units are `multiple` price units; 1 for a reservation */
    int128 multiple;
    const char *unit;
};

struct rating_tax {
    const char *category;
    struct decimal rate; /* percent */
    int128 net_minor;
    int128 tax_minor;              /* of all parts */
    const struct tax_parts *parts; /* NULL: one tax without a name */
    const int128 *parts_minor;     /* of each part */
};

/* Text for documents: "invoice line JSON" as in schema/invoice.json. New references. */
json_t *rating_line_json(const struct rating_line *line, unsigned exponent);
json_t *rating_part_json(const struct rating_part *part);
json_t *rating_why_json(const struct rating_part *part);
json_t *rating_taxes_json(const struct rating_tax *taxes, size_t count, unsigned exponent);
const char *part_kind_word(enum part_kind kind);
const char *why_decimal(struct decimal decimal, struct arena *arena);
const char *line_kind_word(enum line_kind kind);

#endif
