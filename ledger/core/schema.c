/*
 * Reading a schema: every keyword is looked up, every pattern compiled, every $ref resolved, once.
 */
#include "core/schema.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/schema_node.h"

struct schema {
    json_t *source;
    struct arena arena;
    struct schema_node *nodes; /* newest first; a $ref finds its node here */
    const struct schema_node *root;
};

static const char *const type_words[] = {
    "object", "array", "string", "integer", "number", "boolean", "null",
};

/* -------------------------------------------------------------------- shapes of the arguments */

static bool is_type_word(const json_t *value)
{
    for (size_t i = 0; i < COUNT_OF(type_words); i++)
        if (json_is_string(value) && strcmp(json_string_value(value), type_words[i]) == 0)
            return true;
    return false;
}

static bool all_items(const json_t *array, bool (*fits)(const json_t *item))
{
    json_t *item;
    size_t index;

    json_array_foreach (array, index, item)
        if (!fits(item))
            return false;
    return json_array_size(array) > 0;
}

static bool is_string(const json_t *value)
{
    return json_is_string(value);
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static bool all_members_are_objects(const json_t *object)
{
    const char *name;
    json_t *member;

    json_object_foreach ((json_t *)(uintptr_t)object, name, member)
        if (!json_is_object(member))
            return false;
    return json_is_object(object);
}

static bool shape_fits(enum schema_shape shape, const json_t *argument)
{
    switch (shape) {
    case SHAPE_ANY: return true;
    case SHAPE_TEXT:
    case SHAPE_PATTERN:
    case SHAPE_REF: return json_is_string(argument);
    case SHAPE_BOOLEAN: return json_is_boolean(argument);
    case SHAPE_INTEGER: return json_is_integer(argument);
    case SHAPE_COUNT: return json_is_integer(argument) && json_integer_value(argument) >= 0;
    case SHAPE_VALUES: return json_is_array(argument) && json_array_size(argument) > 0;
    case SHAPE_NAMES:
        return json_array_size(argument) == 0 ? json_is_array(argument)
                                              : all_items(argument, is_string);
    case SHAPE_TYPES:
        return is_type_word(argument) ||
               (json_is_array(argument) && all_items(argument, is_type_word));
    case SHAPE_SCHEMA: return json_is_object(argument);
    case SHAPE_CLOSED: return json_is_false(argument) || json_is_object(argument);
    case SHAPE_SCHEMAS: return json_is_array(argument) && all_items(argument, is_object);
    case SHAPE_MEMBERS: return all_members_are_objects(argument);
    }
    return false;
}

/* ------------------------------------------------------------------------------------ nodes */

static bool compile_node(struct schema *schema, const json_t *source,
                         const struct schema_node **out, struct error *err);

static bool compile_pattern(struct schema *schema, struct schema_rule *rule, struct error *err)
{
    regex_t *pattern = arena_alloc(&schema->arena, sizeof(*pattern));
    int problem = regcomp(pattern, json_string_value(rule->argument), REG_EXTENDED | REG_NOSUB);

    if (problem != 0)
        return error_set(err, ERROR_INPUT, "pattern '%s' is no POSIX extended expression",
                         json_string_value(rule->argument));
    rule->pattern = pattern;
    return true;
}

static bool add_child(struct schema *schema, struct schema_rule *rule, const char *name,
                      const json_t *source, struct error *err)
{
    struct schema_child *child = &rule->children[rule->child_count];

    child->name = name;
    if (!compile_node(schema, source, &child->node, err))
        return false;
    rule->child_count++;
    return true;
}

static const json_t *resolve(const struct schema *schema, const char *ref)
{
    static const char prefix[] = "#/$defs/";

    if (!text_starts_with(ref, prefix))
        return NULL;
    return json_object_get(json_object_get(schema->source, "$defs"), ref + strlen(prefix));
}

static bool compile_ref(struct schema *schema, struct schema_rule *rule, struct error *err)
{
    const char *ref = json_string_value(rule->argument);
    const json_t *target = resolve(schema, ref);

    if (!target)
        return error_set(err, ERROR_INPUT, "$ref '%s' does not lead to a schema in $defs", ref);
    return add_child(schema, rule, NULL, target, err);
}

static bool compile_children(struct schema *schema, struct schema_rule *rule, struct error *err)
{
    json_t *argument = (json_t *)(uintptr_t)rule->argument;
    const char *name;
    json_t *child;
    size_t index;

    json_array_foreach (argument, index, child)
        if (!add_child(schema, rule, NULL, child, err))
            return false;
    json_object_foreach (argument, name, child)
        if (!add_child(schema, rule, name, child, err))
            return error_prefix(err, "%s: ", name);
    return true;
}

static bool compile_argument(struct schema *schema, struct schema_rule *rule, struct error *err)
{
    const json_t *argument = rule->argument;
    enum schema_shape shape = rule->keyword->shape;
    size_t children = json_array_size(argument) + json_object_size(argument) + 1;

    rule->children = arena_array(&schema->arena, children, sizeof(*rule->children));
    if (shape == SHAPE_PATTERN)
        return compile_pattern(schema, rule, err);
    if (shape == SHAPE_REF)
        return compile_ref(schema, rule, err);
    if (shape == SHAPE_SCHEMAS || shape == SHAPE_MEMBERS)
        return compile_children(schema, rule, err);
    if (json_is_object(argument) && (shape == SHAPE_SCHEMA || shape == SHAPE_CLOSED))
        return add_child(schema, rule, NULL, argument, err);
    return true;
}

static bool compile_rule(struct schema *schema, struct schema_node *node,
                         const struct schema_keyword *keyword, struct error *err)
{
    struct schema_rule *rule = &node->rules[node->rule_count];

    rule->keyword = keyword;
    rule->argument = json_object_get(node->source, keyword->word);
    if (!rule->argument)
        return true;
    if (!shape_fits(keyword->shape, rule->argument))
        return error_set(err, ERROR_INPUT, "'%s' has an argument of the wrong form", keyword->word);
    node->rule_count++; /* before its children: a $ref may lead back here */
    return compile_argument(schema, rule, err) || error_prefix(err, "%s: ", keyword->word);
}

static bool keyword_exists(const char *word)
{
    for (const struct schema_keyword *keyword = schema_keywords; keyword->word; keyword++)
        if (strcmp(keyword->word, word) == 0)
            return true;
    return false;
}

static bool compile_node(struct schema *schema, const json_t *source,
                         const struct schema_node **out, struct error *err)
{
    struct schema_node *node;
    const char *word;
    json_t *argument;

    for (node = schema->nodes; node; node = node->next)
        if (node->source == source) {
            *out = node;
            return true;
        }
    json_object_foreach ((json_t *)(uintptr_t)source, word, argument)
        if (!keyword_exists(word))
            return error_set(err, ERROR_INPUT, "keyword '%s' is not supported", word);

    node = arena_alloc(&schema->arena, sizeof(*node));
    node->source = source;
    node->next = schema->nodes;
    node->rules = arena_array(&schema->arena, json_object_size(source) + 1, sizeof(*node->rules));
    schema->nodes = node;
    *out = node;
    for (const struct schema_keyword *keyword = schema_keywords; keyword->word; keyword++)
        if (!compile_rule(schema, node, keyword, err))
            return false;
    return true;
}

/* ------------------------------------------------------------------------------- the schema */

bool schema_open(const char *schema_text, struct schema **out, struct error *err)
{
    json_error_t problem;
    json_t *source = json_loads(schema_text, JSON_REJECT_DUPLICATES, &problem);
    struct schema *schema;

    if (!source)
        return error_set(err, ERROR_INPUT, "schema: line %d, column %d: %s", problem.line,
                         problem.column, problem.text);
    schema = memory_alloc(sizeof(*schema));
    schema->source = source;
    arena_init(&schema->arena);
    if (!json_is_object(source))
        error_set(err, ERROR_INPUT, "schema: is not an object");
    else if (compile_node(schema, source, &schema->root, err)) {
        *out = schema;
        return true;
    } else
        error_prefix(err, "schema: ");
    schema_close(schema);
    return false;
}

void schema_close(struct schema *schema)
{
    if (!schema)
        return;
    for (struct schema_node *node = schema->nodes; node; node = node->next)
        for (size_t i = 0; i < node->rule_count; i++)
            if (node->rules[i].pattern)
                regfree(node->rules[i].pattern);
    arena_release(&schema->arena);
    json_decref(schema->source);
    free(schema);
}

bool schema_match(const struct schema *schema, const json_t *value, const char *what,
                  struct error *err)
{
    struct schema_place root = {.index = SCHEMA_SAME};

    return schema_node_match(schema->root, value, &root, err) || error_prefix(err, "%s: ", what);
}

bool schema_check(const char *schema_text, const json_t *value, const char *what, struct error *err)
{
    struct schema *schema;
    bool fits;

    if (!schema_open(schema_text, &schema, err))
        return false;
    fits = schema_match(schema, value, what, err);
    schema_close(schema);
    return fits;
}

/* ------------------------------------------------------------------------------------- kept ones
 */

#define KEPT_MAX 16 /* the program's schemas are fewer */

/* Each thread has its own. */
static _Thread_local struct {
    const char *text;
    struct schema *schema;
} kept[KEPT_MAX];

static bool find_kept(const char *schema_text, const struct schema **out, struct error *err)
{
    size_t i = 0;

    while (i < KEPT_MAX && kept[i].text && kept[i].text != schema_text)
        i++;
    assert(i < KEPT_MAX);
    if (!kept[i].text && !schema_open(schema_text, &kept[i].schema, err))
        return false;
    kept[i].text = schema_text;
    *out = kept[i].schema;
    return true;
}

bool schema_check_kept(const char *schema_text, const json_t *value, const char *what,
                       struct error *err)
{
    const struct schema *schema = NULL;

    return find_kept(schema_text, &schema, err) && schema_match(schema, value, what, err);
}
