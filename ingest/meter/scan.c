#include "meter/scan.h"

#include <assert.h>

#include "meter/scan_parts.h"

static bool is_fast = true;

void scan_use_fast(bool use)
{
    is_fast = use;
}

bool scan_object(const struct scan_plan *plan, enum scan_root root, struct slice bytes,
                 struct arena *arena, struct scan_field *out_fields, struct error *err)
{
    return (is_fast && scan_fast(plan, root, bytes, out_fields)) ||
           scan_slow(plan, root, bytes, arena, out_fields, err);
}

const char *scan_kind_word(enum scan_kind kind)
{
    static const char *const words[] = {"nothing",  "null",      "false",
                                        "true",     "a number",  "a fraction",
                                        "a string", "an object", "an array"};
    assert((size_t)kind < COUNT_OF(words));
    return words[kind];
}
