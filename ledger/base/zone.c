/*
 * Zones from TZif files, versions 2 to 4 (RFC 8536; the first data block, of 32 bits, is skipped).
 *
 * 1. `seconds` rises strictly; offsets[i] holds from seconds[i] until seconds[i + 1].
 * 2. Before the first of them offset_before holds, after the last the rule, if there is one.
 * 3. Every offset is less than OFFSET_SECONDS_MAX from UTC.
 */
#include "base/zone.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/number.h"
#include "base/zone_rule.h"

#define ZONE_NAME_SIZE 64
#define ZONE_FILE_SIZE_MAX (256 * 1024)
#define OFFSET_SECONDS_MAX (26 * 3600) /* RFC 8536, section 3.2: -25 h … 26 h */
#define TZIF_HEADER_SIZE 44
#define TYPE_SIZE 6

struct zone {
    char name[ZONE_NAME_SIZE];
    int64_t *seconds;
    int32_t *offsets;
    size_t count;
    int32_t offset_before;
    struct zone_rule rule;
    bool has_rule;
};

/* ---------------------------------------------------------------------------------- the file */

/* One of the two data blocks of a file: where its arrays are. */
struct block {
    const unsigned char *times;
    const unsigned char *indexes; /* one a time: which type holds from then on */
    const unsigned char *types;
    const unsigned char *end;
    size_t time_count;
    size_t type_count;
    size_t leap_count;
};

