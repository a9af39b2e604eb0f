/*
 * tokens.request.v1: one request used so many tokens of each class. The classes are disjoint: what
 * was read from a cache is not in `input` again.
 */
#include "meter/core_type.h"

enum tokens_field {
    TOKENS_MODEL,
    TOKENS_REGION,
    TOKENS_PROJECT,
    TOKENS_PRINCIPAL,
    TOKENS_TIER,
    TOKENS_BATCH,
    TOKENS_CAPACITY,
    TOKENS_INPUT,
    TOKENS_CACHE_READ,
    TOKENS_CACHE_WRITE_5M,
    TOKENS_CACHE_WRITE_1H,
    TOKENS_OUTPUT,
    TOKENS_FIELD_COUNT,
};

static const struct core_field fields[TOKENS_FIELD_COUNT] = {
    [TOKENS_MODEL] = {"/data/model", FIELD_TEXT, true, true},
    [TOKENS_REGION] = {"/data/region", FIELD_TEXT, false, true},
    [TOKENS_PROJECT] = {"/data/project", FIELD_TEXT, false, true},
    [TOKENS_PRINCIPAL] = {"/data/principal", FIELD_TEXT, false, true},
    [TOKENS_TIER] = {"/data/tier", FIELD_TEXT, false, true},
    [TOKENS_BATCH] = {"/data/batch", FIELD_BOOLEAN, false, true},
    [TOKENS_CAPACITY] = {"/data/capacity", FIELD_TEXT, false, true},
    [TOKENS_INPUT] = {"/data/tokens/input", FIELD_COUNT, false, true},
    [TOKENS_CACHE_READ] = {"/data/tokens/cache_read", FIELD_COUNT, false, true},
    [TOKENS_CACHE_WRITE_5M] = {"/data/tokens/cache_write_5m", FIELD_COUNT, false, true},
    [TOKENS_CACHE_WRITE_1H] = {"/data/tokens/cache_write_1h", FIELD_COUNT, false, true},
    [TOKENS_OUTPUT] = {"/data/tokens/output", FIELD_COUNT, false, true},
};

static const struct core_class classes[] = {
    {"input", "/data/tokens/input"},
    {"cache_read", "/data/tokens/cache_read"},
    {"cache_write_5m", "/data/tokens/cache_write_5m"},
    {"cache_write_1h", "/data/tokens/cache_write_1h"},
    {"output", "/data/tokens/output"},
};

static const struct core_function functions[] = {
    {
        .word = "tokens_by_class",
        .unit = "token",
        .scale = 0,
        .aggregation = AGGREGATION_SUM,
        .classes = classes,
        .class_count = COUNT_OF(classes),
    },
};

/* Which classes a request has depends on the model; that it has none is a mistake. */
static bool check(struct measure_value *values, const struct measure_input *input,
                  struct refusal *refusal)
{
    (void)input;
    for (size_t i = TOKENS_INPUT; i <= TOKENS_OUTPUT; i++) {
        if (values[i].is_present)
            return true;
    }
    return refusal_set(refusal, REFUSAL_MALFORMED,
                       "data.tokens has none of input, cache_read, cache_write_5m, "
                       "cache_write_1h, output");
}

const struct core_type core_type_tokens = {
    .word = "tokens",
    .type = "tokens.request.v1",
    .fields = fields,
    .field_count = COUNT_OF(fields),
    .instant = NULL,
    .functions = functions,
    .function_count = COUNT_OF(functions),
    .check = check,
};
