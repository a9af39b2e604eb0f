/*
 * Reads members of JSON objects that a schema has already checked for shape: texts, amounts,
 * instants, conditions. What is left to refuse is sense, and the message says where.
 *
 * A reader carries what the file is called and where in it we are ("/charges/0"), so that every
 * message can begin "plan.json: /charges/0/price: ".
 */
#ifndef RATING_FIELD_H
#define RATING_FIELD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/number.h"
#include "rating/plan.h"

struct reader {
    const char *what; /* the file */
    const char *path; /* JSON pointer of `object` */
    const json_t *object;
    struct arena *arena;
};

/* The reader of a member object, or of the n-th object of a member array. */
struct reader reader_member(const struct reader *reader, const char *name);
struct reader reader_item(const struct reader *reader, const char *name, size_t n);
/* How many items a member array has; 0 when it is not there. */
size_t reader_count(const struct reader *reader, const char *name);
/* "what: path/name: " + message, ERROR_INPUT; always false. */
bool reader_refuse(const struct reader *reader, const char *name, struct error *err,
                   const char *format, ...) PRINTF_LIKE(4, 5);

/* A copy of a member string; the fallback when it is not there. */
const char *reader_text(const struct reader *reader, const char *name, const char *fallback);
bool reader_flag(const struct reader *reader, const char *name, bool fallback);
int64_t reader_integer(const struct reader *reader, const char *name, int64_t fallback);
/* An array of strings; *out_count is 0 when it is not there. */
const char **reader_texts(const struct reader *reader, const char *name, size_t *out_count);
/* A price or amount within PRICE_DECIMALS_MAX and PRICE_DIGITS_MAX; the fallback when it is not
 * there. */
MUST_CHECK bool reader_amount(const struct reader *reader, const char *name,
                              struct decimal fallback, struct decimal *out, struct error *err);
/* The fallback when the member is not there or null. */
MUST_CHECK bool reader_instant(const struct reader *reader, const char *name, int64_t fallback_us,
                               int64_t *out_us, struct error *err);
/* Minutes after midnight of "09:30"; 24:00 is 0. */
MUST_CHECK bool reader_minute(const struct reader *reader, const char *name, int *out_minute,
                              struct error *err);
/* An object of dimensions with their values, sorted; the member "meter" is left out. */
void reader_conditions(const struct reader *reader, const char *name, struct conditions *out);
/* The same from an object of dimensions with one value each. */
void reader_values(const struct reader *reader, const char *name, struct conditions *out);

#endif
