/*
 * Inside of rows and COPY: PostgreSQL's binary form of a value, and the OIDs of its types
 * (src/include/catalog/pg_type.dat, fixed since the types exist).
 */
#ifndef STORE_TYPES_H
#define STORE_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/number.h"

enum {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_VARCHAR = 1043,
    TYPE_DATE = 1082,
    TYPE_TIMESTAMPTZ = 1184,
    TYPE_NUMERIC = 1700,
    TYPE_BYTEA_ARRAY = 1001,
    TYPE_INT2_ARRAY = 1005,
    TYPE_INT4_ARRAY = 1007,
    TYPE_TEXT_ARRAY = 1009,
    TYPE_INT8_ARRAY = 1016,
    TYPE_TIMESTAMPTZ_ARRAY = 1185,
};

#define POSTGRES_EPOCH_US INT64_C(946684800000000) /* 2000-01-01T00:00:00Z */
#define POSTGRES_EPOCH_DAYS INT64_C(10957)

#define NUMERIC_SIZE_MAX (8 + 2 * 10) /* header, and ten digits of base 10 000 */

/* Whole numbers. Returns the size. */
size_t numeric_encode(int128 value, unsigned char out[NUMERIC_SIZE_MAX]);
/* False for what is not a whole number of 128 bits. */
MUST_CHECK bool numeric_decode(const unsigned char *bytes, size_t size, int128 *out);

#define ARRAY_HEADER_SIZE 20
/* The header of an array without nulls: of one dimension, or of none when it is empty. Returns its
 * size: 20, or 12. */
size_t array_header_encode(unsigned element_type, size_t count,
                           unsigned char out[ARRAY_HEADER_SIZE]);

#endif
