/*
 * What capacity was sold as, and what was idle, by type and window: sums, and the law
 *
 *   reserved_used + reserved_unused + spend_plan + on_demand + idle - oversold = capacity
 *
 * in base units (a unit's second is 10^scale). Oversold is not hidden: it is what was sold of a
 * type beyond what is declared. What a reservation leaves unused is of the type that its conditions
 * name; where they leave a dimension open, of a type without that value, which nobody declares.
 */
#ifndef RATING_IDLE_H
#define RATING_IDLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/declared.h"
#include "rating/rate.h"

struct idle_cell {
    int128 capacity;
    int128 reserved_used;
    int128 reserved_unused;
    int128 spend_plan;
    int128 on_demand;
};

struct idle_type {
    const char **values;     /* NULL: none */
    struct idle_cell *cells; /* one a window */
};

struct idle_table {
    const struct declared *declared;
    struct arena *arena;
    int64_t from_us;
    int64_t step_us; /* HOUR_US or DAY_US, and from_us lies on it in UTC */
    size_t window_count;
    size_t type_count;
    size_t type_capacity;
    struct idle_type *types; /* malloc; sorted by idle_finish() */
    const struct series *last_series;
    size_t last_type; /* of it */
};

/* With what is declared for the windows. [from, to) is whole windows. */
void idle_open(struct idle_table *table, const struct declared *declared, int64_t from_us,
               int64_t to_us, int64_t step_us, struct arena *arena);
void idle_close(struct idle_table *table); /* for CLEANUP; zeros are fine */
/* Adds what a contract covers and what is beyond it. */
void idle_add_sales(struct idle_table *table, const struct contract *contract,
                    const struct rating_sales *sales);
/* Adds usage that no contract covers: it is on demand. ERROR_INPUT as usage_net(). */
MUST_CHECK bool idle_add_usage(struct idle_table *table, const struct rating_usage *usage,
                               int64_t from_us, int64_t to_us, struct error *err);
/* Types in order, missing values first. */
void idle_finish(struct idle_table *table);

enum idle_column {
    IDLE_CAPACITY,
    IDLE_RESERVED_USED,
    IDLE_RESERVED_UNUSED,
    IDLE_SPEND_PLAN,
    IDLE_ON_DEMAND,
    IDLE_IDLE,
    IDLE_OVERSOLD,
    IDLE_UTILISATION, /* percent of the capacity that was used */
    IDLE_SOLD,        /* percent of it that was sold, used or not */
    IDLE_COLUMN_COUNT
};
extern const char *const idle_columns[IDLE_COLUMN_COUNT];
/* A column's text: units × seconds, or percent; NULL: percent of nothing. In the arena. */
const char *idle_text(const struct idle_cell *cell, enum idle_column column, unsigned scale,
                      struct arena *arena);
bool idle_is_empty(const struct idle_cell *cell);
/* A type's cells together. */
struct idle_cell idle_sum(const struct idle_table *table, const struct idle_type *type);

#endif
