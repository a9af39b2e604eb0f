/*
 * series: a price in steps of time, as on a spot market: each lot at the step that was in force
 * when it began. With `by`, each set of values has steps of its own.
 */
#include <string.h>

#include "base/instant.h"
#include "rating/charge.h"
#include "rating/conditions.h"

static bool check_step(const struct reader *item, const struct price_table *table, size_t at,
                       size_t name_count, struct error *err)
{
    const struct price_cell *cells = table->cells;
    char texts[2][INSTANT_TEXT_SIZE];

    if (cells[at].when.count != name_count)
        return reader_refuse(item, "when", err, "a step names a value for each dimension of by");
    for (size_t i = at; i-- > 0;)
        if (conditions_equal(&cells[i].when, &cells[at].when))
            return cells[i].from_us < cells[at].from_us ||
                   reader_refuse(item, "from", err,
                                 "%s is not after %s, where step %zu begins; steps stand in time "
                                 "order",
                                 instant_format(cells[at].from_us, texts[0]),
                                 instant_format(cells[i].from_us, texts[1]), i);
    return true;
}

static bool check_when(const struct reader *item, const struct conditions *when, const char **names,
                       size_t count, struct error *err)
{
    for (size_t i = 0; i < when->count; i++) {
        bool is_named = false;

        for (size_t n = 0; n < count; n++)
            is_named |= strcmp(names[n], when->items[i].dimension) == 0;
        if (!is_named)
            return reader_refuse(item, "when", err, "'%s' is not in by; name all dimensions there",
                                 when->items[i].dimension);
    }
    return true;
}

static bool read_step(const struct reader *item, struct price_cell *cell, struct error *err)
{
    char text[INSTANT_TEXT_SIZE];

    reader_values(item, "when", &cell->when);
    if (!reader_instant(item, "from", 0, &cell->from_us, err) ||
        !reader_amount(item, "price", (struct decimal){0, 0}, &cell->price, err))
        return false;
    cell->rule = arena_printf(item->arena, "%s%sfrom %s",
                              cell->when.count > 0 ? conditions_text(&cell->when, item->arena) : "",
                              cell->when.count > 0 ? " " : "", instant_format(cell->from_us, text));
    return true;
}

bool spot_compile(const struct reader *reader, struct charge *charge, struct error *err)
{
    struct price_table *table = &charge->table;
    size_t name_count = 0;
    const char **names = reader_texts(reader, "by", &name_count);

    table->cell_count = reader_count(reader, "steps");
    table->cells = arena_array(reader->arena, table->cell_count, sizeof *table->cells);
    if (table->cell_count == 0)
        return reader_refuse(reader, "steps", err, "series needs steps");
    for (size_t i = 0; i < table->cell_count; i++) {
        struct reader item = reader_item(reader, "steps", i);

        if (!read_step(&item, &table->cells[i], err) ||
            !check_when(&item, &table->cells[i].when, names, name_count, err) ||
            !check_step(&item, table, i, name_count, err))
            return false;
    }
    return true;
}

/* Among steps without `by`, which stand in time order, the first that matters to a lot: the last
 * that began before it, or the first of all. */
static size_t first_step(const struct price_table *table, int64_t from_us)
{
    size_t low = 0;
    size_t high = table->cells[0].when.count == 0 ? table->cell_count : 1;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (table->cells[middle].from_us <= from_us)
            low = middle;
        else
            high = middle;
    }
    return low;
}

bool spot_find(const struct charge *charge, const struct lot_place *lot, int64_t *out_cell,
               struct error *err)
{
    const struct price_table *table = &charge->table;
    char text[INSTANT_TEXT_SIZE];
    bool is_found = false;

    for (size_t i = first_step(table, lot->from_us); i < table->cell_count; i++) {
        const struct price_cell *cell = &table->cells[i];

        if (cell->from_us >= lot->to_us && cell->when.count == 0)
            break;
        if (cell->from_us >= lot->to_us ||
            !conditions_match(charge->meter, &cell->when, lot->series))
            continue;
        if (cell->from_us > lot->from_us)
            return error_set(err, ERROR_INPUT,
                             "a step of the price begins inside it, at %s; borders lie on the grid",
                             instant_format(cell->from_us, text));
        *out_cell = (int64_t)i;
        is_found = true;
    }
    return is_found || error_set(err, ERROR_INPUT,
                                 "it lies before the first step of the price; add an earlier one");
}
