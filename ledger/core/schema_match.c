/*
 * Checking a value against a compiled schema: one function a keyword.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/schema_node.h"

/* --------------------------------------------------------------------------------- messages */

static void append_pointer(const struct schema_place *place, struct text *out)
{
    if (!place->parent)
        return;
    append_pointer(place->parent, out);
    if (place->name) {
        text_append_char(out, '/');
        for (const char *c = place->name; *c != '\0'; c++)
            if (*c == '~' || *c == '/')
                text_append(out, *c == '~' ? "~0" : "~1");
            else
                text_append_char(out, *c);
    } else if (place->index != SCHEMA_SAME) {
        text_printf(out, "/%zu", place->index);
    }
}

bool schema_fail(const struct schema_place *place, struct error *err, const char *format, ...)
{
    CLEANUP(text_release) struct text pointer;
    char message[ERROR_MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    text_init(&pointer);
    append_pointer(place, &pointer);
    if (pointer.size > 0)
        text_append(&pointer, ": ");
    return error_set(err, ERROR_INPUT, "%.300s%s", pointer.size > 0 ? pointer.data : "", message);
}

const char *schema_show(const json_t *value, char out[SCHEMA_SHOWN_SIZE])
{
    char *dump;

    if (json_is_string(value)) {
        snprintf(out, SCHEMA_SHOWN_SIZE, "'%.58s'", json_string_value(value));
        return out;
    }
    dump = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    snprintf(out, SCHEMA_SHOWN_SIZE, "%.60s", dump ? dump : "?");
    free(dump);
    return out;
}

/* 'a', 'b', 'c' … for messages. */
static void append_values(const json_t *values, struct text *out)
{
    char shown[SCHEMA_SHOWN_SIZE];
    json_t *value;
    size_t index;

    json_array_foreach (values, index, value)
        text_printf(out, "%s%s", index > 0 ? ", " : "", schema_show(value, shown));
}

/* ------------------------------------------------------------------------------------ types */

static const char *type_of(const json_t *value)
{
    static const char *const words[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a string",
        [JSON_INTEGER] = "a number", [JSON_REAL] = "a number",  [JSON_TRUE] = "a boolean",
        [JSON_FALSE] = "a boolean",  [JSON_NULL] = "null",
    };

    return words[json_typeof(value)];
}

static bool type_word_fits(const char *word, const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return strcmp(word, "object") == 0;
    case JSON_ARRAY: return strcmp(word, "array") == 0;
    case JSON_STRING: return strcmp(word, "string") == 0;
    case JSON_INTEGER: return strcmp(word, "integer") == 0 || strcmp(word, "number") == 0;
    case JSON_REAL: return strcmp(word, "number") == 0;
    case JSON_TRUE:
    case JSON_FALSE: return strcmp(word, "boolean") == 0;
    case JSON_NULL: return strcmp(word, "null") == 0;
    }
    return false;
}

bool schema_type_fits(const json_t *type, const json_t *value)
{
    json_t *word;
    size_t index;

    if (json_is_string(type))
        return type_word_fits(json_string_value(type), value);
    json_array_foreach (type, index, word)
        if (type_word_fits(json_string_value(word), value))
            return true;
    return false;
}

static bool match_type(const struct schema_rule *rule, const struct schema_node *node,
                       const json_t *value, const struct schema_place *place, struct error *err)
{
    CLEANUP(text_release) struct text types;

    (void)node;
    text_init(&types);
    if (schema_type_fits(rule->argument, value))
        return true;
    if (json_is_string(rule->argument))
        text_append(&types, json_string_value(rule->argument));
    else
        append_values(rule->argument, &types);
    return schema_fail(place, err, "is %s where %s is right", type_of(value), types.data);
}

static bool match_const(const struct schema_rule *rule, const struct schema_node *node,
                        const json_t *value, const struct schema_place *place, struct error *err)
{
    char shown[SCHEMA_SHOWN_SIZE];
    char right[SCHEMA_SHOWN_SIZE];

    (void)node;
    return json_equal(rule->argument, value) ||
           schema_fail(place, err, "%s is not %s", schema_show(value, shown),
                       schema_show(rule->argument, right));
}

static bool match_enum(const struct schema_rule *rule, const struct schema_node *node,
                       const json_t *value, const struct schema_place *place, struct error *err)
{
    CLEANUP(text_release) struct text values;
    char shown[SCHEMA_SHOWN_SIZE];
    json_t *right;
    size_t index;

    (void)node;
    text_init(&values);
    json_array_foreach (rule->argument, index, right)
        if (json_equal(right, value))
            return true;
    append_values(rule->argument, &values);
    return schema_fail(place, err, "%s is not one of %.500s", schema_show(value, shown),
                       values.data);
}

