/*
 * Batches in a row that were lost to others: COMMIT found a range in the book already, or rules
 * that changed. Under load that is usual, where members change or another group reads the same
 * topic: the book is then further with every loss, whoever wrote. Where nothing is further,
 * claiming again changes nothing, and the program must stop and tell.
 */
#ifndef INGEST_CONTEST_H
#define INGEST_CONTEST_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/load.h"

/* Losses at one place: more than chance makes of two who are alive. */
#define CONTEST_STANDS_MAX 10
#define CONTEST_TELL 10 /* losses in a row, each time they are told */

struct contest {
    unsigned lost;   /* in a row */
    unsigned stands; /* of these, at the place of the last one */
    uint64_t place;  /* of the last one */
};

/* Where a load stands: its partitions, what of them is not in the book, and under which rules; as
 * one number that is another one as soon as anything of it moves. */
uint64_t contest_place(const struct load *load);
/* A loss; false when nothing moved for so long that nothing will. */
bool contest_lose(struct contest *contest, uint64_t place);
void contest_win(struct contest *contest);

#endif
