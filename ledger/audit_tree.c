/* The tree against what was signed, published, remembered and stored of it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/audit_parts.h"
#include "store/audit.h"

/* --------------------------------------------------------------------------------------- sizes */

void audit_add_size(struct audit *audit, uint64_t size, const struct digest *root, const char *what,
                    enum finding mismatch)
{
    audit->sizes = memory_grow(audit->sizes, &audit->size_capacity, audit->size_count + 1,
                               sizeof(*audit->sizes));
    audit->sizes[audit->size_count++] = (struct audit_size){size, *root, what, mismatch, false};
}

/* Rows that a log signed which this one succeeds stay, of what the two have in common; nothing else
 * of its is shown any more. */
static const struct public_key *key_of(const struct audit *audit, const struct checkpoint *note,
                                       uint64_t row_size)
{
    const struct key_log *log = keyring_log(&audit->keys, note->origin);
    if (strcmp(note->origin, audit->log.origin) == 0)
        return &audit->keys.log_key;
    return log != NULL && row_size > 0 && row_size <= log->common ? &log->key : NULL;
}

bool audit_open_note(struct audit *audit, const char *note, size_t size, const char *what,
                     uint64_t row_size, struct checkpoint *out)
{
    struct error why;
    const struct public_key *key = NULL;
    if (checkpoint_read_unverified(note, size, out, &why))
        key = key_of(audit, out, row_size);
    if (key == NULL) {
        findings_add(&audit->findings, FINDING_CHECKPOINT_MALFORMED, FINDING_NO_INDEX,
                     "%s of size %" PRIu64 " is no checkpoint of '%s'", what, row_size,
                     audit->log.origin);
        return false;
    }
    if (checkpoint_open(note, size, key, out, &why))
        return true;
    findings_add(&audit->findings, FINDING_CHECKPOINT_SIGNATURE, FINDING_NO_INDEX,
                 "%s of size %" PRIu64 ": %s", what, row_size, why.message);
    return false;
}

static bool take_row(void *context, const struct audit_checkpoint *row, struct error *err)
{
    (void)err;
    struct audit *audit = context;
    struct checkpoint note;
    struct digest root = {{0}};
    if (row->root.size == DIGEST_SIZE)
        memcpy(root.bytes, row->root.data, DIGEST_SIZE);
    if (row->is_signed != (row->note.data != NULL))
        findings_add(&audit->findings, FINDING_CHECKPOINT_MALFORMED, FINDING_NO_INDEX,
                     "the row of size %" PRIu64 " is %s", row->size,
                     row->is_signed ? "signed without a note" : "unsigned with a note");
    if (row->note.data == NULL) {
        audit_add_size(audit, row->size, &root, "the unsigned row", FINDING_CHECKPOINT_ROOT);
        return true;
    }
    if (!audit_open_note(audit, row->note.data, row->note.size, "the note", row->size, &note))
        return true;
    if (note.size != row->size || !digest_equals(&note.root, &root))
        findings_add(&audit->findings, FINDING_CHECKPOINT_MALFORMED, FINDING_NO_INDEX,
                     "the row of size %" PRIu64 " and its note say different things", row->size);
    audit_add_size(audit, note.size, &note.root, "the signed note", FINDING_CHECKPOINT_ROOT);
    audit->sizes[audit->size_count - 1].is_note = true;
    if (note.size > audit->sealed)
        audit->sealed = note.size;
    return true;
}

static void read_published(struct audit *audit)
{
    struct checkpoint checkpoint;
    const struct audit_note *note = audit->outside.notes;
    if (audit->archive == NULL)
        return;
    if (!audit->outside.is_published) {
        findings_add(&audit->findings, FINDING_CHECKPOINT_MISSING, FINDING_NO_INDEX,
                     "nothing is published in '%s/public'", audit->archive);
        return;
    }
    if (!audit_open_note(audit, note->bytes.data, note->bytes.size, note->what, 0, &checkpoint))
        return;
    audit_add_size(audit, checkpoint.size, &checkpoint.root, note->what, FINDING_CHECKPOINT_ROOT);
    if (checkpoint.size > audit->sealed)
        findings_add(&audit->findings, FINDING_CHECKPOINT_MISSING, FINDING_NO_INDEX,
                     "%" PRIu64 " entries are published, the newest signed row has %" PRIu64,
                     checkpoint.size, audit->sealed);
}

