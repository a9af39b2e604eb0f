/*
 * The settlement of a document: what follows from its rounded charges and from the contract's
 * earlier documents.
 *
 *   commitments → credits for service levels → credits before tax → tax → credits after tax
 *
 * Lines of it are added to the rating (kinds commitment, sla, credit) and to the adjustments, in
 * both cases before tax; what is paid after tax leaves the total alone. A contract without such
 * terms has no settlement, and its documents no member of that name.
 */
#ifndef RATING_SETTLE_H
#define RATING_SETTLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/commitment.h"
#include "rating/credit.h"
#include "rating/difference.h"
#include "rating/history.h"
#include "rating/rate.h"

/* What a document is made of. */
struct settle_input {
    const struct contract *contract;
    size_t plan_count;
    const struct plan *const *plans;
    const struct history *history;
    const char *tenant;
    struct arena *arena;
};

/* A section of late usage, with the document that it is about. */
struct settle_section {
    struct rating_adjustment *adjustment;
    size_t period; /* position in the history */
};

struct settled_commitment {
    const struct commitment *commitment;
    struct commitment_interval interval;
};

struct settled_sla {
    const struct sla *sla;
    const struct sla_measure *measure;
    struct decimal percent;
    const char *category;
    struct decimal rate;
    int128 net_minor;
    int128 amount_minor; /* below zero, or 0 */
};

struct settlement {
    const struct settle_input *input;
    struct rating *own;
    struct rating_adjustment *adjustments; /* by their originals' place in the history */
    size_t adjustment_count;
    size_t section_count; /* adjustments of this contract's documents */
    struct settle_section *sections;
    struct credit_book credits;
    size_t commitment_count;
    struct settled_commitment *commitments; /* intervals that the period lies in */
    size_t sla_count;
    struct settled_sla *slas;
    int128 moved_minor; /* before tax: what it burnt for earlier documents, less what it restored */
    size_t cut_count;   /* of amounts that borders of grants cut: what later documents begin from */
    size_t cut_capacity;
    struct credit_claim *cuts; /* malloc */
    int128 paid_minor;
    /* Of a pool (settle_pool.h), whose burns, cuts, commitments and balances are the payer's: */
    bool is_pooled;
    struct credit_book own_burns; /* what of the burns is for this document's own amounts */
    size_t amount_count;
    struct fact *amounts; /* the payer's: what the pool's documents charge before credits, by
                           * original; in the arena */
};
void settlement_release(struct settlement *settlement); /* for CLEANUP; zeros are fine */

/* Adds the lines. `adjustments` has room for one more than there are documents in the history;
 * those that an interval's late settling needs are added in place. */
MUST_CHECK bool settle_lines(const struct settle_input *input, struct rating *own,
                             struct rating_adjustment *adjustments, size_t *count,
                             struct settlement *out, struct error *err);
/* Credits after tax, once totals are known; then what has expired is closed. */
MUST_CHECK bool settle_payments(struct settlement *settlement, const struct rating_totals *totals,
                                struct error *err);
/* {"commitments","sla","credits","burns","shares","paid","payable","fx","transfers"}. */
MUST_CHECK bool settlement_json(const struct settlement *settlement,
                                const struct rating_totals *totals, json_t **out,
                                struct error *err);

/* settle_*.c */
void settle_open(const struct settle_input *input, struct rating *own,
                 struct rating_adjustment *adjustments, size_t count, struct settlement *out);
/* What was burnt for the document's own amounts. */
struct credit_book *settle_own_burns(struct settlement *settlement);
const struct credit_book *settle_burns_of(const struct settlement *settlement);
void settle_find_emptied(struct settlement *settlement);
void settle_append(struct rating *rating, const struct rating_charge *charge,
                   const struct rating_part *parts, size_t part_count, struct arena *arena);
void settle_append_section(struct rating_difference *difference, const struct rating_line *line,
                           struct arena *arena);
MUST_CHECK bool settle_commitments(struct settlement *settlement, struct error *err);
MUST_CHECK bool settle_slas(struct settlement *settlement, struct error *err);
void settle_burn_before_tax(struct settlement *settlement);
/* The lines of what was burnt before tax. */
MUST_CHECK bool settle_credit_lines(struct settlement *settlement, struct error *err);
/* Burns of earlier documents, moved to where they would be had late usage been known in time. */
void settle_moved_burns(struct settlement *settlement);
/* Keeps what an amount was cut into, when it is more than the period's first instant. */
void settle_keep_cut(struct settlement *settlement, const struct credit_claim *claims, size_t count,
                     const struct period *period);
/* The section of a document, made where there is none. */
MUST_CHECK bool settle_section(struct settlement *settlement, size_t period,
                               struct settle_section **out, struct error *err);
MUST_CHECK bool settle_fx_json(const struct settlement *settlement,
                               const struct rating_totals *totals, json_t *out, struct error *err);
json_t *settle_shares_json(const struct settlement *settlement);
json_t *settle_transfers_json(const struct settlement *settlement);

#endif
