#include "store/row.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/connection.h"
#include "store/types.h"

struct rows {
    PGresult *result;
};

static const struct params no_params;

const char *store_prepare(struct store *store, const char *sql, const struct params *params,
                          struct error *err)
{
    char meaning[100];

    for (size_t i = 0; i < store->statement_count; i++) {
        const struct statement *known = &store->statements[i];
        if (known->sql == sql && known->count == params->count &&
            memcmp(known->types, params->types, sizeof(unsigned) * (size_t)known->count) == 0)
            return known->name;
    }
    store->statements = memory_grow(store->statements, &store->statement_capacity,
                                    store->statement_count + 1, sizeof *store->statements);
    struct statement *statement = &store->statements[store->statement_count];
    statement->sql = sql;
    statement->count = params->count;
    memcpy(statement->types, params->types, sizeof(unsigned) * (size_t)params->count);
    snprintf(statement->name, sizeof statement->name, "s%zu", store->statement_count);

    PGresult *result =
        PQprepare(store->connection, statement->name, sql, params->count, params->types);
    bool ok = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (ok)
        store->statement_count++;
    else
        store_failed(store, result, store_meaning(sql, meaning, sizeof meaning), err);
    PQclear(result);
    return ok ? statement->name : NULL;
}

/* All parameters and columns are binary. */
static void formats_of(const struct params *params, int out[PARAMS_MAX])
{
    for (int i = 0; i < params->count; i++)
        out[i] = 1;
}

/* Runs it; NULL when it was not answered with `wanted`. */
static PGresult *run(struct store *store, const char *sql, const struct params *params,
                     struct error *err)
{
    int formats[PARAMS_MAX];
    char meaning[100];
    if (!params)
        params = &no_params;
    const char *name = store_prepare(store, sql, params, err);
    if (!name)
        return NULL;

    formats_of(params, formats);
    if (together_is_open(store)) {
        struct question question = {
            .sql = sql, .name = name, .params = params, .formats = formats, .err = err};
        return together_ask(store, &question) ? question.result : NULL;
    }
    PGresult *result = PQexecPrepared(store->connection, name, params->count, params->values,
                                      params->lengths, formats, 1);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    store_failed(store, result, store_meaning(sql, meaning, sizeof meaning), err);
    PQclear(result);
    return NULL;
}

bool store_query(struct store *store, const char *sql, const struct params *params,
                 struct rows **out, struct error *err)
{
    PGresult *result = run(store, sql, params, err);
    if (!result)
        return false;
    *out = memory_alloc(sizeof **out);
    (*out)->result = result;
    return true;
}

bool store_execute(struct store *store, const char *sql, const struct params *params,
                   uint64_t *out_affected, struct error *err)
{
    PGresult *result = run(store, sql, params, err);
    if (!result)
        return false;
    if (out_affected)
        *out_affected = strtoull(PQcmdTuples(result), NULL, 10);
    PQclear(result);
    return true;
}

static bool send_for_each(struct store *store, const char *sql, const struct params *params,
                          struct error *err)
{
    int formats[PARAMS_MAX];
    char meaning[100];
    const char *name = store_prepare(store, sql, params, err);
    if (!name)
        return false;
    formats_of(params, formats);
    if (!PQsendQueryPrepared(store->connection, name, params->count, params->values,
                             params->lengths, formats, 1))
        return store_failed(store, NULL, store_meaning(sql, meaning, sizeof meaning), err);
    if (!PQsetSingleRowMode(store->connection))
        abort(); /* it was just sent */
    return true;
}

static void cancel(struct store *store)
{
    char ignored[256];
    PGcancel *handle = PQgetCancel(store->connection);
    if (handle) {
        PQcancel(handle, ignored, sizeof ignored);
        PQfreeCancel(handle);
    }
}

struct visited {
    bool (*each)(void *context, const struct rows *row, struct error *err);
    void *context;
};

