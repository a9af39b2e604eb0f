#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "base/zone.h"
#include "base/zone_rule.h"

static struct zone *open_zone(const char *name)
{
    struct zone *zone = NULL;
    struct error err = {0};
    if (!zone_open(name, &zone, &err))
        fail_msg("%s", err.message);
    assert_string_equal(zone_name(zone), name);
    return zone;
}

static int64_t instant(const char *text)
{
    int64_t out = 0;
    struct error err = {0};
    if (!instant_parse(text, strlen(text), "time", &out, &err))
        fail_msg("%s", err.message);
    return out;
}

static void a_local_time_is_the_first_instant_that_shows_it_or_more(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        struct civil local;
        const char *instant;
    } cases[] = {
        {"UTC", {2026, 10, 1, 0, 0, 0}, "2026-10-01T00:00:00Z"},
        {"Asia/Kolkata", {2026, 10, 1, 0, 0, 0}, "2026-09-30T18:30:00Z"},
        {"Asia/Kathmandu", {2026, 10, 1, 0, 0, 0}, "2026-09-30T18:15:00Z"},
        {"America/New_York", {2026, 3, 8, 1, 59, 59}, "2026-03-08T06:59:59Z"},
        {"America/New_York", {2026, 3, 8, 2, 0, 0}, "2026-03-08T07:00:00Z"}, /* a gap */
        {"America/New_York", {2026, 3, 8, 2, 30, 0}, "2026-03-08T07:00:00Z"},
        {"America/New_York", {2026, 3, 8, 3, 0, 0}, "2026-03-08T07:00:00Z"},
        {"America/New_York", {2026, 11, 1, 1, 30, 0}, "2026-11-01T05:30:00Z"}, /* twice */
        {"America/New_York", {2026, 11, 1, 2, 0, 0}, "2026-11-01T07:00:00Z"},
        {"America/New_York", {2090, 7, 1, 0, 0, 0}, "2090-07-01T04:00:00Z"}, /* by the rule */
        {"Europe/London", {2026, 10, 25, 1, 0, 0}, "2026-10-25T00:00:00Z"},
        {"Australia/Lord_Howe", {2026, 10, 4, 2, 15, 0}, "2026-10-03T15:30:00Z"},
        {"Pacific/Apia", {2011, 12, 30, 12, 0, 0}, "2011-12-30T10:00:00Z"},    /* a day's gap */
        {"America/Sao_Paulo", {2018, 11, 4, 0, 0, 0}, "2018-11-04T03:00:00Z"}, /* no midnight */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct zone *zone = open_zone(cases[i].zone);
        char got[INSTANT_TEXT_SIZE];
        instant_format(zone_instant(zone, cases[i].local), got);
        assert_string_equal(got, cases[i].instant);
        zone_close(zone);
    }
}

static void local_time_changes_in_the_very_second(void **state)
{
    (void)state;
    struct zone *zone = open_zone("America/New_York");
    int64_t change = instant("2026-03-08T07:00:00Z");
    assert_int_equal(zone_offset_seconds(zone, change - 1), -5 * 3600);
    assert_int_equal(zone_offset_seconds(zone, change), -4 * 3600);
    struct civil local = zone_local(zone, change - 1);
    assert_int_equal(local.hour * 10000 + local.minute * 100 + local.second, 15959);
    local = zone_local(zone, change);
    assert_int_equal(local.hour * 10000 + local.minute * 100 + local.second, 30000);
    zone_close(zone);
    zone = open_zone("Asia/Kolkata");
    local = zone_local(zone, -1);
    assert_int_equal(local.hour * 100 + local.minute, 529);
    assert_int_equal(local.second, 59);
    zone_close(zone);
}

/* Prints, by Python's own zoneinfo, "o INSTANT OFFSET" for random seconds and those around every
 * change, and "l YEAR MONTH DAY HOUR MINUTE SECOND INSTANT" for local times around every change. */
