#include "base/instant.h"

#include <assert.h>
#include <endian.h>
#include <string.h>
#include <time.h>

#include "base/number.h"

#define SHOWN_MAX 60 /* bytes of a wrong input that a message quotes */
#define DAY_SECONDS 86400

static int shown(size_t size)
{
    return (int)(size < SHOWN_MAX ? size : SHOWN_MAX);
}

static int64_t divide_floor(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    assert(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && is_leap_year(year) ? 1 : 0);
}

/* Years that begin in March put the leap day last; 400 of them have 146097 days. This is the
 * algorithm of Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms". */
int64_t civil_days(int year, int month, int day)
{
    assert(month >= 1 && month <= 12);
    int64_t march_year = (int64_t)year - (month <= 2 ? 1 : 0);
    int64_t era = divide_floor(march_year, 400);
    int64_t year_of_era = march_year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil civil_of_days(int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = divide_floor(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;
    int64_t month = march_month + (march_month < 10 ? 3 : -9);
    return (struct civil){
        .year = (int)(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
        .month = (int)month,
        .day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1),
    };
}

struct civil civil_of_instant(int64_t instant_us)
{
    int64_t days = divide_floor(instant_us, DAY_US);
    int second_of_day = (int)((instant_us - days * DAY_US) / SECOND_US);
    struct civil civil = civil_of_days(days);
    civil.hour = second_of_day / 3600;
    civil.minute = second_of_day / 60 % 60;
    civil.second = second_of_day % 60;
    return civil;
}

int64_t instant_of_civil_utc(struct civil civil)
{
    int64_t days = civil_days(civil.year, civil.month, civil.day);
    int64_t seconds = civil.hour * 3600 + civil.minute * 60 + civil.second;
    return (days * DAY_SECONDS + seconds) * SECOND_US;
}

int civil_weekday(int64_t days)
{
    int64_t since_monday = days + 3; /* 1970-01-01 was a Thursday */
    return (int)(since_monday - divide_floor(since_monday, 7) * 7);
}

/* Two digits that a pattern has found to be digits. */
static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* A '0' of the pattern stands for a digit, a 'T' for 't' too, everything else for itself. */
static bool matches(const char *text, size_t size, const char *pattern)
{
    size_t pattern_size = strlen(pattern);
    if (size < pattern_size)
        return false;
    for (size_t i = 0; i < pattern_size; i++) {
        bool same = pattern[i] == '0'   ? is_digit(text[i])
                    : pattern[i] == 'T' ? text[i] == 'T' || text[i] == 't'
                                        : text[i] == pattern[i];
        if (!same)
            return false;
    }
    return true;
}

static struct civil date_of(const char *text)
{
    return (struct civil){
        .year = two_digits(text) * 100 + two_digits(text + 2),
        .month = two_digits(text + 5),
        .day = two_digits(text + 8),
    };
}

static bool date_exists(struct civil date)
{
    return date.year >= 1 && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
           date.day <= civil_month_days(date.year, date.month);
}

#define DATE_AND_TIME_SIZE 19

/* Eight characters as one number, the first one the lowest: of a digit its value is left, of what
 * stands between digits nothing. False: they are not of the pattern. */
static inline bool take_eight(const char *text, const char pattern[8], uint64_t *out)
{
    uint64_t characters, wanted;
    memcpy(&characters, text, sizeof characters);
    memcpy(&wanted, pattern, sizeof wanted);
    uint64_t left = le64toh(characters ^ wanted);
    uint64_t is_other = le64toh(wanted) ^ EACH_BYTE('0'); /* its byte is not zero */
    uint64_t others = ((is_other + EACH_BYTE(0x7f)) & EACH_BYTE(0x80)) / 0x80 * 0xff;
    *out = left;
    return ((left | (left + EACH_BYTE(0x80 - 10))) & EACH_BYTE(0x80)) == 0 && (left & others) == 0;
}

/* In each byte the two digits that begin there. */
static inline uint64_t pairs(uint64_t digits)
{
    return digits * 10 + (digits >> 8);
}

static inline int byte_of(uint64_t word, unsigned index)
{
    return (int)(word >> (8 * index) & 0xff);
}

/* What of a time stands behind its seconds. */
struct tail {
    int64_t fraction_us;
    int64_t offset_us;
};

/* ".25": moves *at behind the digits. NULL, or what is wrong. */
static const char *parse_fraction(const char *text, size_t size, size_t *at, int64_t *out_us)
{
    if (*at >= size || text[*at] != '.')
        return NULL;
    size_t first = *at + 1;
    size_t end = first;
    int64_t unit_us = SECOND_US;
    for (; end < size && is_digit(text[end]); end++) {
        unit_us /= 10;
        *out_us += (text[end] - '0') * unit_us;
        if (unit_us == 0 && text[end] != '0')
            return "has more than 6 decimals of a second";
    }
    *at = end;
    return end == first ? "has no digits after its point" : NULL;
}

/* "Z" or "+05:30", and nothing after it. */
static const char *parse_offset(const char *text, size_t size, int64_t *out_us)
{
    if (size == 1 && (text[0] == 'Z' || text[0] == 'z'))
        return NULL;
    if (size != 6 || (text[0] != '+' && text[0] != '-') || !matches(text + 1, 5, "00:00"))
        return "does not end with 'Z' or an offset like '+05:30'";
    int hours = two_digits(text + 1);
    int minutes = two_digits(text + 4);
    if (hours > 23 || minutes > 59)
        return "has an offset beyond 23:59";
    int64_t offset_us = hours * HOUR_US + minutes * MINUTE_US;
    *out_us = text[0] == '-' ? -offset_us : offset_us;
    return NULL;
}

/* "0000-00-00T00:00:00": each character is looked at, none by itself. */
static bool take_date_and_time(const char *text, size_t size, struct civil *out)
{
    uint64_t date, day, time;
    if (size < DATE_AND_TIME_SIZE)
        return false;
    if (!take_eight(text, "0000-00-", &date) || !take_eight(text + 11, "00:00:00", &time) ||
        !(take_eight(text + 8, "00T00:00", &day) || take_eight(text + 8, "00t00:00", &day)))
        return false;
    date = pairs(date);
    time = pairs(time);
    *out = (struct civil){
        .year = byte_of(date, 0) * 100 + byte_of(date, 2),
        .month = byte_of(date, 5),
        .day = byte_of(pairs(day), 0),
        .hour = byte_of(time, 0),
        .minute = byte_of(time, 3),
        .second = byte_of(time, 6),
    };
    return true;
}

static const char *parse_rfc3339(const char *text, size_t size, int64_t *out_us)
{
    struct civil civil;
    if (!take_date_and_time(text, size, &civil))
        return "is not an RFC 3339 time like '2026-10-01T00:00:00Z'";
    if (!date_exists(civil))
        return "has a date that does not exist";
    if (civil.second == 60)
        return "is a leap second, which POSIX time does not have";
    if (civil.hour > 23 || civil.minute > 59 || civil.second > 59)
        return "has a time of day that does not exist";
    size_t at = DATE_AND_TIME_SIZE;
    struct tail tail = {0};
    const char *problem = parse_fraction(text, size, &at, &tail.fraction_us);
    if (problem == NULL)
        problem = parse_offset(text + at, size - at, &tail.offset_us);
    if (problem != NULL)
        return problem;
    int64_t instant_us = instant_of_civil_utc(civil) + tail.fraction_us - tail.offset_us;
    if (instant_us < INSTANT_MIN || instant_us > INSTANT_MAX)
        return "is outside the years 1 to 9999";
    *out_us = instant_us;
    return NULL;
}

bool instant_parse(const char *text, size_t size, const char *what, int64_t *out_us,
                   struct error *err)
{
    const char *problem = parse_rfc3339(text, size, out_us);
    if (problem != NULL)
        return error_set(err, ERROR_INPUT, "%s '%.*s' %s", what, shown(size), text, problem);
    return true;
}

bool civil_parse_date(const char *text, const char *what, struct civil *out, struct error *err)
{
    static const char pattern[] = "0000-00-00";
    size_t size = strlen(text);
    if (size != sizeof pattern - 1 || !matches(text, size, pattern))
        return error_set(err, ERROR_INPUT, "%s '%.*s' is not a date like '2026-10-01'", what,
                         shown(size), text);
    struct civil date = date_of(text);
    if (!date_exists(date))
        return error_set(err, ERROR_INPUT, "%s '%s' is a date that does not exist", what, text);
    *out = date;
    return true;
}

/* Exactly `count` digits and the character behind them; returns where to go on. */
static char *put_digits(char *out, int value, int count, char behind)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    out[count] = behind;
    return out + count + 1;
}

const char *instant_format(int64_t instant_us, char out[INSTANT_TEXT_SIZE])
{
    assert(instant_us >= INSTANT_MIN && instant_us <= INSTANT_MAX);
    struct civil civil = civil_of_instant(instant_us);
    int fraction_us = (int)(instant_us - instant_floor(instant_us, SECOND_US));
    char *end = put_digits(out, civil.year, 4, '-');
    end = put_digits(end, civil.month, 2, '-');
    end = put_digits(end, civil.day, 2, 'T');
    end = put_digits(end, civil.hour, 2, ':');
    end = put_digits(end, civil.minute, 2, ':');
    end = put_digits(end, civil.second, 2, fraction_us == 0 ? 'Z' : '.');
    if (fraction_us != 0) {
        end = put_digits(end, fraction_us, 6, '\0') - 1;
        while (end[-1] == '0')
            end--;
        *end++ = 'Z';
    }
    *end = '\0';
    return out;
}

int64_t instant_floor(int64_t instant_us, int64_t step_us)
{
    assert(step_us > 0);
    return divide_floor(instant_us, step_us) * step_us;
}

static int64_t clock_us(clockid_t clock)
{
    struct timespec now;
    int failed = clock_gettime(clock, &now);
    assert(failed == 0);
    return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

int64_t instant_now(void)
{
    return clock_us(CLOCK_REALTIME);
}

int64_t instant_monotonic(void)
{
    return clock_us(CLOCK_MONOTONIC);
}
