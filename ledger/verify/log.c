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
#define LEAF_RECORD_SIZE (2 + LEAF_SIZE)      /* u16 length before each */
#define LEAVES_MAX (UINT64_C(1) << 36)        /* a sample has a bit of each in memory */
#define WAITING_MAX ((size_t)32 * TILE_WIDTH) /* leaves whose signatures are verified together */

/* What somebody knows of the log's tree at another size. */
struct earlier {
    uint64_t size;
    bool is_passed; /* `root` is what the leaves make */
    struct digest root;
};

/* One verification: what is known so far of the log. Leaves are read once and not kept, so that no
 * file can change between two looks, and a log of any size fits in memory. */
struct reading {
    const char *folder;
    const struct verify_keys *keys;
    const struct verify_seen *seen; /* NULL: nothing */
    size_t seen_keys;               /* of its key entries that were passed */
    struct verify_log_report *report;
    struct findings *findings;
    struct tree tree;         /* of the leaves so far */
    struct tree_memory tiles; /* its leaves are the roots of the full tiles of level 0 */
    struct earlier at_seen, at_witnessed;
    struct key_entries key_entries;
    struct verify_sample sample;
    struct verify_signatures_report signatures;
    struct leaf *waiting; /* WAITING_MAX: hashed, not yet verified */
    size_t waiting_count;
    struct text bytes; /* of the file at hand */
    bool is_whole;     /* every leaf was read */
};

static bool read_checkpoint(struct reading *reading, struct error *err)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/checkpoint", reading->folder);
    text_clear(&reading->bytes);
    if (!file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &reading->bytes, err))
        return error_prefix(err, "there is nothing to verify: ");
    struct checkpoint *checkpoint = &reading->report->checkpoint;
    struct error why;
    if (checkpoint_open(reading->bytes.data, reading->bytes.size, &reading->keys->log, checkpoint,
                        &why))
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

/* Reads an entry bundle; false after a finding. */
static bool read_leaves(struct reading *reading, const struct tile *tile)
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
    const unsigned char *record = (const unsigned char *)reading->bytes.data;
    for (unsigned i = 0; i < tile->width; i++, record += LEAF_RECORD_SIZE) {
        if (bytes_get_u16(record) == LEAF_SIZE)
            continue;
        findings_add(reading->findings, FINDING_LEAVES_MALFORMED, first + i,
                     "a leaf of %u bytes in '%s'", bytes_get_u16(record), tile_path(tile, path));
        return false;
    }
    return true;
}

/* All that is asked of single entries, in their order: key entries and who signed. */
static void check_waiting(struct reading *reading)
{
    uint64_t first = reading->report->leaves - reading->waiting_count;
    const struct verify_seen *seen = reading->seen;
    for (size_t i = 0; i < reading->waiting_count; i++) {
        uint64_t index = first + i;
        key_entries_take(&reading->key_entries, index, &reading->waiting[i], reading->findings);
        if (seen == NULL || !seen->has_keys || index >= seen->size)
            continue;
        /* Whose the root key's entries are, the log says; that none was kept back, only all of it.
         */
        bool was_shown =
            reading->seen_keys < seen->key_count && seen->key_indexes[reading->seen_keys] == index;
        reading->seen_keys += was_shown;
        if (!was_shown && key_entries_wrote(&reading->key_entries, &reading->waiting[i]))
            findings_add(reading->findings, FINDING_KEY_BODY_MISSING, index,
                         "the log has a key entry here that was not shown");
    }
    verify_signatures(reading->waiting, first, reading->waiting_count, &reading->key_entries.ring,
                      &reading->sample, &reading->signatures, reading->findings);
    reading->waiting_count = 0;
}

/* The tree that somebody else saw ends in this tile. */
static void pass(const struct tree *tree, const struct digest *hashes, unsigned count,
                 struct earlier *earlier)
{
    if (earlier->size < tree->size || earlier->size - tree->size > count || earlier->is_passed)
        return;
    struct tree part = *tree;
    while (part.size < earlier->size)
        tree_append(&part, hashes++);
    earlier->root = tree_root(&part);
    earlier->is_passed = true;
}