static bool visit_row(void *visitor, PGresult *row, struct error *err)
{
    const struct visited *visited = visitor;
    return visited->each(visited->context, &(struct rows){row}, err);
}

/* While others ask, too. */
static bool each_together(struct store *store, const char *sql, const struct params *params,
                          struct visited *visited, struct error *err)
{
    int formats[PARAMS_MAX];
    const char *name = store_prepare(store, sql, params, err);
    if (!name)
        return false;
    formats_of(params, formats);
    struct question question = {.sql = sql,
                                .name = name,
                                .params = params,
                                .formats = formats,
                                .visit = visit_row,
                                .visitor = visited,
                                .err = err};
    return together_ask(store, &question);
}

bool store_each(struct store *store, const char *sql, const struct params *params,
                bool (*each)(void *context, const struct rows *row, struct error *err),
                void *context, struct error *err)
{
    char meaning[100];
    struct rows rows;
    bool ok = true;

    if (!params)
        params = &no_params;
    if (together_is_open(store))
        return each_together(store, sql, params, &(struct visited){each, context}, err);
    if (!send_for_each(store, sql, params, err))
        return false;
    while ((rows.result = PQgetResult(store->connection)) != NULL) {
        ExecStatusType status = PQresultStatus(rows.result);
        /* After a failure what is left is read and thrown away: the first error is the story. */
        if (ok && status == PGRES_SINGLE_TUPLE) {
            ok = each(context, &rows, err);
            if (!ok)
                cancel(store);
        } else if (ok && status != PGRES_TUPLES_OK) {
            ok = store_failed(store, rows.result, store_meaning(sql, meaning, sizeof meaning), err);
        }
        PQclear(rows.result);
    }
    return ok;
}

void rows_release(struct rows *rows)
{
    if (!rows)
        return;
    PQclear(rows->result);
    free(rows);
}

void rows_cleanup(struct rows **rows)
{
    rows_release(*rows);
    *rows = NULL;
}

size_t rows_count(const struct rows *rows)
{
    return (size_t)PQntuples(rows->result);
}

static const unsigned char *value_of(const struct rows *rows, size_t row, int column)
{
    assert(row < rows_count(rows) && column >= 0 && column < PQnfields(rows->result));
    assert(!PQgetisnull(rows->result, (int)row, column));
    return (const unsigned char *)PQgetvalue(rows->result, (int)row, column);
}

static size_t size_of(const struct rows *rows, size_t row, int column)
{
    return (size_t)PQgetlength(rows->result, (int)row, column);
}

static unsigned type_of(const struct rows *rows, int column)
{
    return PQftype(rows->result, column);
}

bool row_is_null(const struct rows *rows, size_t row, int column)
{
    assert(row < rows_count(rows) && column >= 0 && column < PQnfields(rows->result));
    return PQgetisnull(rows->result, (int)row, column);
}

bool row_bool(const struct rows *rows, size_t row, int column)
{
    assert(type_of(rows, column) == TYPE_BOOL);
    return value_of(rows, row, column)[0] != 0;
}

static int64_t int_decode(const unsigned char *bytes, size_t size)
{
    assert(size == 2 || size == 4 || size == 8);
    if (size == 2)
        return (int16_t)bytes_get_u16(bytes);
    return size == 4 ? (int32_t)bytes_get_u32(bytes) : bytes_get_i64(bytes);
}

int64_t row_int(const struct rows *rows, size_t row, int column)
{
    unsigned type = type_of(rows, column);
    assert(type == TYPE_INT2 || type == TYPE_INT4 || type == TYPE_INT8);
    return int_decode(value_of(rows, row, column), size_of(rows, row, column));
}

uint64_t row_u64(const struct rows *rows, size_t row, int column)
{
    return (uint64_t)row_int(rows, row, column);
}

const char *row_text(const struct rows *rows, size_t row, int column)
{
    unsigned type = type_of(rows, column);
    assert(type == TYPE_TEXT || type == TYPE_VARCHAR);
    return (const char *)value_of(rows, row, column); /* libpq adds the zero */
}

