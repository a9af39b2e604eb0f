/*
 * matrix: a price by dimensions. The first row whose `when` matches; a row may leave dimensions
 * out. A series that no row matches has the default price, and without one none: an error.
 */
#include <string.h>

#include "rating/charge.h"
#include "rating/conditions.h"

static bool has_name(const char **names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool check_row(const struct reader *item, const struct price_table *table, size_t at,
                      const char **names, size_t name_count, struct error *err)
{
    const struct conditions *when = &table->cells[at].when;

    for (size_t i = 0; i < when->count; i++)
        if (!has_name(names, name_count, when->items[i].dimension))
            return reader_refuse(item, "when", err, "'%s' is not in by; name all dimensions there",
                                 when->items[i].dimension);
    for (size_t i = 0; i < at; i++)
        if (conditions_equal(&table->cells[i].when, when))
            return reader_refuse(item, "when", err,
                                 "row %zu says the same; a second row of equal when never applies",
                                 i);
    return true;
}

bool matrix_compile(const struct reader *reader, struct charge *charge, struct error *err)
{
    struct price_table *table = &charge->table;
    size_t name_count = 0;
    const char **names = reader_texts(reader, "by", &name_count);

    table->cell_count = reader_count(reader, "rows");
    table->cells = arena_array(reader->arena, table->cell_count, sizeof *table->cells);
    if (name_count == 0)
        return reader_refuse(reader, "by", err, "a matrix needs the dimensions that it looks at");
    if (table->cell_count == 0)
        return reader_refuse(reader, "rows", err, "a matrix needs rows");
    for (size_t i = 0; i < table->cell_count; i++) {
        struct reader item = reader_item(reader, "rows", i);
        struct price_cell *cell = &table->cells[i];

        reader_values(&item, "when", &cell->when);
        cell->rule = conditions_text(&cell->when, reader->arena);
        if (!reader_amount(&item, "price", (struct decimal){0, 0}, &cell->price, err) ||
            !check_row(&item, table, i, names, name_count, err))
            return false;
    }
    return cell_read_default(reader, charge, err);
}

bool matrix_find(const struct charge *charge, const struct lot_place *lot, int64_t *out_cell,
                 struct error *err)
{
    const struct price_table *table = &charge->table;

    for (size_t i = 0; i < table->cell_count; i++)
        if (conditions_match(charge->meter, &table->cells[i].when, lot->series)) {
            *out_cell = (int64_t)i;
            return true;
        }
    if (!table->has_default)
        return error_set(err, ERROR_INPUT,
                         "no row of the matrix matches; add one, or a default price");
    *out_cell = CELL_DEFAULT;
    return true;
}
