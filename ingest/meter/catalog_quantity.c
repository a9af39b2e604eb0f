/*
 * How much one event is: five ways to say it in the catalog, four kinds to compute.
 */
#include <assert.h>
#include <string.h>

#include "meter/catalog_parts.h"
#include "meter/core_type.h"

/* A field becomes a count when a meter multiplies it; its text is the same either way. */
static bool use_as_count(struct catalog_type *type, struct slice pointer, size_t *out_field,
                         struct error *err)
{
    if (!type_field(type, pointer, out_field, err))
        return false;
    struct catalog_field *field = &type->fields[*out_field];
    if (field->kind == FIELD_SCALAR)
        field->kind = FIELD_COUNT;
    if (field->kind != FIELD_COUNT)
        return error_set(err, ERROR_INPUT, "'%s' is no number", pointer.data);
    return true;
}

static bool use_as_instant(const struct catalog_type *type, struct slice pointer, size_t *out_field,
                           struct error *err)
{
    if (!type_field(type, pointer, out_field, err))
        return false;
    enum field_kind kind = type->fields[*out_field].kind;
    if (kind != FIELD_INSTANT && kind != FIELD_INSTANT_MS)
        return error_set(err, ERROR_INPUT, "'%s' is no instant: list it in the type's \"instants\"",
                         pointer.data);
    return true;
}

static bool compile_factor(struct catalog_draft *draft, struct catalog_type *type,
                           const json_t *json, struct catalog_quantity *quantity, struct error *err)
{
    if (quantity->factor_count == CATALOG_FACTORS_MAX)
        return error_set(err, ERROR_INPUT, "more than %d factors", CATALOG_FACTORS_MAX);
    if (!use_as_count(type, draft_text(draft, json), &quantity->factors[quantity->factor_count],
                      err))
        return false;
    quantity->factor_count++;
    return true;
}

static bool compile_duration(struct catalog_draft *draft, const struct catalog_type *type,
                             const json_t *span, struct catalog_quantity *quantity,
                             struct error *err)
{
    if (quantity->kind == QUANTITY_DURATION)
        return error_set(err, ERROR_INPUT, "a product has one duration at most");
    quantity->kind = QUANTITY_DURATION;
    quantity->unit_us = 1;
    return use_as_instant(type, draft_text(draft, json_array_get(span, 0)), &quantity->from, err) &&
           use_as_instant(type, draft_text(draft, json_array_get(span, 1)), &quantity->to, err);
}

static bool compile_product(struct catalog_draft *draft, struct catalog_type *type,
                            const json_t *product, struct catalog_quantity *quantity,
                            struct error *err)
{
    quantity->kind = QUANTITY_FACTORS;
    for (size_t i = 0; i < draft_count(product); i++) {
        const json_t *item = json_array_get(product, i);
        bool compiled =
            json_is_string(item)
                ? compile_factor(draft, type, item, quantity, err)
                : compile_duration(draft, type, json_object_get(item, "duration"), quantity, err);
        if (!compiled)
            return false;
    }
    return true;
}

static void compile_classes(struct catalog_draft *draft, const struct catalog_type *type,
                            const struct core_function *function, struct catalog_quantity *quantity)
{
    struct catalog_class *classes =
        arena_array(draft->arena, function->class_count, sizeof(*classes));
    for (size_t i = 0; i < function->class_count; i++) {
        struct error err;
        classes[i].value = slice_of(function->classes[i].value);
        bool found =
            type_field(type, slice_of(function->classes[i].pointer), &classes[i].field, &err);
        assert(found);
    }
    quantity->kind = QUANTITY_CLASSES;
    quantity->class_count = function->class_count;
    quantity->classes = classes;
}

static void compile_span(const struct catalog_type *type, const struct core_function *function,
                         struct catalog_quantity *quantity)
{
    struct error err;
    bool found = type_field(type, slice_of(function->from), &quantity->from, &err) &&
                 type_field(type, slice_of(function->to), &quantity->to, &err) &&
                 type_field(type, slice_of(function->factor), &quantity->factors[0], &err);
    assert(found);
    quantity->kind = QUANTITY_DURATION;
    quantity->factor_count = 1;
    quantity->unit_us = function->unit_us;
}

static bool compile_function(struct catalog_draft *draft, const struct catalog_type *type,
                             struct slice word, struct catalog_meter *meter, struct error *err)
{
    const struct core_function *function =
        type->core != NULL ? core_function_find(type->core, word) : NULL;
    if (function == NULL)
        return error_set(err, ERROR_INPUT, "type '%s' has no function '%s'", type->type.data,
                         word.data);
    if (!slice_equals(meter->unit, function->unit) || meter->scale != function->scale ||
        meter->aggregation != function->aggregation)
        return error_set(err, ERROR_INPUT, "function '%s' has unit '%s', scale %u, aggregation %s",
                         word.data, function->unit, (unsigned)function->scale,
                         aggregation_word(function->aggregation));
    meter->required_dimension = function->dimension;
    if (function->class_count > 0)
        compile_classes(draft, type, function, &meter->quantity);
    else
        compile_span(type, function, &meter->quantity);
    return true;
}

static bool check_rounding(const struct catalog_quantity *quantity, struct error *err)
{
    if (quantity->kind == QUANTITY_DURATION && (quantity->minimum > 0 || quantity->increment > 0))
        return error_set(err, ERROR_INPUT,
                         "a duration is cut at the grid, exactly: it has no minimum and no "
                         "increment");
    return true;
}

static bool check_aggregation(const struct catalog_meter *meter, struct error *err)
{
    const struct catalog_quantity *quantity = &meter->quantity;
    bool counts = quantity->kind == QUANTITY_COUNT;
    if (counts != (meter->aggregation == AGGREGATION_COUNT))
        return error_set(err, ERROR_INPUT, "aggregation 'count' and quantity 'count' go together");
    if (meter->aggregation == AGGREGATION_MAX && quantity->kind != QUANTITY_FACTORS)
        return error_set(err, ERROR_INPUT, "aggregation 'max' is of numbers, not of durations");
    return true;
}

bool quantity_compile(struct catalog_draft *draft, struct catalog_type *type, const json_t *json,
                      struct catalog_meter *meter, struct error *err)
{
    struct catalog_quantity *quantity = &meter->quantity;
    const json_t *function = json_object_get(json, "function");
    const json_t *pointer = json_object_get(json, "pointer");
    const json_t *duration = json_object_get(json, "duration");
    const json_t *product = json_object_get(json, "product");
    quantity->kind = pointer != NULL ? QUANTITY_FACTORS : QUANTITY_COUNT;
    quantity->minimum = draft_whole(json_object_get(json, "minimum"));
    quantity->increment = draft_whole(json_object_get(json, "increment"));
    if (function != NULL && !compile_function(draft, type, draft_text(draft, function), meter, err))
        return false;
    if (pointer != NULL && !compile_factor(draft, type, pointer, quantity, err))
        return false;
    if (duration != NULL && !compile_duration(draft, type, duration, quantity, err))
        return false;
    if (product != NULL && !compile_product(draft, type, product, quantity, err))
        return false;
    return check_rounding(quantity, err) && check_aggregation(meter, err);
}
