/*
 * The one order of rating: from a period's usage to priced lines.
 *
 *   net quantities → reservations → spend plans → free allowance → tiers → the one rounding → lines
 * → tax
 *
 * A pure function of its arguments: the same arguments give the same bytes, in whatever order the
 * rows came. Exact until the one rounding per (charge, tax category, rate), half away from zero.
 * Every charge model is a row of the table in charge.h.
 */
#ifndef RATING_RATE_H
#define RATING_RATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/calendar.h"
#include "rating/contract.h"
#include "rating/line.h"
#include "rating/plan.h"
#include "rating/usage.h"

/* One cell of a reservation: UTC clock hour ∩ period ∩ plan version ∩ [from, to). Quantities in
 * 10^-scale unit-seconds, normalised; covered + unused = capacity. Of a spend plan: money. */
struct coverage_row {
    int64_t from_us;
    int64_t to_us;
    int128 capacity;
    int128 covered;
    int128 unused;
    int128 overage; /* usage in scope that there was no room for */
};

struct rating_reservation {
    const char *id;
    const char *unit;  /* "unit-second"; of a spend plan the currency */
    bool is_unlimited; /* throughput: base units of the meter `unit` that it served; no capacity */
    unsigned scale;    /* of the quantities here and in the rows */
    int128 capacity;
    int128 covered;
    int128 unused;
    int128 overage;
    size_t row_count;
    struct coverage_row *rows; /* in time order */
};

/* Usage that no charge and no reservation of the contract asks for. */
struct rating_unrated {
    struct digest series;
    const struct series *descriptor;
    int128 quantity; /* base units */
};

/* A part of a charge's amount by time, for credits: exact, as mpq_get_str() writes it. */
struct rating_piece {
    int64_t at_us;
    const char *exact;
};

/* The pieces of charges[i] are items[starts[i] … starts[i + 1]). */
struct rating_pieces {
    size_t charge_count; /* 0: the contract has no credits */
    size_t *starts;
    struct rating_piece *items;
};

struct rating {
    const char *currency;
    unsigned exponent;
    struct period period;
    size_t charge_count;
    struct rating_charge *charges;
    struct rating_pieces pieces;
    size_t share_count; /* of a pool: what of each charge is a member's, by charge, then member */
    struct rating_charge *shares;
    size_t line_count;
    struct rating_line *lines;
    size_t tax_count;
    struct rating_tax *taxes;
    int128 net_minor;
    int128 tax_minor;
    int128 total_minor;
    size_t reservation_count;
    struct rating_reservation *reservations; /* as the contract lists them; those in the period */
    size_t spend_plan_count;
    struct rating_reservation *spend_plans; /* the same way */
    size_t unrated_count;
    struct rating_unrated *unrated;
};

/* `plans` holds at least the versions that the contract names for this period, in any order.
 * ERROR_INPUT names what cannot be rated; *out is left alone then. */
MUST_CHECK bool rate(const struct contract *contract, const struct plan *const *plans,
                     size_t plan_count, const struct period *period,
                     const struct rating_usage *usage, struct arena *arena, struct rating *out,
                     struct error *err);

/* How the usage of a series in a window is sold: what is left is on demand. */
struct rating_sold {
    const struct series *series;
    int64_t from_us;
    int64_t to_us;
    int128 quantity; /* base units, as measured */
    int128 reserved;
    int128 spend_plan;
};

struct rating_sales {
    size_t count;
    struct rating_sold *items;
    size_t reservation_count;
    struct rating_reservation *reservations; /* as in a rating */
};

/* The steps of the one order that share out capacity, without per-session rounding and without
 * prices. The period may be any that the contract holds. */
MUST_CHECK bool rate_sales(const struct contract *contract, const struct plan *const *plans,
                           size_t plan_count, const struct period *period,
                           const struct rating_usage *usage, struct arena *arena,
                           struct rating_sales *out, struct error *err);

/* Pieces of the invoice document. New references. */
json_t *rating_lines_json(const struct rating *rating);
json_t *rating_reservations_json(const struct rating *rating);
json_t *rating_spend_plans_json(const struct rating *rating);
json_t *rating_unrated_json(const struct rating *rating);
/* Everything, for `quote`: currency, period, lines, reservations, spend plans, taxes, net, tax,
 * total. */
json_t *rating_json(const struct rating *rating);

#endif
