/*
 * A point on the UTC time line: microseconds since 1970-01-01T00:00:00Z, POSIX time
 * (a leap second ":60" is refused). Range: years 1 … 9999.
 */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#define HOUR_US (3600 * SECOND_US)
#define DAY_US (24 * HOUR_US)
#define DAY_MINUTES 1440
#define INSTANT_MIN INT64_C(-62135596800000000) /* 0001-01-01T00:00:00Z */
#define INSTANT_MAX INT64_C(253402300799999999) /* 9999-12-31T23:59:59.999999Z */
#define INSTANT_TEXT_SIZE 32

/* Civil date and time without a zone. */
struct civil {
    int year;   /* 1 … 9999 */
    int month;  /* 1 … 12 */
    int day;    /* 1 … 31 */
    int hour;   /* 0 … 23 */
    int minute; /* 0 … 59 */
    int second; /* 0 … 59 */
};

/* RFC 3339 with 'Z' or an offset, up to 6 decimals of a second; more decimals only if they are
 * zero. `what` names the field in the message. */
MUST_CHECK bool instant_parse(const char *text, size_t size, const char *what, int64_t *out_us,
                              struct error *err);
/* "2026-10-01T00:00:00Z", decimals only when there are any. Returns out. */
const char *instant_format(int64_t instant_us, char out[INSTANT_TEXT_SIZE]);
/* Days since 1970-01-01 of a proleptic Gregorian date; any month, any day that exists. */
int64_t civil_days(int year, int month, int day);
struct civil civil_of_days(int64_t days);          /* hour, minute, second are 0 */
struct civil civil_of_instant(int64_t instant_us); /* UTC */
int64_t instant_of_civil_utc(struct civil civil);
int civil_month_days(int year, int month);
int civil_weekday(int64_t days); /* 0 = Monday … 6 = Sunday */
/* "2026-10-01", exactly. */
MUST_CHECK bool civil_parse_date(const char *text, const char *what, struct civil *out,
                                 struct error *err);
static inline int64_t instant_later(int64_t a_us, int64_t b_us)
{
    return a_us > b_us ? a_us : b_us;
}
static inline int64_t instant_earlier(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}
/* floor(instant / step) × step, right below zero too. */
int64_t instant_floor(int64_t instant_us, int64_t step_us);
/* The clock; programs only, never the pure libraries. */
int64_t instant_now(void);
/* A clock that never goes back, for durations. */
int64_t instant_monotonic(void);

#endif
