/*
 * Billing periods and the grid.
 */
#include "rating/calendar.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define GRID_LAST_YEAR 2100 /* how far period borders are looked at */

/* A month counted from year 0: year × 12 + month − 1. */
static int month_number(struct civil civil)
{
    return civil.year * 12 + civil.month - 1;
}

/* The first instant of the period of a month. Day 31 is a short month's last day. */
static int64_t month_start(const struct zone *zone, const struct billing *billing, int month)
{
    struct civil local = {.year = month / 12,
                          .month = month % 12 + 1,
                          .day = billing->day,
                          .hour = billing->hour,
                          .minute = billing->minute};
    int last = civil_month_days(local.year, local.month);

    if (local.day > last)
        local.day = last;
    return zone_instant(zone, local);
}

static void month_period(const struct zone *zone, const struct billing *billing, int month,
                         struct period *out)
{
    out->from_us = month_start(zone, billing, month);
    out->to_us = month_start(zone, billing, month + 1);
    snprintf(out->label, sizeof out->label, "%04u-%02u", (unsigned)(month / 12) % 10000u,
             (unsigned)(month % 12) % 12u + 1u);
}

bool calendar_period_at(const struct zone *zone, const struct billing *billing, int64_t instant_us,
                        struct period *out, struct error *err)
{
    struct civil local = zone_local(zone, instant_us);
    int month = month_number(local) + 1; /* a border may have moved over midnight */

    if (local.year < 2 || local.year > 9998)
        return error_set(err, ERROR_INPUT, "year %d has no billing period", local.year);
    while (month_start(zone, billing, month) > instant_us)
        month--;
    month_period(zone, billing, month, out);
    return true;
}

bool calendar_period_of_label(const struct zone *zone, const struct billing *billing,
                              const char *label, struct period *out, struct error *err)
{
    struct civil first;
    char date[16];
    struct error ignored;
    int size = snprintf(date, sizeof date, "%s-01", label);

    if (size != 10 || !civil_parse_date(date, "period", &first, &ignored) || first.year < 2 ||
        first.year > 9998)
        return error_set(err, ERROR_INPUT, "period '%.20s' is not a month such as 2026-10", label);
    month_period(zone, billing, month_number(first), out);
    return true;
}

static int month_of_label(const struct period *period)
{
    char date[16];
    struct civil first = {0};
    struct error err;

    snprintf(date, sizeof(date), "%.7s-01", period->label);
    bool is_label = civil_parse_date(date, "label", &first, &err);
    assert(is_label);
    return month_number(first);
}

void calendar_period_next(const struct zone *zone, const struct billing *billing,
                          const struct period *period, struct period *out)
{
    month_period(zone, billing, month_of_label(period) + 1, out);
}

/* The date in a month on which its period begins. */
static int64_t month_days(const struct billing *billing, int month)
{
    int last = civil_month_days(month / 12, month % 12 + 1);

    return civil_days(month / 12, month % 12 + 1, billing->day < last ? billing->day : last);
}

size_t calendar_days(const struct zone *zone, const struct billing *billing,
                     const struct period *period, int64_t out_ends_us[PERIOD_DAYS_MAX])
{
    int month = month_of_label(period);
    int64_t at_us = period->from_us;
    size_t count = 0;

    int64_t end = month_days(billing, month + 1);
    for (int64_t day = month_days(billing, month) + 1; day <= end; day++) {
        struct civil local = civil_of_days(day);

        local.hour = billing->hour;
        local.minute = billing->minute;
        int64_t end_us = day == end ? period->to_us : zone_instant(zone, local);
        if (end_us <= at_us)
            continue;
        assert(count < PERIOD_DAYS_MAX);
        out_ends_us[count++] = end_us;
        at_us = end_us;
    }
    return count;
}

bool calendar_check_grid(int64_t instant_us, uint32_t grid_seconds, const char *what,
                         struct error *err)
{
    int64_t step_us = (int64_t)grid_seconds * SECOND_US;
    int64_t before_us = instant_floor(instant_us, step_us);
    char texts[3][INSTANT_TEXT_SIZE];

    if (before_us == instant_us)
        return true;
    return error_set(err, ERROR_INPUT,
                     "%s: %s is not on the tenant's grid of %" PRIu32 " s; near it are %s and %s",
                     what, instant_format(instant_us, texts[0]), grid_seconds,
                     instant_format(before_us, texts[1]),
                     instant_format(before_us + step_us, texts[2]));
}

/*
 * What was found on the grid. Of a month's end a thread looks at the same few rules again and
 * again, and a rule has some hundred borders.
 */
#define RULES_KEPT 16

struct rule_kept {
    char zone[64];
    struct billing billing;
    uint32_t grid_seconds;
    int64_t from_us; /* all borders in [from_us, to_us) */
    int64_t to_us;
};

static _Thread_local struct rule_kept rules[RULES_KEPT];
static _Thread_local size_t rule_count; /* ever kept */

static bool is_same_rule(const struct rule_kept *rule, const struct zone *zone,
                         const struct billing *billing, uint32_t grid_seconds)
{
    return rule->grid_seconds == grid_seconds && rule->billing.day == billing->day &&
           rule->billing.hour == billing->hour && rule->billing.minute == billing->minute &&
           strcmp(rule->zone, zone_name(zone)) == 0;
}

static bool is_kept(const struct zone *zone, const struct billing *billing, int64_t from_us,
                    int64_t to_us, uint32_t grid_seconds)
{
    for (size_t i = 0; i < RULES_KEPT && i < rule_count; i++)
        if (is_same_rule(&rules[i], zone, billing, grid_seconds) && rules[i].from_us <= from_us &&
            to_us <= rules[i].to_us)
            return true;
    return false;
}

static void keep_rule(const struct zone *zone, const struct billing *billing, int64_t from_us,
                      int64_t to_us, uint32_t grid_seconds)
{
    struct rule_kept *rule = &rules[rule_count++ % RULES_KEPT];

    *rule = (struct rule_kept){
        .billing = *billing, .grid_seconds = grid_seconds, .from_us = from_us, .to_us = to_us};
    snprintf(rule->zone, sizeof rule->zone, "%s", zone_name(zone));
}

/* Of the months from this one on, whose period begins before to_us. */
static bool check_months(const struct zone *zone, const struct billing *billing, int month,
                         int64_t to_us, uint32_t grid_seconds, const char *what, struct error *err)
{
    struct period period;

    for (;; month++) {
        int64_t start_us = month_start(zone, billing, month);
        if (start_us >= to_us)
            return true;
        if (!calendar_check_grid(start_us, grid_seconds, what, err)) {
            month_period(zone, billing, month, &period);
            return error_prefix(err, "period %s: ", period.label);
        }
    }
}

bool calendar_check_periods(const struct zone *zone, const struct billing *billing, int64_t from_us,
                            int64_t to_us, uint32_t grid_seconds, const char *what,
                            struct error *err)
{
    struct period period;
    struct civil last = {.year = GRID_LAST_YEAR + 1, .month = 1, .day = 1};
    int64_t end_us = instant_earlier(to_us, instant_of_civil_utc(last));

    if (!calendar_period_at(zone, billing, from_us, &period, err))
        return false;
    if (is_kept(zone, billing, from_us, end_us, grid_seconds))
        return true;
    int month = month_of_label(&period);
    if (period.from_us < from_us)
        month++;
    if (!check_months(zone, billing, month, end_us, grid_seconds, what, err))
        return false;
    keep_rule(zone, billing, from_us, end_us, grid_seconds);
    return true;
}
