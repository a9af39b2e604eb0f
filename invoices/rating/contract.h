/*
 * A contract: which plans a tenant pays by, when, with which reservations and taxes. Versioned
 * JSON in the book (schema/contract.json), compiled here once.
 *
 * All borders are instants on the tenant's grid; `to` is INSTANT_MAX where the JSON says null.
 * Strings live in the arena; the zone is the contract's own: contract_release().
 */
#ifndef RATING_CONTRACT_H
#define RATING_CONTRACT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "base/zone.h"
#include "core/digest.h"
#include "rating/calendar.h"
#include "rating/contract_money.h"
#include "rating/line.h"
#include "rating/plan.h"

/* Seller or customer. */
struct party {
    const char *id; /* of a legal entity; NULL for a customer */
    const char *name;
    size_t address_count;
    const char **address;           /* lines */
    const char *vat_id;             /* NULL when there is none */
    const char *country;            /* ISO 3166-1 alpha-2 */
    const char *number_series;      /* of a legal entity: "DE-2026"; NULL for a customer */
    const char *credit_note_series; /* NULL: that of invoices */
};

/* A plan version in force for [from, to). */
struct contract_plan {
    const char *plan;
    uint32_t version;
    int64_t from_us;
    int64_t to_us;
};

/* A unit of another size: 2 for a machine that counts as two of the reserved ones. */
struct reservation_factor {
    struct conditions where;
    struct decimal factor;
};

enum reservation_kind {
    RESERVATION_UNITS,
    RESERVATION_BLOCK,      /* a window bought whole, paid at `from` at the price of that day */
    RESERVATION_THROUGHPUT, /* units × hours are paid; what they serve costs nothing, without limit
                             */
};

/* R units held for [from, to), paid used or not. */
struct reservation {
    enum reservation_kind kind;
    const char *id;
    const char *name;
    const char *meter; /* its unit counts seconds: "uGPU.s"; any for throughput */
    const char *owner; /* of a pool, whose usage is covered first; NULL: no pool */
    bool is_shared;    /* then that of the pool's other members */
    struct conditions where;
    struct decimal units;
    int64_t from_us;
    int64_t to_us;
    struct decimal rate;       /* per unit and hour, used or not */
    struct decimal price;      /* of a block: per unit and hour of the whole window */
    struct decimal usage_rate; /* per unit and hour that is covered, on top */
    struct decimal upfront;    /* for the whole term, at `from` */
    struct decimal size;       /* of one reserved unit, in normalised units */
    size_t factor_count;
    struct reservation_factor *factors; /* the first that matches; else `size` */
    const char *tax_category;
};

/* Percent off a tenant's charges, after their own discounts. */
struct contract_discount {
    struct decimal percent;
    size_t charge_count; /* ids in scope; 0: all */
    const char **charges;
    int64_t from_us;
    int64_t to_us;
    const char *name; /* NULL: none */
};

/* Members of a plan's charge that the contract replaces for [from, to). */
struct contract_override {
    const char *plan;
    const char *charge;
    int64_t from_us;
    int64_t to_us;
    const char *json; /* the members that replace, as an object */
};

/* What a charge's unit costs under a spend plan. */
struct spend_rate {
    const char *charge; /* its id, of whatever plan */
    struct conditions where;
    struct decimal price; /* per price unit of the charge */
};

/* An amount of money for each hour of [from, to), paid used or not, that buys usage at the plan's
 * rates. */
struct spend_plan {
    const char *id;
    const char *name;
    const char *meter; /* NULL: any */
    struct conditions where;
    size_t charge_count; /* ids; none: all charges */
    const char **charges;
    struct decimal per_hour;
    bool counts_on_demand; /* per_hour is on-demand money; else money at the plan's rates */
    size_t rate_count;
    struct spend_rate *rates; /* the first that matches; else `discount` */
    bool has_discount;
    struct decimal discount; /* percent off on-demand */
    int64_t from_us;
    int64_t to_us;
    struct decimal fee;     /* what an hour costs, used or not, after what is paid upfront */
    struct decimal upfront; /* for the whole term, at `from` */
    const char *tax_category;
};

