/*
 * Commitments (take or pay): what an interval owes beyond what was used.
 *
 *   used < committed   the rest is owed: the true-up
 *   used > committed   the excess, less what rolled over, costs (factor − 1) on top
 *
 * An interval of periods counts rounded nets before credits, of all documents for its periods; it
 * is settled by the document of its last one. A shorter one counts exact amounts and is settled
 * inside its period. The amount of an interval that a ramp steps into is prorated by seconds.
 */
#ifndef RATING_COMMITMENT_H
#define RATING_COMMITMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/contract.h"
#include "rating/ratio.h"

struct job;

/* What a document, or an adjustment, counts towards a commitment. */
struct commitment_use {
    int64_t at_us;        /* in the period that it is of */
    int128 amount_minor;  /* rounded, before credits */
    int128 base_quantity; /* of a quantity: base units */
};

/* One interval; amounts are exact texts in the currency, as ratio_text() writes them. */
struct commitment_interval {
    int64_t from_us;
    int64_t to_us;
    bool is_over; /* it ends at or before `until` */
    const char *committed;
    const char *used;
    const char *true_up;
    const char *surcharge;
    const char *rolled_over; /* of earlier intervals' unused amounts */
    const char *exact;       /* true_up + surcharge − rolled_over */
    int128 parts[3];         /* the three, rounded to PART_DECIMALS; the last is below zero */
    int128 amount_minor;     /* the same, rounded once; 0 while it is not over */
};

/* What an interval owes. */
struct commitment_due {
    mpq_ptr true_up;
    mpq_ptr surcharge;
    mpq_ptr rolled_over;
};

/* The intervals that begin before `until`, in time order; `divisor` base units make a price unit.
 * Pure: the same uses, in whatever order, give the same intervals. In the arena. */
MUST_CHECK bool commitment_settle(const struct contract *contract,
                                  const struct commitment *commitment,
                                  const struct commitment_use *uses, size_t use_count,
                                  int64_t until_us, int128 divisor, struct arena *arena,
                                  struct commitment_interval **out, size_t *out_count,
                                  struct error *err);
/* Adds the fragments of intervals shorter than a period: a step of the one order (rate.c). */
MUST_CHECK bool commitment_rate_short(struct job *job, struct error *err);

/* What is committed for the part [from, to) of an interval that is so long. */
void commitment_amount(const struct commitment *commitment, int64_t from_us, int64_t to_us,
                       int64_t length_us, struct ratio_pool *pool, mpq_ptr out);
/* A difference of committed and used; what rolled over is at most `carried`. The outputs are
 * set. */
void commitment_owed(const struct commitment *commitment, mpq_srcptr committed, mpq_srcptr used,
                     mpq_srcptr carried, struct ratio_pool *pool, const struct commitment_due *out);

#endif
