/*
 * Slots: what serialises the usage of their tenants, and the steps by which they moved.
 *
 * slots_lock() is the fence of a batch. What is newer than memory is asked *afterwards*, in
 * statements of their own: READ COMMITTED re-reads only the locked row, so one statement for both
 * would return the new step with old facts (protocol section 3).
 *
 * Every step carries the floor of its slot on, so that the newest step alone tells it.
 */
#ifndef STORE_SLOTS_H
#define STORE_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/body.h"
#include "core/digest.h"
#include "store/store.h"

#define FLOOR_NONE INT32_MIN       /* events of any age are taken */
#define STREAM_SEQ_NONE UINT64_MAX /* a tenant without usage yet; "no entry" in dedup blocks */

/* What one batch did to one slot. */
struct slot_step {
    int32_t slot;
    uint64_t step;
    struct batch_id batch;
    uint64_t control_index; /* under which it was decided */
    int32_t floor_hour;     /* FLOOR_NONE */
    size_t hour_count;
    int32_t *hours; /* event hours whose identities it added to */
    size_t tenant_count;
    uint64_t *tenants;   /* to which it gave entries … */
    uint64_t *last_seqs; /* … and the last stream_seq of each */
};

/* A new series: what was measured, spelled out once. */
struct series_row {
    uint64_t tenant;
    int32_t slot;
    uint64_t step;
    struct digest series;
    struct slice descriptor;
};

/* FOR UPDATE, ascending; slots must ascend. out_steps[i] belongs to slots[i]. */
MUST_CHECK bool slots_lock(struct store *store, int log, const int32_t *slots, size_t count,
                           uint64_t *out_steps, struct error *err);
/* The steps of slots[i] after after_steps[i], through through_steps[i]: slot by slot, ascending; in
 * the arena. */
MUST_CHECK bool slot_steps_since(struct store *store, int log, const int32_t *slots,
                                 const uint64_t *after_steps, const uint64_t *through_steps,
                                 size_t count, struct arena *arena, struct slot_step **out,
                                 size_t *out_count, struct error *err);
/* Writes the steps, each slot's one after the other, and moves each slot once: to move a row again
 * and again in one transaction costs the square of it. ERROR_CONFLICT when somebody else wrote that
 * step. */
MUST_CHECK bool slot_steps_append(struct store *store, int log, const struct slot_step *steps,
                                  size_t count, struct error *err);
/* The newest usage stream_seq of each tenant, STREAM_SEQ_NONE for one without. */
MUST_CHECK bool slot_last_seqs(struct store *store, int log, const uint64_t *tenants, size_t count,
                               uint64_t *out_last_seqs, struct error *err);

typedef bool series_visit(void *context, uint64_t tenant, const struct digest *series,
                          struct error *err);
MUST_CHECK bool series_of_tenants(struct store *store, int log, const uint64_t *tenants,
                                  size_t count, series_visit *visit, void *context,
                                  struct error *err);
/* Those that came to slots[i] after after_steps[i], through through_steps[i]. */
MUST_CHECK bool series_since(struct store *store, int log, const int32_t *slots,
                             const uint64_t *after_steps, const uint64_t *through_steps,
                             size_t count, series_visit *visit, void *context, struct error *err);
/* All of those that came with step steps[i] of slots[i], by tenant, then series; in the arena. */
MUST_CHECK bool series_at(struct store *store, int log, const int32_t *slots, const uint64_t *steps,
                          size_t count, struct arena *arena, struct series_row **out,
                          size_t *out_count, struct error *err);
MUST_CHECK bool series_append(struct store *store, int log, const struct series_row *rows,
                              size_t count, struct error *err);

#endif
