#include "verify/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "core/leaf.h"
#include "core/tile.h"
#include "core/tree.h"
#include "verify/key_entries.h"
#include "verify/signatures.h"

#define PATH_SIZE 4096
#define LEAF_RECORD_SIZE (2 + LEAF_SIZE) /* u16 length before each */
#define LEAVES_MAX (UINT64_C(1) << 32)

/* One verification: what is known so far of the log. */
struct reading {
    const char *folder;
    const struct verify_seen *seen; /* NULL: nothing */
    uint64_t sample;                /* of signatures; VERIFY_ALL */
    struct verify_log_report *report;
    struct findings *findings;
    struct leaf *leaves; /* of the checkpoint's size, once all are read */
    size_t capacity;
    struct tree_memory tree;
    struct text bytes; /* of the file at hand */
    bool is_whole;     /* every leaf was read */
};

static bool read_checkpoint(struct reading *reading, const struct verify_keys *keys,
                            struct error *err)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/checkpoint", reading->folder);
    text_clear(&reading->bytes);
    if (!file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &reading->bytes, err))
        return error_prefix(err, "there is nothing to verify: ");
    struct checkpoint *checkpoint = &reading->report->checkpoint;
    struct error why;
    if (checkpoint_open(reading->bytes.data, reading->bytes.size, &keys->log, checkpoint, &why))
        return true;
    enum finding finding =
        why.code == ERROR_SIGNATURE ? FINDING_CHECKPOINT_SIGNATURE : FINDING_CHECKPOINT_MALFORMED;
    findings_add(reading->findings, finding, FINDING_NO_INDEX, "%s", why.message);
    return checkpoint_read_unverified(reading->bytes.data, reading->bytes.size, checkpoint, err);
}

/* The file of a tile; the full one serves where a partial one has been superseded. A file has the
 * width of its name and not a byte more: what nobody checks could say anything. */
static bool read_tile(struct reading *reading, const struct tile *tile, size_t record_size,
                      bool *out_whole)
{
    char relative[TILE_PATH_SIZE], path[PATH_SIZE];
    const struct tile full = {tile->level, tile->number, TILE_WIDTH};
    const struct tile *const files[] = {tile, &full};
    struct error why = {0};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        size_t size = files[i]->width * record_size;
        snprintf(path, sizeof path, "%s/%s", reading->folder, tile_path(files[i], relative));
        text_clear(&reading->bytes);
        bool was_read = file_read(path, size, &reading->bytes, &why);
        if (!was_read && why.code == ERROR_NOT_FOUND)
            continue;
        *out_whole = was_read && reading->bytes.size == size;
        return true;
    }
    return false;
}

/* Room as the files come: the size itself may be anybody's word. */
static bool take_leaves(struct reading *reading, const struct tile *tile)
{
    char path[TILE_PATH_SIZE];
    uint64_t first = tile->number * TILE_WIDTH;
    bool is_whole;
    if (!read_tile(reading, tile, LEAF_RECORD_SIZE, &is_whole)) {
        findings_add(reading->findings, FINDING_LEAVES_MISSING, first, "there is no '%s'",
                     tile_path(tile, path));
        return false;
    }
    if (!is_whole) {
        findings_add(reading->findings, FINDING_LEAVES_MALFORMED, first,
                     "'%s' does not have the size of its width", tile_path(tile, path));
        return false;
    }
    if (!reading->is_whole)
        return true; /* after a gap nothing is kept */
    reading->leaves = memory_grow(reading->leaves, &reading->capacity, (size_t)first + tile->width,
                                  sizeof *reading->leaves);
    for (unsigned i = 0; i < tile->width; i++) {
        const unsigned char *record =
            (const unsigned char *)reading->bytes.data + (size_t)i * LEAF_RECORD_SIZE;
        if (bytes_get_u16(record) != LEAF_SIZE) {
            findings_add(reading->findings, FINDING_LEAVES_MALFORMED, first + i,
                         "a leaf of %u bytes in '%s'", bytes_get_u16(record),
                         tile_path(tile, path));
            return false;
        }
        leaf_decode(record + 2, &reading->leaves[first + i]);
    }
    return true;
}