static const char oracle[] =
    "import sys, random\n"
    "from datetime import datetime, timedelta, timezone\n"
    "from zoneinfo import ZoneInfo\n"
    "utc = timezone.utc\n"
    "zone = ZoneInfo(sys.argv[1])\n"
    "epoch = datetime(1970, 1, 1)\n"
    "random.seed(sys.argv[1])\n"
    "def offset(second):\n"
    "    local = (epoch.replace(tzinfo=utc) + timedelta(seconds=second)).astimezone(zone)\n"
    "    return int(local.utcoffset().total_seconds())\n"
    "def changes(low, high):\n"
    "    if high - low == 1: return [high]\n"
    "    middle = (low + high) // 2\n"
    "    return ((changes(low, middle) if offset(low) != offset(middle) else []) +\n"
    "            (changes(middle, high) if offset(middle) != offset(high) else []))\n"
    "end = int((datetime(2101, 1, 1) - epoch).total_seconds())\n"
    "step = 12 * 3600\n"
    "found = []\n"
    "last = offset(0)\n"
    "for second in range(step, end, step):\n"
    "    now = offset(second)\n"
    "    if now != last: found += changes(second - step, second)\n"
    "    last = now\n"
    "seconds = [random.randrange(end) for _ in range(2000)]\n"
    "for t in found: seconds += [t - 1, t, t + 1]\n"
    "for t in seconds: print('o', t, offset(t))\n"
    "gaps = [(t, t + offset(t - 1), t + offset(t)) for t in found]\n"
    "locals = [random.randrange(100000, end) for _ in range(2000)]\n"
    "for t, before, after in gaps:\n"
    "    locals += [random.randint(min(before, after), max(before, after)) for _ in range(4)]\n"
    "    locals += [edge + d for edge in (before, after) for d in (-1, 0, 1)]\n"
    "for l in locals:\n"
    "    civil = epoch + timedelta(seconds=l)\n"
    "    jumped = [t for t, before, after in gaps if before <= l < after]\n"
    "    t = jumped[0] if jumped else int(civil.replace(tzinfo=zone, fold=0).timestamp())\n"
    "    print('l', civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second, t)\n"
    "print('end')\n";

/* Whether the line agrees with the zone. */
static bool agrees(const struct zone *zone, const char *line)
{
    long long second = 0;
    int offset = 0;
    struct civil local = {0};
    if (sscanf(line, "o %lld %d", &second, &offset) == 2)
        return zone_offset_seconds(zone, second * SECOND_US) == offset &&
               zone_offset_seconds(zone, second * SECOND_US + 999999) == offset;
    if (sscanf(line, "l %d %d %d %d %d %d %lld", &local.year, &local.month, &local.day, &local.hour,
               &local.minute, &local.second, &second) == 7)
        return zone_instant(zone, local) == second * SECOND_US;
    return false;
}

static void agrees_with_python_everywhere_from_1970_to_2100(void **state)
{
    (void)state;
    static const char *const names[] = {
        "UTC",
        "America/New_York",
        "Europe/London",
        "Europe/Dublin",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Kwajalein",
        "Africa/Casablanca",
        "Asia/Gaza",
        "Asia/Tehran",
        "Antarctica/Troll",
        "America/Caracas",
        "Asia/Pyongyang",
        "America/Nuuk",
        "America/Sao_Paulo",
        "Pacific/Chatham",
        "Africa/Monrovia",
        "Asia/Jerusalem",
        "America/Santiago",
    };
    if (system("python3 -c 'import zoneinfo; zoneinfo.ZoneInfo(\"UTC\")' 2>/dev/null") != 0)
        skip();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct zone *zone = open_zone(names[i]);
        char command[sizeof oracle + 100];
        char line[100] = "";
        size_t lines = 0;
        (void)snprintf(command, sizeof command, "python3 -c \"%s\" %s", oracle, names[i]);
        FILE *python = popen(command, "r");
        assert_non_null(python);
        for (; fgets(line, sizeof line, python) != NULL && strcmp(line, "end\n") != 0; lines++)
            if (!agrees(zone, line))
                fail_msg("%s: %s", names[i], line);
        assert_string_equal(line, "end\n");
        assert_true(lines >= 4000);
        assert_int_equal(pclose(python), 0);
        zone_close(zone);
    }
}

static void the_grid_has_every_local_midnight(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        uint32_t grid_seconds;
    } cases[] = {
        {"UTC", 3600},
        {"America/New_York", 3600},
        {"Europe/Berlin", 3600},
        {"America/St_Johns", 1800}, /* until 2011 its clocks changed at 00:01 */
        {"Asia/Kolkata", 1800},
        {"Australia/Lord_Howe", 1800},
        {"America/Caracas", 1800}, /* -04:30 until 2016 */
        {"Asia/Kathmandu", 900},
        {"Pacific/Chatham", 900},
        {"Africa/Monrovia", 3600}, /* -00:44:30, but only until 1972 */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct zone *zone = open_zone(cases[i].zone);
        if (zone_grid_seconds(zone) != cases[i].grid_seconds)
            fail_msg("%s: %u", cases[i].zone, zone_grid_seconds(zone));
        zone_close(zone);
    }
}

