/*
 * A meter: what it reads, under which dimensions, for which events.
 */
#include <assert.h>
#include <string.h>

#include "meter/catalog_parts.h"
#include "meter/window.h"

static bool compile_dimensions(struct catalog_draft *draft, const struct catalog_type *type,
                               const json_t *json, struct catalog_meter *meter, struct error *err)
{
    struct catalog_dimension *dimensions =
        arena_array(draft->arena, draft_count(json), sizeof(*dimensions));
    for (size_t i = 0; i < draft_count(json); i++) {
        const json_t *item = json_array_get(json, i);
        dimensions[i].name = draft_member(draft, item, "name");
        if (!type_field(type, draft_member(draft, item, "pointer"), &dimensions[i].field, err))
            return error_prefix(err, "dimension '%s': ", dimensions[i].name.data);
    }
    meter->dimensions = dimensions;
    meter->dimension_count = draft_count(json);
    return true;
}

/* A label given as a pointer alone is named as the last thing that it points to. */
static struct slice last_name(struct slice pointer)
{
    size_t at = pointer.size;
    while (at > 0 && pointer.data[at - 1] != '/')
        at--;
    return (struct slice){pointer.data + at, pointer.size - at};
}

static bool compile_labels(struct catalog_draft *draft, struct catalog_type *type,
                           const json_t *json, struct catalog_meter *meter, struct error *err)
{
    struct catalog_dimension *labels =
        arena_array(draft->arena, draft_count(json), sizeof(*labels));
    for (size_t i = 0; i < draft_count(json); i++) {
        const json_t *item = json_array_get(json, i);
        struct slice pointer =
            json_is_string(item) ? draft_text(draft, item) : draft_member(draft, item, "pointer");
        labels[i].name =
            json_is_string(item) ? last_name(pointer) : draft_member(draft, item, "name");
        if (!type_label_field(draft, type, pointer, &labels[i].field, err))
            return error_prefix(err, "label '%s': ", pointer.data);
    }
    meter->labels = labels;
    meter->label_count = draft_count(json);
    return true;
}

static bool compile_bands(struct catalog_draft *draft, const json_t *json,
                          struct catalog_classifier *classifier, struct error *err)
{
    size_t count = draft_count(json);
    struct catalog_band *bands = arena_array(draft->arena, count, sizeof(*bands));
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);
        const json_t *up_to = json_object_get(item, "up_to");
        bool is_last = i + 1 == count;
        if (is_last != (up_to == NULL))
            return error_set(err, ERROR_INPUT, "every band but the last has \"up_to\"");
        bands[i].up_to = is_last ? INT128_MAX : draft_whole(up_to);
        bands[i].value = draft_member(draft, item, "value");
        if (i > 0 && bands[i].up_to <= bands[i - 1].up_to)
            return error_set(err, ERROR_INPUT, "the bands do not ascend at '%s'",
                             bands[i].value.data);
    }
    classifier->bands = bands;
    classifier->band_count = count;
    return true;
}

/* One of the numbers whose sum is classified. */
static bool add_summand(struct catalog_draft *draft, struct catalog_type *type, const json_t *json,
                        struct catalog_classifier *classifier, struct error *err)
{
    struct slice pointer = draft_text(draft, json);
    size_t *index = &classifier->fields[classifier->field_count];
    assert(classifier->field_count < CATALOG_SUMMANDS_MAX);
    if (!type_field(type, pointer, index, err))
        return false;
    struct catalog_field *field = &type->fields[*index];
    if (field->kind == FIELD_SCALAR)
        field->kind = FIELD_COUNT;
    classifier->field_count++;
    return field->kind == FIELD_COUNT ||
           error_set(err, ERROR_INPUT, "'%s' is no number", pointer.data);
}

static bool compile_classifier(struct catalog_draft *draft, struct catalog_type *type,
                               const json_t *json, struct catalog_classifier *classifier,
                               struct error *err)
{
    const json_t *pointer = json_object_get(json, "pointer");
    const json_t *summands = json_object_get(json, "sum");
    classifier->name = draft_member(draft, json, "dimension");
    if ((pointer == NULL) == (summands == NULL))
        return error_set(err, ERROR_INPUT, "it classifies a \"pointer\" or the \"sum\" of several");
    if (pointer != NULL && !add_summand(draft, type, pointer, classifier, err))
        return false;
    for (size_t i = 0; i < draft_count(summands); i++)
        if (!add_summand(draft, type, json_array_get(summands, i), classifier, err))
            return false;
    return compile_bands(draft, json_object_get(json, "bands"), classifier, err);
}

