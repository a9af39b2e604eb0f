#include "meter/core_type.h"

static const struct core_type *const core_types[] = {
    &core_type_gpu,
    &core_type_tokens,
};

const struct core_type *core_type_find(struct slice word)
{
    for (size_t i = 0; i < COUNT_OF(core_types); i++) {
        if (slice_equals(word, core_types[i]->word))
            return core_types[i];
    }
    return NULL;
}

const struct core_function *core_function_find(const struct core_type *core, struct slice word)
{
    for (size_t i = 0; i < core->function_count; i++) {
        if (slice_equals(word, core->functions[i].word))
            return &core->functions[i];
    }
    return NULL;
}