/* Day by day, as the grid is defined. */
static uint32_t grid_of_every_midnight(const struct zone *zone)
{
    uint32_t grid_seconds = 3600;
    for (int64_t day = civil_days(2000, 1, 1); day < civil_days(2101, 1, 1); day++)
        while (zone_instant(zone, civil_of_days(day)) % (grid_seconds * SECOND_US) != 0)
            grid_seconds /= 2;
    return grid_seconds;
}

static void the_grid_is_found_without_looking_at_every_day(void **state)
{
    (void)state;
    static const char *const zones[] = {
        "Asia/Beirut",      "America/Havana",   "America/Asuncion",  "America/Sao_Paulo",
        "Asia/Tehran",      "Asia/Amman",       "Africa/Cairo",      "Asia/Gaza",
        "Asia/Pyongyang",   "Pacific/Apia",     "Asia/Colombo",      "America/Caracas",
        "America/St_Johns", "Antarctica/Troll", "Africa/Casablanca", "Asia/Yangon",
        "Etc/GMT+3",        "Australia/Eucla",  "Pacific/Norfolk",   "Europe/Dublin",
    };
    for (size_t i = 0; i < COUNT_OF(zones); i++) {
        struct zone *zone = open_zone(zones[i]);
        if (zone_grid_seconds(zone) != grid_of_every_midnight(zone))
            fail_msg("%s: %u", zones[i], zone_grid_seconds(zone));
        zone_close(zone);
    }
}

static void refuses_names_that_are_no_zones(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "/",
        "/etc/passwd",
        "../../../etc/passwd",
        "Europe/../UTC",
        "..",
        ".",
        "./UTC",
        "Europe",
        "Europe/Nowhere",
        "Europe/Berlin\n",
        "Eur ope",
        "tzdata.zi",
        "zone1970.tab",
        "localtime",
        "posixrules",
        "right/UTC",
        "a-name-that-is-much-longer-than-any-that-the-database-has-or-will-ever-have",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct zone *zone = NULL;
        struct error err = {0};
        assert_false(zone_open(names[i], &zone, &err));
        assert_int_equal(err.code, ERROR_INPUT);
        assert_null(zone);
    }
}

static void knows_the_version_of_the_database(void **state)
{
    (void)state;
    const char *version = zone_database_version();
    assert_true(strlen(version) > 0 && strlen(version) < 10);
    assert_ptr_equal(zone_database_version(), version);
    if (file_exists("/usr/share/zoneinfo/tzdata.zi") && getenv("TZDIR") == NULL)
        assert_true(version[0] == '2' && strlen(version) >= 5);
}

