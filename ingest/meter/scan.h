/*
 * The strict JSON reader of events: takes from one value what the catalog asks for, and nothing
 * else, and refuses whatever two readers could understand differently.
 *
 * A *plan* is the set of JSON pointers (RFC 6901) that a catalog compiled; the scan fills one
 * field for each. Pointers go through objects only: an element of an array has no address here.
 *
 * The grammar is part of the decision about a record, so it never becomes laxer or stricter:
 * RFC 8259 in valid UTF-8, one object, at most SCAN_DEPTH_MAX deep; no member name twice in one
 * object; no NUL in a string or a name, no half of a surrogate pair; whole numbers within int64,
 * others within double. Reals are read but never have a value: 0.1 has no exact double, 2^53+1
 * neither.
 */
#ifndef METER_SCAN_H
#define METER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/text.h"

#define SCAN_DEPTH_MAX 32   /* objects and arrays inside each other */
#define SCAN_FIELDS_MAX 512 /* pointers in one plan */

enum scan_kind {
    SCAN_ABSENT,
    SCAN_NULL,
    SCAN_FALSE,
    SCAN_TRUE,
    SCAN_INTEGER,
    SCAN_REAL, /* has a fraction or an exponent: never a quantity */
    SCAN_STRING,
    SCAN_OBJECT,
    SCAN_ARRAY,
};

struct scan_field {
    enum scan_kind kind;
    struct slice text; /* string: decoded UTF-8; integer: canonical digits; else empty */
    int64_t integer;   /* of SCAN_INTEGER */
};

/* Where the bytes stand: a whole event, or what lies under its "/data" (binary mode). */
enum scan_root { SCAN_ROOT_EVENT, SCAN_ROOT_DATA };

struct scan_plan;

/* Lives in the arena. */
struct scan_plan *scan_plan_make(struct arena *arena);
/* The index of the pointer's field, the same for the same pointer. ERROR_INPUT: not a pointer to
 * something inside an object ("/a/b"), or more than SCAN_FIELDS_MAX. */
MUST_CHECK bool scan_plan_add(struct scan_plan *plan, struct slice pointer, size_t *out_index,
                              struct error *err);
size_t scan_plan_count(const struct scan_plan *plan);

/* Fills scan_plan_count() fields; texts point into `bytes` or the arena. ERROR_INPUT says what and
 * where. */
MUST_CHECK bool scan_object(const struct scan_plan *plan, enum scan_root root, struct slice bytes,
                            struct arena *arena, struct scan_field *out_fields, struct error *err);

const char *scan_kind_word(enum scan_kind kind); /* "a string", "an object" … for messages */

#endif