static bool visit_leaves(void *context, const struct tile *tile, struct error *err)
{
    struct reading *reading = context;
    (void)err;
    if (tile->level != TILE_ENTRIES ||
        reading->findings->counts[FINDING_LEAVES_MISSING] > FINDING_LINES_MAX)
        return true; /* enough is missing */
    if (!take_leaves(reading, tile)) {
        reading->is_whole = false;
        return true;
    }
    for (unsigned i = 0; i < tile->width && reading->is_whole; i++) {
        struct digest hash = leaf_hash(&reading->leaves[tile->number * TILE_WIDTH + i]);
        tree_memory_append(&reading->tree, &hash);
    }
    reading->report->leaves += tile->width;
    log_progress("leaves", (long long)reading->report->leaves,
                 (long long)reading->report->checkpoint.size);
    return true;
}

static void compare_tile(struct reading *reading, const struct tile *tile)
{
    char path[TILE_PATH_SIZE];
    struct error ignored;
    bool is_same;
    if (!read_tile(reading, tile, DIGEST_SIZE, &is_same)) {
        findings_add(reading->findings, FINDING_TILE_MISSING, FINDING_NO_INDEX, "there is no '%s'",
                     tile_path(tile, path));
        return;
    }
    for (unsigned i = 0; i < tile->width && is_same; i++) {
        struct digest hash;
        is_same =
            tree_memory_read(&reading->tree, (unsigned)tile->level * TILE_HEIGHT,
                             tile->number * TILE_WIDTH + i, &hash, &ignored) &&
            memcmp(hash.bytes, reading->bytes.data + (size_t)i * DIGEST_SIZE, DIGEST_SIZE) == 0;
    }
    if (!is_same)
        findings_add(reading->findings, FINDING_TILE_MISMATCH, FINDING_NO_INDEX,
                     "'%s' does not hold the leaves' hashes", tile_path(tile, path));
    reading->report->tiles++;
}

static bool visit_tile(void *context, const struct tile *tile, struct error *err)
{
    (void)err;
    if (tile->level != TILE_ENTRIES)
        compare_tile(context, tile);
    return true;
}

/* The root of what was read is the one that was signed. */
static void check_root(struct reading *reading)
{
    const struct checkpoint *checkpoint = &reading->report->checkpoint;
    struct digest root = tree_memory_root(&reading->tree, checkpoint->size);
    if (!digest_equals(&root, &checkpoint->root))
        findings_add(reading->findings, FINDING_CHECKPOINT_ROOT, FINDING_NO_INDEX,
                     "the %" PRIu64 " leaves make another root", checkpoint->size);
}

/* Whose the root key's entries are, the log says; that none was kept back, only the whole log. */
static void check_seen_keys(const struct reading *reading, const struct verify_keys *keys)
{
    const struct verify_seen *seen = reading->seen;
    struct digest root = key_hash(keys->root.bytes);
    size_t next = 0;
    for (uint64_t i = 0; i < seen->size; i++) {
        bool was_shown = next < seen->key_count && seen->key_indexes[next] == i;
        next += was_shown;
        if (digest_equals_public(&reading->leaves[i].writer, &root) && !was_shown)
            findings_add(reading->findings, FINDING_KEY_BODY_MISSING, i,
                         "the log has a key entry here that was not shown");
    }
}

static void check_seen(const struct reading *reading, const struct verify_keys *keys)
{
    const struct verify_seen *seen = reading->seen;
    if (seen->size > reading->report->checkpoint.size) {
        findings_add(reading->findings, FINDING_CHECKPOINT_AHEAD, FINDING_NO_INDEX,
                     "%" PRIu64 " entries were seen, the log has %" PRIu64, seen->size,
                     reading->report->checkpoint.size);
        return;
    }
    struct digest root = tree_memory_root(&reading->tree, seen->size);
    if (!digest_equals(&root, &seen->root))
        findings_add(reading->findings, FINDING_CHECKPOINT_ROOT, FINDING_NO_INDEX,
                     "the log does not extend the tree of %" PRIu64 " entries that was seen",
                     seen->size);
    if (seen->has_keys)
        check_seen_keys(reading, keys);
}

/* The newest checkpoint that witnesses cosigned; where nobody keeps one apart, the newest itself.
 */