static void add_hashes(struct reading *reading, struct digest hashes[TILE_WIDTH], unsigned count)
{
    pass(&reading->tree, hashes, count, &reading->at_seen);
    pass(&reading->tree, hashes, count, &reading->at_witnessed);
    if (count < TILE_WIDTH) {
        for (unsigned i = 0; i < count; i++)
            tree_append(&reading->tree, &hashes[i]);
        return;
    }
    for (unsigned width = TILE_WIDTH / 2; width > 0; width /= 2)
        tree_node_hashes(hashes, width, hashes);
    tree_append_subtree(&reading->tree, TILE_HEIGHT, &hashes[0]);
    tree_memory_append(&reading->tiles, &hashes[0]);
}

/* The tile holds these hashes and nothing else. */
static void compare_tile(struct reading *reading, const struct tile *tile,
                         const struct digest hashes[TILE_WIDTH])
{
    char path[TILE_PATH_SIZE];
    bool is_whole;
    if (!read_tile(reading, tile, DIGEST_SIZE, &is_whole)) {
        findings_add(reading->findings, FINDING_TILE_MISSING, FINDING_NO_INDEX, "there is no '%s'",
                     tile_path(tile, path));
        return;
    }
    if (!is_whole || memcmp(hashes, reading->bytes.data, tile->width * sizeof *hashes) != 0)
        findings_add(reading->findings, FINDING_TILE_MISMATCH, FINDING_NO_INDEX,
                     "'%s' does not hold the leaves' hashes", tile_path(tile, path));
    reading->report->tiles++;
}

static void take_leaves(struct reading *reading, const struct tile *tile)
{
    const unsigned char *bytes = (const unsigned char *)reading->bytes.data + 2;
    struct digest hashes[TILE_WIDTH];
    if (reading->waiting_count + tile->width > WAITING_MAX)
        check_waiting(reading);
    for (unsigned i = 0; i < tile->width; i++)
        leaf_decode(bytes + (size_t)i * LEAF_RECORD_SIZE,
                    &reading->waiting[reading->waiting_count++]);
    tree_leaf_hashes(bytes, LEAF_SIZE, LEAF_RECORD_SIZE, tile->width, hashes);
    compare_tile(reading, &(struct tile){0, tile->number, tile->width}, hashes);
    add_hashes(reading, hashes, tile->width);
}

static bool visit_leaves(void *context, const struct tile *tile, struct error *err)
{
    struct reading *reading = context;
    (void)err;
    if (tile->level != TILE_ENTRIES ||
        reading->findings->counts[FINDING_LEAVES_MISSING] > FINDING_LINES_MAX)
        return true; /* enough is missing */
    if (!read_leaves(reading, tile)) {
        reading->is_whole = false;
        return true;
    }
    if (!reading->is_whole)
        return true; /* behind a gap nothing can be judged */
    take_leaves(reading, tile);
    reading->report->leaves += tile->width;
    log_progress("entries", (long long)reading->report->leaves,
                 (long long)reading->report->checkpoint.size);
    return true;
}

/* Level 0 was compared with the leaves. */
static bool visit_tile(void *context, const struct tile *tile, struct error *err)
{
    struct reading *reading = context;
    struct digest hashes[TILE_WIDTH];
    if (tile->level <= 0)
        return true;
    for (unsigned i = 0; i < tile->width; i++)
        if (!tree_memory_read(&reading->tiles, (unsigned)(tile->level - 1) * TILE_HEIGHT,
                              tile->number * TILE_WIDTH + i, &hashes[i], err))
            return false;
    compare_tile(reading, tile, hashes);
    return true;
}

static bool is_small_enough(const struct reading *reading, struct error *err)
{
    uint64_t size = reading->report->checkpoint.size;
    return size <= LEAVES_MAX ||
           error_set(err, ERROR_INPUT, "a log of %" PRIu64 " entries is too large", size);
}

/* The root of what was read is the one that was signed. */
static void check_root(struct reading *reading)
{
    const struct checkpoint *checkpoint = &reading->report->checkpoint;
    struct digest root = tree_root(&reading->tree);
    if (!digest_equals(&root, &checkpoint->root))
        findings_add(reading->findings, FINDING_CHECKPOINT_ROOT, FINDING_NO_INDEX,
                     "the %" PRIu64 " leaves make another root", checkpoint->size);
}

