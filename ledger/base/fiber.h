/*
 * Fibers: several flows of one thread, each on a stack of its own.
 *
 * One runs at a time, and another goes on only where it waits: between two waits nothing changes
 * under it, and nothing has to be locked. Whoever resumes them decides whose turn it is. For work
 * that is the same many times over and would wait for one answer after the other, where the answers
 * could be awaited together.
 */
#ifndef BASE_FIBER_H
#define BASE_FIBER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"

/* Of a stack, which is as large as a main thread's; what is not touched costs nothing. Below it
 * lies a page that nobody may touch. */
#define FIBER_STACK_BYTES ((size_t)8 << 20)

struct fibers;

typedef void fiber_work(void *context, size_t which);

/* At most so many at once; their stacks stay until the release. */
struct fibers *fibers_open(size_t most);
/* None may be on its way. NULL is fine. */
void fibers_release(struct fibers *fibers);
/* Gives fiber `which` its work, which begins when it is resumed. */
void fiber_start(struct fibers *fibers, size_t which, fiber_work *work, void *context);
/* Lets it run until it waits or ends; false: it has ended. Not called by a fiber. */
MUST_CHECK bool fiber_resume(struct fibers *fibers, size_t which);
/* Called by a fiber: until it is resumed. */
void fiber_wait(struct fibers *fibers);
/* Which one runs. */
size_t fiber_current(const struct fibers *fibers);

#endif
