/*
 * Reservations: which usage they cover, cell by cell, and what they cost.
 *
 * A cell is UTC clock hour ∩ period ∩ plan version ∩ [from, to). In each of them a reservation
 * covers at most its units × the cell's seconds; what it does not use is paid all the same.
 * Reservations take their turn narrow before broad (zone, then SKU, then region, then family),
 * then the cheapest hour, then by id; inside a cell the smallest factor first, equals in proportion
 * to use in whole base units.
 */
#ifndef RATING_COVERAGE_H
#define RATING_COVERAGE_H

#include "base/error.h"
#include "rating/job.h"

/* Takes what is covered from the lots' `left`, fills job->covered, adds the reservations' own
 * fragments and gives their cells, in the contract's order. */
MUST_CHECK bool coverage_apply(struct job *job, struct rating_reservation **out_reservations,
                               size_t *out_count, struct error *err);

/* Where the cell that begins here ends: at the UTC hour, a border of the schedule, or at `to`. */
int64_t coverage_cell_end(const struct schedule *schedule, int64_t from_us, int64_t to_us);

/* The reservation is of this series' tenant; always, where there is no pool. */
bool coverage_is_owner(const struct reservation *reservation, const struct series *series);
/* It may cover the series: its conditions, and its owner's or shared. */
bool coverage_in_scope(const struct reservation *reservation, const struct series *series);

#endif
