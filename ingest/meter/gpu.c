/*
 * gpu.slice.v1: one allocation had so many GPUs from start to end.
 *
 * The quantity is GPU time in µGPU·s: thousandths of a GPU × milliseconds, exactly, because
 * instants are whole milliseconds. gpu_milli is a dimension, so that what a window can hold at
 * most is known.
 */
#include "meter/core_type.h"

enum gpu_field {
    GPU_ALLOCATION,
    GPU_PROJECT,
    GPU_SKU,
    GPU_REGION,
    GPU_ZONE,
    GPU_MILLI,
    GPU_START,
    GPU_END,
    GPU_MARKET,
    GPU_COUNT,
    GPU_FIELD_COUNT,
};

static const struct core_field fields[GPU_FIELD_COUNT] = {
    [GPU_ALLOCATION] = {"/data/allocation", FIELD_TEXT, true, true},
    [GPU_PROJECT] = {"/data/project", FIELD_TEXT, false, true},
    [GPU_SKU] = {"/data/sku", FIELD_TEXT, true, true},
    [GPU_REGION] = {"/data/region", FIELD_TEXT, false, true},
    [GPU_ZONE] = {"/data/zone", FIELD_TEXT, false, true},
    [GPU_MILLI] = {"/data/gpu_milli", FIELD_COUNT, false, true},
    [GPU_START] = {"/data/start", FIELD_INSTANT_MS, true, true},
    [GPU_END] = {"/data/end", FIELD_INSTANT_MS, true, true},
    [GPU_MARKET] = {"/data/market", FIELD_TEXT, true, true},
    /* becomes gpu_milli, so that both ways of saying it mean the same */
    [GPU_COUNT] = {"/data/gpu_count", FIELD_COUNT, false, false},
};

static const struct core_function functions[] = {
    {
        .word = "gpu_time",
        .unit = "uGPU.s",
        .scale = 6,
        .aggregation = AGGREGATION_SUM,
        .from = "/data/start",
        .to = "/data/end",
        .factor = "/data/gpu_milli",
        .unit_us = 1000,
        .dimension = "gpu_milli",
    },
};

static const char *const markets[] = {"on_demand", "spot", "reserved", "block"};

static bool check_market(struct slice market, struct refusal *refusal)
{
    for (size_t i = 0; i < COUNT_OF(markets); i++) {
        if (slice_equals(market, markets[i]))
            return true;
    }
    return refusal_set(refusal, REFUSAL_MALFORMED,
                       "data.market '%.*s' is not on_demand, spot, reserved or block",
                       (int)(market.size < 60 ? market.size : 60), market.data);
}

static bool check_gpus(struct measure_value *values, struct refusal *refusal)
{
    if (values[GPU_MILLI].is_present == values[GPU_COUNT].is_present)
        return refusal_set(refusal, REFUSAL_MALFORMED,
                           "data must have gpu_milli or gpu_count, and not both");
    if (values[GPU_COUNT].is_present)
        measure_set_count(&values[GPU_MILLI], values[GPU_COUNT].number * 1000);
    return true;
}

static bool check(struct measure_value *values, const struct measure_input *input,
                  struct refusal *refusal)
{
    return check_market(values[GPU_MARKET].text, refusal) && check_gpus(values, refusal) &&
           measure_check_span(input, (int64_t)values[GPU_START].number,
                              (int64_t)values[GPU_END].number,
                              input->is_file ? MEASURE_LONG_US : MEASURE_SLICE_US, refusal);
}

const struct core_type core_type_gpu = {
    .word = "gpu",
    .type = "gpu.slice.v1",
    .fields = fields,
    .field_count = COUNT_OF(fields),
    .instant = "/data/start",
    .functions = functions,
    .function_count = COUNT_OF(functions),
    .check = check,
};
