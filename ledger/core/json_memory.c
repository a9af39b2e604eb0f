#include "core/json_memory.h"

#include <jansson.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)

/* malloc's memory, so that the sanitizer sees what is used after its release. */
void json_memory_use(void)
{
}

#else

/* Sizes of class c: at most LEAST + c × STEP, which is how malloc's blocks grow. */
#define LEAST 24
#define STEP 16
#define CLASSES 16
#define KEPT_BYTES_MAX ((size_t)1 << 20) /* of a thread: about what its cache holds */

union piece {
    union piece *next;
    unsigned char bytes[LEAST];
};

static _Thread_local union piece *kept[CLASSES];
static _Thread_local size_t kept_bytes;

static size_t bytes_of(size_t class)
{
    return LEAST + class * STEP;
}

static void *allocate(size_t size)
{
    size_t class = size <= LEAST ? 0 : (size - LEAST + STEP - 1) / STEP;

    if (class >= CLASSES)
        return malloc(size);
    union piece *piece = kept[class];
    if (piece == NULL)
        return malloc(bytes_of(class));
    kept[class] = piece->next;
    __builtin_prefetch(piece->next, 1); /* asked for soon, and long not looked at */
    kept_bytes -= bytes_of(class);
    return piece;
}

static void release(void *memory)
{
    if (memory == NULL)
        return;
    size_t size = malloc_usable_size(memory);
    size_t class = size < LEAST ? CLASSES : (size - LEAST) / STEP;
    if (class >= CLASSES || kept_bytes >= KEPT_BYTES_MAX) {
        free(memory);
        return;
    }
    union piece *piece = memory;
    piece->next = kept[class];
    kept[class] = piece;
    kept_bytes += bytes_of(class);
}

void json_memory_use(void)
{
    json_set_alloc_funcs(allocate, release);
}

#endif
