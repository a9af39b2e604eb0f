/*
 * GMP's memory: numbers of rating are short, many, and gone soon.
 *
 * What is at most RATIO_CELL bytes comes from cells that are kept for the next one, a list for each
 * thread; what is larger from malloc, as everything does under a sanitizer. Cells never go back to
 * malloc: there are as many as numbers were alive at once.
 */
#ifndef RATING_RATIO_MEMORY_H
#define RATING_RATIO_MEMORY_H

#define RATIO_CELL 64

/* To be called once, before GMP makes any number. */
void ratio_memory_use(void);

#endif
