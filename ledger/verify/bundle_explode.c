/* A bundle taken apart: for each entry the proof that other people's tools read. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "core/proof.h"
#include "verify/bundle_parts.h"

#define EXTRA_SIZE_MAX (32 + BODY_SIZE_MAX + SIGNATURE_SIZE + DIGEST_SIZE)
_Static_assert(EXTRA_SIZE_MAX <= PROOF_EXTRA_MAX, "an entry fits a proof's extra line");

/* What the leaf is made of: salt, body, signature, hash of the writer's key. */
static size_t extra_of(const struct bundle_entry *entry, unsigned char out[EXTRA_SIZE_MAX])
{
    size_t size = sizeof entry->salt.bytes;
    memcpy(out, entry->salt.bytes, size);
    size += body_encode(&entry->entry, out + size);
    memcpy(out + size, entry->leaf.signature.bytes, SIGNATURE_SIZE);
    size += SIGNATURE_SIZE;
    memcpy(out + size, entry->leaf.writer.bytes, DIGEST_SIZE);
    return size + DIGEST_SIZE;
}

static bool write_file(const char *path, const struct text *bytes, struct error *err)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", path);
    bool good = fwrite(bytes->data, 1, bytes->size, file) == bytes->size;
    good = fclose(file) == 0 && good;
    return good || error_set_errno(err, ERROR_SYSTEM, "cannot write '%s'", path);
}

static bool write_proof(const struct bundle *bundle, const struct bundle_entry *entry,
                        const struct proof_path *path, const char *folder, struct error *err)
{
    unsigned char extra[EXTRA_SIZE_MAX];
    struct text name CLEANUP(text_release);
    struct text file CLEANUP(text_release);
    text_init(&name);
    text_init(&file);
    text_printf(&name, "%s/%" PRIu64 ".tlog-proof", folder, entry->index);
    proof_format_tlog(entry->index, (struct slice){(const char *)extra, extra_of(entry, extra)},
                      path, json_string_value(json_object_get(bundle->json, "checkpoint")), &file);
    return write_file(name.data, &file, err);
}

bool bundle_explode(const struct bundle *bundle, const char *folder, struct error *err)
{
    struct arena arena CLEANUP(arena_release);
    struct proof_path *paths;
    arena_init(&arena);
    uint64_t *indexes = arena_array(&arena, bundle->count, sizeof *indexes);
    struct digest *hashes = arena_array(&arena, bundle->count, sizeof *hashes);
    for (size_t i = 0; i < bundle->count; i++) {
        indexes[i] = bundle->entries[i].index;
        hashes[i] = leaf_hash(&bundle->entries[i].leaf);
    }
    bool good = proof_split_many(indexes, hashes, bundle->count, bundle->size, bundle->proof.hashes,
                                 bundle->proof.count, &bundle->report->checkpoint.root, &arena,
                                 &paths, err) &&
                file_make_folders(folder, 0777, err);
    for (size_t i = 0; i < bundle->count && good; i++)
        good = write_proof(bundle, &bundle->entries[i], &paths[i], folder, err);
    return good;
}
