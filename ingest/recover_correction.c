/* An operator's correction, which is of no batch: with the step that its slot took. */
#include <inttypes.h>
#include <string.h>

#include "ingest/recover_parts.h"
#include "store/slots.h"

static bool append_step(struct recovery *recovery, const struct entry *entry, int32_t slot,
                        uint64_t step, uint64_t control_index, struct arena *arena,
                        struct error *err)
{
    size_t count = 0;
    struct slot_step *last = NULL;
    uint64_t before = step > 0 ? step - 1 : 0, tenant = entry->tenant, last_seq = entry->stream_seq;
    if (!slot_steps_since(recovery->store, recovery->log, &slot, &before, &step, 1, arena, &last,
                          &count, err))
        return false;
    const struct slot_step next = {.slot = slot,
                                   .step = step + 1,
                                   .control_index = control_index,
                                   .floor_hour =
                                       count > 0 ? last[count - 1].floor_hour : FLOOR_NONE,
                                   .tenant_count = 1,
                                   .tenants = &tenant,
                                   .last_seqs = &last_seq};
    return slot_steps_append(recovery->store, recovery->log, &next, 1, err);
}

static bool append(struct recovery *recovery, uint64_t index, const struct signed_entry *correction,
                   int32_t slot, struct arena *arena, struct error *err)
{
    struct head head;
    uint64_t step = 0;
    if (!slots_lock(recovery->store, recovery->log, &slot, 1, &step, err) ||
        !append_lock(recovery->store, &recovery->batcher.writer, &head, err))
        return false;
    if (head.size != index)
        return error_set(err, ERROR_HALT, "somebody else appended: the log has %" PRIu64 " entries",
                         head.size);
    return append_entries(recovery->store, &head, correction, 1, NULL, err) &&
           append_step(recovery, &correction->entry, slot, step, head.control_index, arena, err) &&
           append_unlock(recovery->store, &head, err);
}

static bool find_slot(struct recovery *recovery, uint64_t number, int32_t *out, struct error *err)
{
    struct head head;
    if (!head_read(recovery->store, recovery->log, &head, err) ||
        !batcher_use_control(&recovery->batcher, head.control_index, err))
        return false;
    const struct tenant *tenant = control_tenant_numbered(recovery->batcher.scope->control, number);
    if (tenant == NULL)
        return error_set(err, ERROR_HALT, "there is no tenant %" PRIu64, number);
    *out = tenant->slot;
    return true;
}

bool recover_correction(struct recovery *recovery, const struct past_entry *past,
                        struct arena *arena, struct error *err)
{
    struct leaf leaf;
    int32_t slot = 0;
    struct signed_entry correction = {.entry = past->entry};
    if (!past_leaf(&recovery->leaves, past->index, &leaf, err) ||
        !find_slot(recovery, past->entry.tenant, &slot, err))
        return false;
    if (!writer_take(&recovery->batcher.writer, &correction, &leaf))
        return error_set(err, ERROR_HALT,
                         "the journal's entry is not what its leaf commits to (is "
                         "salt.key the ledger's?)");
    if (!store_begin(recovery->store, err))
        return false;
    if (append(recovery, past->index, &correction, slot, arena, err))
        return store_commit(recovery->store, err);
    store_rollback(recovery->store);
    return false;
}