struct tax_rate {
    const char *category;
    const char *name;    /* of one of several taxes of the category; NULL: it is the only one */
    struct decimal rate; /* percent */
    int64_t from_us;     /* in force from here on; INSTANT_MIN when the JSON does not say */
};

/* A tenant whose usage is rated with the payer's, for [from, to): whole periods. */
struct pool_member {
    const char *tenant;
    int64_t from_us;
    int64_t to_us;
};

struct contract {
    const char *id;
    struct digest hash; /* SHA-256 of the canonical JSON */
    const char *tenant;
    struct party seller; /* the legal entity */
    struct party customer;
    const char *currency;
    unsigned exponent;
    struct zone *zone;
    struct billing billing;
    int64_t from_us;
    int64_t to_us;
    uint32_t grid_seconds; /* the tenant's */
    size_t plan_count;
    struct contract_plan *plans; /* as listed */
    size_t reservation_count;
    struct reservation *reservations; /* as listed */
    size_t spend_plan_count;
    struct spend_plan *spend_plans; /* as listed */
    size_t member_count;            /* of the pool that the tenant pays for; 0: no pool */
    struct pool_member *members;    /* the tenant first, then as listed */
    size_t override_count;
    struct contract_override *overrides; /* as listed */
    size_t discount_count;
    struct contract_discount *discounts; /* as listed */
    size_t tax_count;
    struct tax_rate *taxes; /* as listed */
    struct digest tax_hash; /* SHA-256 of the canonical JSON of /tax */
    uint32_t grace_hours;
    uint32_t payment_terms_days;
    struct contract_money money;
    uint64_t quarantine_threshold; /* undecided events above it stop a close */
};

/* Schema, then sense: ERROR_INPUT with the JSON pointer of the first thing that is wrong and what
 * to do. grid_seconds is the tenant's; 0 takes the zone's own (zone_grid_seconds). */
MUST_CHECK bool contract_compile(const json_t *json, const char *what, uint32_t grid_seconds,
                                 struct arena *arena, struct contract *out, struct error *err);
MUST_CHECK bool contract_parse(const char *bytes, size_t size, const char *what,
                               uint32_t grid_seconds, struct arena *arena, struct contract *out,
                               struct error *err);
/* Closes the zone; the rest is the arena's. */
void contract_release(struct contract *contract);

/* The taxes of a category that have names, at an instant; NULL: none. In the arena. */
const struct tax_parts *contract_tax_parts(const struct contract *contract, const char *category,
                                           int64_t instant_us, struct arena *arena);
/* Of a category all taxes have a name or none, and their sum tells which are in force. */
MUST_CHECK bool contract_check_tax_parts(const struct contract *contract, size_t at,
                                         struct arena *arena, struct error *err);

/* Every plan version that the contract names is there, in the contract's currency, effective, and
 * every tax category has a rate from the plan's first day on. */
MUST_CHECK bool contract_check_plans(const struct contract *contract,
                                     const struct plan *const *plans, size_t plan_count,
                                     struct error *err);
/* What is allowed but rarely meant, one a line: reservations whose scopes cross, a currency
 * that EN 16931 cannot express. Nothing when there is nothing to say. */
void contract_warnings(const struct contract *contract, struct text *out);

/* The billing period of a month, cut to the contract's own [from, to), or of the label that a
 * period has which the contract's beginning cuts. ERROR_NOT_FOUND when the contract has no part of
 * it. */
MUST_CHECK bool contract_period(const struct contract *contract, const char *label,
                                struct period *out, struct error *err);
/* The same for the period that holds an instant. */
MUST_CHECK bool contract_period_at(const struct contract *contract, int64_t instant_us,
                                   struct period *out, struct error *err);
/* The series that a document of this kind counts in. */
const char *contract_number_series(const struct contract *contract, bool is_credit_note);
/* Percent in force for a category at an instant, of several taxes their sum; ERROR_NOT_FOUND when
 * the profile has none. */
MUST_CHECK bool contract_tax_rate(const struct contract *contract, const char *category,
                                  int64_t instant_us, struct decimal *out, struct error *err);

#endif