/* ---------------------------------------------------------------------------------- objects */

static bool match_required(const struct schema_rule *rule, const struct schema_node *node,
                           const json_t *value, const struct schema_place *place, struct error *err)
{
    json_t *name;
    size_t index;

    (void)node;
    if (!json_is_object(value))
        return true;
    json_array_foreach (rule->argument, index, name)
        if (!json_object_get(value, json_string_value(name)))
            return schema_fail(place, err, "'%s' is missing", json_string_value(name));
    return true;
}

static bool match_member(const struct schema_node *node, const char *name, const json_t *value,
                         const struct schema_place *place, struct error *err)
{
    struct schema_place below = {place, name, 0, place->depth + 1};

    return schema_node_match(node, value, &below, err);
}

static bool match_properties(const struct schema_rule *rule, const struct schema_node *node,
                             const json_t *value, const struct schema_place *place,
                             struct error *err)
{
    (void)node;
    for (size_t i = 0; i < rule->child_count; i++) {
        const struct schema_child *child = &rule->children[i];
        const json_t *member = json_object_get(value, child->name);

        if (member && !match_member(child->node, child->name, member, place, err))
            return false;
    }
    return true;
}

static bool fail_unknown_member(const struct schema_rule *properties, const char *name,
                                const struct schema_place *place, struct error *err)
{
    CLEANUP(text_release) struct text known;

    text_init(&known);
    for (size_t i = 0; properties && i < properties->child_count; i++)
        text_printf(&known, "%s'%s'", i > 0 ? ", " : "", properties->children[i].name);
    return schema_fail(place, err, "'%.60s' is not known here; known: %.500s", name,
                       known.size > 0 ? known.data : "nothing");
}

static bool match_additional(const struct schema_rule *rule, const struct schema_node *node,
                             const json_t *value, const struct schema_place *place,
                             struct error *err)
{
    const struct schema_rule *properties = schema_node_rule(node, "properties");
    const char *name;
    json_t *member;

    json_object_foreach ((json_t *)(uintptr_t)value, name, member) {
        if (properties && json_object_get(properties->argument, name))
            continue;
        if (rule->child_count == 0)
            return fail_unknown_member(properties, name, place, err);
        if (!match_member(rule->children[0].node, name, member, place, err))
            return false;
    }
    return true;
}

static bool match_names(const struct schema_rule *rule, const struct schema_node *node,
                        const json_t *value, const struct schema_place *place, struct error *err)
{
    const char *name;
    json_t *member;

    (void)node;
    json_object_foreach ((json_t *)(uintptr_t)value, name, member) {
        json_t *text = json_string(name);
        bool fits = match_member(rule->children[0].node, name, text, place, err);

        json_decref(text);
        if (!fits)
            return false;
    }
    return true;
}

/* ----------------------------------------------------------------------------------- arrays */

