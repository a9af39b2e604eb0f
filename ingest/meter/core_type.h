/*
 * The core types: event types whose fields and arithmetic are code, each a row of one table.
 *
 * A row says which fields the type has for ever, which of them make its meaning, its instant and
 * the functions that meters may name; the functions compile to the same quantities as any
 * catalogued type's (catalog.h), so nothing but `check` is special about a core type.
 */
#ifndef METER_CORE_TYPE_H
#define METER_CORE_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "core/series.h"
#include "meter/catalog.h"
#include "meter/measure.h"
#include "meter/refusal.h"

/* A field of an event, read and in its canonical form; it is not copied, because of `digits`. */
struct measure_value {
    bool is_present;
    struct slice text; /* string: as it is; number: decimal; instant: µs; boolean: true, false */
    int128 number;     /* of a count or an instant; 0 when absent */
    char digits[INT128_TEXT_SIZE]; /* where `text` of a number that was not written so points to */
};

struct core_field {
    const char *pointer;
    enum field_kind kind;
    bool is_required;
    bool is_meaning;
};

struct core_class {
    const char *value;
    const char *pointer;
};

/* What a meter's "function" may name. */
struct core_function {
    const char *word;
    const char *unit;
    uint32_t scale;
    enum aggregation aggregation;
    const char *from; /* a duration, cut at the grid; NULL: not one */
    const char *to;
    const char *factor;
    uint32_t unit_us;                 /* of the duration */
    const struct core_class *classes; /* one quantity for each, in a dimension of their own */
    size_t class_count;
    const char *dimension; /* that the meter must have, by this name, from /data/ and the name */
};

struct core_type {
    const char *word; /* in the catalog: "gpu" */
    const char *type; /* "gpu.slice.v1" */
    const struct core_field *fields;
    size_t field_count;
    const char *instant; /* a field; NULL: the attribute `time` */
    const struct core_function *functions;
    size_t function_count;
    /* What the kinds of fields do not say; may normalise values (same order as fields). */
    bool (*check)(struct measure_value *values, const struct measure_input *input,
                  struct refusal *refusal);
};

extern const struct core_type core_type_gpu;
extern const struct core_type core_type_tokens;

/* NULL when there is none. */
const struct core_type *core_type_find(struct slice word);
const struct core_function *core_function_find(const struct core_type *core, struct slice word);

/* [from, to) must go forward, be at most max_us long and not end in the future. */
MUST_CHECK bool measure_check_span(const struct measure_input *input, int64_t from_us,
                                   int64_t to_us, int64_t max_us, struct refusal *refusal);
/* A value as a count, text and number. */
void measure_set_count(struct measure_value *value, int128 number);

#endif
