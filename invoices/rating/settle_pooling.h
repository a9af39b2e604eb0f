/*
 * A pool while it is settled: for settle_pool*.c alone.
 */
#ifndef RATING_SETTLE_POOLING_H
#define RATING_SETTLE_POOLING_H

#include "rating/settle_pool.h"

struct pooling {
    struct settlement whole; /* as of one tenant that used everything */
    struct settle_party *parties;
    size_t count;
    struct settle_party **by_tenant; /* ties go to the first */
};

/* The document of the same period; of->count when there is none. */
size_t pooling_same_period(const struct history *of, const struct period *period);
/* Parts the burns before tax, those that late usage moves with them. */
void pooling_share_burns(struct pooling *pooling);

#endif
