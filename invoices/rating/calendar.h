/*
 * Billing periods: where on the time line a contract's periods begin.
 *
 * A period begins at the anchor (day, hour, minute) of a local month and ends where the next one
 * begins. Periods are half-open and tile the time line for every zone and anchor: a local
 * border that does not exist moves to the first instant after the gap, one that exists twice is
 * the first, and day 31 is the last day of a short month, without drift.
 *
 * A period's label is the local month whose anchor begins it, "2026-10"; where a contract begins
 * inside the month it is the local day of that, "2026-10-15" (contract.h), so that the parts of two
 * contracts have two names. Borders are instants; a document names the version of the tz database
 * that they were made with.
 */
#ifndef RATING_CALENDAR_H
#define RATING_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/zone.h"

#define PERIOD_LABEL_SIZE 11 /* "2026-10", "2026-10-15" */

/* When a contract's periods begin, in its zone. */
struct billing {
    int day;    /* 1 … 31 */
    int hour;   /* 0 … 23 */
    int minute; /* 0 … 59 */
};

struct period {
    char label[PERIOD_LABEL_SIZE];
    int64_t from_us;
    int64_t to_us; /* half-open */
};

/* The period that holds the instant. Years 1 … 9998. */
MUST_CHECK bool calendar_period_at(const struct zone *zone, const struct billing *billing,
                                   int64_t instant_us, struct period *out, struct error *err);
/* The period of a label "2026-10". */
MUST_CHECK bool calendar_period_of_label(const struct zone *zone, const struct billing *billing,
                                         const char *label, struct period *out, struct error *err);
void calendar_period_next(const struct zone *zone, const struct billing *billing,
                          const struct period *period, struct period *out);

#define PERIOD_DAYS_MAX 32
/* Where each day of a whole period ends, rising; how many. A day begins at the anchor's minute. A
 * date that a zone leaves out is no day. */
size_t calendar_days(const struct zone *zone, const struct billing *billing,
                     const struct period *period, int64_t out_ends_us[PERIOD_DAYS_MAX]);

/* ERROR_INPUT when the instant is not on the grid; the message names the instants nearest to it
 * that are. `what` names the border: "contract c-acme: /plans/0/from". */
MUST_CHECK bool calendar_check_grid(int64_t instant_us, uint32_t grid_seconds, const char *what,
                                    struct error *err);
/* Every border of the periods that touch [from, to) lies on the grid; to may be INSTANT_MAX, the
 * look ends with the year 2100. */
MUST_CHECK bool calendar_check_periods(const struct zone *zone, const struct billing *billing,
                                       int64_t from_us, int64_t to_us, uint32_t grid_seconds,
                                       const char *what, struct error *err);

#endif
