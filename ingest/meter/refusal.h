/*
 * Every reason why a record is not counted, as a table.
 *
 * What cannot be counted is quarantined, never dropped: the record whole, its position, one of
 * these reasons and a sentence with what exactly was wrong. The numbers stand in the database
 * and never change; a new reason takes the next one.
 */
#ifndef METER_REFUSAL_H
#define METER_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/text.h"

enum refusal_reason {
    REFUSAL_NONE = 0,
    REFUSAL_MALFORMED = 1,
    REFUSAL_TOO_LARGE = 2,
    REFUSAL_UNKNOWN_TYPE = 3,
    REFUSAL_UNKNOWN_TENANT = 4,
    REFUSAL_UNKNOWN_SOURCE = 5,
    REFUSAL_SOURCE_NOT_ALLOWED = 6,
    REFUSAL_FUTURE = 7,
    REFUSAL_END_BEFORE_START = 8,
    REFUSAL_SLICE_TOO_LONG = 9,
    REFUSAL_BELOW_FLOOR = 10,
    REFUSAL_OVERFLOW = 11,
    REFUSAL_CONFLICT = 12,
    REFUSAL_RETRACT_UNKNOWN = 13,
    REFUSAL_TOO_MANY_WINDOWS = 14,
};
#define REFUSAL_COUNT 15

/* What an operator may do with a quarantined record; a set. */
enum refusal_disposition {
    DISPOSITION_WRITE_OFF = 1, /* it will not be counted, and somebody says why */
    DISPOSITION_RELEASE = 2,   /* it enters again, as a line of a file */
};

struct refusal_row {
    enum refusal_reason reason;
    const char *word;      /* in JSON, metrics, SQL views: "end_before_start" */
    const char *sentence;  /* what it means, for a person */
    unsigned dispositions; /* of enum refusal_disposition */
    const char *remedy;    /* what to do about it */
};

#define REFUSAL_DETAIL_SIZE 256

/* Why this record was refused. */
struct refusal {
    enum refusal_reason reason;
    char detail[REFUSAL_DETAIL_SIZE]; /* "data.end: '2026-…' is not an instant"; valid UTF-8 */
};

/* Always false, so that a function can end with `return refusal_set(refusal, …)`. */
bool refusal_set(struct refusal *refusal, enum refusal_reason reason, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* The same from a callee's error. */
bool refusal_from_error(struct refusal *refusal, enum refusal_reason reason,
                        const struct error *err);

/* The row of a reason; asserts that there is one. REFUSAL_NONE has the word "none". */
const struct refusal_row *refusal_row(enum refusal_reason reason);
const char *refusal_word(enum refusal_reason reason);
/* By its word, for command lines. */
MUST_CHECK bool refusal_find(struct slice word, enum refusal_reason *out_reason);
bool refusal_allows(enum refusal_reason reason, enum refusal_disposition disposition);

#endif
