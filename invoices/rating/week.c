/*
 * time_of_use: a price by weekday and minute, in the contract's zone. The first window that
 * matches. A holiday is day 7 and no other; from = to is the whole day; after midnight a window
 * that wraps belongs to the day on which it began. Both passes of a repeated hour match.
 */
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/calendar.h"
#include "rating/charge.h"

#define SUNDAY 6 /* and holidays; 0 is Monday */

/* ------------------------------------------------------------------------------------ compile */

static const char *days_text(unsigned days, struct arena *arena)
{
    const char *text = "";

    for (int day = 0; day <= SUNDAY; day++)
        if (days & 1u << day)
            text = arena_printf(arena, "%s%s%d", text, *text ? "," : "", day + 1);
    return text;
}

static bool read_window(const struct reader *item, struct price_cell *cell, struct error *err)
{
    const json_t *days = json_object_get(item->object, "days");

    for (size_t i = 0; i < json_array_size(days); i++)
        cell->days |= 1u << (json_integer_value(json_array_get(days, i)) - 1);
    if (!reader_minute(item, "from", &cell->from_minute, err) ||
        !reader_minute(item, "to", &cell->to_minute, err) ||
        !reader_amount(item, "price", (struct decimal){0, 0}, &cell->price, err))
        return false;
    cell->rule = arena_printf(item->arena, "days %s, %s to %s", days_text(cell->days, item->arena),
                              reader_text(item, "from", ""), reader_text(item, "to", ""));
    return true;
}

static int by_number(const void *left, const void *right)
{
    const int64_t *a = left;
    const int64_t *b = right;

    return (*a > *b) - (*a < *b);
}

static bool read_holidays(const struct reader *reader, struct price_table *table, struct error *err)
{
    const char **dates = reader_texts(reader, "holidays", &table->holiday_count);
    struct civil day;

    table->holidays = arena_array(reader->arena, table->holiday_count, sizeof *table->holidays);
    for (size_t i = 0; i < table->holiday_count; i++) {
        if (!civil_parse_date(dates[i], "holiday", &day, err))
            return reader_refuse(reader, arena_printf(reader->arena, "holidays/%zu", i), err,
                                 "'%s' is not a date such as 2026-12-25", dates[i]);
        table->holidays[i] = civil_days(day.year, day.month, day.day);
    }
    qsort(table->holidays, table->holiday_count, sizeof *table->holidays, by_number);
    return true;
}

bool week_compile(const struct reader *reader, struct charge *charge, struct error *err)
{
    struct price_table *table = &charge->table;

    table->cell_count = reader_count(reader, "windows");
    table->cells = arena_array(reader->arena, table->cell_count, sizeof *table->cells);
    if (table->cell_count == 0)
        return reader_refuse(reader, "windows", err, "time_of_use needs windows");
    for (size_t i = 0; i < table->cell_count; i++) {
        struct reader item = reader_item(reader, "windows", i);

        if (!read_window(&item, &table->cells[i], err))
            return false;
    }
    return read_holidays(reader, table, err) && cell_read_default(reader, charge, err);
}

/* -------------------------------------------------------------------------------------- find */

static unsigned day_bit(const struct price_table *table, int64_t day)
{
    bool is_holiday =
        table->holiday_count > 0 && bsearch(&day, table->holidays, table->holiday_count,
                                            sizeof *table->holidays, by_number) != NULL;

    return 1u << (is_holiday ? SUNDAY : civil_weekday(day));
}

static bool holds(const struct price_table *table, const struct price_cell *cell, int64_t day,
                  int minute)
{
    bool begins_today = cell->days & day_bit(table, day);

    if (cell->from_minute == cell->to_minute)
        return begins_today;
    if (cell->from_minute < cell->to_minute)
        return begins_today && cell->from_minute <= minute && minute < cell->to_minute;
    if (minute >= cell->from_minute)
        return begins_today;
    return minute < cell->to_minute && (cell->days & day_bit(table, day - 1));
}

/* Minutes from one time of day to the next time that it is another's. */
static int minutes_until(int from, int to)
{
    int minutes = (to - from) % DAY_MINUTES;

    return minutes <= 0 ? minutes + DAY_MINUTES : minutes;
}

/* A border of a window inside the lot would give it two prices. */
static bool check_borders(const struct price_table *table, const struct lot_place *lot, int minute,
                          struct error *err)
{
    int64_t length = (lot->to_us - lot->from_us + MINUTE_US - 1) / MINUTE_US;

    for (size_t i = 0; i < table->cell_count; i++) {
        const struct price_cell *cell = &table->cells[i];
        bool is_whole_day = cell->from_minute == cell->to_minute;

        if (minutes_until(minute, is_whole_day ? 0 : cell->from_minute) < length ||
            minutes_until(minute, is_whole_day ? 0 : cell->to_minute) < length)
            return error_set(err, ERROR_INPUT,
                             "a border of the window '%s' lies inside it; borders lie on the grid",
                             cell->rule);
    }
    return true;
}

bool week_find(const struct charge *charge, const struct lot_place *lot, int64_t *out_cell,
               struct error *err)
{
    const struct price_table *table = &charge->table;
    struct civil local = zone_local(lot->zone, lot->from_us);
    int64_t day = civil_days(local.year, local.month, local.day);
    int minute = local.hour * 60 + local.minute;

    if (!check_borders(table, lot, minute, err))
        return false;
    for (size_t i = 0; i < table->cell_count; i++)
        if (holds(table, &table->cells[i], day, minute)) {
            *out_cell = (int64_t)i;
            return true;
        }
    if (!table->has_default)
        return error_set(err, ERROR_INPUT,
                         "no window of time_of_use matches; add one, or a default price");
    *out_cell = CELL_DEFAULT;
    return true;
}

/* -------------------------------------------------------------------------------------- grid */

static bool check_border(const struct zone *zone, int64_t day, int minute, uint32_t grid_seconds,
                         const char *what, struct error *err)
{
    struct civil local = civil_of_days(day);

    local.hour = minute / 60;
    local.minute = minute % 60;
    return calendar_check_grid(zone_instant(zone, local), grid_seconds, what, err);
}

bool week_check_grid(const struct charge *charge, const struct zone *zone, int64_t from_us,
                     int64_t to_us, uint32_t grid_seconds, struct error *err)
{
    const int64_t first = from_us / DAY_US;
    const int64_t last = to_us < from_us + 366 * DAY_US ? to_us / DAY_US : first + 366;

    for (size_t i = 0; i < charge->table.cell_count; i++) {
        const struct price_cell *cell = &charge->table.cells[i];

        for (int64_t day = first; day <= last; day += 28)
            if (!check_border(zone, day, cell->from_minute, grid_seconds, cell->rule, err) ||
                !check_border(zone, day, cell->to_minute, grid_seconds, cell->rule, err))
                return error_prefix(err, "charge %s: ", charge->id);
    }
    return true;
}
