/*
 * Sold against idle.
 */
#include "rating/idle.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/contract.h"

const char *const idle_columns[IDLE_COLUMN_COUNT] = {
    [IDLE_CAPACITY] = "capacity",
    [IDLE_RESERVED_USED] = "reserved_used",
    [IDLE_RESERVED_UNUSED] = "reserved_unused",
    [IDLE_SPEND_PLAN] = "spend_plan",
    [IDLE_ON_DEMAND] = "on_demand",
    [IDLE_IDLE] = "idle",
    [IDLE_OVERSOLD] = "oversold",
    [IDLE_UTILISATION] = "utilisation",
    [IDLE_SOLD] = "sold",
};

/* --------------------------------------------------------------------------------------- types */

static bool is_same_value(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static struct idle_type *type_of(struct idle_table *table, const char *const *values)
{
    size_t by_count = table->declared->by_count;

    for (size_t i = 0; i < table->type_count; i++) {
        size_t same = 0;

        while (same < by_count && is_same_value(table->types[i].values[same], values[same]))
            same++;
        if (same == by_count)
            return &table->types[i];
    }
    table->types = memory_grow(table->types, &table->type_capacity, table->type_count + 1,
                               sizeof *table->types);
    struct idle_type *made = &table->types[table->type_count++];
    *made = (struct idle_type){
        .values = arena_array(table->arena, by_count, sizeof *made->values),
        .cells = arena_array(table->arena, table->window_count, sizeof *made->cells)};
    for (size_t i = 0; i < by_count; i++)
        made->values[i] = values[i] ? arena_text(table->arena, values[i]) : NULL;
    return made;
}

/* Lots of a series stand together. */
static struct idle_type *type_of_series(struct idle_table *table, const struct series *series)
{
    const struct declared *declared = table->declared;
    const char *values[DECLARED_BY_MAX] = {0};

    if (table->last_series == series)
        return &table->types[table->last_type];
    for (size_t i = 0; i < declared->by_count; i++) {
        struct slice value = series_dimension(series, declared->by[i]);

        if (value.data)
            values[i] = arena_printf(table->arena, "%.*s", (int)value.size, value.data);
    }
    struct idle_type *type = type_of(table, values);
    table->last_series = series;
    table->last_type = (size_t)(type - table->types);
    return type;
}

/* Where the conditions take one value only. */
static struct idle_type *type_of_reservation(struct idle_table *table,
                                             const struct reservation *reservation)
{
    const struct declared *declared = table->declared;
    const char *values[DECLARED_BY_MAX] = {0};

    for (size_t i = 0; i < declared->by_count; i++)
        for (size_t j = 0; j < reservation->where.count; j++) {
            const struct condition *condition = &reservation->where.items[j];

            if (strcmp(condition->dimension, declared->by[i]) == 0 && condition->value_count == 1)
                values[i] = condition->values[0];
        }
    return type_of(table, values);
}

/* ---------------------------------------------------------------------------------------- sums */

void idle_open(struct idle_table *table, const struct declared *declared, int64_t from_us,
               int64_t to_us, int64_t step_us, struct arena *arena)
{
    *table = (struct idle_table){.declared = declared,
                                 .arena = arena,
                                 .from_us = from_us,
                                 .step_us = step_us,
                                 .window_count = (size_t)((to_us - from_us) / step_us)};
    for (size_t r = 0; r < declared->row_count; r++) {
        const struct declared_row *row = &declared->rows[r];
        struct idle_type *type = type_of(table, row->values);

        for (size_t w = 0; w < table->window_count; w++) {
            int64_t at_us = from_us + (int64_t)w * step_us;
            int64_t first_us = instant_later(at_us, row->from_us);
            int64_t last_us = instant_earlier(at_us + step_us, row->to_us);

            if (first_us < last_us)
                type->cells[w].capacity += row->units * ((last_us - first_us) / SECOND_US) *
                                           number_power10(declared->scale);
        }
    }
}

void idle_close(struct idle_table *table)
{
    free(table->types);
    table->types = NULL;
}

static struct idle_cell *cell_at(const struct idle_table *table, struct idle_type *type,
                                 int64_t at_us)
{
    if (at_us < table->from_us)
        return NULL;
    size_t window = (size_t)((at_us - table->from_us) / table->step_us);
    return window < table->window_count ? &type->cells[window] : NULL;
}

static bool is_of_meter(const struct idle_table *table, const struct series *series)
{
    return slice_equals(series->meter, table->declared->meter);
}

static void add_sold(struct idle_table *table, const struct rating_sold *sold)
{
    if (!is_of_meter(table, sold->series))
        return;
    struct idle_cell *cell = cell_at(table, type_of_series(table, sold->series), sold->from_us);
    if (!cell)
        return;
    cell->reserved_used += sold->reserved;
    cell->spend_plan += sold->spend_plan;
    cell->on_demand += sold->quantity - sold->reserved - sold->spend_plan;
}

/* In units as reserved: normalised / size, in base units, rounded down. */
static int128 in_base_units(const struct idle_table *table, const struct reservation *reservation,
                            const struct rating_reservation *rows, int128 normalised)
{
    unsigned up = table->declared->scale + reservation->size.scale;
    int128 divisor = reservation->size.coefficient;

    if (rows->scale > up)
        return normalised / (divisor * number_power10(rows->scale - up));
    return normalised * number_power10(up - rows->scale) / divisor;
}

static const struct reservation *reservation_of(const struct contract *contract, const char *id)
{
    size_t at = 0;

    while (at < contract->reservation_count && strcmp(contract->reservations[at].id, id) != 0)
        at++;
    return at < contract->reservation_count ? &contract->reservations[at] : NULL;
}

static void add_unused(struct idle_table *table, const struct contract *contract,
                       const struct rating_reservation *rows)
{
    const struct reservation *reservation = reservation_of(contract, rows->id);

    if (!reservation || rows->is_unlimited ||
        strcmp(reservation->meter, table->declared->meter) != 0)
        return;
    struct idle_type *type = type_of_reservation(table, reservation);
    for (size_t i = 0; i < rows->row_count; i++) {
        struct idle_cell *cell = cell_at(table, type, rows->rows[i].from_us);

        if (cell)
            cell->reserved_unused += in_base_units(table, reservation, rows, rows->rows[i].unused);
    }
}

void idle_add_sales(struct idle_table *table, const struct contract *contract,
                    const struct rating_sales *sales)
{
    table->last_series = NULL;
    for (size_t i = 0; i < sales->count; i++)
        add_sold(table, &sales->items[i]);
    for (size_t i = 0; i < sales->reservation_count; i++)
        add_unused(table, contract, &sales->reservations[i]);
}

bool idle_add_usage(struct idle_table *table, const struct rating_usage *usage, int64_t from_us,
                    int64_t to_us, struct error *err)
{
    struct usage_row *rows;
    size_t count;

    if (!usage_net(usage, from_us, to_us, usage->arena, &rows, &count, err))
        return false;
    table->last_series = NULL;
    for (size_t i = 0; i < count; i++)
        add_sold(table, &(struct rating_sold){.series = usage->series[rows[i].series].series,
                                              .from_us = rows[i].from_us,
                                              .quantity = rows[i].quantity});
    return true;
}

static int compare_types(const struct idle_type *a, const struct idle_type *b, size_t by_count)
{
    for (size_t i = 0; i < by_count; i++) {
        if (is_same_value(a->values[i], b->values[i]))
            continue;
        if (!a->values[i] || !b->values[i])
            return a->values[i] ? 1 : -1;
        return strcmp(a->values[i], b->values[i]);
    }
    return 0;
}

void idle_finish(struct idle_table *table)
{
    for (size_t i = 1; i < table->type_count; i++) {
        struct idle_type type = table->types[i];
        size_t at = i;

        for (; at > 0 && compare_types(&type, &table->types[at - 1], table->declared->by_count) < 0;
             at--)
            table->types[at] = table->types[at - 1];
        table->types[at] = type;
    }
}

struct idle_cell idle_sum(const struct idle_table *table, const struct idle_type *type)
{
    struct idle_cell sum = {0};

    for (size_t w = 0; w < table->window_count; w++) {
        const struct idle_cell *cell = &type->cells[w];

        sum.capacity += cell->capacity;
        sum.reserved_used += cell->reserved_used;
        sum.reserved_unused += cell->reserved_unused;
        sum.spend_plan += cell->spend_plan;
        sum.on_demand += cell->on_demand;
    }
    return sum;
}

/* ---------------------------------------------------------------------------------------- text */

static int128 sold_of(const struct idle_cell *cell)
{
    return cell->reserved_used + cell->reserved_unused + cell->spend_plan + cell->on_demand;
}

static int128 number_of(const struct idle_cell *cell, enum idle_column column)
{
    int128 left = cell->capacity - sold_of(cell);
    const int128 numbers[] = {
        [IDLE_CAPACITY] = cell->capacity,
        [IDLE_RESERVED_USED] = cell->reserved_used,
        [IDLE_RESERVED_UNUSED] = cell->reserved_unused,
        [IDLE_SPEND_PLAN] = cell->spend_plan,
        [IDLE_ON_DEMAND] = cell->on_demand,
        [IDLE_IDLE] = left > 0 ? left : 0,
        [IDLE_OVERSOLD] = left < 0 ? -left : 0,
        [IDLE_UTILISATION] = sold_of(cell) - cell->reserved_unused,
        [IDLE_SOLD] = sold_of(cell),
    };

    return numbers[column];
}

const char *idle_text(const struct idle_cell *cell, enum idle_column column, unsigned scale,
                      struct arena *arena)
{
    char text[DECIMAL_TEXT_SIZE];
    int128 number = number_of(cell, column);

    if (column < IDLE_UTILISATION)
        return arena_text(arena, decimal_format_short((struct decimal){number, scale}, text));
    if (cell->capacity == 0)
        return NULL;
    return arena_text(arena,
                      decimal_format(number_divide_round(number * 10000, cell->capacity), 2, text));
}

bool idle_is_empty(const struct idle_cell *cell)
{
    return cell->capacity == 0 && sold_of(cell) == 0;
}