static bool compile_classifiers(struct catalog_draft *draft, struct catalog_type *type,
                                const json_t *json, struct catalog_meter *meter, struct error *err)
{
    struct catalog_classifier *classifiers =
        arena_array(draft->arena, draft_count(json), sizeof(*classifiers));
    for (size_t i = 0; i < draft_count(json); i++) {
        const json_t *item = json_array_get(json, i);
        if (!compile_classifier(draft, type, item, &classifiers[i], err))
            return error_prefix(
                err, "classifier '%s': ", json_string_value(json_object_get(item, "dimension")));
    }
    meter->classifiers = classifiers;
    meter->classifier_count = draft_count(json);
    return true;
}

static void compile_filter_values(struct catalog_draft *draft, const json_t *json,
                                  struct catalog_filter *filter)
{
    const json_t *equals = json_object_get(json, "equals");
    const json_t *in = json_object_get(json, "in");
    size_t count = equals != NULL ? 1 : draft_count(in);
    struct slice *values = arena_array(draft->arena, count, sizeof(*values));
    for (size_t i = 0; i < count; i++)
        values[i] = draft_scalar(draft, equals != NULL ? equals : json_array_get(in, i));
    filter->values = values;
    filter->value_count = count;
}

static bool compile_filters(struct catalog_draft *draft, const struct catalog_type *type,
                            const json_t *json, struct catalog_meter *meter, struct error *err)
{
    struct catalog_filter *filters = arena_array(draft->arena, draft_count(json), sizeof(*filters));
    for (size_t i = 0; i < draft_count(json); i++) {
        const json_t *item = json_array_get(json, i);
        struct slice pointer = draft_member(draft, item, "pointer");
        if (!type_field(type, pointer, &filters[i].field, err))
            return error_prefix(err, "filter: ");
        if (type->fields[filters[i].field].kind == FIELD_INSTANT ||
            type->fields[filters[i].field].kind == FIELD_INSTANT_MS)
            return error_set(err, ERROR_INPUT, "filter: '%s' is an instant", pointer.data);
        compile_filter_values(draft, item, &filters[i]);
    }
    meter->filters = filters;
    meter->filter_count = draft_count(json);
    return true;
}

/* Every name that the meter's series may have. */
static size_t collect_names(const struct catalog_meter *meter,
                            struct slice names[SERIES_DIMENSIONS_MAX + 1])
{
    size_t count = 0;
    assert(meter->dimension_count + meter->label_count + meter->classifier_count + 1 <= 64);
    for (size_t i = 0; i < meter->dimension_count && count <= SERIES_DIMENSIONS_MAX; i++)
        names[count++] = meter->dimensions[i].name;
    for (size_t i = 0; i < meter->label_count && count <= SERIES_DIMENSIONS_MAX; i++)
        names[count++] = meter->labels[i].name;
    for (size_t i = 0; i < meter->classifier_count && count <= SERIES_DIMENSIONS_MAX; i++)
        names[count++] = meter->classifiers[i].name;
    if (meter->quantity.kind == QUANTITY_CLASSES && count <= SERIES_DIMENSIONS_MAX)
        names[count++] = slice_of(CATALOG_CLASS);
    return count;
}

static bool check_names(const struct catalog_meter *meter, struct error *err)
{
    struct slice names[SERIES_DIMENSIONS_MAX + 1];
    size_t count = collect_names(meter, names);
    if (count > SERIES_DIMENSIONS_MAX)
        return error_set(err, ERROR_INPUT, "more than %d dimensions, labels and classifiers",
                         SERIES_DIMENSIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (slice_compare(names[i], names[j]) == 0)
                return error_set(err, ERROR_INPUT, "dimension '%.*s' stands there twice",
                                 (int)names[i].size, names[i].data);
        }
    }
    return true;
}

