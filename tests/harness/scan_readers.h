/*
 * The two readers of events, side by side: for the tests that show that they are one.
 */
#ifndef HARNESS_SCAN_READERS_H
#define HARNESS_SCAN_READERS_H

#include <stdbool.h>

#include "meter/scan_parts.h"

/* What both say of these bytes, which lie in memory of exactly their size. */
struct scan_readers {
    bool fast;  /* the one of one pass took them */
    bool slow;  /* jansson did */
    bool agree; /* the first one did not, or both did, with equal fields */
};

struct scan_readers scan_by_both(const struct scan_plan *plan, enum scan_root root,
                                 struct slice bytes);

#endif
