/* The old log's end: its last entry, its last checkpoint, its archive put aside. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "core/canonical.h"
#include "ledger/archive.h"
#include "ledger/control.h"
#include "ledger/edge.h"
#include "ledger/state.h"
#include "ledger/succeed_parts.h"

#define KEY_FILE_SIZE_MAX (8 << 20)
#define RECORD_SIZE (2 + LEAF_SIZE) /* u16 length ‖ leaf */
#define PUBLIC_PATH_SIZE (TILE_PATH_SIZE + 8)

/* ---------------------------------------------------------------------------------- was it closed
 */

static bool check_successor(const struct succession *succession, const json_t *successor,
                            struct error *err)
{
    char vkey[VKEY_SIZE] = "";
    const char *origin = json_string_value(json_object_get(successor, "origin"));
    const char *key = json_string_value(json_object_get(successor, "log_key"));
    const char *common = json_string_value(json_object_get(successor, "common"));
    uint64_t size = 0;
    if (origin == NULL || key == NULL || common == NULL ||
        !number_parse_u64(common, strlen(common), "common", &size, err))
        return error_set(err, ERROR_CONFLICT, "the entry that closes '%s' is malformed",
                         succession->old_log.origin);
    if (succession->new_key != NULL)
        key_format_vkey(key_public(succession->new_key), vkey);
    return (strcmp(origin, succession->origin) == 0 && strcmp(key, vkey) == 0 &&
            size == succession->common) ||
           error_set(err, ERROR_CONFLICT,
                     "'%s' is closed already, and names its one successor: '%s', common size %s, "
                     "key %s",
                     succession->old_log.origin, origin, common, key);
}

bool succeed_look_closed(struct succession *succession, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    CLEANUP(json_release) json_t *file = NULL;
    const char *folder = succession->is_aside ? succession->closed : succession->archive;
    const char *path = arena_printf(&succession->arena, "%s/public/keys/%" PRIu64 ".json", folder,
                                    succession->old_end.size - 1);
    text_init(&bytes);
    if (!file_read(path, KEY_FILE_SIZE_MAX, &bytes, err))
        return err->code == ERROR_NOT_FOUND;
    if (!canonical_parse(bytes.data, bytes.size, path, &file, err))
        return false;
    const json_t *content = json_object_get(file, "content");
    const char *action = json_string_value(json_object_get(content, "action"));
    if (action == NULL || strcmp(action, "close") != 0)
        return true;
    succession->is_closed = true;
    return check_successor(succession, json_object_get(content, "successor"), err);
}

/* -------------------------------------------------------------------------------------- the entry
 */

static bool make_entry(const struct succession *succession, struct text *out_content,
                       struct signed_entry *out, struct error *err)
{
    const struct key_successor successor = {.key = *key_public(succession->new_key),
                                            .common = succession->common};
    struct decision decision = {.kind = ENTRY_LOG,
                                .subject_id = succession->old_log.origin,
                                .version = 2, /* after the one that opened it */
                                .content =
                                    keyring_close_content(&succession->writer.keys, &successor)};
    bool good =
        control_entry(&decision, &succession->writer.key_hash, out_content, &out->entry, err);
    json_decref(decision.content);
    if (!good)
        return false;
    out->entry.stream_seq = succession->carry.control_seq;
    writer_sign(&succession->writer, out);
    return true;
}

static bool put_key_body(struct archive *archive, uint64_t index, const struct entry *entry,
                         const struct text *content, struct error *err)
{
    unsigned char body[BODY_SIZE_MAX];
    char hex[2 * BODY_SIZE_MAX + 1], path[64];
    CLEANUP(json_release) json_t *value = NULL;
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    if (!canonical_parse(content->data, content->size, "content", &value, err))
        return false;
    hex_encode(body, body_encode(entry, body), hex);
    CLEANUP(json_release)
    json_t *json = json_pack("{s:I,s:s,s:s,s:O}", "index", (json_int_t)index, "kind",
                             entry_kind_word(entry->kind), "body", hex, "content", value);
    snprintf(path, sizeof path, "public/keys/%" PRIu64 ".json", index);
    return canonical_write(json, &bytes, err) &&
           archive_put(archive, path, 0644, bytes.data, bytes.size, err);
}

/* --------------------------------------------------------------------------------------- its tree
 */

static bool put_tile(void *context, const struct tile *tile, const struct digest *hashes,
                     struct error *err)
{
    char path[PUBLIC_PATH_SIZE] = "public/";
    tile_path(tile, path + strlen(path));
    return archive_put(context, path, 0644, hashes, (size_t)tile->width * DIGEST_SIZE, err);
}

