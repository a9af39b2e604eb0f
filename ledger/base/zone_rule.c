#include "base/zone_rule.h"

#include <string.h>

#include "base/instant.h"

#define HOUR_SECONDS 3600
#define DAY_SECONDS 86400
#define RULE_HOURS_MAX 167
#define OFFSET_HOURS_MAX 24

/* A text that is read from its beginning; what has been read is gone. */
struct reader {
    const char *at;
    const char *end;
};

static bool read_char(struct reader *reader, char wanted)
{
    if (reader->at == reader->end || *reader->at != wanted)
        return false;
    reader->at++;
    return true;
}

static bool is_digit_next(const struct reader *reader)
{
    return reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9';
}

static bool read_number(struct reader *reader, int min, int max, int *out)
{
    if (!is_digit_next(reader))
        return false;
    int number = 0;
    while (is_digit_next(reader) && number <= max)
        number = number * 10 + (*reader->at++ - '0');
    *out = number;
    return number >= min && number <= max;
}

/* "EST" or "<+0530>". */
static bool read_name(struct reader *reader)
{
    bool quoted = read_char(reader, '<');
    const char *first = reader->at;
    while (reader->at < reader->end) {
        char c = *reader->at;
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && !(quoted && (is_digit_next(reader) || c == '+' || c == '-')))
            break;
        reader->at++;
    }
    return reader->at - first >= 3 && (!quoted || read_char(reader, '>'));
}

/* "[+-]h[h[h]][:mm[:ss]]" */
static bool read_time(struct reader *reader, int hours_max, int32_t *out_seconds)
{
    bool negative = read_char(reader, '-');
    if (!negative)
        (void)read_char(reader, '+');
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    if (!read_number(reader, 0, hours_max, &hours))
        return false;
    if (read_char(reader, ':')) {
        if (!read_number(reader, 0, 59, &minutes))
            return false;
        if (read_char(reader, ':') && !read_number(reader, 0, 59, &seconds))
            return false;
    }
    int32_t magnitude = hours * HOUR_SECONDS + minutes * 60 + seconds;
    *out_seconds = negative ? -magnitude : magnitude;
    return true;
}

static bool read_day_of_form(struct reader *reader, struct zone_rule_day *day)
{
    if (read_char(reader, 'M')) {
        day->form = 'M';
        return read_number(reader, 1, 12, &day->month) && read_char(reader, '.') &&
               read_number(reader, 1, 5, &day->week) && read_char(reader, '.') &&
               read_number(reader, 0, 6, &day->weekday);
    }
    if (read_char(reader, 'J')) {
        day->form = 'J';
        return read_number(reader, 1, 365, &day->day);
    }
    day->form = 'n';
    return read_number(reader, 0, 365, &day->day);
}

/* ",M3.2.0/26" */
static bool read_day(struct reader *reader, struct zone_rule_day *out)
{
    struct zone_rule_day day = {.time_seconds = 2 * HOUR_SECONDS};
    if (!read_char(reader, ',') || !read_day_of_form(reader, &day))
        return false;
    if (read_char(reader, '/') && !read_time(reader, RULE_HOURS_MAX, &day.time_seconds))
        return false;
    *out = day;
    return true;
}

/* POSIX counts offsets west of UTC, everybody else east. */
static bool read_offset(struct reader *reader, int32_t *out_seconds)
{
    int32_t west_seconds;
    if (!read_time(reader, OFFSET_HOURS_MAX, &west_seconds))
        return false;
    *out_seconds = -west_seconds;
    return true;
}

bool zone_rule_parse(const char *text, size_t size, struct zone_rule *out)
{
    struct reader reader = {text, text + size};
    struct zone_rule rule = {0};
    if (!read_name(&reader) || !read_offset(&reader, &rule.standard_seconds))
        return false;
    if (reader.at < reader.end) {
        rule.has_summer = true;
        rule.summer_seconds = rule.standard_seconds + HOUR_SECONDS;
        if (!read_name(&reader))
            return false;
        if (reader.at < reader.end && *reader.at != ',' &&
            !read_offset(&reader, &rule.summer_seconds))
            return false;
        if (!read_day(&reader, &rule.start) || !read_day(&reader, &rule.end))
            return false;
    }
    if (reader.at != reader.end)
        return false;
    *out = rule;
    return true;
}

/* Days since 1970 of the last or n-th such weekday of the month. */
static int64_t weekday_of_month(int year, const struct zone_rule_day *day)
{
    int64_t first = civil_days(year, day->month, 1);
    int first_weekday = (civil_weekday(first) + 1) % 7; /* civil_weekday() begins with Monday */
    int ahead = (day->weekday - first_weekday + 7) % 7 + (day->week - 1) * 7;
    if (ahead >= civil_month_days(year, day->month))
        ahead -= 7;
    return first + ahead;
}

static int64_t change_second(const struct zone_rule_day *day, int year, int32_t offset_seconds)
{
    int64_t days = 0;
    if (day->form == 'M') {
        days = weekday_of_month(year, day);
    } else if (day->form == 'n') {
        days = civil_days(year, 1, 1) + day->day;
    } else {
        bool after_leap_day = civil_month_days(year, 2) == 29 && day->day >= 60;
        days = civil_days(year, 1, 1) + day->day - 1 + (after_leap_day ? 1 : 0);
    }
    return days * DAY_SECONDS + day->time_seconds - offset_seconds;
}

struct change {
    int64_t second;
    int32_t offset_seconds; /* from then on */
};

#define CHANGES_NEAR 8

/* The changes of four years, from the one before the given second's. Times of up to a week beyond
 * midnight carry a change into the year before or after that of its day. */
static void changes_near(const struct zone_rule *rule, int64_t second,
                         struct change out[CHANGES_NEAR])
{
    int64_t days = instant_floor(second, DAY_SECONDS) / DAY_SECONDS;
    int year = civil_of_days(days).year - 1;
    for (int i = 0; i < CHANGES_NEAR; i += 2, year++) {
        out[i] = (struct change){change_second(&rule->start, year, rule->standard_seconds),
                                 rule->summer_seconds};
        out[i + 1] = (struct change){change_second(&rule->end, year, rule->summer_seconds),
                                     rule->standard_seconds};
    }
}

int32_t zone_rule_offset_seconds(const struct zone_rule *rule, int64_t second)
{
    if (!rule->has_summer)
        return rule->standard_seconds;
    struct change changes[CHANGES_NEAR];
    changes_near(rule, second, changes);
    struct change last = {INT64_MIN, rule->standard_seconds};
    /* Of two changes at once the later year's holds: summer time for ever is written as one that
     * ends when the next begins. */
    for (int i = 0; i < CHANGES_NEAR; i++)
        if (changes[i].second <= second && changes[i].second >= last.second)
            last = changes[i];
    return last.offset_seconds;
}

int64_t zone_rule_next_second(const struct zone_rule *rule, int64_t second)
{
    if (!rule->has_summer)
        return INT64_MAX;
    struct change changes[CHANGES_NEAR];
    changes_near(rule, second, changes);
    int64_t next = INT64_MAX;
    for (int i = 0; i < CHANGES_NEAR; i++)
        if (changes[i].second > second && changes[i].second < next)
            next = changes[i].second;
    return next;
}