static bool block_find(const unsigned char *bytes, size_t size, size_t time_size, struct block *out)
{
    if (size < TZIF_HEADER_SIZE || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2')
        return false;
    size_t utc_count = bytes_get_u32(bytes + 20);
    size_t standard_count = bytes_get_u32(bytes + 24);
    struct block block = {
        .leap_count = bytes_get_u32(bytes + 28),
        .time_count = bytes_get_u32(bytes + 32),
        .type_count = bytes_get_u32(bytes + 36),
    };
    size_t char_count = bytes_get_u32(bytes + 40);
    block.times = bytes + TZIF_HEADER_SIZE;
    /* Counts are below 2^32, so these sums fit in 64 bits. */
    size_t types_at = TZIF_HEADER_SIZE + block.time_count * (time_size + 1);
    size_t end_at = types_at + block.type_count * TYPE_SIZE + char_count +
                    block.leap_count * (time_size + 4) + standard_count + utc_count;
    if (end_at > size || block.type_count == 0)
        return false;
    block.indexes = block.times + block.time_count * time_size;
    block.types = bytes + types_at;
    block.end = bytes + end_at;
    *out = block;
    return true;
}

static bool type_offset(const struct block *block, size_t type, int32_t *out)
{
    if (type >= block->type_count)
        return false;
    int64_t offset = bytes_get_u32(block->types + type * TYPE_SIZE);
    offset -= offset > INT32_MAX ? INT64_C(1) << 32 : 0;
    if (offset <= -OFFSET_SECONDS_MAX || offset >= OFFSET_SECONDS_MAX)
        return false;
    *out = (int32_t)offset;
    return true;
}

static bool read_changes(const struct block *block, struct zone *zone)
{
    if (!type_offset(block, 0, &zone->offset_before))
        return false;
    zone->seconds = memory_alloc(block->time_count * sizeof *zone->seconds);
    zone->offsets = memory_alloc(block->time_count * sizeof *zone->offsets);
    for (size_t i = 0; i < block->time_count; i++) {
        zone->seconds[i] = bytes_get_i64(block->times + i * 8);
        if (!type_offset(block, block->indexes[i], &zone->offsets[i]))
            return false;
        if (i > 0 && zone->seconds[i] <= zone->seconds[i - 1])
            return false;
    }
    zone->count = block->time_count;
    return true;
}

/* "\nEST5EDT,M3.2.0,M11.1.0\n"; an empty line: no rule. */
static bool read_footer(const unsigned char *bytes, size_t size, struct zone *zone)
{
    if (size < 2 || bytes[0] != '\n')
        return false;
    const char *line = (const char *)bytes + 1;
    const char *end = memchr(line, '\n', size - 1);
    if (end == NULL)
        return false;
    zone->has_rule = end > line;
    return !zone->has_rule || zone_rule_parse(line, (size_t)(end - line), &zone->rule);
}

static bool read_tzif(const unsigned char *bytes, size_t size, struct zone *zone)
{
    const unsigned char *end = bytes + size;
    struct block block;
    if (!block_find(bytes, size, 4, &block))
        return false;
    if (!block_find(block.end, (size_t)(end - block.end), 8, &block))
        return false;
    /* POSIX time has no leap seconds; the "right/" zones count them. */
    return block.leap_count == 0 && read_changes(&block, zone) &&
           read_footer(block.end, (size_t)(end - block.end), zone);
}

/* ---------------------------------------------------------------------------------- the name */

static const char *database_folder(void)
{
    const char *folder = getenv("TZDIR");
    return folder != NULL && *folder != '\0' ? folder : "/usr/share/zoneinfo";
}

/* Names of the database have none of what would lead out of its folder. "localtime" and
 * "posixrules" are in it, but mean another zone on another machine. */
static bool is_name(const char *name)
{
    size_t size = strlen(name);
    if (size == 0 || size >= ZONE_NAME_SIZE || name[0] == '/')
        return false;
    if (strcmp(name, "localtime") == 0 || strcmp(name, "posixrules") == 0)
        return false;
    for (size_t i = 0; i < size; i++) {
        char c = name[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && strchr("_-+/", c) == NULL)
            return false;
    }
    return true;
}

static bool read_zone(const char *path, struct zone *zone, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    if (!file_read(path, ZONE_FILE_SIZE_MAX, &bytes, err))
        return error_set(err, ERROR_INPUT, "there is no time zone '%s' in %s", zone->name,
                         database_folder());
    if (!read_tzif((const unsigned char *)bytes.data, bytes.size, zone))
        return error_set(err, ERROR_INPUT, "'%s' is not a time zone of version 2 or later", path);
    return true;
}

bool zone_open(const char *name, struct zone **out, struct error *err)
{
    if (!is_name(name))
        return error_set(err, ERROR_INPUT, "'%.60s' is not the name of a time zone", name);
    struct text CLEANUP(text_release) path;
    text_init(&path);
    text_printf(&path, "%s/%s", database_folder(), name);
    struct zone *zone = memory_alloc(sizeof *zone);
    memcpy(zone->name, name, strlen(name) + 1);
    if (!read_zone(path.data, zone, err)) {
        zone_close(zone);
        return false;
    }
    *out = zone;
    return true;
}

void zone_close(struct zone *zone)
{
    if (zone == NULL)
        return;
    free(zone->seconds);
    free(zone->offsets);
    free(zone);
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

/* ---------------------------------------------------------------------------------- the times */

/* How many changes of the table are at or before the second. */
static size_t changes_until(const struct zone *zone, int64_t second)
{
    size_t low = 0;
    size_t high = zone->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->seconds[middle] <= second)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int32_t offset_at(const struct zone *zone, int64_t second)
{
    size_t passed = changes_until(zone, second);
    if (passed == zone->count && zone->has_rule)
        return zone_rule_offset_seconds(&zone->rule, second);
    return passed == 0 ? zone->offset_before : zone->offsets[passed - 1];
}

static int64_t next_change(const struct zone *zone, int64_t second)
{
    size_t passed = changes_until(zone, second);
    if (passed < zone->count)
        return zone->seconds[passed];
    return zone->has_rule ? zone_rule_next_second(&zone->rule, second) : INT64_MAX;
}

static int64_t floor_seconds(int64_t instant_us)
{
    return instant_floor(instant_us, SECOND_US) / SECOND_US;
}

int32_t zone_offset_seconds(const struct zone *zone, int64_t instant_us)
{
    return offset_at(zone, floor_seconds(instant_us));
}

struct civil zone_local(const struct zone *zone, int64_t instant_us)
{
    int64_t second = floor_seconds(instant_us);
    return civil_of_instant((second + offset_at(zone, second)) * SECOND_US);
}

/* The first second at which local clocks show `local_second` or more. Between two changes clocks
 * run evenly, so it is enough to try each stretch from one that is surely too early. */
static int64_t first_second(const struct zone *zone, int64_t local_second)
{
    int64_t from = local_second - OFFSET_SECONDS_MAX;
    for (;;) {
        int64_t second = local_second - offset_at(zone, from);
        int64_t until = next_change(zone, from);
        if (second < from) /* a gap ends here, and clocks have jumped over the time wanted */
            return from;
        if (second < until)
            return second;
        from = until;
    }
}

int64_t zone_instant(const struct zone *zone, struct civil local)
{
    int64_t local_second = floor_seconds(instant_of_civil_utc(local));
    return first_second(zone, local_second) * SECOND_US;
}

/* The first day whose midnight may lie on the grid otherwise than this day's, which is at
 * `midnight`. Between two changes all days are 86 400 seconds long. */
static int64_t next_other_day(const struct zone *zone, int64_t day, int64_t midnight)
{
    int64_t offset = offset_at(zone, midnight);
    int64_t until = next_change(zone, midnight);
    if (until == INT64_MAX)
        return INT64_MAX;
    if (midnight != day * 86400 - offset) /* clocks jumped over it */
        return day + 1;
    return instant_floor(until - 1 + offset, 86400) / 86400 + 1;
}

uint32_t zone_grid_seconds(const struct zone *zone)
{
    static const uint32_t grids[] = {3600, 1800, 900};
    size_t grid = 0;
    int64_t end = civil_days(2101, 1, 1);
    for (int64_t day = civil_days(2000, 1, 1); day < end;) {
        int64_t midnight = first_second(zone, day * 86400);
        while (midnight % grids[grid] != 0) {
            grid++;
            assert(grid < COUNT_OF(grids)); /* true of every zone of the database since 1972 */
        }
        day = next_other_day(zone, day, midnight);
    }
    return grids[grid];
}

/* ------------------------------------------------------------------------------- the database */

static char database_version[16] = "unknown";

/* tzdata.zi begins with "# version 2026b"; +VERSION, where there is one, is just that word. */
static bool read_version(const char *file, const char *before)
{
    struct text CLEANUP(text_release) path;
    text_init(&path);
    text_printf(&path, "%s/%s", database_folder(), file);
    FILE *stream = fopen(path.data, "re");
    if (stream == NULL)
        return false;
    char line[64];
    bool found = fgets(line, sizeof line, stream) != NULL && text_starts_with(line, before);
    (void)fclose(stream);
    if (!found)
        return false;
    const char *word = line + strlen(before);
    size_t size = strcspn(word, " \t\r\n");
    if (size == 0 || size >= sizeof database_version)
        return false;
    memcpy(database_version, word, size);
    database_version[size] = '\0';
    return true;
}

static void find_version(void)
{
    if (!read_version("tzdata.zi", "# version "))
        (void)read_version("+VERSION", "");
}

const char *zone_database_version(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, find_version);
    return database_version;
}
