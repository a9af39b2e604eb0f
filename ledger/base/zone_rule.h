/*
 * The rule in the footer of a TZif file: POSIX's TZ string with the hours of RFC 8536,
 * section 3.3.1, "EST5EDT,M3.2.0,M11.1.0/26". For zone.c only.
 */
#ifndef BASE_ZONE_RULE_H
#define BASE_ZONE_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* "M3.2.0/26", "J60" or "59": a day of every year and a time on it. */
struct zone_rule_day {
    char form;            /* 'M', 'J' (1 … 365, never 29 February) or 'n' (0 … 365) */
    int month;            /* 'M': 1 … 12 */
    int week;             /* 'M': 1 … 5, the last one is 5 */
    int weekday;          /* 'M': 0 = Sunday … 6 */
    int day;              /* 'J' and 'n' */
    int32_t time_seconds; /* local time then in force; -167 h … 167 h of midnight */
};

struct zone_rule {
    int32_t standard_seconds; /* east of UTC */
    int32_t summer_seconds;
    bool has_summer;
    struct zone_rule_day start; /* of summer time, in standard time */
    struct zone_rule_day end;   /* in summer time */
};

MUST_CHECK bool zone_rule_parse(const char *text, size_t size, struct zone_rule *out);
/* Seconds east of UTC in force at a time given in seconds since 1970. */
int32_t zone_rule_offset_seconds(const struct zone_rule *rule, int64_t second);
/* The first change after that time; INT64_MAX when there is none. */
int64_t zone_rule_next_second(const struct zone_rule *rule, int64_t second);

#endif
