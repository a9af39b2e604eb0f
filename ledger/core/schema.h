/*
 * JSON Schema (draft 2020-12), the part that our schemas use: type, const, enum, properties,
 * required, additionalProperties (false or a schema), propertyNames, items, minItems, maxItems,
 * uniqueItems, minLength, maxLength, pattern (POSIX extended), minimum, maximum, oneOf, anyOf,
 * $ref into the same document ("#/$defs/x"), $defs, description, title, $schema, $id.
 * A keyword outside this list is an error of the schema itself.
 */
#ifndef CORE_SCHEMA_H
#define CORE_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"

/* ERROR_INPUT with the JSON pointer of the first thing that is wrong and what would be right:
 * "plan.json: /charges/0/price: '1e3' does not match a decimal". */
MUST_CHECK bool schema_check(const char *schema_text, const json_t *value, const char *what,
                             struct error *err);

#endif
