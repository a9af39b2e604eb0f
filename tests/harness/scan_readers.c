#include "harness/scan_readers.h"

#include <stdlib.h>
#include <string.h>

static bool same_field(const struct scan_field *a, const struct scan_field *b)
{
    return a->kind == b->kind && a->integer == b->integer && slice_compare(a->text, b->text) == 0;
}

static bool same_fields(const struct scan_field *a, const struct scan_field *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!same_field(&a[i], &b[i]))
            return false;
    }
    return true;
}

struct scan_readers scan_by_both(const struct scan_plan *plan, enum scan_root root,
                                 struct slice bytes)
{
    struct arena arena CLEANUP(arena_release);
    struct error err;
    struct scan_readers readers;
    /* A reader that goes on behind the end is seen by the sanitizer. */
    char *exact = memory_alloc(bytes.size);
    if (bytes.size > 0)
        memcpy(exact, bytes.data, bytes.size);
    bytes.data = exact;
    arena_init(&arena);
    size_t count = scan_plan_count(plan);
    struct scan_field *fast = arena_array(&arena, count, sizeof *fast);
    struct scan_field *slow = arena_array(&arena, count, sizeof *slow);
    readers.fast = scan_fast(plan, root, bytes, fast);
    readers.slow = scan_slow(plan, root, bytes, &arena, slow, &err);
    readers.agree = !readers.fast || (readers.slow && same_fields(fast, slow, count));
    free(exact);
    return readers;
}
