#include "base/fiber.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/arena.h"

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define HAS_ADDRESS_SANITIZER 1
#else
#define HAS_ADDRESS_SANITIZER 0
#endif

/* A flow's place: of a fiber, or of who resumes them. */
struct flow {
    ucontext_t context;
    const void *stack; /* the lowest address */
    size_t size;
    void *shadow; /* the address sanitizer's */
};

struct fiber {
    struct flow flow;
    char *memory; /* the stack with its guard; NULL: not needed so far */
    fiber_work *work;
    void *context;
    bool has_ended;
};

struct fibers {
    struct flow caller;
    size_t current;
    bool is_inside; /* a fiber runs */
    size_t count;
    struct fiber *items;
};

/* --------------------------------------------------------------------------------- the switch */

static void arrive(struct flow *there, struct flow *left)
{
#if HAS_ADDRESS_SANITIZER
    __sanitizer_finish_switch_fiber(there->shadow, &left->stack, &left->size);
#else
    (void)there;
    (void)left;
#endif
}

static void switch_to(struct flow *from, struct flow *to, bool is_last)
{
#if HAS_ADDRESS_SANITIZER
    __sanitizer_start_switch_fiber(is_last ? NULL : &from->shadow, to->stack, to->size);
#else
    (void)is_last;
#endif
    if (swapcontext(&from->context, &to->context) != 0)
        abort(); /* it has no stack to switch to */
    arrive(from, to);
}

/* ---------------------------------------------------------------------------------- the fibers */

static void begin(unsigned high, unsigned low)
{
    struct fibers *fibers = (struct fibers *)(((uintptr_t)high << 16 << 16) | (uintptr_t)low);
    struct fiber *fiber = &fibers->items[fibers->current];
    arrive(&fiber->flow, &fibers->caller);
    fiber->work(fiber->context, fibers->current);
    fiber->has_ended = true;
    switch_to(&fiber->flow, &fibers->caller, true);
    abort(); /* what has ended is not resumed */
}

static size_t guard_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static void make_stack(struct fiber *fiber)
{
    size_t guard = guard_bytes();
    char *memory = mmap(NULL, guard + FIBER_STACK_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, guard, PROT_NONE) != 0)
        abort(); /* out of memory */
    fiber->memory = memory;
    fiber->flow.stack = memory + guard;
    fiber->flow.size = FIBER_STACK_BYTES;
}

struct fibers *fibers_open(size_t most)
{
    struct fibers *fibers = memory_alloc(sizeof(*fibers));
    fibers->count = most;
    fibers->items = memory_alloc(most * sizeof(*fibers->items));
    for (size_t i = 0; i < most; i++)
        fibers->items[i].has_ended = true;
    return fibers;
}

void fibers_release(struct fibers *fibers)
{
    if (fibers == NULL)
        return;
    for (size_t i = 0; i < fibers->count; i++) {
        assert(fibers->items[i].has_ended);
        if (fibers->items[i].memory != NULL)
            munmap(fibers->items[i].memory, guard_bytes() + FIBER_STACK_BYTES);
    }
    free(fibers->items);
    free(fibers);
}

void fiber_start(struct fibers *fibers, size_t which, fiber_work *work, void *context)
{
    assert(which < fibers->count && fibers->items[which].has_ended);
    struct fiber *fiber = &fibers->items[which];
    uintptr_t bits = (uintptr_t)fibers;
    if (fiber->memory == NULL)
        make_stack(fiber);
    fiber->work = work;
    fiber->context = context;
    fiber->has_ended = false;
    if (getcontext(&fiber->flow.context) != 0)
        abort(); /* it cannot fail */
    fiber->flow.context.uc_stack.ss_sp = fiber->memory + guard_bytes();
    fiber->flow.context.uc_stack.ss_size = FIBER_STACK_BYTES;
    fiber->flow.context.uc_link = NULL;
    fiber->flow.shadow = NULL;
    makecontext(&fiber->flow.context, (void (*)(void))begin, 2, (unsigned)(bits >> 16 >> 16),
                (unsigned)(bits & UINT32_MAX));
}

bool fiber_resume(struct fibers *fibers, size_t which)
{
    assert(!fibers->is_inside && which < fibers->count && !fibers->items[which].has_ended);
    fibers->is_inside = true;
    fibers->current = which;
    switch_to(&fibers->caller, &fibers->items[which].flow, false);
    fibers->is_inside = false;
    return !fibers->items[which].has_ended;
}

void fiber_wait(struct fibers *fibers)
{
    assert(fibers->is_inside);
    switch_to(&fibers->items[fibers->current].flow, &fibers->caller, false);
}

size_t fiber_current(const struct fibers *fibers)
{
    assert(fibers->is_inside);
    return fibers->current;
}
