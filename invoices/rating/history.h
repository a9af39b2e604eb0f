/*
 * What a tenant's earlier documents say about money: the opening balances of a settlement.
 *
 * Documents are read as they were signed. Those of other contracts count for nothing here:
 * commitments and credits are a contract's. A *fact* is an amount of a document's line or of an
 * adjustment's: of which period, and which document states it.
 */
#ifndef RATING_HISTORY_H
#define RATING_HISTORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "core/digest.h"
#include "rating/calendar.h"
#include "rating/contract.h"
#include "rating/line.h"

struct history_document {
    json_t *json; /* a reference of the history's */
    const char *number;
    struct digest hash;
    struct period period;
};

struct fact {
    size_t period; /* the document of the period that it is about; history.count: the new one's */
    enum line_kind kind;
    const char *charge;
    const char *category;
    struct decimal rate;
    const char *region; /* of line_by; NULL: the line does not say */
    int128 amount_minor;
    int128 upfront; /* part of it, at PART_DECIMALS */
    int128 base_quantity;
};

/* A burn, or below zero what was restored. */
struct burn {
    const char *grant;
    size_t period; /* the document whose amount is paid */
    bool is_after_tax;
    const char *charge; /* NULL: an adjustment's total */
    const char *category;
    struct decimal rate;
    int64_t at_us;
    int128 amount_minor;
};

/* A piece of an amount, as a document cut it for credits before tax. An amount without any lies in
 * its period's first instant. */
struct cut {
    size_t period; /* the document whose amount it is */
    size_t stated; /* the document that says so */
    const char *charge;
    const char *category;
    struct decimal rate;
    int64_t at_us;
    int128 amount_minor;
};

/* What a document knew to be granted. */
struct granted {
    size_t period;
    const char *id;
    int128 amount_minor;
};

/* What the last document that knew a grant says of it. */
struct grant_state {
    const char *id;
    int128 granted;
    int128 left;
    bool is_closed;
};

struct history {
    struct arena *arena;
    unsigned exponent;
    bool is_pools; /* facts are those of all the pool's documents, as the payer's say */
    size_t count;
    size_t capacity;
    struct history_document *documents; /* of the contract, oldest first */
    size_t fact_count;
    size_t fact_capacity;
    struct fact *facts;
    size_t burn_count;
    size_t burn_capacity;
    struct burn *burns; /* in the order in which they were burnt */
    size_t own_burn_count;
    size_t own_burn_capacity;
    struct burn *own_burns; /* what was burnt for the documents' own
                             * amounts: without a pool the same */
    size_t state_count;
    size_t state_capacity;
    struct grant_state *states;
    size_t cut_count;
    size_t cut_capacity;
    struct cut *cuts;
    size_t granted_count;
    size_t granted_capacity;
    struct granted *granted;
};

void history_init(struct history *history, unsigned exponent, struct arena *arena);
void history_release(struct history *history); /* for CLEANUP; zeros are fine */

/* Adds the next document, which names its period and number; its contract is another's: nothing
 * happens. ERROR_CONFLICT when it cannot be read. */
MUST_CHECK bool history_add(struct history *history, const struct contract *contract,
                            json_t *document, const struct digest *hash, struct error *err);
/* The documents' periods are all of the contract's before the period. ERROR_INPUT names what is
 * missing. */
MUST_CHECK bool history_check(const struct history *history, const struct contract *contract,
                              const struct period *period, struct error *err);

/* A document's position by its number; history.count when there is none. */
size_t history_find(const struct history *history, const char *number);
/* What these burns of one grant come to. */
int128 history_burnt(const struct burn *burns, size_t count, const char *grant);
/* "1.25" with the currency's decimals as minor units; of parts with PART_DECIMALS. */
MUST_CHECK bool history_amount(const json_t *object, const char *name, unsigned decimals,
                               int128 *out, struct error *err);

#endif