/* The last bundle, with one leaf more. */
static bool put_bundle(struct succession *succession, struct archive *archive,
                       const struct leaf *last, struct error *err)
{
    unsigned char records[TILE_WIDTH][RECORD_SIZE];
    char path[PUBLIC_PATH_SIZE] = "public/";
    uint64_t index = succession->leaves.size;
    const struct tile tile = {TILE_ENTRIES, index / TILE_WIDTH, (unsigned)(index % TILE_WIDTH) + 1};
    for (unsigned i = 0; i < tile.width; i++) {
        struct leaf leaf = *last;
        if (i + 1 < tile.width &&
            !past_leaf(&succession->leaves, tile.number * TILE_WIDTH + i, &leaf, err))
            return false;
        bytes_put_u16(records[i], LEAF_SIZE);
        leaf_encode(&leaf, records[i] + 2);
    }
    tile_path(&tile, path + strlen(path));
    return archive_put(archive, path, 0644, records, (size_t)tile.width * RECORD_SIZE, err);
}

static bool put_tree(struct succession *succession, struct archive *archive,
                     const struct leaf *last, struct digest *out_root, struct error *err)
{
    static struct edge edge; /* large */
    struct leaf leaf;
    edge_init(&edge);
    for (uint64_t index = 0; index < succession->leaves.size; index++) {
        if (!past_leaf(&succession->leaves, index, &leaf, err))
            return false;
        struct digest hash = leaf_hash(&leaf);
        if (!edge_append(&edge, &hash, NULL, NULL, err))
            return false;
    }
    struct digest hash = leaf_hash(last);
    if (!edge_append(&edge, &hash, put_tile, archive, err) ||
        !edge_partials(&edge, succession->leaves.size, put_tile, archive, err))
        return false;
    *out_root = tree_root(&edge.tree);
    return put_bundle(succession, archive, last, err);
}

/* ------------------------------------------------------------------------------------ the last
 * seal
 */

static bool publish(const struct succession *succession, const struct archive *archive,
                    struct error *err)
{
    struct text CLEANUP(text_release) note;
    text_init(&note);
    checkpoint_sign(&succession->old_end, succession->old_key, &note);
    return archive_publish(archive, &note, err);
}

/* As the sealer does it: on disk, remembered, signed. */
static bool extend(struct succession *succession, struct archive *archive, struct error *err)
{
    struct text CLEANUP(text_release) content;
    struct signed_entry entry;
    struct checkpoint end = succession->old_end;
    text_init(&content);
    if (!make_entry(succession, &content, &entry, err) ||
        !put_tree(succession, archive, &entry.leaf, &end.root, err) ||
        !put_key_body(archive, end.size, &entry.entry, &content, err) ||
        !archive_commit(archive, err))
        return false;
    end.size++;
    if (!state_write(succession->state_path, &end, err))
        return false;
    succession->old_end = end;
    succession->is_closed = true;
    return true;
}

bool succeed_close(struct succession *succession, struct error *err)
{
    struct archive archive;
    if (succession->is_aside)
        return true;
    if (succession->old_key == NULL ||
        strcmp(key_public(succession->old_key)->name, succession->old_log.origin) != 0)
        return error_set(err, ERROR_INPUT, "log.key is not the key of '%s'",
                         succession->old_log.origin);
    if (!archive_open(&archive, succession->archive, err))
        return false;
    bool good = (succession->is_closed || extend(succession, &archive, err)) &&
                publish(succession, &archive, err);
    archive_close(&archive);
    return good;
}

/* ------------------------------------------------------------------------------------ put aside */

static bool move_folder(struct succession *succession, const char *name, struct error *err)
{
    const char *from = arena_printf(&succession->arena, "%s/%s", succession->archive, name);
    const char *to = arena_printf(&succession->arena, "%s/%s", succession->closed, name);
    if (file_exists(to))
        return true; /* the run before came so far */
    return rename(from, to) == 0 ||
           error_set_errno(err, ERROR_SYSTEM, "cannot move '%s' to '%s'", from, to);
}

bool succeed_put_aside(struct succession *succession, struct error *err)
{
    const char *private = arena_printf(&succession->arena, "%s/private", succession->closed);
    if (!file_make_folders(succession->closed, 0755, err) ||
        !file_make_folders(private, 0700, err) || !move_folder(succession, "public", err) ||
        !move_folder(succession, "private/journal", err))
        return false;
    succession->is_aside = true;
    succession->leaves.archive = succession->closed;
    past_journal_close(&succession->journal); /* it lies elsewhere now */
    return past_journal_open(succession->closed, succession->old_end.size, &succession->journal,
                             err);
}