/* Whether the newest note says another root for the same size. */
static bool contradicts_note(const struct audit *audit, const struct checkpoint *state)
{
    for (size_t i = 0; i < audit->size_count; i++)
        if (audit->sizes[i].is_note && audit->sizes[i].size == state->size &&
            !digest_equals(&audit->sizes[i].root, &state->root))
            return true;
    return false;
}

/* Where it agrees with a note, only the note is compared with the tree: one fault, one finding. */
static void read_state(struct audit *audit)
{
    const struct checkpoint state = audit->outside.state;
    if (audit->state_path == NULL)
        return;
    if (!audit->outside.has_state) {
        findings_add(&audit->findings, FINDING_STATE_FILE, FINDING_NO_INDEX, "%s",
                     audit->outside.state_error.message);
        return;
    }
    if (strcmp(state.origin, audit->log.origin) != 0 || state.size < audit->sealed ||
        contradicts_note(audit, &state))
        findings_add(&audit->findings, FINDING_STATE_FILE, FINDING_NO_INDEX,
                     "it says %" PRIu64 " entries of '%s', %" PRIu64 " of '%s' were signed%s",
                     state.size, state.origin, audit->sealed, audit->log.origin,
                     state.size == audit->sealed ? ", with another root" : "");
    else if (state.size > audit->sealed)
        audit_add_size(audit, state.size, &state.root, "the state file", FINDING_STATE_FILE);
}

static int compare_sizes(const void *a, const void *b)
{
    const struct audit_size *one = a, *other = b;
    return one->size < other->size ? -1 : one->size > other->size;
}

void audit_sort_sizes(struct audit *audit)
{
    if (audit->size_count > 0)
        qsort(audit->sizes, audit->size_count, sizeof(*audit->sizes), compare_sizes);
}

bool audit_read_sizes(struct audit *audit, struct error *err)
{
    if (!audit_checkpoints_each(audit->store, audit->log.log, take_row, audit, err))
        return false;
    if (audit->sealed == 0)
        findings_add(&audit->findings, FINDING_CHECKPOINT_MISSING, FINDING_NO_INDEX,
                     "no checkpoint of this log is signed");
    read_published(audit);
    audit_witnessed_sizes(audit);
    read_state(audit);
    audit_sort_sizes(audit);
    return true;
}

static void check_sizes(struct audit *audit)
{
    if (audit->size_next == audit->size_count ||
        audit->sizes[audit->size_next].size > audit->edge.tree.size)
        return;
    struct digest root = tree_root(&audit->edge.tree);
    char hex[DIGEST_HEX_SIZE], root_hex[DIGEST_HEX_SIZE];
    for (; audit->size_next < audit->size_count &&
           audit->sizes[audit->size_next].size == audit->edge.tree.size;
         audit->size_next++) {
        const struct audit_size *size = &audit->sizes[audit->size_next];
        if (!digest_equals(&size->root, &root))
            findings_add(&audit->findings, size->mismatch, FINDING_NO_INDEX,
                         "%s of size %" PRIu64 " says root %s, the entries make %s", size->what,
                         size->size, digest_hex(&size->root, hex), digest_hex(&root, root_hex));
    }
}

void audit_end_sizes(struct audit *audit)
{
    for (; audit->size_next < audit->size_count; audit->size_next++)
        findings_add(&audit->findings, FINDING_CHECKPOINT_AHEAD, FINDING_NO_INDEX,
                     "%s says %" PRIu64 " entries, there are %" PRIu64,
                     audit->sizes[audit->size_next].what, audit->sizes[audit->size_next].size,
                     audit->edge.tree.size);
}

/* ---------------------------------------------------------------------------------------- growing
 */

static void keep_level(struct audit *audit, int level)
{
    struct audit_levels *kept = &audit->levels[level];
    uint64_t last = tile_level_count(audit->edge.tree.size, level) - 1;
    kept->hashes =
        memory_grow(kept->hashes, &kept->capacity, kept->count + 1, sizeof(*kept->hashes));
    kept->hashes[kept->count++] = audit->edge.hashes[level][last % TILE_WIDTH];
}