struct slice row_bytes(const struct rows *rows, size_t row, int column)
{
    unsigned type = type_of(rows, column);
    assert(type == TYPE_BYTEA || type == TYPE_TEXT || type == TYPE_VARCHAR);
    return (struct slice){(const char *)value_of(rows, row, column), size_of(rows, row, column)};
}

bool row_digest(const struct rows *rows, size_t row, int column, struct digest *out,
                struct error *err)
{
    struct slice bytes = row_bytes(rows, row, column);
    if (bytes.size != sizeof out->bytes)
        return error_set(err, ERROR_CONFLICT, "database: column '%s' holds %zu bytes instead of 32",
                         PQfname(rows->result, column), bytes.size);
    memcpy(out->bytes, bytes.data, sizeof out->bytes);
    return true;
}

bool row_numeric(const struct rows *rows, size_t row, int column, int128 *out, struct error *err)
{
    assert(type_of(rows, column) == TYPE_NUMERIC);
    if (!numeric_decode(value_of(rows, row, column), size_of(rows, row, column), out))
        return error_set(err, ERROR_CONFLICT,
                         "database: column '%s' does not hold a whole number of 128 bits",
                         PQfname(rows->result, column));
    return true;
}

int64_t row_instant(const struct rows *rows, size_t row, int column)
{
    int64_t instant_us = bytes_get_i64(value_of(rows, row, column));
    assert(type_of(rows, column) == TYPE_TIMESTAMPTZ);
    /* 'infinity' stays the greatest number; '-infinity' is the smallest. */
    if (instant_us > INT64_MAX - POSTGRES_EPOCH_US)
        return INT64_MAX;
    return instant_us == INT64_MIN ? INT64_MIN : instant_us + POSTGRES_EPOCH_US;
}

int64_t row_date(const struct rows *rows, size_t row, int column)
{
    assert(type_of(rows, column) == TYPE_DATE);
    return (int32_t)bytes_get_u32(value_of(rows, row, column)) + POSTGRES_EPOCH_DAYS;
}

/* The elements of an array of one dimension: their number, and where the first length stands. */
static size_t array_open(const struct rows *rows, size_t row, int column,
                         const unsigned char **out_at)
{
    const unsigned char *bytes = value_of(rows, row, column);
    uint32_t dimensions = bytes_get_u32(bytes);

    assert(dimensions <= 1 && bytes_get_u32(bytes + 4) == 0 /* nulls */);
    *out_at = bytes + ARRAY_HEADER_SIZE;
    return dimensions ? bytes_get_u32(bytes + 12) : 0;
}

size_t row_int_array(const struct rows *rows, size_t row, int column, struct arena *arena,
                     int64_t **out)
{
    unsigned type = type_of(rows, column);
    const unsigned char *at;
    assert(type == TYPE_INT2_ARRAY || type == TYPE_INT4_ARRAY || type == TYPE_INT8_ARRAY);

    size_t count = array_open(rows, row, column, &at);
    *out = arena_array(arena, count, sizeof **out);
    for (size_t i = 0; i < count; i++) {
        size_t size = bytes_get_u32(at);
        (*out)[i] = int_decode(at + 4, size);
        at += 4 + size;
    }
    return count;
}

size_t row_text_array(const struct rows *rows, size_t row, int column, struct arena *arena,
                      const char *const **out)
{
    const unsigned char *at;
    assert(type_of(rows, column) == TYPE_TEXT_ARRAY);

    size_t count = array_open(rows, row, column, &at);
    const char **texts = arena_array(arena, count, sizeof *texts);
    for (size_t i = 0; i < count; i++) {
        size_t size = bytes_get_u32(at);
        texts[i] = arena_text_n(arena, (const char *)at + 4, size);
        at += 4 + size;
    }
    *out = texts;
    return count;
}
