/*
 * oneOf and anyOf: which of several forms a value has.
 *
 * A form is ruled out at a glance when its type, or a constant member that the value has, differs.
 * That leaves the form that was meant, so that what is wrong in it can be said.
 */
#include <string.h>

#include "base/text.h"
#include "core/schema_node.h"

/* The node at the end of a chain of $ref. */
static const struct schema_node *behind_refs(const struct schema_node *node)
{
    for (unsigned i = 0; i < SCHEMA_DEPTH_MAX; i++) {
        const struct schema_rule *ref = schema_node_rule(node, "$ref");

        if (!ref)
            break;
        node = ref->children[0].node;
    }
    return node;
}

static bool constant_fits(const struct schema_node *node, const json_t *value)
{
    const struct schema_rule *constant = schema_node_rule(node, "const");

    return !constant || json_equal(constant->argument, value);
}

/* False where the form cannot be the one that is meant. */
static bool may_be_meant(const struct schema_node *form, const json_t *value)
{
    const struct schema_node *node = behind_refs(form);
    const struct schema_rule *type = schema_node_rule(node, "type");
    const struct schema_rule *properties = schema_node_rule(node, "properties");

    if ((type && !schema_type_fits(type->argument, value)) || !constant_fits(node, value))
        return false;
    for (size_t i = 0; properties && i < properties->child_count; i++) {
        const json_t *member = json_object_get(value, properties->children[i].name);

        if (member && !constant_fits(behind_refs(properties->children[i].node), member))
            return false;
    }
    return true;
}

/* The first member of the form that must have one constant value; NULL if there is none. */
static const char *telling_member(const struct schema_node *form, const json_t **out_constant)
{
    const struct schema_rule *properties = schema_node_rule(behind_refs(form), "properties");

    for (size_t i = 0; properties && i < properties->child_count; i++) {
        const struct schema_child *child = &properties->children[i];
        const struct schema_rule *constant = schema_node_rule(behind_refs(child->node), "const");

        if (constant) {
            *out_constant = constant->argument;
            return child->name;
        }
    }
    return NULL;
}

/* No form can be meant: says which constants the telling member may have. */
static bool fail_without_form(const struct schema_rule *rule, const json_t *value,
                              const struct schema_place *place, struct error *err)
{
    CLEANUP(text_release) struct text constants;
    char shown[SCHEMA_SHOWN_SIZE];
    const char *name = NULL;
    const json_t *member;

    text_init(&constants);
    for (size_t i = 0; i < rule->child_count; i++) {
        const json_t *constant;
        const char *telling = telling_member(rule->children[i].node, &constant);

        if (!telling || (name && strcmp(name, telling) != 0))
            continue;
        name = telling;
        text_printf(&constants, "%s%s", constants.size > 0 ? ", " : "",
                    schema_show(constant, shown));
    }
    member = name ? json_object_get(value, name) : NULL;
    if (!member)
        return schema_fail(place, err, "%s has none of the %zu forms that are right",
                           schema_show(value, shown), rule->child_count);

    struct schema_place below = {place, name, 0, place->depth + 1};

    return schema_fail(&below, err, "%s is not one of %.500s", schema_show(member, shown),
                       constants.data);
}

/* How many forms match; with none, the error says why. */
static size_t count_matches(const struct schema_rule *rule, const json_t *value,
                            const struct schema_place *place, struct error *err)
{
    struct schema_place same = {place, NULL, SCHEMA_SAME, place->depth + 1};
    struct error first = {.code = ERROR_NONE};
    struct error problem;
    size_t meant = 0;
    size_t matches = 0;

    for (size_t i = 0; i < rule->child_count; i++) {
        if (!may_be_meant(rule->children[i].node, value))
            continue;
        if (schema_node_match(rule->children[i].node, value, &same, &problem))
            matches++;
        else if (first.code == ERROR_NONE)
            first = problem;
        meant++;
    }
    if (matches == 0 && meant == 0)
        fail_without_form(rule, value, place, err);
    else if (matches == 0)
        *err = first;
    return matches;
}

bool schema_match_one_of(const struct schema_rule *rule, const struct schema_node *node,
                         const json_t *value, const struct schema_place *place, struct error *err)
{
    size_t matches = count_matches(rule, value, place, err);
    char shown[SCHEMA_SHOWN_SIZE];

    (void)node;
    if (matches > 1)
        return schema_fail(place, err, "%s has %zu forms at once, one is right",
                           schema_show(value, shown), matches);
    return matches == 1;
}

bool schema_match_any_of(const struct schema_rule *rule, const struct schema_node *node,
                         const json_t *value, const struct schema_place *place, struct error *err)
{
    (void)node;
    return count_matches(rule, value, place, err) > 0;
}
