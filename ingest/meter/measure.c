#include "meter/measure.h"

#include <assert.h>
#include <string.h>

#include "meter/hash.h"
#include "meter/measure_parts.h"
#include "meter/short.h"

#define ABSENT_SIZE UINT32_MAX

struct measure_keys measure_keys_of(const unsigned char dedup_key[32])
{
    struct measure_keys keys;
    memcpy(keys.identity, dedup_key, sizeof(keys.identity));
    memcpy(keys.meaning, dedup_key + sizeof(keys.identity), sizeof(keys.meaning));
    return keys;
}

/* length u32 ‖ bytes; absent is another length than empty. Returns the end. */
static unsigned char *put(unsigned char *at, struct slice text, bool is_present)
{
    bytes_put_u32(at, is_present ? (uint32_t)text.size : ABSENT_SIZE);
    if (is_present)
        short_copy(at + 4, text.data, text.size);
    return at + 4 + (is_present ? text.size : 0);
}

void measure_identity(const struct measure_keys *keys, struct slice tenant, struct slice source,
                      struct slice id, unsigned char out_identity[MEASURE_IDENTITY_SIZE])
{
    unsigned char bytes[12 + EVENT_SUBJECT_SIZE_MAX + 2 * EVENT_ATTRIBUTE_SIZE_MAX];
    assert(tenant.size <= EVENT_SUBJECT_SIZE_MAX && source.size <= EVENT_ATTRIBUTE_SIZE_MAX &&
           id.size <= EVENT_ATTRIBUTE_SIZE_MAX);
    unsigned char *end = put(put(put(bytes, tenant, true), source, true), id, true);
    hash_long(keys->identity, bytes, (size_t)(end - bytes), out_identity);
}

/* The type, then each field that is part of its meaning, in the type's order (invariant 3). */
static uint64_t meaning_of(const struct measure_keys *keys, const struct catalog_type *type,
                           const struct measure_value *values, struct arena *arena)
{
    unsigned char few[1024];
    size_t size = 4 + type->type.size;
    for (size_t i = 0; i < type->own_count; i++)
        size += 4 + values[i].text.size;
    unsigned char *bytes = size <= sizeof(few) ? few : arena_alloc(arena, size);
    unsigned char *end = put(bytes, type->type, true);
    for (size_t i = 0; i < type->own_count; i++) {
        if (type->fields[i].is_meaning)
            end = put(end, values[i].text, values[i].is_present);
    }
    return hash_short(keys->meaning, bytes, (size_t)(end - bytes));
}

static bool check_future(const struct measure_input *input, int64_t instant_us,
                         struct refusal *refusal)
{
    char instant[INSTANT_TEXT_SIZE];
    char broker[INSTANT_TEXT_SIZE];
    if (instant_us <= input->broker_time_us + MEASURE_FUTURE_US)
        return true;
    return refusal_set(refusal, REFUSAL_FUTURE, "%s is more than 5 min after %s",
                       instant_format(instant_us, instant),
                       instant_format(input->broker_time_us, broker));
}

bool measure_check_span(const struct measure_input *input, int64_t from_us, int64_t to_us,
                        int64_t max_us, struct refusal *refusal)
{
    char from[INSTANT_TEXT_SIZE];
    char to[INSTANT_TEXT_SIZE];
    if (to_us <= from_us)
        return refusal_set(refusal, REFUSAL_END_BEFORE_START, "from %s to %s",
                           instant_format(from_us, from), instant_format(to_us, to));
    if (to_us - from_us > max_us)
        return refusal_set(refusal, REFUSAL_SLICE_TOO_LONG, "from %s to %s is more than %d h",
                           instant_format(from_us, from), instant_format(to_us, to),
                           (int)(max_us / HOUR_US));
    return check_future(input, to_us, refusal);
}

static bool find_instant(const struct measure_input *input, const struct measure_value *values,
                         int64_t *out_us, struct refusal *refusal)
{
    if (input->type->instant != CATALOG_INSTANT_TIME)
        *out_us = (int64_t)values[input->type->instant].number;
    else if (input->event->has_time)
        *out_us = input->event->time_us;
    else
        return refusal_set(refusal, REFUSAL_MALFORMED, "time is missing: '%.*s' happens then",
                           (int)input->type->type.size, input->type->type.data);
    return check_future(input, *out_us, refusal);
}

bool measure_event(const struct measure_context *context, const struct measure_input *input,
                   struct arena *arena, struct measure *out_measure, struct refusal *out_refusal)
{
    struct measure_value values[CATALOG_FIELDS_MAX];
    const struct event *event = input->event;
    struct measure measure;
    int64_t instant_us = 0;
    if (!measure_read_values(input, values, out_refusal) ||
        !find_instant(input, values, &instant_us, out_refusal) ||
        !measure_make_parts(context, input, values, instant_us, arena, &measure, out_refusal))
        return false;
    measure.event_hour = window_hour(instant_us);
    measure.meaning = meaning_of(context->keys, input->type, values, arena);
    measure_identity(context->keys, event->subject, event->source, event->id, measure.identity);
    *out_measure = measure;
    return true;
}
