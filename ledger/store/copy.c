#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/connection.h"
#include "store/row.h"
#include "store/types.h"

#define COPY_FLUSH_SIZE 65536

/* After a failed send the rows go nowhere, and copy_end() tells. */
struct copy {
    struct store *store;
    const char *sql;
    bool failed;
    int columns_left; /* of the row that is being written */
    size_t size;
    size_t capacity;
    unsigned char *bytes;
};

static const unsigned char copy_header[] = "PGCOPY\n\377\r\n\0" /* signature, 11 bytes */
                                           "\0\0\0\0"           /* flags */
                                           "\0\0\0";            /* extension's length */
_Static_assert(sizeof copy_header == 11 + 4 + 4, "the last zero is part of the header");

static void flush(struct copy *copy)
{
    if (!copy->failed && copy->size > 0 &&
        PQputCopyData(copy->store->connection, (const char *)copy->bytes, (int)copy->size) != 1)
        copy->failed = true;
    copy->size = 0;
}

/* Room for `size` bytes more; the caller writes all of them. */
static unsigned char *room(struct copy *copy, size_t size)
{
    if (copy->size + size > COPY_FLUSH_SIZE)
        flush(copy);
    if (size > copy->capacity)
        copy->bytes = memory_grow(copy->bytes, &copy->capacity, size, 1);
    unsigned char *at = copy->bytes + copy->size;
    copy->size += size;
    return at;
}

/* Room for a column's value, its length written before it. */
static unsigned char *column(struct copy *copy, size_t size)
{
    assert(copy->columns_left > 0);
    copy->columns_left--;
    unsigned char *at = room(copy, 4 + size);
    bytes_put_u32(at, (uint32_t)size);
    return at + 4;
}

bool copy_begin(struct store *store, const char *sql, struct copy **out, struct error *err)
{
    char meaning[100];
    PGresult *result = PQexec(store->connection, sql);
    bool ok = PQresultStatus(result) == PGRES_COPY_IN && PQbinaryTuples(result);

    if (!ok)
        store_failed(store, result, store_meaning(sql, meaning, sizeof meaning), err);
    PQclear(result);
    if (!ok)
        return false;

    struct copy *copy = memory_alloc(sizeof *copy);
    copy->store = store;
    copy->sql = sql;
    copy->bytes = memory_grow(NULL, &copy->capacity, COPY_FLUSH_SIZE, 1);
    memcpy(room(copy, sizeof copy_header), copy_header, sizeof copy_header);
    *out = copy;
    return true;
}

void copy_row(struct copy *copy, int16_t columns)
{
    assert(copy->columns_left == 0);
    copy->columns_left = columns;
    bytes_put_u16(room(copy, 2), (uint16_t)columns);
}

void copy_null(struct copy *copy)
{
    assert(copy->columns_left > 0);
    copy->columns_left--;
    bytes_put_u32(room(copy, 4), UINT32_MAX);
}

void copy_bool(struct copy *copy, bool value)
{
    column(copy, 1)[0] = value;
}

void copy_int16(struct copy *copy, int16_t value)
{
    bytes_put_u16(column(copy, 2), (uint16_t)value);
}

void copy_int32(struct copy *copy, int32_t value)
{
    bytes_put_u32(column(copy, 4), (uint32_t)value);
}

void copy_int64(struct copy *copy, int64_t value)
{
    bytes_put_i64(column(copy, 8), value);
}

void copy_bytes(struct copy *copy, const void *bytes, size_t size)
{
    unsigned char *at = column(copy, size);
    if (size > 0)
        memcpy(at, bytes, size);
}

void copy_numeric(struct copy *copy, int128 value)
{
    unsigned char bytes[NUMERIC_SIZE_MAX];
    copy_bytes(copy, bytes, numeric_encode(value, bytes));
}

void copy_instant(struct copy *copy, int64_t instant_us)
{
    copy_int64(copy, instant_us - POSTGRES_EPOCH_US);
}

void copy_int32_array(struct copy *copy, const int32_t *values, size_t count)
{
    unsigned char header[ARRAY_HEADER_SIZE];
    size_t header_size = array_header_encode(TYPE_INT4, count, header);
    unsigned char *at = column(copy, header_size + count * (4 + 4));

    memcpy(at, header, header_size);
    at += header_size;
    for (size_t i = 0; i < count; i++, at += 4 + 4) {
        bytes_put_u32(at, 4);
        bytes_put_u32(at + 4, (uint32_t)values[i]);
    }
}

void copy_int64_array(struct copy *copy, const int64_t *values, size_t count)
{
    unsigned char header[ARRAY_HEADER_SIZE];
    size_t header_size = array_header_encode(TYPE_INT8, count, header);
    unsigned char *at = column(copy, header_size + count * (4 + 8));

    memcpy(at, header, header_size);
    at += header_size;
    for (size_t i = 0; i < count; i++, at += 4 + 8) {
        bytes_put_u32(at, 8);
        bytes_put_i64(at + 4, values[i]);
    }
}

static void copy_release(struct copy *copy)
{
    free(copy->bytes);
    free(copy);
}

/* Reads the answers to the end. */
static bool answers(struct store *store, const char *sql, struct error *err)
{
    char meaning[100];
    PGresult *result;
    bool ok = true;

    while ((result = PQgetResult(store->connection)) != NULL) {
        if (ok && PQresultStatus(result) != PGRES_COMMAND_OK)
            ok = store_failed(store, result, store_meaning(sql, meaning, sizeof meaning), err);
        PQclear(result);
    }
    return ok;
}

bool copy_end(struct copy *copy, struct error *err)
{
    struct store *store = copy->store;
    const char *sql = copy->sql;

    assert(copy->columns_left == 0);
    bytes_put_u16(room(copy, 2), UINT16_MAX); /* the trailer */
    flush(copy);
    bool sent = !copy->failed && PQputCopyEnd(store->connection, NULL) == 1;
    copy_release(copy);
    if (!answers(store, sql, err))
        return false;
    return sent || store_failed(store, NULL, "COPY was cut off", err);
}

void copy_abandon(struct copy *copy)
{
    struct store *store = copy->store;
    struct error ignored;

    if (PQputCopyEnd(store->connection, "abandoned") == 1)
        (void)!answers(store, copy->sql, &ignored);
    copy_release(copy);
}
