/*
 * Steps of one event's quantity.
 */
#include "meter/per_event.h"

#include <assert.h>
#include <string.h>

#include "meter/catalog_parts.h"

static const struct {
    const char *member;
    enum event_step_kind kind;
} words[] = {
    {"minimum", EVENT_MINIMUM},
    {"maximum", EVENT_MAXIMUM},
    {"multiply", EVENT_MULTIPLY},
    {"add", EVENT_ADD},
};

static enum event_step_kind rounding(const char *word)
{
    if (strcmp(word, "nearest") == 0)
        return EVENT_ROUND_NEAREST;
    return strcmp(word, "down") == 0 ? EVENT_ROUND_DOWN : EVENT_ROUND_UP;
}

static bool compile_step(const json_t *json, struct event_step *out, struct error *err)
{
    const char *round = json_string_value(json_object_get(json, "round"));

    if (round) {
        *out =
            (struct event_step){rounding(round), draft_whole(json_object_get(json, "increment"))};
        return out->number > 0 ||
               error_set(err, ERROR_INPUT, "per_event: an increment is at least 1 base unit");
    }
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const json_t *number = json_object_get(json, words[i].member);

        if (number)
            *out = (struct event_step){words[i].kind, draft_whole(number)};
    }
    return true;
}

bool event_steps_compile(const json_t *json, struct arena *arena,
                         const struct event_step **out_steps, size_t *out_count, struct error *err)
{
    size_t count = draft_count(json);
    struct event_step *steps = arena_array(arena, count, sizeof(*steps));

    for (size_t i = 0; i < count; i++)
        if (!compile_step(json_array_get(json, i), &steps[i], err))
            return false;
    *out_steps = steps;
    *out_count = count;
    return true;
}

static bool apply(const struct event_step *step, int128 *quantity)
{
    int128 number = step->number;
    int128 sum = *quantity;

    switch (step->kind) {
    case EVENT_ROUND_UP:
    case EVENT_ROUND_NEAREST:
        if (!number_add(sum, step->kind == EVENT_ROUND_UP ? number - 1 : number / 2, &sum))
            return false;
        *quantity = sum - sum % number;
        return true;
    case EVENT_ROUND_DOWN: *quantity -= *quantity % number; return true;
    case EVENT_MINIMUM: *quantity = sum > 0 && sum < number ? number : sum; return true;
    case EVENT_MAXIMUM: *quantity = sum > number ? number : sum; return true;
    case EVENT_MULTIPLY: return number_multiply(*quantity, number, quantity);
    case EVENT_ADD: return number_add(*quantity, number, quantity);
    }
    assert(false);
    return false;
}

bool event_steps_apply(const struct event_step *steps, size_t count, int128 *quantity)
{
    int128 result = *quantity;

    assert(result >= 0);
    for (size_t i = 0; i < count; i++)
        if (!apply(&steps[i], &result))
            return false;
    *quantity = result;
    return true;
}
