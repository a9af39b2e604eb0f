/*
 * Typed parameters and columns, all in PostgreSQL's binary format; and COPY BINARY. Statements are
 * the generated constants of sql/queries, prepared on first use: they are told apart by address.
 */
#ifndef STORE_ROW_H
#define STORE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/number.h"
#include "base/text.h"
#include "core/digest.h"
#include "store/store.h"

#define PARAMS_MAX 40

/* Parameters in order $1, $2 …: PARAMS_INIT, then one call each. Bytes are copied into `arena`. */
struct params {
    struct arena arena;
    int count;
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX];
    unsigned types[PARAMS_MAX]; /* OIDs */
};
void params_init(struct params *params);
void params_release(struct params *params); /* for CLEANUP */
void param_null(struct params *params);     /* type inferred by the server */
void param_bool(struct params *params, bool value);
void param_int16(struct params *params, int16_t value);
void param_int32(struct params *params, int32_t value);
void param_int64(struct params *params, int64_t value);
void param_u64(struct params *params, uint64_t value);     /* as bigint; above INT64_MAX wraps */
void param_text(struct params *params, const char *value); /* NULL is null */
void param_text_n(struct params *params, const char *value, size_t size);
void param_bytes(struct params *params, const void *bytes, size_t size); /* NULL is null */
void param_digest(struct params *params, const struct digest *digest);
void param_numeric(struct params *params, int128 value);
void param_instant(struct params *params, int64_t instant_us);
void param_date(struct params *params, int64_t days); /* since 1970-01-01, as civil_days() */
void param_int64_array(struct params *params, const int64_t *values, size_t count);
void param_int32_array(struct params *params, const int32_t *values, size_t count);
void param_instant_array(struct params *params, const int64_t *values, size_t count);
void param_u64_array(struct params *params, const uint64_t *values, size_t count); /* int8[] */
void param_text_array(struct params *params, const char *const *values, size_t count);
void param_digest_array(struct params *params, const struct digest *values, size_t count);

/* A result. Column accessors assert type and non-null unless said otherwise. */
struct rows;
MUST_CHECK bool store_query(struct store *store, const char *sql, const struct params *params,
                            struct rows **out, struct error *err);
/* For INSERT and UPDATE: *out_affected may be NULL. */
MUST_CHECK bool store_execute(struct store *store, const char *sql, const struct params *params,
                              uint64_t *out_affected, struct error *err);
/* Streams a large result row by row: `each` gets a one-row result, and may not use this store.
 * Stops when it returns false. */
MUST_CHECK bool store_each(struct store *store, const char *sql, const struct params *params,
                           bool (*each)(void *context, const struct rows *row, struct error *err),
                           void *context, struct error *err);
void rows_release(struct rows *rows);
void rows_cleanup(struct rows **rows); /* for CLEANUP */
size_t rows_count(const struct rows *rows);
bool row_is_null(const struct rows *rows, size_t row, int column);
bool row_bool(const struct rows *rows, size_t row, int column);
int64_t row_int(const struct rows *rows, size_t row, int column); /* int2, int4, int8 */
uint64_t row_u64(const struct rows *rows, size_t row, int column);
const char *row_text(const struct rows *rows, size_t row, int column);   /* zero-terminated */
struct slice row_bytes(const struct rows *rows, size_t row, int column); /* text and bytea */
/* ERROR_CONFLICT when the column does not hold 32 bytes. */
MUST_CHECK bool row_digest(const struct rows *rows, size_t row, int column, struct digest *out,
                           struct error *err);
MUST_CHECK bool row_numeric(const struct rows *rows, size_t row, int column, int128 *out,
                            struct error *err);
int64_t row_instant(const struct rows *rows, size_t row, int column);
int64_t row_date(const struct rows *rows, size_t row, int column); /* days since 1970-01-01 */
/* Copies an int2[], int4[] or int8[] into the arena. */
size_t row_int_array(const struct rows *rows, size_t row, int column, struct arena *arena,
                     int64_t **out);
/* Copies a text[] into the arena, each zero-terminated. */
size_t row_text_array(const struct rows *rows, size_t row, int column, struct arena *arena,
                      const char *const **out);

/* COPY table FROM STDIN (FORMAT binary): begin, then per row copy_row() and its columns, end. */
struct copy;
MUST_CHECK bool copy_begin(struct store *store, const char *sql, struct copy **out,
                           struct error *err);
void copy_row(struct copy *copy, int16_t columns);
void copy_null(struct copy *copy);
void copy_bool(struct copy *copy, bool value);
void copy_int16(struct copy *copy, int16_t value);
void copy_int32(struct copy *copy, int32_t value);
void copy_int64(struct copy *copy, int64_t value);
void copy_bytes(struct copy *copy, const void *bytes, size_t size); /* text and bytea */
void copy_numeric(struct copy *copy, int128 value);
void copy_instant(struct copy *copy, int64_t instant_us);
void copy_int32_array(struct copy *copy, const int32_t *values, size_t count);
void copy_int64_array(struct copy *copy, const int64_t *values, size_t count);
/* Sends the rest and waits for the answer. Always frees. */
MUST_CHECK bool copy_end(struct copy *copy, struct error *err);
void copy_abandon(struct copy *copy);

#endif