static bool read_witnessed(struct reading *reading)
{
    static const char *const names[] = {"witnessed/checkpoint", "checkpoint"};
    char path[PATH_SIZE];
    struct error why;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        snprintf(path, sizeof path, "%s/%s", reading->folder, names[i]);
        text_clear(&reading->bytes);
        if (file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &reading->bytes, &why))
            return true;
        if (why.code != ERROR_NOT_FOUND)
            break;
    }
    findings_add(reading->findings, FINDING_CHECKPOINT_MALFORMED, FINDING_NO_INDEX, "%s",
                 why.message);
    return false;
}

/* What they cosigned is the beginning of this log. */
static void check_witnesses(struct reading *reading, const struct verify_keys *keys)
{
    struct checkpoint checkpoint;
    if (!read_witnessed(reading) ||
        !verify_witnesses(reading->bytes.data, reading->bytes.size, &keys->log, keys->policy,
                          &checkpoint, &reading->report->witnesses, reading->findings))
        return;
    if (checkpoint.size > reading->report->checkpoint.size) {
        findings_add(reading->findings, FINDING_CHECKPOINT_AHEAD, FINDING_NO_INDEX,
                     "witnesses cosigned %" PRIu64 " entries, the log has %" PRIu64,
                     checkpoint.size, reading->report->checkpoint.size);
        return;
    }
    struct digest root = tree_memory_root(&reading->tree, checkpoint.size);
    if (!digest_equals(&root, &checkpoint.root))
        findings_add(reading->findings, FINDING_CHECKPOINT_ROOT, FINDING_NO_INDEX,
                     "witnesses cosigned another root of the first %" PRIu64 " entries",
                     checkpoint.size);
}

static bool read_all(struct reading *reading, const struct verify_keys *keys, struct error *err)
{
    uint64_t size = reading->report->checkpoint.size;
    if (size > LEAVES_MAX)
        return error_set(err, ERROR_INPUT, "a log of %" PRIu64 " entries does not fit in memory",
                         size);
    if (!tile_each_new(0, size, visit_leaves, reading, err))
        return false;
    if (!reading->is_whole)
        return true; /* said; nothing that follows can be judged without every leaf */
    check_root(reading);
    if (reading->seen != NULL)
        check_seen(reading, keys);
    if (keys->policy != NULL)
        check_witnesses(reading, keys);
    if (!tile_each_new(0, size, visit_tile, reading, err))
        return false;
    struct keyring ring;
    keyring_init(&ring);
    reading->report->key_entries =
        verify_key_entries(reading->folder, keys, reading->report->checkpoint.origin,
                           reading->leaves, size, &ring, reading->findings);
    ring.root_key = keys->root;
    struct verify_signatures_report signatures =
        verify_signatures(reading->leaves, size, &ring, reading->sample, reading->findings);
    reading->report->signatures = signatures.valid;
    reading->report->unchecked_signatures = signatures.unchecked;
    keyring_release(&ring);
    return true;
}

bool verify_log(const char *folder, const struct verify_keys *keys, struct verify_log_report *out,
                struct findings *findings, struct error *err)
{
    return verify_log_seen(folder, keys, NULL, out, findings, err);
}

bool verify_log_seen(const char *folder, const struct verify_keys *keys,
                     const struct verify_seen *seen, struct verify_log_report *out,
                     struct findings *findings, struct error *err)
{
    return verify_log_sample(folder, keys, seen, VERIFY_ALL, out, findings, err);
}

bool verify_log_sample(const char *folder, const struct verify_keys *keys,
                       const struct verify_seen *seen, uint64_t sample,
                       struct verify_log_report *out, struct findings *findings, struct error *err)
{
    struct verify_log_report report = {0};
    struct reading reading = {.folder = folder,
                              .seen = seen,
                              .sample = sample,
                              .report = &report,
                              .findings = findings,
                              .is_whole = true};
    tree_memory_init(&reading.tree);
    text_init(&reading.bytes);
    bool done = read_checkpoint(&reading, keys, err) && read_all(&reading, keys, err);
    tree_memory_release(&reading.tree);
    text_release(&reading.bytes);
    free(reading.leaves);
    if (done)
        *out = report;
    return done;
}
