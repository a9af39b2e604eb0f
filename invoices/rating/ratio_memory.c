#include "rating/ratio_memory.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#if defined(__SANITIZE_ADDRESS__)

/* malloc's memory, so that the sanitizer sees what is used after its release. */
void ratio_memory_use(void)
{
}

#else

#define CELLS_AT_ONCE 512

union cell {
    union cell *next;
    unsigned char bytes[RATIO_CELL];
};

static _Thread_local union cell *unused;

static void make_cells(void)
{
    union cell *cells = memory_alloc(CELLS_AT_ONCE * sizeof *cells);

    for (size_t i = 0; i < CELLS_AT_ONCE; i++) {
        cells[i].next = unused;
        unused = &cells[i];
    }
}

static void *allocate(size_t size)
{
    if (size > RATIO_CELL)
        return memory_alloc(size);
    if (!unused)
        make_cells();
    union cell *cell = unused;
    unused = cell->next;
    return cell;
}

static void release(void *memory, size_t size)
{
    union cell *cell = memory;

    if (size > RATIO_CELL) {
        free(memory);
        return;
    }
    cell->next = unused;
    unused = cell;
}

static void *resize(void *memory, size_t size, size_t larger)
{
    if (size <= RATIO_CELL && larger <= RATIO_CELL)
        return memory;
    if (size > RATIO_CELL && larger > RATIO_CELL)
        return memory_resize(memory, larger);
    void *moved = allocate(larger);
    memcpy(moved, memory, size < larger ? size : larger);
    release(memory, size);
    return moved;
}

void ratio_memory_use(void)
{
    mp_set_memory_functions(allocate, resize, release);
}

#endif
