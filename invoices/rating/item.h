/*
 * A charge's usage, item by item: what is left of one series in one plan version at one tax rate.
 */
#ifndef RATING_ITEM_H
#define RATING_ITEM_H

#include <stddef.h>
#include <stdint.h>

#include "rating/by.h"
#include "rating/job.h"

struct item {
    struct by key;    /* of the counter */
    struct by line;   /* of the line */
    size_t phase;     /* of the scheduled charge */
    size_t slot;      /* tax rate, of the phase */
    size_t first_lot; /* the series' lots in the phase: [first_lot, end_lot) of the job */
    size_t end_lot;
    int128 net;    /* base units before coverage, > 0 */
    int128 units;  /* after coverage */
    int128 free;   /* of these, of the free allowance */
    int128 billed; /* the rest */
};

/* What a charge needs to know of one of its phases. */
struct phase_rates {
    size_t count;
    struct rate_slot *slots;
};

struct items {
    size_t count;
    struct item *items; /* by counter, phase, then series key and slot */
};

/* All items of a scheduled charge; marks their lots as rated. In the job's arena. */
void items_collect(struct job *job, const struct scheduled_charge *charge,
                   const struct phase_rates *rates, struct items *out);
/* Gives `free` base units to the items of one counter and phase: over series, then over windows. */
void items_share_free(const struct job *job, const struct phase_rates *rates, struct item *items,
                      size_t count, int128 free);

#endif
