/*
 * Memory that is released together: one arena a batch, request, invoice.
 *
 * Out of memory aborts the program; all work is replayable. Memory is zeroed and aligned
 * for any type, but for arena_bytes() and arena_room(). An arena that was reset keeps its first
 * block and hands it out again.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "base/compiler.h"

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    struct arena_block *spare;  /* of before arena_recycle() */
    size_t used_bytes;          /* handed out since the last reset, for ceilings */
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);
/* Forgets all that was handed out; keeps one block. */
void arena_reset(struct arena *arena);
/* The same, but all that was handed out since the last time is kept, to be handed out again: for
 * what is filled to about the same size over and over, since the first touch of a page costs more
 * than writing to it. What was not used again meanwhile is given back. */
void arena_recycle(struct arena *arena);
void *arena_alloc(struct arena *arena, size_t size);
/* count × size; aborts on overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);
void *arena_room(struct arena *arena, size_t size); /* not zeroed: to be filled whole */
/* Bytes behind those of the call before, mostly: neither aligned nor zeroed. */
char *arena_bytes(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
char *arena_text(struct arena *arena, const char *text);             /* a copy of a C string */
char *arena_text_n(struct arena *arena, const char *text, size_t n); /* … of n bytes, zero added */
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);
/* `items` of `item_size` bytes with room for one more behind `count`: when *capacity is reached,
 * copied to twice the room. */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity,
                 size_t item_size);

/* From now on what is freed stays with the process: for programs that do the same again and again,
 * with more memory each time than malloc would keep. */
void memory_stay(void);

/* malloc family that aborts instead of returning NULL. */
void *memory_alloc(size_t size); /* zeroed */
void *memory_resize(void *memory, size_t size);
/* Makes room for `wanted` items of `item_size` bytes, doubling; updates *capacity. */
void *memory_grow(void *memory, size_t *capacity, size_t wanted, size_t item_size);

#endif
