/*
 * Sorting what has few places: windows of a month by hour, for one.
 *
 * A stable counting sort by a number, then each number's items as qsort_r() has them, unless they
 * stand so already. Where numbers lie too far apart to be counted it is qsort_r() alone.
 */
#ifndef RATING_SORT_H
#define RATING_SORT_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t sort_number(const void *item, const void *context);
typedef int sort_compare(const void *left, const void *right, void *context);

/* `number` never falls where `compare` rises. */
void sort_by_number(void *items, size_t count, size_t size, sort_number *number,
                    sort_compare *compare, const void *context);

#endif
