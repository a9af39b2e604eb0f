/*
 * Prepaid credits: which grant pays which amount.
 *
 * An amount is cut at the borders of the grants whose scope holds it, into *claims*; claims are
 * paid in the order of their first instants, each by the grants in force then, in the burn order:
 * priority (lowest first), expiry, narrower scope, promotional, oldest, id.
 */
#ifndef RATING_CREDIT_H
#define RATING_CREDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/contract.h"
#include "rating/history.h"
#include "rating/rate.h"
#include "rating/ratio.h"

/* A grant with what is left of it. `left` is never below zero nor above what was granted. */
struct credit_account {
    const struct credit_grant *grant;
    int128 granted_before; /* what documents so far booked as granted */
    int128 opening;
    int128 burnt; /* by this document */
    int128 restored;
    int128 breakage;
    int128 left;
    bool was_closed; /* a document before this one booked its end */
    bool is_closed;
};

struct credit_claim {
    size_t period;      /* position of the document that it is about, as in history.h */
    size_t order;       /* in the document */
    const char *charge; /* NULL: an adjustment's total */
    const char *category;
    struct decimal rate;
    int64_t at_us;
    int128 amount_minor; /* > 0 */
};

struct credit_book {
    struct arena *arena;
    size_t account_count;
    struct credit_account *accounts; /* in burn order */
    size_t burn_count;
    size_t burn_capacity;
    struct burn *burns; /* this document's, as they were burnt; malloc */
};

/* Grants that begin before the period's end, with what earlier documents left of them.
 * ERROR_INPUT when the contract took back what was granted. */
MUST_CHECK bool credit_open(const struct contract *contract, const struct history *history,
                            const struct period *period, struct arena *arena,
                            struct credit_book *out, struct error *err);
void credit_release(struct credit_book *book); /* for CLEANUP; zeros are fine */
/* Claims in any order; `most` is the most that they may burn together. Returns what was burnt. */
int128 credit_burn(struct credit_book *book, struct credit_claim *claims, size_t count, int128 most,
                   bool is_after_tax);
/* Takes burns of this stage for a document's (charge, category, rate), or with charge NULL for
 * all of the document, back, the last first. What a closed grant gets back is breakage. */
int128 credit_restore(struct credit_book *book, const struct history *history,
                      const struct credit_claim *of, bool is_after_tax, int128 amount);
/* Takes so much of a burn back, or burns so much more of it: what late usage moves. A grant that
 * is closed burns no more than what this document took back of it. Returns how much it was. */
int128 credit_take_back(struct credit_book *book, const struct history *history,
                        const struct burn *burn, int128 amount);
int128 credit_burn_more(struct credit_book *book, const struct burn *burn, int128 amount);
/* What earlier documents and this one burnt for it, less what was restored. */
int128 credit_burnt(const struct credit_book *book, const struct history *history,
                    const struct credit_claim *of, bool is_after_tax);
/* Grants that expire by the end of the period are closed: what is left is breakage. */
void credit_close(struct credit_book *book, const struct period *period);

/*
 * Cuts an amount into claims, in minor units by largest remainder in proportion to the pieces'
 * exact amounts; without pieces it lies in the period's last second. Returns how many were
 * written, at most one more than twice the grants.
 */
size_t credit_cut(const struct contract *contract, const struct period *period,
                  const struct credit_claim *of, const struct rating_piece *pieces,
                  size_t piece_count, bool is_after_tax, struct ratio_pool *pool,
                  struct arena *arena, struct credit_claim *out);

#endif