/* The log extends the tree of which somebody says: "I saw" ("witnesses cosigned"). */
static void check_extends(const struct reading *reading, const struct earlier *earlier,
                          const struct digest *root, const char *who)
{
    uint64_t size = reading->report->checkpoint.size;
    if (earlier->size > size)
        findings_add(reading->findings, FINDING_CHECKPOINT_AHEAD, FINDING_NO_INDEX,
                     "%s %" PRIu64 " entries, the log has %" PRIu64, who, earlier->size, size);
    else if (!earlier->is_passed || !digest_equals(&earlier->root, root))
        findings_add(reading->findings, FINDING_CHECKPOINT_ROOT, FINDING_NO_INDEX,
                     "%s another root of the first %" PRIu64 " entries", who, earlier->size);
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

/* Asks the policy; what its witnesses cosigned must be the beginning of this log. */
static bool check_witnesses(struct reading *reading, struct checkpoint *out)
{
    return reading->keys->policy != NULL && read_witnessed(reading) &&
           verify_witnesses(reading->bytes.data, reading->bytes.size, &reading->keys->log,
                            reading->keys->policy, out, &reading->report->witnesses,
                            reading->findings);
}

static bool read_all(struct reading *reading, struct error *err)
{
    uint64_t size = reading->report->checkpoint.size;
    struct checkpoint witnessed;
    bool is_witnessed = check_witnesses(reading, &witnessed);
    if (is_witnessed)
        reading->at_witnessed.size = witnessed.size;
    if (reading->seen != NULL)
        reading->at_seen.size = reading->seen->size;
    if (!tile_each_new(0, size, visit_leaves, reading, err))
        return false;
    check_waiting(reading);
    if (!reading->is_whole)
        return true; /* said; the rest cannot be judged without every leaf */
    add_hashes(reading, NULL, 0);
    check_root(reading);
    key_entries_end(&reading->key_entries, size, reading->findings);
    if (reading->seen != NULL)
        check_extends(reading, &reading->at_seen, &reading->seen->root, "was seen with");
    if (is_witnessed)
        check_extends(reading, &reading->at_witnessed, &witnessed.root, "witnesses cosigned");
    return tile_each_new(0, size, visit_tile, reading, err);
}

static void begin(struct reading *reading, uint64_t sample)
{
    struct verify_log_report *report = reading->report;
    tree_init(&reading->tree);
    tree_memory_init(&reading->tiles);
    key_entries_init(&reading->key_entries, reading->folder, reading->keys,
                     report->checkpoint.origin);
    verify_sample_choose(&reading->sample, report->checkpoint.size, sample);
    reading->waiting = memory_alloc(WAITING_MAX * sizeof *reading->waiting);
}

/* Which log it succeeds, and which succeeds it, by its own words. */
static void report_succession(const struct keyring *ring, struct verify_log_report *report)
{
    if (ring->log_count >= 2) {
        report->has_previous = true;
        report->previous = ring->logs[ring->log_count - 2];
        report->opened = ring->logs[ring->log_count - 1];
    }
    report->is_closed = ring->closed;
    report->successor = ring->successor;
}

static void end(struct reading *reading)
{
    struct verify_log_report *report = reading->report;
    report_succession(&reading->key_entries.ring, report);
    report->key_entries = reading->key_entries.applied;
    report->signatures = reading->signatures.valid;
    report->unchecked_signatures = reading->signatures.unchecked;
    tree_memory_release(&reading->tiles);
    key_entries_release(&reading->key_entries);
    verify_sample_release(&reading->sample);
    free(reading->waiting);
}

bool verify_log(const char *folder, const struct verify_keys *keys, const struct verify_seen *seen,
                uint64_t sample, struct verify_log_report *out, struct findings *findings,
                struct error *err)
{
    struct verify_log_report report = {0};
    struct reading reading = {.folder = folder,
                              .keys = keys,
                              .seen = seen,
                              .report = &report,
                              .findings = findings,
                              .is_whole = true};
    text_init(&reading.bytes);
    bool done = read_checkpoint(&reading, err) && is_small_enough(&reading, err);
    if (done) {
        begin(&reading, sample);
        done = read_all(&reading, err);
        end(&reading);
    }
    text_release(&reading.bytes);
    if (done)
        *out = report;
    return done;
}
