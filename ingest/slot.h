/*
 * What memory knows of the slots: their step, the identities of hot hours, and of each tenant the
 * last stream_seq and its series.
 *
 * All of it is a copy of what the book has up to a slot's step, brought up to date under the
 * slot's lock and never before it; it may be forgotten at any time, and is, after an answer to
 * COMMIT that is not known.
 *
 * Invariants
 *   1. A slot's memory says exactly what the book said at `step`.
 *   2. An hour set is used only when it is complete to the step that is locked.
 *   3. control_index and step never go back.
 */
#ifndef INGEST_SLOT_H
#define INGEST_SLOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "core/digest.h"
#include "core/partitioner.h"
#include "ingest/hours.h"
#include "store/slots.h"
#include "store/store.h"

/* What memory knows of one tenant. */
struct account {
    uint64_t tenant;
    int32_t slot;
    uint64_t last_seq; /* of its usage stream; STREAM_SEQ_NONE before the first entry */
    size_t series_count;
    uint64_t used_at; /* the batch that used it last */
    /* private */
    size_t series_capacity;
    struct digest *series; /* open addressing; the digest of zero bytes marks a free place */
    struct account *next_in_bucket;
};

struct slot {
    bool is_known;
    uint64_t step;
    uint64_t control_index; /* of the last step */
    int32_t floor_hour;     /* FLOOR_NONE; identities below it are gone */
};

struct slot_table {
    struct slot slots[SLOT_COUNT];
    struct hours hours;
    /* private */
    struct account **buckets;
    size_t bucket_count;
    size_t account_count;
    size_t series_bytes;
    uint64_t batch;  /* counts batches */
    bool from_start; /* memory saw all steps from the first on: an account that it lacks is empty */
    bool lacks_hours; /* … but not the identities of all of them, or not any more */
};

/* An hour of a slot, as a batch needs it. */
struct slot_hour {
    int32_t slot;
    int32_t event_hour;
};

void slot_table_init(struct slot_table *table, size_t ceiling_bytes);
/* Of a book without steps, which then goes on by decisions, or by slot_catch_up(), alone: for an
 * audit, which knows what a batch could know and asks the book for nothing that came later. It
 * keeps all accounts. */
void slot_table_from_start(struct slot_table *table);
void slot_table_release(struct slot_table *table);
/* Forgets what memory knows of a slot: after an unknown COMMIT, a conflict, a restored database. */
void slot_forget(struct slot_table *table, int32_t slot);
void slot_forget_all(struct slot_table *table);

/* Under the locks: brings these slots up to the steps that were locked. ERROR_HALT when the
 * database is behind memory, or its steps do not follow each other. */
MUST_CHECK bool slot_catch_up(struct slot_table *table, struct store *store, int log,
                              const int32_t *slots, const uint64_t *locked_steps, size_t count,
                              struct arena *arena, struct error *err);
/* Under the locks: loads what memory lacks of these hours (sorted by hour, then slot, each once)
 * and marks them in use. */
MUST_CHECK bool slot_need_hours(struct slot_table *table, struct store *store, int log,
                                const struct slot_hour *hours, size_t count, struct error *err);
/* What loading these would add to memory, hour by hour: out_bytes[i] belongs to hours[i], 0 for one
 * that is in memory. */
MUST_CHECK bool slot_hours_bytes(struct slot_table *table, struct store *store, int log,
                                 const struct slot_hour *hours, size_t count, size_t *out_bytes,
                                 struct error *err);
/* Before slot_need_hours() of the same hours, which will add so many bytes: drops others that
 * memory has, so that both together stay below the ceiling. */
void slot_make_room(struct slot_table *table, const struct slot_hour *hours, size_t count,
                    size_t more_bytes);
/* Under the locks: makes accounts of these tenants (tenants[i] lies in slots[i]). */
MUST_CHECK bool slot_need_accounts(struct slot_table *table, struct store *store, int log,
                                   const uint64_t *tenants, const int32_t *slots, size_t count,
                                   struct arena *arena, struct error *err);

/* NULL when memory does not have it. */
struct account *slot_account(const struct slot_table *table, uint64_t tenant);
bool account_has_series(const struct account *account, const struct digest *series);
/* After COMMIT, or from the book. False when it was there. */
bool account_add_series(struct slot_table *table, struct account *account,
                        const struct digest *series);
/* An account that is not in memory yet, as the book has it; for slot_need_accounts() and tests. */
struct account *slot_open_account(struct slot_table *table, uint64_t tenant, int32_t slot,
                                  uint64_t last_seq);

/* After a batch, whatever became of it: nothing is in use, and the ceiling holds. */
void slot_settle(struct slot_table *table);

#endif
