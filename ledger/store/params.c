#include "store/row.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

#include "base/instant.h"
#include "store/types.h"

void params_init(struct params *params)
{
    arena_init(&params->arena);
    params->count = 0;
}

void params_release(struct params *params)
{
    arena_release(&params->arena);
    params->count = 0;
}

/* The next parameter; its bytes are the caller's or in the arena. */
static void add(struct params *params, unsigned type, const void *bytes, size_t size)
{
    assert(params->count < PARAMS_MAX && size <= INT_MAX);
    params->types[params->count] = type;
    params->values[params->count] = bytes;
    params->lengths[params->count] = (int)size;
    params->count++;
}

static unsigned char *add_room(struct params *params, unsigned type, size_t size)
{
    unsigned char *bytes = arena_alloc(&params->arena, size);
    add(params, type, bytes, size);
    return bytes;
}

void param_null(struct params *params)
{
    add(params, 0, NULL, 0);
}

void param_bool(struct params *params, bool value)
{
    add_room(params, TYPE_BOOL, 1)[0] = value;
}

void param_int16(struct params *params, int16_t value)
{
    bytes_put_u16(add_room(params, TYPE_INT2, 2), (uint16_t)value);
}

void param_int32(struct params *params, int32_t value)
{
    bytes_put_u32(add_room(params, TYPE_INT4, 4), (uint32_t)value);
}

void param_int64(struct params *params, int64_t value)
{
    bytes_put_i64(add_room(params, TYPE_INT8, 8), value);
}

void param_u64(struct params *params, uint64_t value)
{
    bytes_put_u64(add_room(params, TYPE_INT8, 8), value);
}

void param_text(struct params *params, const char *value)
{
    param_text_n(params, value, value ? strlen(value) : 0);
}

void param_text_n(struct params *params, const char *value, size_t size)
{
    /* An empty text is not a null, so it needs an address. */
    add(params, TYPE_TEXT, value ? arena_text_n(&params->arena, value, size) : NULL, size);
}

void param_bytes(struct params *params, const void *bytes, size_t size)
{
    add(params, TYPE_BYTEA, bytes ? arena_text_n(&params->arena, bytes, size) : NULL, size);
}

void param_digest(struct params *params, const struct digest *digest)
{
    param_bytes(params, digest->bytes, sizeof digest->bytes);
}

void param_numeric(struct params *params, int128 value)
{
    unsigned char bytes[NUMERIC_SIZE_MAX];
    size_t size = numeric_encode(value, bytes);
    memcpy(add_room(params, TYPE_NUMERIC, size), bytes, size);
}

void param_instant(struct params *params, int64_t instant_us)
{
    bytes_put_i64(add_room(params, TYPE_TIMESTAMPTZ, 8), instant_us - POSTGRES_EPOCH_US);
}

void param_date(struct params *params, int64_t days)
{
    bytes_put_u32(add_room(params, TYPE_DATE, 4), (uint32_t)(days - POSTGRES_EPOCH_DAYS));
}

/* Room for an array whose elements take `bytes` with their lengths; returns where they begin. */
static unsigned char *add_array(struct params *params, unsigned type, unsigned element_type,
                                size_t count, size_t bytes)
{
    unsigned char header[ARRAY_HEADER_SIZE];
    size_t header_size = array_header_encode(element_type, count, header);
    unsigned char *at = add_room(params, type, header_size + bytes);

    memcpy(at, header, header_size);
    return at + header_size;
}

static unsigned char *put_element(unsigned char *at, const void *bytes, size_t size)
{
    bytes_put_u32(at, (uint32_t)size);
    memcpy(at + 4, bytes, size);
    return at + 4 + size;
}

void param_int64_array(struct params *params, const int64_t *values, size_t count)
{
    unsigned char *at = add_array(params, TYPE_INT8_ARRAY, TYPE_INT8, count, count * (4 + 8));
    for (size_t i = 0; i < count; i++, at += 4 + 8) {
        bytes_put_u32(at, 8);
        bytes_put_i64(at + 4, values[i]);
    }
}

void param_instant_array(struct params *params, const int64_t *values, size_t count)
{
    unsigned char *at =
        add_array(params, TYPE_TIMESTAMPTZ_ARRAY, TYPE_TIMESTAMPTZ, count, count * (4 + 8));
    for (size_t i = 0; i < count; i++, at += 4 + 8) {
        bytes_put_u32(at, 8);
        bytes_put_i64(at + 4, values[i] == INSTANT_MIN ? INT64_MIN : values[i] - POSTGRES_EPOCH_US);
    }
}

void param_u64_array(struct params *params, const uint64_t *values, size_t count)
{
    unsigned char *at = add_array(params, TYPE_INT8_ARRAY, TYPE_INT8, count, count * (4 + 8));
    for (size_t i = 0; i < count; i++, at += 4 + 8) {
        bytes_put_u32(at, 8);
        bytes_put_u64(at + 4, values[i]);
    }
}

void param_int32_array(struct params *params, const int32_t *values, size_t count)
{
    unsigned char *at = add_array(params, TYPE_INT4_ARRAY, TYPE_INT4, count, count * (4 + 4));
    for (size_t i = 0; i < count; i++, at += 4 + 4) {
        bytes_put_u32(at, 4);
        bytes_put_u32(at + 4, (uint32_t)values[i]);
    }
}

void param_text_array(struct params *params, const char *const *values, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += 4 + strlen(values[i]);
    unsigned char *at = add_array(params, TYPE_TEXT_ARRAY, TYPE_TEXT, count, bytes);
    for (size_t i = 0; i < count; i++)
        at = put_element(at, values[i], strlen(values[i]));
}

void param_digest_array(struct params *params, const struct digest *values, size_t count)
{
    unsigned char *at =
        add_array(params, TYPE_BYTEA_ARRAY, TYPE_BYTEA, count, count * (4 + DIGEST_SIZE));
    for (size_t i = 0; i < count; i++)
        at = put_element(at, values[i].bytes, DIGEST_SIZE);
}
