/* Going on from an earlier audit: what it has read is not read again, but its tree is the one that
 * this audit's grows from. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "ledger/audit_parts.h"

/* The row's note of that size; its signature was checked when the sizes were read. */
static bool find_signed(const struct audit *audit, struct checkpoint *out, struct error *err)
{
    for (size_t i = 0; i < audit->size_count; i++)
        if (audit->sizes[i].is_note && audit->sizes[i].size == out->size) {
            out->root = audit->sizes[i].root;
            return true;
        }
    return error_set(err, ERROR_INPUT, "--since: no checkpoint of %" PRIu64 " entries was signed",
                     out->size);
}

static bool read_file(const struct audit *audit, const char *path, struct checkpoint *out,
                      struct error *err)
{
    struct text CLEANUP(text_release) note;
    text_init(&note);
    if (!file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &note, err) ||
        !checkpoint_open(note.data, note.size, &audit->keys.log_key, out, err))
        return error_prefix(err, "--since '%s': ", path);
    return strcmp(out->origin, audit->log.origin) == 0 ||
           error_set(err, ERROR_INPUT, "--since '%s': it is of '%s'", path, out->origin);
}

static bool read_since(const struct audit *audit, const char *since, struct checkpoint *out,
                       struct error *err)
{
    struct error why;
    if (number_parse_u64(since, strlen(since), "--since", &out->size, &why))
        return find_signed(audit, out, err);
    return read_file(audit, since, out, err);
}

/* The hashes of the tiles above the lowest level that are not full yet. */
static void keep_edge(struct audit *audit)
{
    for (int level = 1; level < EDGE_LEVELS; level++) {
        struct audit_levels *kept = &audit->levels[level];
        size_t width = audit->edge.widths[level];
        kept->first = tile_level_count(audit->from, level) / TILE_WIDTH;
        kept->hashes = memory_grow(kept->hashes, &kept->capacity, width + 1, sizeof(*kept->hashes));
        memcpy(kept->hashes, audit->edge.hashes[level], width * sizeof(*kept->hashes));
        kept->count = width;
    }
}

bool audit_begin(struct audit *audit, const char *since, struct error *err)
{
    struct checkpoint checkpoint = {.size = 0};
    if (since == NULL)
        return true;
    if (!read_since(audit, since, &checkpoint, err))
        return false;
    if (checkpoint.size > audit->head.size)
        return error_set(err, ERROR_INPUT,
                         "--since: %" PRIu64 " entries were audited, there are %" PRIu64,
                         checkpoint.size, audit->head.size);
    audit->since = checkpoint.size;
    audit->from = checkpoint.size - checkpoint.size % TILE_WIDTH;
    audit_add_size(audit, checkpoint.size, &checkpoint.root, "the checkpoint of the audit before",
                   FINDING_CHECKPOINT_ROOT);
    audit_sort_sizes(audit);
    while (audit->size_next < audit->size_count &&
           audit->sizes[audit->size_next].size < audit->from)
        audit->size_next++;
    if (audit->from == 0)
        return true;
    if (!edge_load(&audit->edge, audit->store, audit->log.log, audit->from, err))
        return error_prefix(err, "--since: ");
    keep_edge(audit);
    return audit_streams_begin(audit, audit->from, err);
}
