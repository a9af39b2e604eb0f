/*
 * Measuring, inside: fields to values, values to parts.
 */
#ifndef METER_MEASURE_PARTS_H
#define METER_MEASURE_PARTS_H

#include "meter/core_type.h"
#include "meter/measure.h"

/* Reads and checks each field of the type; its `check` has normalised them. */
MUST_CHECK bool measure_read_values(const struct measure_input *input,
                                    struct measure_value *out_values, struct refusal *refusal);

/* Everything that the type's meters make of it. `instant_us` is the event's. */
MUST_CHECK bool measure_make_parts(const struct measure_context *context,
                                   const struct measure_input *input,
                                   const struct measure_value *values, int64_t instant_us,
                                   struct arena *arena, struct measure *out_measure,
                                   struct refusal *refusal);

#endif
