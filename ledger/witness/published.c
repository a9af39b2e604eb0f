#include "witness/published.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "core/tile_reader.h"

#define PATH_SIZE 4096

bool published_read(const char *folder, const struct public_key *log_key, struct text *out_note,
                    struct checkpoint *out, struct error *err)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/checkpoint", folder);
    text_clear(out_note);
    return file_read(path, CHECKPOINT_NOTE_SIZE_MAX, out_note, err) &&
           (checkpoint_open(out_note->data, out_note->size, log_key, out, err) ||
            error_prefix(err, "'%s': ", path));
}

/* The file of this width, or the full one that has superseded it. */
static bool fetch_file(void *context, const struct tile *tile, struct digest out_hashes[TILE_WIDTH],
                       struct error *err)
{
    const struct tile full = {tile->level, tile->number, TILE_WIDTH};
    const struct tile *const files[] = {tile, &full};
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[PATH_SIZE], relative[TILE_PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s", (const char *)context, tile_path(files[i], relative));
        text_clear(&bytes);
        if (!file_read(path, sizeof(struct digest) * TILE_WIDTH, &bytes, err)) {
            if (err->code == ERROR_NOT_FOUND)
                continue;
            return false;
        }
        if (bytes.size != files[i]->width * sizeof(struct digest))
            return error_set(err, ERROR_INPUT, "'%s' does not have the size of its name", path);
        memcpy(out_hashes, bytes.data, tile->width * sizeof(struct digest));
        return true;
    }
    return false; /* as the last file was not found */
}

bool published_prove(const char *folder, uint64_t old_size, uint64_t size, struct proof *out,
                     struct error *err)
{
    char copy[PATH_SIZE];
    snprintf(copy, sizeof copy, "%s", folder);
    struct tile_reader *CLEANUP(tile_reader_cleanup) reader =
        tile_reader_open(size, fetch_file, copy);
    return proof_make_consistency(old_size, size, tile_reader_read, reader, out, err);
}
