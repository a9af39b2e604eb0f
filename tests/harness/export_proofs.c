/*
 * Proofs of a sealed log as C2SP writes them, from its public files alone and by the product's own
 * code, for verifiers that others wrote.
 *
 *   export_proofs PUBLIC OLD OUT INDEX...
 *
 *   OUT/INDEX.tlog-proof   inclusion of the entry under PUBLIC/checkpoint (C2SP tlog-proof)
 *   OUT/add-checkpoint     from OLD, an older checkpoint's file, to it (C2SP tlog-witness)
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "core/checkpoint.h"
#include "core/digest.h"
#include "core/leaf.h"
#include "core/proof.h"
#include "core/tile.h"
#include "core/tree.h"

#define LEAF_STRIDE (2 + LEAF_SIZE) /* with the length before it */
#define PATH_MAX_HERE 1024

struct exporting {
    const char *public_root;
    const char *out;
    struct text note; /* of the newest checkpoint */
    struct checkpoint newest;
    struct tree_memory tree;
};

static bool read_checkpoint(const char *path, struct text *note, struct checkpoint *out,
                            struct error *err)
{
    return file_read(path, CHECKPOINT_NOTE_SIZE_MAX, note, err) &&
           checkpoint_read_unverified(note->data, note->size, out, err);
}

static bool read_bundle(void *context, const struct tile *tile, struct error *err)
{
    struct exporting *exporting = context;
    struct text CLEANUP(text_release) bundle;
    char path[PATH_MAX_HERE], name[TILE_PATH_SIZE];
    if (tile->level != TILE_ENTRIES)
        return true;
    snprintf(path, sizeof(path), "%s/%s", exporting->public_root, tile_path(tile, name));
    text_init(&bundle);
    if (!file_read(path, TILE_WIDTH * LEAF_STRIDE, &bundle, err))
        return false;
    if (bundle.size != tile->width * (size_t)LEAF_STRIDE)
        return error_set(err, ERROR_INPUT, "'%s' has %zu bytes", path, bundle.size);
    for (unsigned i = 0; i < tile->width; i++) {
        struct digest hash = tree_leaf_hash(bundle.data + i * LEAF_STRIDE + 2, LEAF_SIZE);
        tree_memory_append(&exporting->tree, &hash);
    }
    return true;
}

static bool open_log(struct exporting *exporting, struct error *err)
{
    char path[PATH_MAX_HERE];
    snprintf(path, sizeof(path), "%s/checkpoint", exporting->public_root);
    return read_checkpoint(path, &exporting->note, &exporting->newest, err) &&
           tile_each_new(0, exporting->newest.size, read_bundle, exporting, err);
}

static bool write_out(const struct exporting *exporting, const char *name, const struct text *text,
                      struct error *err)
{
    char path[PATH_MAX_HERE];
    snprintf(path, sizeof(path), "%s/%s", exporting->out, name);
    return file_write_atomic(path, 0644, text->data, text->size, err);
}

static bool export_consistency(struct exporting *exporting, const char *old_path, struct error *err)
{
    struct text CLEANUP(text_release) old_note, body;
    char base64[BASE64_SIZE(DIGEST_SIZE)];
    struct checkpoint old;
    struct proof proof;
    text_init(&old_note);
    text_init(&body);
    if (!read_checkpoint(old_path, &old_note, &old, err) ||
        !proof_make_consistency(old.size, exporting->newest.size, tree_memory_read,
                                &exporting->tree, &proof, err))
        return false;
    text_printf(&body, "old %" PRIu64 "\n", old.size);
    for (size_t i = 0; i < proof.count; i++)
        text_printf(&body, "%s\n",
                    base64_encode(proof.hashes[i].bytes, DIGEST_SIZE, base64, sizeof(base64)));
    text_printf(&body, "\n%s", exporting->note.data);
    return write_out(exporting, "add-checkpoint", &body, err);
}

static bool export_inclusion(struct exporting *exporting, const char *word, struct error *err)
{
    struct text CLEANUP(text_release) file;
    struct proof proof;
    uint64_t index;
    char name[64];
    text_init(&file);
    if (!number_parse_u64(word, strlen(word), "INDEX", &index, err) ||
        !proof_make_inclusion(index, exporting->newest.size, tree_memory_read, &exporting->tree,
                              &proof, err))
        return false;
    proof_format_tlog(index, (struct slice){0}, &(struct proof_path){proof.count, proof.hashes},
                      exporting->note.data, &file);
    snprintf(name, sizeof(name), "%" PRIu64 ".tlog-proof", index);
    return write_out(exporting, name, &file, err);
}

int main(int argc, char **argv)
{
    struct exporting exporting = {0};
    struct error err;
    if (argc < 5) {
        fprintf(stderr, "usage: export_proofs PUBLIC OLD OUT INDEX...\n");
        return 2;
    }
    core_init();
    exporting.public_root = argv[1];
    exporting.out = argv[3];
    text_init(&exporting.note);
    tree_memory_init(&exporting.tree);
    bool good = open_log(&exporting, &err) && export_consistency(&exporting, argv[2], &err);
    for (int i = 4; good && i < argc; i++)
        good = export_inclusion(&exporting, argv[i], &err);
    if (!good)
        fprintf(stderr, "export_proofs: %s\n", err.message);
    tree_memory_release(&exporting.tree);
    text_release(&exporting.note);
    return good ? 0 : 1;
}
