/* The successor's beginning: one transaction, then what stands beside the book, keys, archive. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "core/canonical.h"
#include "ledger/control.h"
#include "ledger/edge.h"
#include "ledger/keys.h"
#include "ledger/seal.h"
#include "ledger/state.h"
#include "ledger/succeed_parts.h"
#include "ledger/tenants.h"
#include "store/checkpoints.h"
#include "store/journal.h"
#include "store/places.h"
#include "store/restore.h"
#include "store/tiles.h"

/* ------------------------------------------------------------------------------------- its entries
 */

/* The transaction under way. */
struct opening {
    struct succession *succession;
    struct writer restorer; /* without a key: what is carried was signed before */
    struct restored *restored;
    struct keyring ring; /* of the successor, as any reader will follow it */
    struct head head;
    struct edge edge;
};

static void opening_release(struct opening *opening)
{
    for (size_t i = 0; i < opening->succession->carry.count; i++)
        restored_release(&opening->restored[i]);
    free(opening->restored);
    keyring_release(&opening->ring);
    writer_close(&opening->restorer);
}

static bool prepare_one(struct opening *opening, size_t i, struct error *err)
{
    struct succession *succession = opening->succession;
    const struct past_entry *past = &succession->carry.entries[i];
    struct leaf leaf;
    return (past_leaf(&succession->leaves, past->index, &leaf, err) &&
            restored_prepare(&opening->restorer, past, &leaf, &succession->arena,
                             &opening->restored[i], err)) ||
           error_prefix(err, "entry %" PRIu64 " (%s): ", past->index,
                        entry_kind_word(past->entry.kind));
}

static bool prepare(struct opening *opening, struct error *err)
{
    const struct succession *succession = opening->succession;
    writer_open_keyless(succession->log, &succession->row.ledger, succession->salt_key,
                        &opening->restorer);
    opening->restorer.key_index = succession->writer.key_index;
    opening->restored = memory_alloc((succession->carry.count + 1) * sizeof *opening->restored);
    for (size_t i = 0; i < succession->carry.count; i++)
        if (!prepare_one(opening, i, err))
            return false;
    return keys_read(succession->store, succession->log, &opening->ring, err);
}

static bool put_tile(void *context, const struct tile *tile, const struct digest *hashes,
                     struct error *err)
{
    const struct succession *succession = context;
    return tile_insert(succession->store, succession->log, tile, hashes, err);
}

static bool grow(struct opening *opening, const struct leaf *leaf, struct error *err)
{
    struct digest hash = leaf_hash(leaf);
    return edge_append(&opening->edge, &hash, put_tile, opening->succession, err);
}

static bool carry_one(struct opening *opening, struct restored *restored, struct error *err)
{
    struct succession *succession = opening->succession;
    enum entry_kind kind = restored->past->entry.kind;
    return (!entry_kind_is_public(kind) ||
            keyring_apply(&opening->ring, opening->head.size, kind, restored->json, err)) &&
           restored_append(succession->store, &opening->head, restored, err) &&
           grow(opening, &restored->entry.leaf, err);
}

static json_t *opening_content(const struct opening *opening)
{
    const struct succession *succession = opening->succession;
    struct key_previous previous = {.size = succession->old_end.size +
                                            (succession->is_closed ? 0 : 1), /* a rehearsal */
                                    .root = succession->old_end.root,
                                    .common = succession->common,
                                    .carried = succession->carry.count,
                                    .chains = succession->carry.chains};
    memcpy(previous.origin, succession->old_log.origin, sizeof previous.origin);
    previous.lost = previous.size - 1 - previous.common - previous.carried;
    return keyring_succeed_content(&opening->ring, key_public(succession->new_key), &previous);
}

static bool append_opening(struct opening *opening, struct error *err)
{
    struct succession *succession = opening->succession;
    struct text CLEANUP(text_release) content;
    CLEANUP(json_release) json_t *json = opening_content(opening);
    const struct decision decision = {
        .kind = ENTRY_LOG, .subject_id = succession->origin, .version = 1, .content = json};
    struct signed_entry entry;
    uint64_t index = 0;
    text_init(&content);
    if (!keyring_apply(&opening->ring, opening->head.size, ENTRY_LOG, json, err) ||
        !control_entry(&decision, &succession->writer.key_hash, &content, &entry.entry, err))
        return false;
    entry.entry.stream_seq = opening->head.control_seq;
    writer_sign(&succession->writer, &entry);
    return append_entries(succession->store, &opening->head, &entry, 1, &index, err) &&
           append_content(succession->store, succession->log, index, ENTRY_LOG, 0,
                          succession->origin, 1, content.data, content.size, err) &&
           grow(opening, &entry.leaf, err);
}