static void reads_rules_of_every_form(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *instant;
        int32_t offset_seconds;
        const char *next; /* change */
    } cases[] = {
        {"UTC0", "2050-01-01T00:00:00Z", 0, NULL},
        {"<+0545>-5:45", "2050-01-01T00:00:00Z", 20700, NULL},
        {"<-00>+0:0:30", "2050-01-01T00:00:00Z", -30, NULL},
        {"EST5EDT,M3.2.0,M11.1.0", "2050-01-01T00:00:00Z", -18000, "2050-03-13T07:00:00Z"},
        {"EST5EDT,M3.2.0,M11.1.0", "2050-07-01T00:00:00Z", -14400, "2050-11-06T06:00:00Z"},
        {"EST5EDT4,J60,J300/2:30", "2048-02-29T23:00:00Z", -18000, "2048-03-01T07:00:00Z"},
        {"EST5EDT4,59/0,300", "2048-02-29T04:59:59Z", -18000, "2048-02-29T05:00:00Z"},
        {"EST5EDT4,59/0,300", "2048-02-29T05:00:00Z", -14400, "2048-10-27T06:00:00Z"},
        /* Nuuk: the day before the last Sunday, at 22:00, that is -2 h of it */
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T00:59:59Z", -7200, "2050-03-27T01:00:00Z"},
        /* Gaza: two days after the fourth Thursday */
        {"EET-2EEST,M3.4.4/50,M10.4.4/50", "2087-03-28T23:59:59Z", 7200, "2087-03-29T00:00:00Z"},
        /* a week of hours: the change of one year is in the next */
        {"AAA0BBB,M6.1.0,J365/167", "2051-01-05T00:00:00Z", 3600, "2051-01-06T22:00:00Z"},
        {"AAA0BBB,J1/-167,M6.1.0", "2050-12-26T00:00:00Z", 3600, "2051-06-04T01:00:00Z"},
        /* summer time for ever */
        {"XXX3EDT4,0/0,J365/23", "2051-01-01T03:00:00Z", -14400, "2052-01-01T03:00:00Z"},
        {"XXX3EDT4,0/0,J365/23", "2051-07-01T03:00:00Z", -14400, NULL},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct zone_rule rule;
        int64_t second = instant(cases[i].instant) / SECOND_US;
        assert_true(zone_rule_parse(cases[i].rule, strlen(cases[i].rule), &rule));
        assert_int_equal(zone_rule_offset_seconds(&rule, second), cases[i].offset_seconds);
        if (cases[i].next != NULL)
            assert_int_equal(zone_rule_next_second(&rule, second) * SECOND_US,
                             instant(cases[i].next));
        if (!rule.has_summer)
            assert_true(zone_rule_next_second(&rule, second) == INT64_MAX);
    }
}

static void refuses_rules_that_nobody_wrote(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "",
        "UT0",
        "UTC",
        "UTC25",
        "UTC0:60",
        "UTC0x",
        "<UTC0",
        "U:C0",
        "EST5EDT",
        "EST5EDT,",
        "EST5EDT,M3.2.0",
        "EST5EDT,M3.2.0,",
        "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.0.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0",
        "EST5EDT,M3.2.7,M11.1.0",
        "EST5EDT,J0,J300",
        "EST5EDT,J366,J300",
        "EST5EDT,366,300",
        "EST5EDT,M3.2.0/168,M11.1.0",
        "EST5EDT,M3.2.0,M11.1.0,",
        "\xC3\x9CUC0",
        "EST99999999999999999999",
    };
    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        struct zone_rule rule;
        if (zone_rule_parse(rules[i], strlen(rules[i]), &rule))
            fail_msg("'%s' was accepted", rules[i]);
    }
}

/* Every cut of a good file, and every byte of it changed: refused, or a zone that answers. */
static void survives_files_that_are_broken(void **state)
{
    (void)state;
    struct error err = {0};
    struct text CLEANUP(text_release) file;
    text_init(&file);
    const char *good_path = "/usr/share/zoneinfo/Africa/Monrovia";
    assert_true(file_read(good_path, 100000, &file, &err));
    char folder[] = "/tmp/zone_test.XXXXXX";
    char path[sizeof folder + 8];
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/Broken", folder);
    setenv("TZDIR", folder, 1);
    for (size_t i = 0; i < 2 * file.size; i++) {
        struct zone *zone = NULL;
        size_t at = i % file.size;
        FILE *broken = fopen(path, "w");
        assert_non_null(broken);
        file.data[at] = (char)~file.data[at];
        (void)fwrite(file.data, 1, i < file.size ? at : file.size, broken);
        file.data[at] = (char)~file.data[at];
        fclose(broken);
        bool opened = zone_open("Broken", &zone, &err);
        assert_false(opened && i < file.size);
        if (opened)
            (void)zone_instant(zone, (struct civil){2026, 1, 1, 0, 0, 0});
        zone_close(zone);
    }
    unsetenv("TZDIR");
    (void)remove(path);
    (void)remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_local_time_is_the_first_instant_that_shows_it_or_more),
        cmocka_unit_test(local_time_changes_in_the_very_second),
        cmocka_unit_test(agrees_with_python_everywhere_from_1970_to_2100),
        cmocka_unit_test(the_grid_has_every_local_midnight),
        cmocka_unit_test(the_grid_is_found_without_looking_at_every_day),
        cmocka_unit_test(refuses_names_that_are_no_zones),
        cmocka_unit_test(knows_the_version_of_the_database),
        cmocka_unit_test(reads_rules_of_every_form),
        cmocka_unit_test(refuses_rules_that_nobody_wrote),
        cmocka_unit_test(survives_files_that_are_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
