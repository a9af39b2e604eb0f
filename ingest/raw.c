#include "ingest/raw.h"

#include <assert.h>
#include <string.h>

#include "base/number.h"

/* A field's length, -1 for one that is absent. */
static uint32_t length_of(struct slice field)
{
    assert(field.size <= INT32_MAX);
    return field.data == NULL ? UINT32_MAX : (uint32_t)field.size;
}

static unsigned char *put_field(unsigned char *out, struct slice field)
{
    bytes_put_u32(out, length_of(field));
    if (field.size > 0)
        memcpy(out + 4, field.data, field.size);
    return out + 4 + field.size;
}

static void add_field(struct digest_running *running, struct slice field)
{
    unsigned char length[4];
    bytes_put_u32(length, length_of(field));
    digest_add(running, length, sizeof length);
    if (field.data != NULL)
        digest_add(running, field.data, field.size);
}

#define HEAD_SIZE (8 + 4 + 8)

static void put_head(unsigned char out[HEAD_SIZE], const struct record *record)
{
    bytes_put_i64(out, record->offset);
    bytes_put_u32(out + 8, (uint32_t)record->timestamp_type);
    bytes_put_i64(out + 12, record->timestamp_ms);
}

void raw_add(struct digest_running *running, const struct record *record)
{
    unsigned char head[HEAD_SIZE];
    put_head(head, record);
    digest_add(running, head, sizeof head);
    add_field(running, record->key);
    unsigned char count[4];
    bytes_put_u32(count, (uint32_t)record->header_count);
    digest_add(running, count, sizeof count);
    for (size_t i = 0; i < record->header_count; i++) {
        add_field(running, record->headers[i].name);
        add_field(running, record->headers[i].value);
    }
    add_field(running, record->value);
}

struct digest raw_digest(const struct record *record)
{
    struct digest_running running;
    digest_start(&running);
    raw_add(&running, record);
    return digest_finish(&running);
}

static size_t headers_size(const struct record *record)
{
    size_t size = 0;
    for (size_t i = 0; i < record->header_count; i++)
        size += record->headers[i].name.size + record->headers[i].value.size;
    return size;
}

size_t raw_size(const struct record *record)
{
    return record->key.size + headers_size(record) + record->value.size;
}

struct slice raw_headers(const struct record *record, struct arena *arena)
{
    size_t size = 4 + headers_size(record) + record->header_count * 8;
    unsigned char *bytes = arena_alloc(arena, size);
    bytes_put_u32(bytes, (uint32_t)record->header_count);
    unsigned char *end = bytes + 4;
    for (size_t i = 0; i < record->header_count; i++) {
        end = put_field(end, record->headers[i].name);
        end = put_field(end, record->headers[i].value);
    }
    assert((size_t)(end - bytes) == size);
    return (struct slice){(const char *)bytes, size};
}

/* Takes a field off the front. */
static bool take_field(struct slice *rest, struct slice *out)
{
    if (rest->size < 4)
        return false;
    uint32_t size = bytes_get_u32((const unsigned char *)rest->data);
    *rest = (struct slice){rest->data + 4, rest->size - 4};
    *out = (struct slice){NULL, 0};
    if (size == UINT32_MAX)
        return true;
    if (size > rest->size)
        return false;
    *out = (struct slice){rest->data, size};
    *rest = (struct slice){rest->data + size, rest->size - size};
    return true;
}

bool raw_read_headers(struct slice bytes, struct arena *arena, const struct record_header **out,
                      size_t *out_count)
{
    if (bytes.size < 4)
        return false;
    size_t count = bytes_get_u32((const unsigned char *)bytes.data);
    struct slice rest = {bytes.data + 4, bytes.size - 4};
    if (count > rest.size / 8)
        return false;
    struct record_header *headers = arena_array(arena, count, sizeof *headers);
    for (size_t i = 0; i < count; i++)
        if (!take_field(&rest, &headers[i].name) || !take_field(&rest, &headers[i].value))
            return false;
    if (rest.size > 0)
        return false;
    *out = headers;
    *out_count = count;
    return true;
}

/* The field in its place, where `slice` points from now on; returns what is behind it. */
static unsigned char *move_field(unsigned char *out, struct slice *slice)
{
    unsigned char *end = put_field(out, *slice);
    if (slice->data != NULL)
        slice->data = (const char *)out + 4;
    return end;
}

struct slice raw_keep(struct record *record, struct arena *bytes, struct arena *arena)
{
    size_t size = HEAD_SIZE + 4 + record->key.size + 4 + headers_size(record) +
                  record->header_count * 8 + 4 + record->value.size;
    unsigned char *first = (unsigned char *)arena_bytes(bytes, size);
    put_head(first, record);
    unsigned char *end = move_field(first + HEAD_SIZE, &record->key);
    bytes_put_u32(end, (uint32_t)record->header_count);
    end += 4;
    if (record->header_count > 0) {
        struct record_header *headers =
            arena_copy(arena, record->headers, record->header_count * sizeof *headers);
        for (size_t i = 0; i < record->header_count; i++) {
            end = move_field(end, &headers[i].name);
            end = move_field(end, &headers[i].value);
        }
        record->headers = headers;
    }
    end = move_field(end, &record->value);
    assert((size_t)(end - first) == size);
    return (struct slice){(const char *)first, size};
}
