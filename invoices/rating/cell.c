/*
 * Tables of prices: each cell's units at its price. Which cell a lot lies in is matrix.c's,
 * week.c's and spot.c's business.
 */
#include "rating/charge.h"

struct decimal cell_price(const struct price_table *table, int64_t cell)
{
    return cell == CELL_DEFAULT ? table->default_price : table->cells[cell].price;
}

void cell_price_units(const struct charge *charge, const struct counter_move *move,
                      struct steps *steps)
{
    for (size_t i = 0; i < move->cell_count; i++) {
        int64_t cell = move->cells[i].cell;
        struct step *step = steps_add(steps, PART_TIER);

        step->cell = cell;
        step->why.price = cell_price(&charge->table, cell);
        step->why.unit = charge->unit;
        step->why.rule = cell == CELL_DEFAULT ? "default" : charge->table.cells[cell].rule;
        ratio_set(step->units, move->cells[i].units, 1);
        ratio_set_decimal(step->money, step->why.price);
        charge_price_units(charge, step->money);
        mpq_mul(step->money, step->money, step->units);
    }
}

bool cell_read_default(const struct reader *reader, struct charge *charge, struct error *err)
{
    charge->table.has_default = json_object_get(reader->object, "default") != NULL;
    return reader_amount(reader, "default", (struct decimal){0, 0}, &charge->table.default_price,
                         err);
}