static bool match_items(const struct schema_rule *rule, const struct schema_node *node,
                        const json_t *value, const struct schema_place *place, struct error *err)
{
    json_t *item;
    size_t index;

    (void)node;
    json_array_foreach (value, index, item) {
        struct schema_place below = {place, NULL, index, place->depth + 1};

        if (!schema_node_match(rule->children[0].node, item, &below, err))
            return false;
    }
    return true;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool match_unique(const struct schema_rule *rule, const struct schema_node *node,
                         const json_t *value, const struct schema_place *place, struct error *err)
{
    size_t count = json_array_size(value);
    char **texts = memory_alloc((count + 1) * sizeof(*texts));
    bool unique = true;

    (void)node;
    for (size_t i = 0; i < count; i++)
        texts[i] =
            json_dumps(json_array_get(value, i), JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    qsort(texts, count, sizeof(*texts), compare_texts);
    for (size_t i = 1; i < count && unique && json_is_true(rule->argument); i++)
        if (strcmp(texts[i - 1], texts[i]) == 0)
            unique = schema_fail(place, err, "has %.60s twice", texts[i]);
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
    free(texts);
    return unique;
}

/* ------------------------------------------------------------------------- strings, numbers */

static size_t code_points(const json_t *string)
{
    const char *bytes = json_string_value(string);
    size_t count = 0;

    for (size_t i = 0; i < json_string_length(string); i++)
        count += ((unsigned char)bytes[i] & 0xc0) != 0x80;
    return count;
}

static bool match_pattern(const struct schema_rule *rule, const struct schema_node *node,
                          const json_t *value, const struct schema_place *place, struct error *err)
{
    const char *title = json_string_value(json_object_get(node->source, "title"));
    char shown[SCHEMA_SHOWN_SIZE];

    if (!json_is_string(value) || regexec(rule->pattern, json_string_value(value), 0, NULL, 0) == 0)
        return true;
    return schema_fail(place, err, "%s does not match %s", schema_show(value, shown),
                       title ? title : json_string_value(rule->argument));
}

/* How many items or characters there are; false for a value that has neither. */
static bool count_of(const json_t *value, bool items, long long *out)
{
    if (items ? !json_is_array(value) : !json_is_string(value))
        return false;
    *out = (long long)(items ? json_array_size(value) : code_points(value));
    return true;
}

/* minItems, maxItems, minLength, maxLength: the word says which. */
static bool match_count(const struct schema_rule *rule, const struct schema_node *node,
                        const json_t *value, const struct schema_place *place, struct error *err)
{
    bool items = text_ends_with(rule->keyword->word, "Items");
    bool least = text_starts_with(rule->keyword->word, "min");
    long long limit = (long long)json_integer_value(rule->argument);
    long long count;

    (void)node;
    if (!count_of(value, items, &count) || (least ? count >= limit : count <= limit))
        return true;
    return schema_fail(place, err, "has %lld %s, %s %lld are right", count,
                       items ? "items" : "characters", least ? "at least" : "at most", limit);
}

static bool match_limit(const struct schema_rule *rule, const struct schema_node *node,
                        const json_t *value, const struct schema_place *place, struct error *err)
{
    bool least = strcmp(rule->keyword->word, "minimum") == 0;
    json_int_t limit = json_integer_value(rule->argument);
    json_int_t number = json_integer_value(value);

    (void)node;
    if (json_is_real(value))
        return schema_fail(place, err, "is not a whole number");
    if (!json_is_integer(value) || (least ? number >= limit : number <= limit))
        return true;
    return schema_fail(place, err, "%" JSON_INTEGER_FORMAT " is %s %" JSON_INTEGER_FORMAT, number,
                       least ? "below" : "above", limit);
}

/* ----------------------------------------------------------------------------- the whole node */

static bool match_ref(const struct schema_rule *rule, const struct schema_node *node,
                      const json_t *value, const struct schema_place *place, struct error *err)
{
    struct schema_place same = {place, NULL, SCHEMA_SAME, place->depth + 1};

    (void)node;
    return schema_node_match(rule->children[0].node, value, &same, err);
}

/* In the order in which they are checked. */
const struct schema_keyword schema_keywords[] = {
    {"$schema", SHAPE_TEXT, NULL},
    {"$id", SHAPE_TEXT, NULL},
    {"title", SHAPE_TEXT, NULL},
    {"description", SHAPE_TEXT, NULL},
    {"$defs", SHAPE_MEMBERS, NULL},
    {"type", SHAPE_TYPES, match_type},
    {"const", SHAPE_ANY, match_const},
    {"enum", SHAPE_VALUES, match_enum},
    {"$ref", SHAPE_REF, match_ref},
    {"propertyNames", SHAPE_SCHEMA, match_names},
    {"additionalProperties", SHAPE_CLOSED, match_additional},
    {"required", SHAPE_NAMES, match_required},
    {"properties", SHAPE_MEMBERS, match_properties},
    {"minItems", SHAPE_COUNT, match_count},
    {"maxItems", SHAPE_COUNT, match_count},
    {"uniqueItems", SHAPE_BOOLEAN, match_unique},
    {"items", SHAPE_SCHEMA, match_items},
    {"minLength", SHAPE_COUNT, match_count},
    {"maxLength", SHAPE_COUNT, match_count},
    {"pattern", SHAPE_PATTERN, match_pattern},
    {"minimum", SHAPE_INTEGER, match_limit},
    {"maximum", SHAPE_INTEGER, match_limit},
    {"oneOf", SHAPE_SCHEMAS, schema_match_one_of},
    {"anyOf", SHAPE_SCHEMAS, schema_match_any_of},
    {NULL, SHAPE_ANY, NULL},
};

const struct schema_rule *schema_node_rule(const struct schema_node *node, const char *word)
{
    for (size_t i = 0; i < node->rule_count; i++)
        if (strcmp(node->rules[i].keyword->word, word) == 0)
            return &node->rules[i];
    return NULL;
}

bool schema_node_match(const struct schema_node *node, const json_t *value,
                       const struct schema_place *place, struct error *err)
{
    if (place->depth > SCHEMA_DEPTH_MAX)
        return schema_fail(place, err, "is nested too deep, or its schema refers to itself");
    for (size_t i = 0; i < node->rule_count; i++) {
        const struct schema_rule *rule = &node->rules[i];

        if (rule->keyword->match && !rule->keyword->match(rule, node, value, place, err))
            return false;
    }
    return true;
}
