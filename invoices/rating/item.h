/*
 * A charge's usage, item by item: what is left of one series in one plan version at one tax rate,
 * in one cell of the price table and, where windows matter, in one window.
 */
#ifndef RATING_ITEM_H
#define RATING_ITEM_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "rating/by.h"
#include "rating/job.h"

#define WINDOW_NONE INT64_MIN /* windows do not matter */

struct item {
    struct by key;      /* of the counter */
    struct by line;     /* of the line */
    int64_t counter_us; /* where each window has a counter: its first instant */
    int64_t window_us;  /* where windows matter: its first instant … */
    int64_t end_us;     /* … and its end */
    int64_t cell;       /* of the price table */
    size_t phase;       /* of the scheduled charge */
    size_t slot;        /* tax rate, of the phase */
    size_t first_lot;   /* the series' lots in the phase: [first_lot, end_lot) of the job */
    size_t end_lot;
    size_t id;      /* order of finding */
    int128 net;     /* base units before coverage, > 0 */
    int128 units;   /* after coverage; 0 where only another window is billed */
    int128 rounded; /* of the net, what a rounding added; below zero: took away */
    int128 free;    /* of these, of the free allowance */
    int128 billed;  /* the rest */
};

/* What a charge needs to know of one of its phases. */
struct phase_rates {
    size_t count;
    struct rate_slot *slots;
};

struct items {
    size_t count;
    struct item *items; /* by counter, phase, then series key, slot and cell */
    size_t *of_lot;     /* malloc; the lot's item, from 1; 0: the charge does not ask for it */
};

/* All items of a scheduled charge, by its place in the schedule; marks their lots as rated. In the
 * job's arena. ERROR_INPUT names a lot that has no price, or that another charge rounds. */
MUST_CHECK bool items_collect(struct job *job, size_t charge, const struct phase_rates *rates,
                              struct items *out, struct error *err);
void items_release(struct items *items);
/* Gives `free` base units to the items [first, first + count), which are of one counter and phase:
 * over series, then over windows. */
void items_share_free(const struct job *job, struct items *items, size_t first, size_t count,
                      int128 free);

#endif
