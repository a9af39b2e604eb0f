/*
 * Capacity that a seller declares: how many units of each type there are, and when. JSON,
 * versioned, an entry of the book; its shape is schema/capacity.json.
 *
 * A *type* is the values of the dimensions in `by`, such as region and sku. Rows of the same type
 * and time add up. Borders lie on UTC hours.
 */
#ifndef RATING_DECLARED_H
#define RATING_DECLARED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/plan.h"

#define DECLARED_BY_MAX 4 /* dimensions of a type, as in the schema */

struct declared_row {
    const char **values; /* as `by` names them */
    int128 units;
    int64_t from_us;
    int64_t to_us; /* INSTANT_MAX: no end yet */
};

struct declared {
    const char *id;
    const char *meter;
    const char *unit;
    unsigned scale; /* a unit's second is 10^scale base units of the meter */
    size_t by_count;
    const char **by;
    size_t row_count;
    struct declared_row *rows; /* as listed */
};

/* Schema, then sense: ERROR_INPUT with the JSON pointer. `what` names the file in messages. */
MUST_CHECK bool declared_compile(const json_t *json, const char *what, struct arena *arena,
                                 struct declared *out, struct error *err);

#endif
