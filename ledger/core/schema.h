/*
 * JSON Schema (draft 2020-12), the part that our schemas use: type, const, enum, properties,
 * required, additionalProperties (false or a schema), propertyNames, items, minItems, maxItems,
 * uniqueItems, minLength, maxLength, pattern (POSIX extended), minimum, maximum, oneOf, anyOf,
 * $ref into the same document ("#/$defs/x"), $defs, description, title, $schema, $id.
 * A keyword outside this list is an error of the schema itself.
 *
 * Messages name the JSON pointer of the first thing that is wrong and what would be right:
 * "plan.json: /charges/0/price: '1e3' does not match a decimal". The last words are the title of
 * the schema that has the pattern. A oneOf whose forms are told apart by a constant member
 * reports what is wrong in the form that is meant.
 */
#ifndef CORE_SCHEMA_H
#define CORE_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"

struct schema;

/* Reads and compiles a schema once, to check many values. Immutable, so threads may share it. */
MUST_CHECK bool schema_open(const char *schema_text, struct schema **out, struct error *err);
void schema_close(struct schema *schema);
/* ERROR_INPUT when the value does not fit. `what` names the value's source. */
MUST_CHECK bool schema_match(const struct schema *schema, const json_t *value, const char *what,
                             struct error *err);
/* Open, match and close: for what is read once. */
MUST_CHECK bool schema_check(const char *schema_text, const json_t *value, const char *what,
                             struct error *err);
/* The same for a constant of the program, told apart by its address: it is compiled at its first
 * use and kept for the thread's life. */
MUST_CHECK bool schema_check_kept(const char *schema_text, const json_t *value, const char *what,
                                  struct error *err);

#endif