/* Tiles of the common part, too: what was recovered was never sealed here. */
static bool grow_common(struct opening *opening, struct error *err)
{
    struct succession *succession = opening->succession;
    struct leaf leaf;
    edge_init(&opening->edge);
    for (uint64_t index = 0; index < succession->common; index++)
        if (!past_leaf(&succession->leaves, index, &leaf, err) || !grow(opening, &leaf, err))
            return false;
    return true;
}

/* The sealer begins with what stands here as begun; no size without the opening entry is sealed. */
static bool begin_seal(struct opening *opening, struct error *err)
{
    const struct succession *succession = opening->succession;
    struct digest root = tree_root(&opening->edge.tree);
    return edge_partials(&opening->edge, 0, put_tile, opening->succession, err) &&
           checkpoint_insert_unsigned(succession->store, succession->log, opening->edge.tree.size,
                                      &root, err);
}

static bool append_all(struct opening *opening, struct error *err)
{
    struct succession *succession = opening->succession;
    struct store *store = succession->store;
    struct log_row row = succession->row;
    for (size_t i = 0; i < succession->carry.count; i++)
        if (!restored_lock(store, succession->log, &opening->restored[i], err))
            return false;
    if (!append_lock(store, &succession->writer, &opening->head, err))
        return false;
    if (opening->head.size != succession->common)
        return error_set(err, ERROR_HALT, "somebody else appended: the log has %" PRIu64 " entries",
                         opening->head.size);
    if (!grow_common(opening, err))
        return false;
    for (size_t i = 0; i < succession->carry.count; i++)
        if (!carry_one(opening, &opening->restored[i], err))
            return error_prefix(err, "entry %" PRIu64 ": ", succession->carry.entries[i].index);
    memcpy(row.origin, succession->origin, strlen(succession->origin) + 1);
    return append_opening(opening, err) && append_unlock(store, &opening->head, err) &&
           begin_seal(opening, err) && log_rename(store, &row, err);
}

static bool transact(struct opening *opening, bool is_rehearsal, struct error *err)
{
    struct store *store = opening->succession->store;
    if (!store_begin(store, err))
        return false;
    bool good = append_all(opening, err);
    if (good && !is_rehearsal)
        return store_commit(store, err);
    store_rollback(store);
    return good;
}

static bool open_successor(struct succession *succession, bool is_rehearsal, struct error *err)
{
    static struct opening opening; /* large */
    opening = (struct opening){.succession = succession};
    bool good = prepare(&opening, err) && transact(&opening, is_rehearsal, err);
    opening_release(&opening);
    return good;
}

bool succeed_rehearse(struct succession *succession, struct error *err)
{
    return open_successor(succession, true, err);
}

bool succeed_open(struct succession *succession, struct error *err)
{
    succession->is_opened = open_successor(succession, false, err);
    return succession->is_opened;
}

/* ------------------------------------------------------------------------------- beside the book
 */

struct list {
    struct succession *succession;
    bool (*restore)(struct store *store, int log, struct slice line, bool *out_written,
                    struct error *err);
};

static bool put_line(void *context, struct slice line, struct error *err)
{
    const struct list *list = context;
    bool written = false;
    return list->restore(list->succession->store, list->succession->log, line, &written, err);
}

/* A review, or an approval of it, counts where its period's entry is common: at other places stand
 * others now. */
static bool put_common(void *context, struct slice line, struct error *err)
{
    const struct list *list = context;
    CLEANUP(json_release) json_t *json = json_loadb(line.data, line.size, 0, NULL);
    const char *index = json_string_value(json_object_get(json, "period_index"));
    uint64_t period = 0;
    if (index == NULL || !number_parse_u64(index, strlen(index), "period_index", &period, err))
        return error_set(err, ERROR_HALT, "the journal's list of reviews or approvals is damaged");
    return period >= list->succession->common || put_line(context, line, err);
}

