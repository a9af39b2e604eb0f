/*
 * A series: a meter with its dimensions. Its descriptor is bytes, its SHA-256 names it.
 *
 *   descriptor = 0x01 ‖ text(meter) ‖ text(unit) ‖ scale u32 ‖ aggregation u8 ‖ count u16
 *                ‖ (text(name) ‖ text(value))*      text = u16 length ‖ UTF-8 bytes
 *
 * Pairs are sorted bytewise by name, names are unique; no normalisation. Big-endian.
 */
#ifndef CORE_SERIES_H
#define CORE_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/digest.h"

#define SERIES_DESCRIPTOR_SIZE_MAX 8192
#define SERIES_DIMENSIONS_MAX 32

enum aggregation { AGGREGATION_SUM = 1, AGGREGATION_COUNT = 2, AGGREGATION_MAX = 3 };

struct dimension {
    struct slice name;
    struct slice value;
};

struct series {
    struct slice meter;
    struct slice unit; /* "uGPU.s", "token" */
    uint32_t scale;    /* decimals that the meter's base unit stands below the unit shown */
    enum aggregation aggregation;
    size_t dimension_count;
    struct dimension dimensions[SERIES_DIMENSIONS_MAX];
};

/* Sorts the dimensions, appends the descriptor. ERROR_INPUT: doubled name, too long. */
MUST_CHECK bool series_encode(struct series *series, struct text *out, struct error *err);
/* Slices point into `bytes`. Refuses what series_encode() could not have written. */
MUST_CHECK bool series_decode(const void *bytes, size_t size, struct series *out,
                              struct error *err);
/* The value of a dimension; {NULL, 0} when the series does not have it. */
struct slice series_dimension(const struct series *series, const char *name);
const char *aggregation_word(enum aggregation aggregation);

#endif
