/*
 * What spend plans may buy: a lot of a charge that has a price by itself.
 */
#ifndef RATING_SPEND_OFFER_H
#define RATING_SPEND_OFFER_H

#include <stddef.h>

#include "rating/job.h"

/* A price that many offers share. Money per base unit. */
struct spend_price {
    mpq_ptr on_demand;
    mpq_ptr rate;  /* under the plan */
    mpq_ptr ratio; /* rate / on-demand: what is left of it after the saving */
    const struct charge *terms;
    size_t source; /* of job->sources */
    size_t rank;   /* highest saving first, then the lower rate; equals are equal */
};

struct spend_offer {
    size_t lot;
    size_t charge; /* of the schedule */
    const struct charge *terms;
    int128 left; /* of the lot, for this charge */
};

struct spend_offers {
    size_t count;
    size_t capacity;
    struct spend_offer *items; /* malloc; by series key, charge, time */
};

/* Every lot of every charge whose unit price is fixed. */
void spend_offers_collect(const struct job *job, struct spend_offers *out);

struct spend_prices {
    struct job *job;
    const struct spend_plan *plan;
    size_t count;
    size_t capacity;
    struct spend_price *items; /* malloc */
};

#define SPEND_NO_PRICE SIZE_MAX

/* The place of what an offer costs under the plan, or SPEND_NO_PRICE when it is not in scope. */
size_t spend_price_of(struct spend_prices *prices, const struct spend_offer *offer);
/* Sets the ranks. */
void spend_prices_rank(struct spend_prices *prices);

#endif
