/*
 * An event type: its fields, which never change, and what labels read beside them.
 */
#include <string.h>

#include "meter/catalog_parts.h"
#include "meter/core_type.h"

#define TIME_POINTER "/time"

static size_t find_field(const struct catalog_type *type, struct slice pointer)
{
    for (size_t i = 0; i < type->field_count; i++) {
        if (slice_compare(type->fields[i].pointer, pointer) == 0)
            return i;
    }
    return SIZE_MAX;
}

static bool add_field(struct catalog_draft *draft, struct catalog_type *type,
                      struct catalog_field field, struct error *err)
{
    if (type->field_count == CATALOG_FIELDS_MAX)
        return error_set(err, ERROR_INPUT, "more than %d fields", CATALOG_FIELDS_MAX);
    if (!scan_plan_add(draft->catalog->scan, field.pointer, &field.scan_index, err))
        return false;
    type->fields[type->field_count++] = field;
    return true;
}

bool type_field(const struct catalog_type *type, struct slice pointer, size_t *out_field,
                struct error *err)
{
    size_t field = find_field(type, pointer);
    if (field >= type->own_count || !type->fields[field].is_meaning)
        return error_set(err, ERROR_INPUT,
                         "'%s' is not among the fields that type '%s' declares; what decides how "
                         "much is billed must be part of an event's meaning",
                         pointer.data, type->type.data);
    *out_field = field;
    return true;
}

bool type_label_field(struct catalog_draft *draft, struct catalog_type *type, struct slice pointer,
                      size_t *out_field, struct error *err)
{
    size_t field = find_field(type, pointer);
    if (field == SIZE_MAX) {
        struct catalog_field label = {.pointer = pointer, .kind = FIELD_SCALAR};
        if (!add_field(draft, type, label, err))
            return false;
        field = type->field_count - 1;
    }
    *out_field = field;
    return true;
}

static bool compile_core(struct catalog_draft *draft, struct slice word, struct catalog_type *type,
                         struct error *err)
{
    const struct core_type *core = core_type_find(word);
    if (core == NULL)
        return error_set(err, ERROR_INPUT, "'%s' is not a core type", word.data);
    if (!slice_equals(type->type, core->type))
        return error_set(err, ERROR_INPUT, "core '%s' has the type '%s'", word.data, core->type);
    type->core = core;
    for (size_t i = 0; i < core->field_count; i++) {
        const struct core_field *from = &core->fields[i];
        struct catalog_field field = {
            .pointer = slice_of(from->pointer),
            .kind = from->kind,
            .is_required = from->is_required,
            .is_meaning = from->is_meaning,
        };
        if (!add_field(draft, type, field, err))
            return false;
    }
    type->instant =
        core->instant == NULL ? CATALOG_INSTANT_TIME : find_field(type, slice_of(core->instant));
    return true;
}

static bool is_listed(const json_t *strings, struct slice text)
{
    for (size_t i = 0; i < draft_count(strings); i++) {
        const json_t *string = json_array_get(strings, i);
        if (slice_compare((struct slice){json_string_value(string), json_string_length(string)},
                          text) == 0)
            return true;
    }
    return false;
}

static bool check_instants(const json_t *instants, const json_t *meaning, struct error *err)
{
    for (size_t i = 0; i < draft_count(instants); i++) {
        const char *pointer = json_string_value(json_array_get(instants, i));
        if (!is_listed(meaning, slice_of(pointer)))
            return error_set(err, ERROR_INPUT, "instants: '%s' is not in its meaning", pointer);
    }
    return true;
}

/* The instant is the first field, then the meaning in the order given: the order is what is hashed.
 */
static bool compile_generic(struct catalog_draft *draft, const json_t *json,
                            struct catalog_type *type, struct error *err)
{
    const json_t *meaning = json_object_get(json, "meaning");
    const json_t *instants = json_object_get(json, "instants");
    struct slice instant = draft_member(draft, json, "instant");
    if (!check_instants(instants, meaning, err))
        return false;
    type->instant = CATALOG_INSTANT_TIME;
    if (!slice_equals(instant, TIME_POINTER)) {
        struct catalog_field field = {instant, 0, FIELD_INSTANT, true, true};
        type->instant = 0;
        if (!add_field(draft, type, field, err))
            return false;
    }
    for (size_t i = 0; i < draft_count(meaning); i++) {
        struct catalog_field field = {.is_meaning = true};
        field.pointer = draft_text(draft, json_array_get(meaning, i));
        field.kind = is_listed(instants, field.pointer) ? FIELD_INSTANT : FIELD_SCALAR;
        if (find_field(type, field.pointer) == SIZE_MAX && !add_field(draft, type, field, err))
            return false;
    }
    return true;
}

bool type_compile(struct catalog_draft *draft, const json_t *json, struct catalog_type *out_type,
                  struct error *err)
{
    const json_t *core = json_object_get(json, "core");
    *out_type = (struct catalog_type){.type = draft_member(draft, json, "type")};
    out_type->fields = arena_array(draft->arena, CATALOG_FIELDS_MAX, sizeof(*out_type->fields));
    bool compiled = core != NULL ? compile_core(draft, draft_text(draft, core), out_type, err)
                                 : compile_generic(draft, json, out_type, err);
    out_type->own_count = out_type->field_count;
    return compiled;
}
