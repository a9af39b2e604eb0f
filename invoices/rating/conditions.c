/*
 * Conditions on dimensions.
 */
#include "rating/conditions.h"

#include <string.h>

static bool holds(const struct condition *condition, struct slice value)
{
    if (!value.data)
        return false;
    for (size_t i = 0; i < condition->value_count; i++)
        if (slice_equals(value, condition->values[i]))
            return true;
    return false;
}

bool conditions_hold(const struct conditions *where, const struct series *series)
{
    for (size_t i = 0; i < where->count; i++)
        if (!holds(&where->items[i], series_dimension(series, where->items[i].dimension)))
            return false;
    return true;
}

bool conditions_match(const char *meter, const struct conditions *where,
                      const struct series *series)
{
    return slice_equals(series->meter, meter) && conditions_hold(where, series);
}

static bool has_common_value(const struct condition *a, const struct condition *b)
{
    for (size_t i = 0; i < a->value_count; i++)
        for (size_t j = 0; j < b->value_count; j++)
            if (strcmp(a->values[i], b->values[j]) == 0)
                return true;
    return false;
}

static bool is_subset(const struct condition *inner, const struct condition *outer)
{
    for (size_t i = 0; i < inner->value_count; i++) {
        const struct condition one = {inner->dimension, 1, &inner->values[i]};

        if (!has_common_value(&one, outer))
            return false;
    }
    return true;
}

static const struct condition *find_condition(const struct conditions *where, const char *dimension)
{
    for (size_t i = 0; i < where->count; i++)
        if (strcmp(where->items[i].dimension, dimension) == 0)
            return &where->items[i];
    return NULL;
}

bool conditions_lie_inside(const struct conditions *inner, const struct conditions *outer)
{
    for (size_t i = 0; i < outer->count; i++) {
        const struct condition *narrow = find_condition(inner, outer->items[i].dimension);

        if (!narrow || !is_subset(narrow, &outer->items[i]))
            return false;
    }
    return true;
}

bool conditions_may_meet(const struct conditions *a, const struct conditions *b)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct condition *other = find_condition(b, a->items[i].dimension);

        if (other && !has_common_value(&a->items[i], other))
            return false;
    }
    return true;
}

const char *conditions_text(const struct conditions *conditions, struct arena *arena)
{
    const char *text = conditions->count > 0 ? "" : "any";

    for (size_t i = 0; i < conditions->count; i++)
        for (size_t v = 0; v < conditions->items[i].value_count; v++)
            text = arena_printf(arena, "%s%s%s=%s", text, *text ? ", " : "",
                                conditions->items[i].dimension, conditions->items[i].values[v]);
    return text;
}

bool conditions_equal(const struct conditions *a, const struct conditions *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->items[i].dimension, b->items[i].dimension) != 0 ||
            a->items[i].value_count != b->items[i].value_count)
            return false;
        for (size_t v = 0; v < a->items[i].value_count; v++)
            if (strcmp(a->items[i].values[v], b->items[i].values[v]) != 0)
                return false;
    }
    return true;
}
