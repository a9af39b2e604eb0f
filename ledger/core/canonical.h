/*
 * Canonical JSON: the content that control entries and documents hash.
 *
 * Objects with members sorted bytewise by name, no white space, UTF-8 unescaped but for '"', '\\'
 * and control characters (\b \f \n \r \t, else \u00xx in lower case). Whole numbers only, within
 * ±2^53; a real is refused: quantities and money are strings. On these values it equals RFC 8785
 * (JCS) for member names below U+10000.
 */
#ifndef CORE_CANONICAL_H
#define CORE_CANONICAL_H

#include <jansson.h>
#include <stdbool.h>

#include "base/text.h"
#include "core/digest.h"

#define JSON_DEPTH_MAX 32

/* Strict parse: one value, UTF-8, no duplicate members, no reals; errors name `what`, line and
 * column. The caller owns *out (json_decref). */
MUST_CHECK bool canonical_parse(const char *bytes, size_t size, const char *what, json_t **out,
                                struct error *err);
/* The same, and the bytes must be the canonical ones. */
MUST_CHECK bool canonical_read(const char *bytes, size_t size, const char *what, json_t **out,
                               struct error *err);
MUST_CHECK bool canonical_write(const json_t *value, struct text *out, struct error *err);
/* SHA-256 of the canonical bytes. */
MUST_CHECK bool canonical_digest(const json_t *value, struct digest *out, struct error *err);
/* Members of an object; a text that is NULL is left out. */
void json_set_text(json_t *object, const char *name, const char *text);
void json_set_hash(json_t *object, const char *name, const struct digest *digest);
/* Releases a json_t at the end of a scope: CLEANUP(json_release) json_t *value. */
void json_release(json_t **value);

#endif