bool succeed_put_rest(struct succession *succession, struct error *err)
{
    struct list dispositions = {succession, journal_restore_disposition};
    struct list reviews = {succession, journal_restore_review};
    struct list approvals = {succession, journal_restore_approval};
    size_t count = 0;
    return tenants_sync(succession->store, succession->log, &count, err) &&
           past_journal_list(&succession->journal, "dispositions", put_line, &dispositions, err) &&
           past_journal_list(&succession->journal, "reviews", put_common, &reviews, err) &&
           past_journal_list(&succession->journal, "approvals", put_common, &approvals, err);
}

/* --------------------------------------------------------------------------------------- taking
 * over
 */

static bool rename_key(struct succession *succession, const char *from, const char *to,
                       struct error *err)
{
    const char *from_path, *to_path;
    if (!places_key(succession->cli, &succession->arena, from, &from_path, err) ||
        !places_key(succession->cli, &succession->arena, to, &to_path, err))
        return false;
    if (!file_exists(from_path))
        return true; /* the run before came so far */
    return rename(from_path, to_path) == 0 ||
           error_set_errno(err, ERROR_SYSTEM, "cannot rename '%s' to '%s'", from_path, to_path);
}

static bool write_vkey(struct succession *succession, const char *name,
                       const struct public_key *key, struct error *err)
{
    const char *path;
    return places_key(succession->cli, &succession->arena, name, &path, err) &&
           keys_write_vkey(path, key, err);
}

/* The old key is kept: a checkpoint of the old log may be asked of nobody else. Public halves are
 * only copies, and written anew. */
static bool rename_keys(struct succession *succession, struct error *err)
{
    struct arena *arena = &succession->arena;
    const char *number = strrchr(succession->closed, '/') + 1;
    const char *path;
    if (!write_vkey(succession, arena_printf(arena, "log-closed-%s.vkey", number),
                    &succession->old_log.key, err) ||
        (succession->old_key != NULL &&
         !rename_key(succession, "log.key", arena_printf(arena, "log-closed-%s.key", number),
                     err)) ||
        !rename_key(succession, "successor.key", "log.key", err) ||
        !write_vkey(succession, "log.vkey", key_public(succession->new_key), err) ||
        !places_key(succession->cli, arena, "successor.vkey", &path, err))
        return false;
    (void)unlink(path);
    return true;
}

bool succeed_take_over(struct succession *succession, struct error *err)
{
    struct checkpoint_row begun;
    struct checkpoint state = {.size = 0};
    if (succession->is_remembered)
        return rename_keys(succession, err);
    if (!checkpoint_latest_unsigned(succession->store, succession->log, &begun, err))
        return false;
    state.size = begun.size;
    state.root = begun.root;
    memcpy(state.origin, succession->origin, strlen(succession->origin) + 1);
    return state_write(succession->state_path, &state, err) && rename_keys(succession, err);
}

/* -------------------------------------------------------------------------------------- its
 * archive
 */

static bool put_vkey(struct archive *archive, const char *path, const struct public_key *key,
                     struct error *err)
{
    char vkey[VKEY_SIZE];
    struct text CLEANUP(text_release) line;
    text_init(&line);
    text_printf(&line, "%s\n", key_format_vkey(key, vkey));
    return archive_put(archive, path, 0644, line.data, line.size, err);
}

bool succeed_seal(struct succession *succession, struct error *err)
{
    uint64_t size = 0;
    bool behind = false;
    struct archive archive;
    if (!archive_open(&archive, succession->archive, err))
        return false;
    bool good = put_vkey(&archive, "public/log.vkey", key_public(succession->new_key), err) &&
                put_vkey(&archive, "public/root.vkey", key_public(succession->root), err) &&
                archive_commit(&archive, err);
    archive_close(&archive);
    if (!good)
        return false;
    struct sealer *sealer = memory_alloc(sizeof *sealer);
    good = sealer_open(sealer, succession->store, succession->log, succession->new_key,
                       succession->state_path, succession->archive, err);
    if (good) {
        good = sealer_beat(sealer, &size, &behind, err);
        sealer_close(sealer);
    }
    free(sealer);
    if (good)
        printf("sealed %" PRIu64 " entries of '%s'\n", size, succession->origin);
    return good;
}
