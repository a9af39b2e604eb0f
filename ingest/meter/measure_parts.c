/*
 * Values → parts: for each meter that the event passes the filters of, how much, of which series,
 * in which windows.
 */
#include "meter/measure_parts.h"

#include <assert.h>
#include <string.h>

#define PARTS_FEW 16

/* Few at first, since few is what events have; more in the arena. */
struct part_list {
    struct arena *arena;
    size_t count;
    size_t capacity;
    struct measure_part *parts;
    struct measure_part few[PARTS_FEW];
};

/* What one meter is measured with. */
struct meter_work {
    const struct measure_context *context;
    const struct measure_input *input;
    const struct measure_value *values;
    const struct catalog_meter *meter;
    int64_t instant_us;
    uint32_t grid_seconds;
    struct slice dimensions[SERIES_DIMENSIONS_MAX]; /* as series_find() wants them */
    size_t dimension_count;
    struct series_classes *classes; /* of a meter of classes, once one of them is there */
    size_t class_index;             /* of the class that the dimensions end with */
};

static bool reserve(struct part_list *list, uint64_t more, struct refusal *refusal)
{
    if (more > MEASURE_PARTS_MAX - list->count)
        return refusal_set(refusal, REFUSAL_TOO_MANY_WINDOWS, "more than %d entries",
                           MEASURE_PARTS_MAX);
    size_t wanted = list->count + (size_t)more;
    if (wanted <= list->capacity)
        return true;
    list->capacity = wanted > 2 * list->capacity ? wanted : 2 * list->capacity;
    struct measure_part *parts = arena_array(list->arena, list->capacity, sizeof(*parts));
    if (list->count > 0)
        memcpy(parts, list->parts, list->count * sizeof(*parts));
    list->parts = parts;
    return true;
}

static bool refuse_overflow(const struct meter_work *work, struct refusal *refusal)
{
    return refusal_set(refusal, REFUSAL_OVERFLOW, "meter '%s': more than 10^18 %s",
                       work->meter->meter.data, work->meter->unit.data);
}

static bool passes(const struct catalog_meter *meter, const struct measure_value *values)
{
    for (size_t i = 0; i < meter->filter_count; i++) {
        const struct catalog_filter *filter = &meter->filters[i];
        const struct measure_value *value = &values[filter->field];
        bool matches = false;
        for (size_t v = 0; v < filter->value_count && value->is_present && !matches; v++)
            matches = slice_compare(filter->values[v], value->text) == 0;
        if (!matches)
            return false;
    }
    return true;
}

static bool add_dimension(struct meter_work *work, const struct catalog_dimension *dimension,
                          struct refusal *refusal)
{
    const struct measure_value *value = &work->values[dimension->field];
    struct slice *out = &work->dimensions[work->dimension_count++];
    *out = (struct slice){NULL, 0};
    if (!value->is_present)
        return true;
    if (value->text.size > MEASURE_VALUE_SIZE_MAX)
        return refusal_set(refusal, REFUSAL_MALFORMED,
                           "dimension '%.*s' has %zu bytes; %d are "
                           "allowed",
                           (int)dimension->name.size, dimension->name.data, value->text.size,
                           MEASURE_VALUE_SIZE_MAX);
    *out = value->text;
    return true;
}

/* A count that is absent is in the band of zero: every event has a class. */
static struct slice classify(const struct catalog_classifier *classifier, int128 number)
{
    size_t band = 0;
    while (number > classifier->bands[band].up_to)
        band++;
    assert(band < classifier->band_count);
    return classifier->bands[band].value;
}

