/*
 * What the front of a load needs: which slots to lock, which hours and accounts to have in memory,
 * and how many records fit under the memory ceiling.
 */
#ifndef INGEST_PLAN_H
#define INGEST_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "ingest/load.h"
#include "ingest/slot.h"

struct plan_hour {
    struct slot_hour hour;
    size_t first_record; /* the record, counted from the front, that needs it first */
};

struct plan {
    size_t record_count; /* that were looked at: at most records_max */
    size_t slot_count;   /* ascending */
    int32_t slots[SLOT_COUNT];
    size_t hour_count; /* by hour, then slot */
    struct plan_hour *hours;
    size_t account_count;
    uint64_t *tenants;
    int32_t *tenant_slots;
};

void plan_make(const struct load *load, size_t records_max, struct arena *arena, struct plan *out);
/* Under the locks: loads what memory lacks. Returns in *out_records_max how many records may be
 * decided: fewer than planned when the hours of all would pass the ceiling. */
MUST_CHECK bool plan_load(const struct plan *plan, struct slot_table *table, struct store *store,
                          int log, struct arena *arena, size_t *out_records_max, struct error *err);
/* The same without a ceiling, for a batch that is known to be one. */
MUST_CHECK bool plan_load_all(const struct plan *plan, struct slot_table *table,
                              struct store *store, int log, struct arena *arena, struct error *err);

#endif
