#include "ledger/seal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/crash.h"
#include "base/instant.h"
#include "core/note.h"
#include "core/proof.h"
#include "ledger/journal.h"
#include "ledger/state.h"
#include "store/append.h"
#include "store/checkpoints.h"
#include "store/entries.h"
#include "store/logs.h"
#include "store/tiles.h"

#define LISTS_EVERY_US (60 * SECOND_US)

/* --------------------------------------------------------------------------- grow and commit */

struct grown_tile {
    struct tile tile;
    struct digest *hashes;
};

/* What one beat adds: nothing of it is the sealer's until it is committed. */
struct growth {
    struct arena arena;
    struct edge edge;
    struct grown_tile *tiles;
    size_t count;
    size_t capacity;
};

static void growth_release(struct growth *growth)
{
    free(growth->tiles);
    arena_release(&growth->arena);
}

static bool keep_tile(void *context, const struct tile *tile, const struct digest *hashes,
                      struct error *err)
{
    (void)err;
    struct growth *growth = context;
    growth->tiles =
        memory_grow(growth->tiles, &growth->capacity, growth->count + 1, sizeof(*growth->tiles));
    growth->tiles[growth->count++] = (struct grown_tile){
        *tile, arena_copy(&growth->arena, hashes, tile->width * sizeof(*hashes))};
    return true;
}

static bool take_leaf(void *context, uint64_t index, const struct leaf *leaf, struct error *err)
{
    struct growth *growth = context;
    if (index != growth->edge.tree.size)
        return error_set(err, ERROR_HALT,
                         "entry %" PRIu64 " is missing from the database; nothing is signed over a "
                         "hole",
                         growth->edge.tree.size);
    struct digest hash = leaf_hash(leaf);
    return edge_append(&growth->edge, &hash, keep_tile, growth, err);
}

static bool grow(struct sealer *sealer, struct growth *growth, uint64_t size, struct error *err)
{
    uint64_t old_size = sealer->edge.tree.size;
    growth->edge = sealer->edge;
    if (!leaves_each(sealer->store, sealer->log, old_size, size, take_leaf, growth, err))
        return false;
    if (growth->edge.tree.size != size)
        return error_set(err, ERROR_HALT,
                         "the log's head says %" PRIu64 " entries, but entry %" PRIu64
                         " is missing from the database",
                         size, growth->edge.tree.size);
    return edge_partials(&growth->edge, old_size, keep_tile, growth, err);
}

static bool insert_growth(struct sealer *sealer, const struct growth *growth, struct error *err)
{
    struct digest root = tree_root(&growth->edge.tree);
    if (!checkpoint_insert_unsigned(sealer->store, sealer->log, growth->edge.tree.size, &root, err))
        return false;
    for (size_t i = 0; i < growth->count; i++) {
        if (!tile_insert(sealer->store, sealer->log, &growth->tiles[i].tile,
                         growth->tiles[i].hashes, err))
            return false;
        CRASH_AT(seal_tile_inserted);
    }
    return true;
}

/* The same rows again are nothing, so an unknown answer to COMMIT is asked again by the next beat.
 * Other rows in their place were never written by a sealer of this log. */
static bool commit_growth(struct sealer *sealer, const struct growth *growth, struct error *err)
{
    if (!store_begin(sealer->store, err))
        return false;
    if (insert_growth(sealer, growth, err))
        return store_commit(sealer->store, err);
    store_rollback(sealer->store);
    if (err->code == ERROR_CONFLICT) {
        err->code = ERROR_HALT;
        return error_prefix(err, "the log has forked: ");
    }
    return false;
}

static bool grow_to(struct sealer *sealer, uint64_t size, struct error *err)
{
    struct growth *growth = memory_alloc(sizeof(*growth));
    arena_init(&growth->arena);
    bool good = grow(sealer, growth, size, err) && commit_growth(sealer, growth, err);
    if (good)
        sealer->edge = growth->edge;
    growth_release(growth);
    free(growth);
    return good;
}

/* -------------------------------------------------------------------------------------- check */

