/*
 * The same work several times at once on one connection: what each asks goes out together.
 *
 * Each piece of work runs until it asks for rows or changes some (row.h); when all wait or have
 * ended, their statements are sent in one go (libpq's pipeline), in the order of the work, and
 * answered in that order. An answer that many wait for costs one journey, not one each; the work
 * itself does not know. What is asked in the same journey must not depend on each other: a
 * statement does not see what a later piece of work changed in the same journey, nor the other way
 * round.
 *
 * Between two statements of one piece others run; they share the transaction, and end with it:
 * after one statement has failed, all that follow fail.
 */
#ifndef STORE_TOGETHER_H
#define STORE_TOGETHER_H

#include "base/fiber.h"
#include "store/store.h"

#define TOGETHER_MAX 64
/* Of rows that one piece of work visits: whose are more shall work alone, so that memory is that of
 * one large one, or of several small ones. */
#define TOGETHER_ROWS_MAX 20000

/* In a transaction: work(context, i) for 0 to count − 1, at most TOGETHER_MAX. False when a
 * statement failed or had too many rows: nothing but a rollback is left. The first error is that.
 */
MUST_CHECK bool store_together(struct store *store, size_t count, fiber_work *work, void *context,
                               struct error *err);

#endif