static bool collect_dimensions(struct meter_work *work, struct refusal *refusal)
{
    const struct catalog_meter *meter = work->meter;
    for (size_t i = 0; i < meter->dimension_count; i++) {
        if (!add_dimension(work, &meter->dimensions[i], refusal))
            return false;
    }
    for (size_t i = 0; i < meter->label_count; i++) {
        if (!add_dimension(work, &meter->labels[i], refusal))
            return false;
    }
    for (size_t i = 0; i < meter->classifier_count; i++) {
        const struct catalog_classifier *classifier = &meter->classifiers[i];
        int128 number = 0; /* 8 × 10^18 at most */
        for (size_t f = 0; f < classifier->field_count; f++)
            number += work->values[classifier->fields[f]].number;
        work->dimensions[work->dimension_count++] = classify(classifier, number);
    }
    return true;
}

static bool find_series(struct meter_work *work, const struct series_ref **out,
                        struct refusal *refusal)
{
    struct error err;
    struct series_cache *cache = work->context->series;
    if (work->meter->quantity.kind == QUANTITY_CLASSES && work->classes == NULL)
        work->classes =
            series_classes_find(cache, work->meter, work->dimensions, work->dimension_count - 1);
    bool found =
        work->classes != NULL
            ? series_of_class(cache, work->classes, work->meter, work->dimensions,
                              work->dimension_count, work->class_index, out, &err)
            : series_find(cache, work->meter, work->dimensions, work->dimension_count, out, &err);
    return found || refusal_from_error(refusal, REFUSAL_MALFORMED, &err);
}

static bool add_part(struct meter_work *work, int128 quantity, struct part_list *list,
                     struct refusal *refusal)
{
    const struct series_ref *series;
    assert(quantity >= 0);
    if (quantity > MEASURE_QUANTITY_MAX)
        return refuse_overflow(work, refusal);
    if (quantity == 0)
        return true;
    if (!reserve(list, 1, refusal) || !find_series(work, &series, refusal))
        return false;
    list->parts[list->count++] = (struct measure_part){
        .meter = work->meter,
        .series = series,
        .window = window_of(work->instant_us, work->grid_seconds),
        .quantity = quantity,
    };
    return true;
}

static bool multiply_factors(const struct meter_work *work, int128 *out, struct refusal *refusal)
{
    const struct catalog_quantity *quantity = &work->meter->quantity;
    int128 product = 1;
    for (size_t i = 0; i < quantity->factor_count; i++) {
        const struct measure_value *value = &work->values[quantity->factors[i]];
        if (!value->is_present)
            return refusal_set(refusal, REFUSAL_MALFORMED, "meter '%s': %s is missing",
                               work->meter->meter.data,
                               work->input->type->fields[quantity->factors[i]].pointer.data);
        if (!number_multiply(product, value->number, &product))
            return refuse_overflow(work, refusal);
    }
    *out = product;
    return true;
}

static bool add_factors(struct meter_work *work, struct part_list *list, struct refusal *refusal)
{
    const struct catalog_quantity *quantity = &work->meter->quantity;
    int128 product;
    if (!multiply_factors(work, &product, refusal))
        return false;
    if (product > MEASURE_QUANTITY_MAX)
        return refuse_overflow(work, refusal);
    if (product > 0 && product < quantity->minimum)
        product = quantity->minimum;
    if (quantity->increment > 0 && product % quantity->increment != 0)
        product += quantity->increment - product % quantity->increment;
    if (!event_steps_apply(quantity->steps, quantity->step_count, &product))
        return refuse_overflow(work, refusal);
    return add_part(work, product, list, refusal);
}

/* Both ends of every piece are whole units: borders are whole seconds, and the ends were checked.
 */
static int128 piece_quantity(const struct window_piece *piece, uint32_t unit_us, int128 factor)
{
    int64_t length_us = piece->to_us - piece->from_us;
    int128 quantity;
    assert(length_us % unit_us == 0);
    /* factor ≤ 2^126 / MEASURE_LONG_US is checked by add_duration() */
    bool fits = number_multiply(factor, length_us / unit_us, &quantity);
    assert(fits);
    return quantity;
}