static bool forked(const char *what, const struct checkpoint *old, const struct checkpoint *now,
                   struct error *err)
{
    char old_root[DIGEST_HEX_SIZE], root[DIGEST_HEX_SIZE];
    return error_set(err, ERROR_HALT,
                     "the log has forked: %s says size %" PRIu64 " root %s, which the database's "
                     "tree of size %" PRIu64 " root %s does not extend; sign nothing, keep "
                     "everything, run `daybook-ledger audit`",
                     what, old->size, digest_hex(&old->root, old_root), now->size,
                     digest_hex(&now->root, root));
}

/* Whether the tree that was committed extends what `what` has seen, by the verifier's own code. */
static bool check_extends(struct sealer *sealer, const struct checkpoint *old, const char *what,
                          const struct checkpoint *now, struct error *err)
{
    struct proof proof;
    if (old->size == 0)
        return true;
    if (old->size > now->size)
        return error_set(err, ERROR_HALT,
                         "the database is behind: %s says %" PRIu64 " entries, the database has "
                         "%" PRIu64 "; nothing is signed and nothing may be appended until it is "
                         "recovered to that size",
                         what, old->size, now->size);
    struct tiles_reader *CLEANUP(tiles_reader_cleanup) reader =
        tiles_reader_open(sealer->store, sealer->log, now->size);
    if (!proof_make_consistency(old->size, now->size, tiles_read, reader, &proof, err))
        return false;
    struct error ignored;
    return proof_verify_consistency(old->size, now->size, &proof, &old->root, &now->root,
                                    &ignored) ||
           forked(what, old, now, err);
}

static bool check_all(struct sealer *sealer, const struct checkpoint *now, struct error *err)
{
    return check_extends(sealer, &sealer->state, "the state file", now, err) &&
           check_extends(sealer, &sealer->published, "the published checkpoint", now, err) &&
           check_extends(sealer, &sealer->signed_row, "the newest signed row", now, err);
}

/* ---------------------------------------------------------------------------------- witnesses */

/* Bundles take their checkpoint's lines from rows, so that they need no archive. */
static bool keep_lines(struct sealer *sealer, uint64_t size, struct slice note, struct error *err)
{
    const struct public_key *log_key = key_public(sealer->key);
    struct note_line lines[NOTE_SIGNATURES_MAX];
    struct slice text;
    size_t count;
    if (!note_read_lines(note.data, note.size, &text, lines, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].id == log_key->id && slice_equals(lines[i].name, log_key->name))
            continue;
        struct text CLEANUP(text_release) signer;
        text_init(&signer);
        text_append_n(&signer, lines[i].name.data, lines[i].name.size);
        text_printf(&signer, "+%08" PRIx32, lines[i].id);
        if (!cosignature_insert(sealer->store, sealer->log, size, signer.data, lines[i].line, err))
            return false;
    }
    return true;
}

struct seeing {
    struct sealer *sealer;
    const struct checkpoint *now;
};

static bool take_seen(void *context, const char *name, const struct checkpoint *seen,
                      struct slice note, struct error *err)
{
    const struct seeing *seeing = context;
    struct sealer *sealer = seeing->sealer;
    if (!check_extends(sealer, seen, name, seeing->now, err))
        return false;
    if (!store_begin(sealer->store, err))
        return false;
    if (keep_lines(sealer, seen->size, note, err))
        return store_commit(sealer->store, err);
    store_rollback(sealer->store);
    return false;
}

static bool check_witnessed(struct sealer *sealer, const struct checkpoint *now, struct error *err)
{
    struct seeing seeing = {sealer, now};
    return witnessed_each_new(&sealer->witnessed, sealer->archive.root, key_public(sealer->key),
                              take_seen, &seeing, err);
}

/* --------------------------------------------------------------------- archive, remember, sign */

static bool write_archive(struct sealer *sealer, uint64_t size, struct error *err)
{
    struct archive *archive = &sealer->archive;
    uint64_t old_size = sealer->published.size;
    return archive_extend(archive, sealer->store, sealer->log, old_size, size, err) &&
           journal_extend(archive, sealer->store, sealer->log, old_size, size, err) &&
           archive_commit(archive, err);
}

