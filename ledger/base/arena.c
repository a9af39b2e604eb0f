#include "base/arena.h"

#include <assert.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Small enough that malloc serves it without a system call, once it has been used before. */
#define BLOCK_SIZE ((size_t)64 * 1024)
#define STAY_SIZE (16 << 20)
#define SMALL_SIZE ((size_t)1024)
#define ALIGNMENT _Alignof(max_align_t)

struct arena_block {
    struct arena_block *older;
    size_t size;
    size_t used;
    _Alignas(max_align_t) unsigned char bytes[];
};

static _Noreturn void out_of_memory(size_t size)
{
    (void)fprintf(stderr, "out of memory: %zu bytes\n", size);
    abort();
}

static size_t multiply_or_abort(size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product))
        out_of_memory(SIZE_MAX);
    return product;
}

/*
 * Blocks of arenas that ended, for the next ones of the thread: given back to malloc, each would
 * make it go through all that is free. A tool that looks for the use of freed memory sees all.
 */
#if defined(__SANITIZE_ADDRESS__)
#define BLOCKS_KEPT 0
#else
#define BLOCKS_KEPT 32
#endif

static _Thread_local struct arena_block *kept;
static _Thread_local size_t kept_count;

static bool block_keep(struct arena_block *block)
{
    if (block->size != BLOCK_SIZE || kept_count + 1 > BLOCKS_KEPT)
        return false;
    block->older = kept;
    kept = block;
    kept_count++;
    return true;
}

static struct arena_block *block_kept(void)
{
    struct arena_block *block = kept;
    kept = block->older;
    kept_count--;
    *block = (struct arena_block){.size = BLOCK_SIZE};
    return block;
}

static struct arena_block *block_make(size_t size)
{
    if (size == BLOCK_SIZE && kept != NULL)
        return block_kept();
    size_t total;
    if (__builtin_add_overflow(sizeof(struct arena_block), size, &total))
        out_of_memory(SIZE_MAX);
    struct arena_block *block = malloc(total);
    if (block == NULL)
        out_of_memory(total);
    *block = (struct arena_block){.size = size};
    return block;
}

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

static void free_blocks(struct arena_block *block)
{
    while (block != NULL) {
        struct arena_block *older = block->older;
        if (!block_keep(block))
            free(block);
        block = older;
    }
}

void arena_release(struct arena *arena)
{
    free_blocks(arena->blocks);
    free_blocks(arena->spare);
    arena_init(arena);
}

void arena_reset(struct arena *arena)
{
    struct arena_block *first = arena->blocks;
    while (first != NULL && first->older != NULL) {
        struct arena_block *older = first->older;
        free(first);
        first = older;
    }
    if (first != NULL)
        first->used = 0;
    free_blocks(arena->spare);
    *arena = (struct arena){.blocks = first};
}

void arena_recycle(struct arena *arena)
{
    free_blocks(arena->spare);
    *arena = (struct arena){.spare = arena->blocks};
}

/* A spare block of about this size, or a new one. */
static struct arena_block *block_take(struct arena *arena, size_t size)
{
    for (struct arena_block **link = &arena->spare; *link != NULL; link = &(*link)->older) {
        struct arena_block *block = *link;
        if (block->size < size || block->size / 2 > size)
            continue;
        *link = block->older;
        block->used = 0;
        return block;
    }
    return block_make(size);
}

/* A block with room. What is large gets its own, behind the newest, whose rest stays in use. */
static struct arena_block *block_with_room(struct arena *arena, size_t size)
{
    struct arena_block *newest = arena->blocks;
    if (newest != NULL && newest->size - newest->used >= size)
        return newest;
    struct arena_block *block = block_take(arena, size > BLOCK_SIZE ? size : BLOCK_SIZE);
    if (newest != NULL && size > BLOCK_SIZE / 4) {
        block->older = newest->older;
        newest->older = block;
    } else {
        block->older = newest;
        arena->blocks = block;
    }
    return block;
}

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
}

/* The `size` bytes of the block from `used` on. */
static unsigned char *take(struct arena *arena, struct arena_block *block, size_t used, size_t size)
{
    unsigned char *memory = block->bytes + used;
    block->used = used + size;
    arena->used_bytes += size;
    assert(block->used <= block->size);
    return memory;
}

void *arena_room(struct arena *arena, size_t size)
{
    if (size > SIZE_MAX - 2 * ALIGNMENT)
        out_of_memory(size);
    size_t rounded = aligned(size);
    /* bytes that were handed out before may have ended anywhere */
    struct arena_block *block = block_with_room(arena, rounded + ALIGNMENT - 1);
    return take(arena, block, aligned(block->used), rounded);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return memset(arena_room(arena, size), 0, size);
}

char *arena_bytes(struct arena *arena, size_t size)
{
    struct arena_block *block = block_with_room(arena, size);
    return (char *)take(arena, block, block->used, size);
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    return arena_alloc(arena, multiply_or_abort(count, size));
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    void *copy = arena_room(arena, size);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return arena_text_n(arena, text, strlen(text));
}

char *arena_text_n(struct arena *arena, const char *text, size_t n)
{
    if (n == SIZE_MAX)
        out_of_memory(n);
    char *copy = arena_alloc(arena, n + 1);
    if (n > 0)
        memcpy(copy, text, n);
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(size >= 0);
    char *text = arena_alloc(arena, (size_t)size + 1);
    va_start(arguments, format);
    (void)vsnprintf(text, (size_t)size + 1, format, arguments);
    va_end(arguments);
    return text;
}

void memory_stay(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, STAY_SIZE);
    (void)mallopt(M_TRIM_THRESHOLD, 16 * STAY_SIZE);
}

void *memory_alloc(size_t size)
{
    /* malloc has what is small at hand, calloc looks for it */
    if (size - 1 < SMALL_SIZE) {
        void *small = malloc(size);
        if (small == NULL)
            out_of_memory(size);
        memset(small, 0, size);
        return small;
    }
    void *memory = calloc(1, size > 0 ? size : 1);
    if (memory == NULL)
        out_of_memory(size);
    return memory;
}

void *memory_resize(void *memory, size_t size)
{
    void *resized = realloc(memory, size > 0 ? size : 1);
    if (resized == NULL)
        out_of_memory(size);
    return resized;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return items;
    size_t room = *capacity < 8 ? 16 : 2 * *capacity;
    void *grown = arena_array(arena, room, item_size);
    if (count > 0)
        memcpy(grown, items, count * item_size);
    *capacity = room;
    return grown;
}

void *memory_grow(void *memory, size_t *capacity, size_t wanted, size_t item_size)
{
    if (wanted <= *capacity)
        return memory;
    size_t doubled = *capacity <= SIZE_MAX / 2 ? *capacity * 2 : SIZE_MAX;
    size_t room = doubled < 8 ? 8 : doubled;
    if (room < wanted)
        room = wanted;
    void *grown = memory_resize(memory, multiply_or_abort(room, item_size));
    *capacity = room;
    return grown;
}