static bool add_pieces(struct meter_work *work, int64_t from_us, int64_t to_us, int128 factor,
                       struct part_list *list, struct refusal *refusal)
{
    const struct series_ref *series;
    struct window_piece piece;
    if (!reserve(list, window_count(from_us, to_us, work->grid_seconds), refusal) ||
        !find_series(work, &series, refusal))
        return false;
    struct window_cut cut = window_cut(from_us, to_us, work->grid_seconds);
    while (window_next(&cut, &piece)) {
        int128 quantity = piece_quantity(&piece, work->meter->quantity.unit_us, factor);
        if (quantity > MEASURE_QUANTITY_MAX)
            return refuse_overflow(work, refusal);
        list->parts[list->count++] = (struct measure_part){
            .meter = work->meter,
            .series = series,
            .window = piece.window,
            .quantity = quantity,
        };
    }
    return true;
}

static bool add_duration(struct meter_work *work, struct part_list *list, struct refusal *refusal)
{
    const struct catalog_quantity *quantity = &work->meter->quantity;
    const struct measure_value *from = &work->values[quantity->from];
    const struct measure_value *to = &work->values[quantity->to];
    int128 factor;
    if (!from->is_present || !to->is_present)
        return refusal_set(
            refusal, REFUSAL_MALFORMED, "meter '%s': %s is missing", work->meter->meter.data,
            work->input->type->fields[from->is_present ? quantity->to : quantity->from]
                .pointer.data);
    int64_t from_us = (int64_t)from->number;
    int64_t to_us = (int64_t)to->number;
    if (!measure_check_span(work->input, from_us, to_us, MEASURE_LONG_US, refusal) ||
        !multiply_factors(work, &factor, refusal))
        return false;
    if (factor > MEASURE_QUANTITY_MAX)
        return refuse_overflow(work, refusal);
    return factor == 0 || add_pieces(work, from_us, to_us, factor, list, refusal);
}

static bool add_classes(struct meter_work *work, struct part_list *list, struct refusal *refusal)
{
    const struct catalog_quantity *quantity = &work->meter->quantity;
    struct slice *class = &work->dimensions[work->dimension_count++];
    for (size_t i = 0; i < quantity->class_count; i++) {
        *class = quantity->classes[i].value;
        work->class_index = i;
        if (!add_part(work, work->values[quantity->classes[i].field].number, list, refusal))
            return false;
    }
    return true;
}

static bool add_meter(struct meter_work *work, struct part_list *list, struct refusal *refusal)
{
    if (!collect_dimensions(work, refusal))
        return false;
    switch (work->meter->quantity.kind) {
    case QUANTITY_COUNT: return add_part(work, 1, list, refusal);
    case QUANTITY_FACTORS: return add_factors(work, list, refusal);
    case QUANTITY_DURATION: return add_duration(work, list, refusal);
    case QUANTITY_CLASSES: return add_classes(work, list, refusal);
    }
    assert(false);
    return false;
}

bool measure_make_parts(const struct measure_context *context, const struct measure_input *input,
                        const struct measure_value *values, int64_t instant_us, struct arena *arena,
                        struct measure *out_measure, struct refusal *refusal)
{
    struct part_list list;
    list.arena = arena;
    list.count = 0;
    list.capacity = PARTS_FEW;
    list.parts = list.few;
    for (size_t i = 0; i < input->type->meter_count; i++) {
        const struct catalog_meter *meter = input->type->meters[i];
        struct meter_work work;
        if (!passes(meter, values))
            continue;
        work.context = context;
        work.input = input;
        work.values = values;
        work.meter = meter;
        work.instant_us = instant_us;
        work.grid_seconds = window_grid(input->grid_seconds, meter->grid_seconds);
        work.dimension_count = 0;
        work.classes = NULL;
        if (!add_meter(&work, &list, refusal))
            return false;
    }
    out_measure->part_count = list.count;
    out_measure->parts = list.parts == list.few && list.count > 0
                             ? arena_copy(arena, list.few, list.count * sizeof(*list.few))
                         : list.count > 0 ? list.parts
                                          : NULL;
    return true;
}