static bool remember(struct sealer *sealer, const struct checkpoint *now, struct error *err)
{
    if (sealer->state.size == now->size)
        return true;
    if (!state_write(sealer->state_path, now, err))
        return false;
    sealer->state = *now;
    return true;
}

static bool sign(struct sealer *sealer, const struct checkpoint *now, struct error *err)
{
    struct text CLEANUP(text_release) note;
    text_init(&note);
    checkpoint_sign(now, sealer->key, &note);
    if (!store_begin(sealer->store, err))
        return false;
    if (!checkpoint_insert_signed(sealer->store, sealer->log, now->size, &now->root, note.data,
                                  note.size, err)) {
        store_rollback(sealer->store);
        return false;
    }
    CRASH_AT(seal_note_inserted);
    if (!store_commit(sealer->store, err))
        return false;
    CRASH_AT(seal_signed);
    if (!archive_publish(&sealer->archive, &note, err))
        return false;
    sealer->signed_row = *now;
    return true;
}

/* Everything after the commit; also what is left of a beat that was interrupted. */
static bool finish(struct sealer *sealer, struct error *err)
{
    struct checkpoint now = {.size = sealer->edge.tree.size, .root = tree_root(&sealer->edge.tree)};
    memcpy(now.origin, sealer->origin, sizeof(now.origin));
    if (!check_all(sealer, &now, err) || !check_witnessed(sealer, &now, err))
        return false;
    if (now.size == 0 || (now.size == sealer->state.size && now.size == sealer->signed_row.size &&
                          now.size == sealer->published.size))
        return true;
    uint64_t old_size = sealer->published.size;
    if (!write_archive(sealer, now.size, err))
        return false;
    CRASH_AT(seal_archived);
    if (!remember(sealer, &now, err))
        return false;
    CRASH_AT(seal_remembered);
    if (!sign(sealer, &now, err))
        return false;
    CRASH_AT(seal_published);
    sealer->published = now;
    archive_prune(&sealer->archive, old_size, now.size);
    journal_prune(&sealer->archive, old_size, now.size);
    return true;
}

/* The lists that grow without the log; a beat is not for them to hold up. */
static bool write_lists(struct sealer *sealer, struct error *err)
{
    int64_t now_us = instant_monotonic();
    if (sealer->lists_at_us != 0 && now_us - sealer->lists_at_us < LISTS_EVERY_US)
        return true;
    sealer->lists_at_us = now_us;
    return journal_extend_lists(&sealer->archive, sealer->store, sealer->log, err) &&
           archive_commit(&sealer->archive, err);
}

bool sealer_beat(struct sealer *sealer, uint64_t *out_size, bool *out_behind, struct error *err)
{
    struct head head;
    uint64_t size = sealer->edge.tree.size;
    if (!head_read(sealer->store, sealer->log, &head, err))
        return false;
    if (head.size < size || head.size < sealer->begun)
        return error_set(err, ERROR_HALT,
                         "the database is behind: %" PRIu64 " entries were begun to be sealed, the "
                         "log's head says %" PRIu64 "; nothing is signed and nothing may be "
                         "appended until it is recovered",
                         size > sealer->begun ? size : sealer->begun, head.size);
    uint64_t next = sealer->begun > size ? sealer->begun : head.size;
    if (next - size > SEAL_GROWTH_MAX && next != sealer->begun &&
        !head_whole_size(sealer->store, sealer->log, size + SEAL_GROWTH_MAX, &next, err))
        return false;
    if (next > size && !grow_to(sealer, next, err))
        return false;
    CRASH_AT(seal_grown);
    sealer->begun = 0;
    if (!finish(sealer, err) || !write_lists(sealer, err))
        return false;
    *out_size = next;
    *out_behind = next < head.size;
    return true;
}

/* ----------------------------------------------------------------------------------- opening */

/* A note that this log's key did not sign is as bad as a wrong root. */
static bool open_note(const struct sealer *sealer, const char *note, size_t size, const char *what,
                      struct checkpoint *out, struct error *err)
{
    if (checkpoint_open(note, size, key_public(sealer->key), out, err))
        return true;
    err->code = ERROR_HALT;
    return error_prefix(err, "%s: ", what);
}

