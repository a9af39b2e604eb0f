/*
 * A compiled schema, for schema.c (which compiles), schema_match.c and schema_forms.c (which
 * check) only.
 *
 * A node is one schema object; its rules are its keywords in the order of the table, so that a
 * wrong type is reported before what follows from it.
 */
#ifndef CORE_SCHEMA_NODE_H
#define CORE_SCHEMA_NODE_H

#include <regex.h>
#include <stdint.h>

#include "core/schema.h"

#define SCHEMA_DEPTH_MAX 128

struct schema_node;
struct schema_rule;

/* Where in the value a check stands: a list up to the root, on the stack. */
struct schema_place {
    const struct schema_place *parent;
    const char *name; /* of a member; NULL for an item */
    size_t index;     /* of an item; SCHEMA_SAME where the step is in the schema only */
    unsigned depth;
};
#define SCHEMA_SAME SIZE_MAX

/* What a keyword's argument must be. */
enum schema_shape {
    SHAPE_ANY,
    SHAPE_TEXT,
    SHAPE_BOOLEAN,
    SHAPE_INTEGER,
    SHAPE_COUNT,   /* integer from 0 */
    SHAPE_VALUES,  /* array with at least one value */
    SHAPE_NAMES,   /* array of strings */
    SHAPE_TYPES,   /* the name of a type, or an array of them */
    SHAPE_PATTERN, /* POSIX extended regular expression */
    SHAPE_SCHEMA,
    SHAPE_CLOSED,  /* false, or a schema */
    SHAPE_SCHEMAS, /* array of schemas */
    SHAPE_MEMBERS, /* object of schemas */
    SHAPE_REF,     /* "#/$defs/x" */
};

typedef bool schema_matcher(const struct schema_rule *rule, const struct schema_node *node,
                            const json_t *value, const struct schema_place *place,
                            struct error *err);

struct schema_keyword {
    const char *word;
    enum schema_shape shape;
    schema_matcher *match; /* NULL for a keyword that says nothing about values */
};

struct schema_child {
    const char *name; /* in SHAPE_MEMBERS */
    const struct schema_node *node;
};

struct schema_rule {
    const struct schema_keyword *keyword;
    const json_t *argument;
    regex_t *pattern;
    size_t child_count; /* the schemas in the argument, in its order */
    struct schema_child *children;
};

struct schema_node {
    const json_t *source;
    struct schema_node *next; /* of the schema's nodes */
    size_t rule_count;
    struct schema_rule *rules;
};

/* Ends with a word of NULL. */
extern const struct schema_keyword schema_keywords[];

MUST_CHECK bool schema_node_match(const struct schema_node *node, const json_t *value,
                                  const struct schema_place *place, struct error *err);
/* Always false: "pointer: message". */
bool schema_fail(const struct schema_place *place, struct error *err, const char *format, ...)
    PRINTF_LIKE(3, 4);
const struct schema_rule *schema_node_rule(const struct schema_node *node, const char *word);
bool schema_type_fits(const json_t *type, const json_t *value);
/* A value as text for a message, cut; returns out. */
#define SCHEMA_SHOWN_SIZE 64
const char *schema_show(const json_t *value, char out[SCHEMA_SHOWN_SIZE]);

/* oneOf and anyOf. */
schema_matcher schema_match_one_of;
schema_matcher schema_match_any_of;

#endif
