/*
 * The settlement of a pool: one of all its documents together, and what of it stands in each.
 *
 *   commitments            over what all documents charge; owed by the payer's
 *   service levels         each document's own
 *   credits before tax     burnt for the pool's amounts; each burn is shared, in minor units by
 *                          largest remainder, by what is left of the documents' nets there
 *   credits after tax      pay the payer's document
 *
 * The account (balances, burns, commitments, transfers) stands in the payer's document, with the
 * pool's `amounts`, so that its chain of documents alone says what the next one begins from. What a
 * member that has left would burn or get back is the payer's.
 */
#ifndef RATING_SETTLE_POOL_H
#define RATING_SETTLE_POOL_H

#include "rating/settle.h"

/* A document of the pool's period. */
struct settle_party {
    struct settle_input input; /* its tenant; the history is of its own documents */
    struct rating *own;
    struct rating_adjustment *adjustments; /* room for one more than documents in the history */
    size_t count;
    struct settlement settlement; /* set; settlement_release() */
};

/* `pool` has the payer's documents as a history whose facts are the pool's (history.h, is_pools);
 * `rating` is the whole pool's, parties[0] the payer. Adds lines to the parties' ratings and
 * adjustments. Differences of the parties name the pool's rating as `now`. */
MUST_CHECK bool settle_pool(const struct settle_input *pool, const struct rating *rating,
                            struct settle_party *parties, size_t count, struct error *err);

#endif
