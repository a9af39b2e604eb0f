#include <inttypes.h>

#include "base/crash.h"
#include "ingest/recover_parts.h"
#include "store/restore.h"

static bool append(struct recovery *recovery, struct restored *restored, struct error *err)
{
    struct head head;
    struct store *store = recovery->store;
    if (!restored_lock(store, recovery->log, restored, err) ||
        !append_lock(store, &recovery->batcher.writer, &head, err))
        return false;
    if (head.size != restored->past->index)
        return error_set(err, ERROR_HALT, "somebody else appended: the log has %" PRIu64 " entries",
                         head.size);
    return restored_append(store, &head, restored, err) && append_unlock(store, &head, err);
}

static bool transact(struct recovery *recovery, struct restored *restored, struct error *err)
{
    if (!store_begin(recovery->store, err))
        return false;
    if (!append(recovery, restored, err)) {
        store_rollback(recovery->store);
        return false;
    }
    CRASH_AT(recover_entry_appended);
    if (!store_commit(recovery->store, err))
        return false;
    CRASH_AT(recover_entry_committed);
    return true;
}

bool recover_entry(struct recovery *recovery, const struct past_entry *past, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct restored CLEANUP(restored_release) restored = {.past = past};
    struct leaf leaf;
    arena_init(&arena);
    bool ok = past->entry.kind == ENTRY_CORRECTION
                  ? recover_correction(recovery, past, &arena, err)
                  : past_leaf(&recovery->leaves, past->index, &leaf, err) &&
                        restored_prepare(&recovery->batcher.writer, past, &leaf, &arena, &restored,
                                         err) &&
                        transact(recovery, &restored, err);
    recovery->entries += ok ? 1 : 0;
    return ok || error_prefix(err, "entry %" PRIu64 " (%s): ", past->index,
                              entry_kind_word(past->entry.kind));
}
