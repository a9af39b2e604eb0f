/*
 * Values of dimensions.
 */
#include "rating/by.h"

#include <string.h>

struct by by_of(const struct dimension_names *names, const struct series *series,
                struct arena *arena)
{
    struct by by = {.count = names->count, .names = names->names};

    by.values = arena_array(arena, names->count, sizeof *by.values);
    for (size_t i = 0; series && i < names->count; i++)
        by.values[i] = series_dimension(series, names->names[i]);
    return by;
}

static int compare_values(struct slice a, struct slice b)
{
    if (a.data == b.data && a.size == b.size)
        return 0;
    if (!a.data || !b.data)
        return (a.data != NULL) - (b.data != NULL);
    return slice_compare(a, b);
}

int by_compare(const struct by *a, const struct by *b)
{
    int order = 0;

    for (size_t i = 0; order == 0 && i < a->count && i < b->count; i++)
        order = compare_values(a->values[i], b->values[i]);
    if (order == 0)
        order = (a->count > b->count) - (a->count < b->count);
    for (size_t i = 0; order == 0 && a->names != b->names && i < a->count; i++)
        order = strcmp(a->names[i], b->names[i]);
    return order;
}

const char **by_texts(const struct by *by, struct arena *arena)
{
    const char **texts = arena_array(arena, by->count, sizeof *texts);

    for (size_t i = 0; i < by->count; i++)
        if (by->values[i].data)
            texts[i] = arena_text_n(arena, by->values[i].data, by->values[i].size);
    return texts;
}