static bool check_required_dimension(const struct catalog_meter *meter,
                                     const struct catalog_type *type, struct error *err)
{
    const char *required = meter->required_dimension;
    if (required == NULL)
        return true;
    for (size_t i = 0; i < meter->dimension_count; i++) {
        const struct catalog_dimension *dimension = &meter->dimensions[i];
        if (slice_equals(dimension->name, required) &&
            slice_compare(last_name(type->fields[dimension->field].pointer), dimension->name) == 0)
            return true;
    }
    return error_set(err, ERROR_INPUT,
                     "must have the dimension '%s' from /data/%s, so that a window's capacity is "
                     "known",
                     required, required);
}

/* Aggregations that no sum of entries makes are said to be wanted, not to be misspelt. */
static bool is_built(const char *aggregation, struct error *err)
{
    static const struct {
        const char *word;
        const char *instead;
    } refused[] = {
        {"unique", "count the events that are one of a kind, at their producer"},
        {"latest", "send how long each level was held and multiply: value × seconds"},
    };
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        if (strcmp(aggregation, refused[i].word) == 0)
            return error_set(err, ERROR_INPUT,
                             "aggregation '%s' is refused until the book has an entry kind for it; "
                             "%s",
                             aggregation, refused[i].instead);
    return true;
}

static bool compile_head(struct catalog_draft *draft, const json_t *json,
                         struct catalog_meter *meter, struct error *err)
{
    const char *aggregation = json_string_value(json_object_get(json, "aggregation"));
    const json_t *grid = json_object_get(json, "grid_seconds");
    meter->meter = draft_member(draft, json, "meter");
    meter->type = draft_member(draft, json, "type");
    meter->unit = draft_member(draft, json, "unit");
    meter->scale = (uint32_t)json_integer_value(json_object_get(json, "scale"));
    if (!is_built(aggregation, err))
        return false;
    meter->aggregation = AGGREGATION_SUM;
    while (strcmp(aggregation_word(meter->aggregation), aggregation) != 0)
        meter->aggregation++;
    meter->grid_seconds = grid != NULL ? (uint32_t)json_integer_value(grid) : 0;
    if (grid != NULL && !window_grid_is_valid(meter->grid_seconds))
        return error_set(err, ERROR_INPUT,
                         "a grid of %u s does not nest in every tenant's: take 1800, 900 or what "
                         "divides 900",
                         (unsigned)meter->grid_seconds);
    return true;
}

/* An event's number is one number only where it is not cut at the grid or split by class. */
static bool compile_steps(struct catalog_draft *draft, const json_t *json,
                          struct catalog_meter *meter, struct error *err)
{
    struct catalog_quantity *quantity = &meter->quantity;
    if (json != NULL && quantity->kind != QUANTITY_FACTORS)
        return error_set(err, ERROR_INPUT,
                         "per_event is of a pointer or a product without duration: time is cut at "
                         "the grid, exactly");
    return event_steps_compile(json, draft->arena, &quantity->steps, &quantity->step_count, err);
}

static struct catalog_type *draft_type(struct catalog_draft *draft, struct slice name)
{
    size_t at = catalog_index_find(draft->catalog->type_index, name);
    return at == SIZE_MAX ? NULL : &draft->types[at];
}

bool meter_compile(struct catalog_draft *draft, const json_t *json, struct catalog_meter *out_meter,
                   struct error *err)
{
    *out_meter = (struct catalog_meter){0};
    if (!compile_head(draft, json, out_meter, err))
        return false;
    struct catalog_type *type = draft_type(draft, out_meter->type);
    if (type == NULL)
        return error_set(err, ERROR_INPUT, "type '%s' is not in the catalog's types",
                         out_meter->type.data);
    return quantity_compile(draft, type, json_object_get(json, "quantity"), out_meter, err) &&
           compile_steps(draft, json_object_get(json, "per_event"), out_meter, err) &&
           compile_dimensions(draft, type, json_object_get(json, "dimensions"), out_meter, err) &&
           compile_classifiers(draft, type, json_object_get(json, "classifiers"), out_meter, err) &&
           compile_filters(draft, type, json_object_get(json, "filter"), out_meter, err) &&
           compile_labels(draft, type, json_object_get(json, "labels"), out_meter, err) &&
           check_names(out_meter, err) && check_required_dimension(out_meter, type, err);
}