static bool read_published(struct sealer *sealer, struct error *err)
{
    struct text CLEANUP(text_release) note;
    text_init(&note);
    if (archive_read_published(&sealer->archive, &note, err))
        return open_note(sealer, note.data, note.size, "the published checkpoint",
                         &sealer->published, err);
    return err->code == ERROR_NOT_FOUND; /* the archive is built anew */
}

/* The newest row of all may be of the log that this one succeeds: a tree that it begins with. */
static bool open_row(struct sealer *sealer, const struct checkpoint_row *row, struct error *err)
{
    struct checkpoint signed_row;
    if (row->size < sealer->state.size &&
        checkpoint_read_unverified(row->note, row->note_size, &signed_row, err) &&
        strcmp(signed_row.origin, sealer->origin) != 0) {
        sealer->signed_row = signed_row;
        return true;
    }
    return open_note(sealer, row->note, row->note_size, "the newest signed row",
                     &sealer->signed_row, err);
}

static bool read_rows(struct sealer *sealer, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct checkpoint_row row;
    arena_init(&arena);
    if (checkpoint_latest(sealer->store, sealer->log, &arena, &row, err)) {
        if (!open_row(sealer, &row, err))
            return false;
    } else if (err->code != ERROR_NOT_FOUND) {
        return false;
    }
    if (checkpoint_latest_unsigned(sealer->store, sealer->log, &row, err))
        sealer->begun = row.size;
    else if (err->code != ERROR_NOT_FOUND)
        return false;
    return true;
}

static bool read_origin(struct sealer *sealer, struct error *err)
{
    struct log_row log;
    if (!log_find(sealer->store, sealer->log, &log, err))
        return false;
    const char *key_name = key_public(sealer->key)->name;
    if (strcmp(log.origin, key_name) != 0 || strcmp(log.origin, sealer->state.origin) != 0)
        return error_set(err, ERROR_HALT,
                         "the log's origin is '%s', but the log key's name is '%s' and the state "
                         "file's origin '%s'",
                         log.origin, key_name, sealer->state.origin);
    memcpy(sealer->origin, log.origin, sizeof(sealer->origin));
    return true;
}

/* The tree of the greatest size that anything of ours has seen. */
static bool load_tree(struct sealer *sealer, struct error *err)
{
    const struct checkpoint *base = &sealer->state;
    struct head head;
    if (sealer->published.size > base->size)
        base = &sealer->published;
    if (sealer->signed_row.size > base->size)
        base = &sealer->signed_row;
    if (!head_read(sealer->store, sealer->log, &head, err))
        return false;
    struct checkpoint now = {.size = head.size};
    if (head.size < base->size && !check_extends(sealer, base, "what was signed", &now, err))
        return false;
    if (!edge_load(&sealer->edge, sealer->store, sealer->log, base->size, err))
        return error_prefix(err, "the tiles of the sealed size %" PRIu64 ": ", base->size);
    now = (struct checkpoint){.size = base->size, .root = tree_root(&sealer->edge.tree)};
    return base->size == 0 || digest_equals(&now.root, &base->root) ||
           forked("what was signed", base, &now, err);
}

bool sealer_open(struct sealer *sealer, struct store *store, int log, const struct secret_key *key,
                 const char *state_path, const char *archive_root, struct error *err)
{
    memset(sealer, 0, sizeof(*sealer));
    sealer->store = store;
    sealer->log = log;
    sealer->key = key;
    sealer->state_path = state_path;
    sealer->lock = -1;
    if (state_lock(state_path, &sealer->lock, err) && state_read(state_path, &sealer->state, err) &&
        read_origin(sealer, err) && archive_open(&sealer->archive, archive_root, err) &&
        read_published(sealer, err) && read_rows(sealer, err) && load_tree(sealer, err) &&
        finish(sealer, err))
        return true;
    sealer_close(sealer);
    return false;
}

void sealer_close(struct sealer *sealer)
{
    archive_close(&sealer->archive);
    if (sealer->lock >= 0)
        (void)close(sealer->lock);
    sealer->lock = -1;
}