void audit_tree_append(struct audit *audit, const struct digest *leaf_hash)
{
    struct error ignored;
    check_sizes(audit); /* the size that it begins with */
    (void)!edge_append(&audit->edge, leaf_hash, NULL, NULL, &ignored);
    uint64_t size = audit->edge.tree.size;
    for (int level = 1; level < EDGE_LEVELS && size % TILE_WIDTH == 0; level++, size /= TILE_WIDTH)
        keep_level(audit, level);
    check_sizes(audit);
}

/* ------------------------------------------------------------------------------------------ tiles
 */

/* Tiles of one level against the hashes that they should have. */
struct tile_check {
    struct audit *audit;
    int level;
    uint64_t first; /* tile number of hashes[0] */
    const struct digest *hashes;
    size_t count;
    unsigned *widths; /* the widest row of each tile */
};

static bool check_tile(void *context, const struct tile *tile, struct slice hashes,
                       struct error *err)
{
    (void)err;
    struct tile_check *check = context;
    size_t at = (size_t)(tile->number - check->first) * TILE_WIDTH;
    size_t there = at < check->count ? check->count - at : 0;
    bool good = hashes.size == tile->width * (size_t)DIGEST_SIZE && tile->width <= TILE_WIDTH &&
                tile->width <= there && memcmp(hashes.data, &check->hashes[at], hashes.size) == 0;
    if (!good)
        findings_add(&check->audit->findings, FINDING_TILE_MISMATCH, FINDING_NO_INDEX,
                     "the row of tile %d/%" PRIu64 ", width %u, is not what the entries make",
                     tile->level, tile->number, tile->width);
    unsigned *width = &check->widths[tile->number - check->first];
    if (tile->width > *width)
        *width = tile->width;
    return true;
}

/* Every tile of the newest signed size must be there, that wide or wider. */
static void check_widths(const struct tile_check *check, uint64_t tile_count)
{
    uint64_t sealed = tile_level_count(check->audit->sealed, check->level);
    for (uint64_t i = 0; i < tile_count; i++) {
        uint64_t begin = (check->first + i) * TILE_WIDTH;
        uint64_t wanted = sealed <= begin                ? 0
                          : sealed - begin >= TILE_WIDTH ? TILE_WIDTH
                                                         : sealed - begin;
        if (check->widths[i] < wanted)
            findings_add(&check->audit->findings, FINDING_TILE_MISSING, FINDING_NO_INDEX,
                         "there is no row of tile %d/%" PRIu64 ", width %" PRIu64, check->level,
                         check->first + i, wanted);
    }
}

static bool check_tiles(struct audit *audit, int level, uint64_t first, const struct digest *hashes,
                        size_t count, struct error *err)
{
    uint64_t tiles = (count + TILE_WIDTH - 1) / TILE_WIDTH;
    struct tile_check check = {audit, level, first, hashes, count, NULL};
    check.widths = memory_alloc((size_t)(tiles + 1) * sizeof(*check.widths));
    bool good = audit_tiles_each(audit->store, audit->log.log, level, first, first + tiles,
                                 check_tile, &check, err);
    if (good)
        check_widths(&check, tiles);
    free(check.widths);
    return good;
}

bool audit_low_tiles(struct audit *audit, uint64_t from, const struct digest *hashes, size_t count,
                     struct error *err)
{
    return check_tiles(audit, 0, from / TILE_WIDTH, hashes, count, err);
}

static bool stray_tile(void *context, const struct tile *tile, struct slice hashes,
                       struct error *err)
{
    (void)hashes;
    (void)err;
    struct audit *audit = context;
    findings_add(&audit->findings, FINDING_TILE_MISMATCH, FINDING_NO_INDEX,
                 "the row of tile %d/%" PRIu64 " is of more entries than there are", tile->level,
                 tile->number);
    return true;
}

bool audit_high_tiles(struct audit *audit, struct error *err)
{
    for (int level = 0; level < EDGE_LEVELS; level++) {
        const struct audit_levels *kept = &audit->levels[level];
        uint64_t count = tile_level_count(audit->edge.tree.size, level);
        if (level > 0 && kept->count > 0 &&
            !check_tiles(audit, level, kept->first, kept->hashes, kept->count, err))
            return false;
        if (!audit_tiles_each(audit->store, audit->log.log, level,
                              (count + TILE_WIDTH - 1) / TILE_WIDTH, INT64_MAX, stray_tile, audit,
                              err))
            return false;
    }
    return true;
}
