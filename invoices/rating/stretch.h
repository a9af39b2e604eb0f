/*
 * A stretch: the part of a counter in one plan version, and the fragments that its steps make.
 */
#ifndef RATING_STRETCH_H
#define RATING_STRETCH_H

#include "rating/charge.h"
#include "rating/rated.h"

struct stretch {
    struct items *all;
    size_t first; /* its items: [first, first + count) */
    size_t count;
    size_t phase;
    int128 units;  /* after coverage */
    int128 billed; /* after the allowance */
};

/* Fills in the move's cells: what is billed in each cell of the price table. */
void stretch_cells(const struct stretch *stretch, struct arena *arena, struct counter_move *move);
/* Adds the fragments of a stretch: what is covered, what is free, and each step shared in
 * proportion to the use that it prices. */
void stretch_add(const struct rated *rated, const struct stretch *stretch, const struct by *key,
                 const struct steps *steps);
/* Adds weight / total of a step. `window` is why.window. */
void stretch_add_step(const struct rated *rated, const struct place *place, const struct step *step,
                      int128 weight, int128 total, const char *window);

#endif
