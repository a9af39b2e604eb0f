/*
 * Writes a log of any size as its public files, without a database: material for
 * tests/bench/proofs.
 *
 *   make_log FOLDER SIZE [unsigned]
 *
 * Two key entries, then usage of one tenant, all signed by one key. With `unsigned` the signatures
 * of the usage are random bytes: such a log verifies only with `--sample 0`. Holds a tile of each
 * level in memory, no more.
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "core/canonical.h"
#include "core/checkpoint.h"
#include "core/keyring.h"
#include "core/leaf.h"
#include "core/tile.h"
#include "core/tree.h"

#define ORIGIN "daybook.example/bench"
#define LEAF_STRIDE (2 + LEAF_SIZE) /* with the length before it */
#define LEVELS (TREE_LEVELS_MAX / TILE_HEIGHT)
#define PATH_SIZE 1024

/* The tile that is being filled. */
struct open_tile {
    uint64_t number;
    unsigned width;
    struct digest hashes[TILE_WIDTH];
};

struct making {
    const char *folder;
    uint64_t size;
    bool is_unsigned;
    struct secret_key *root, *log, *writer;
    struct tree tree;
    struct open_tile levels[LEVELS];
    unsigned char bundle[TILE_WIDTH * LEAF_STRIDE];
};

static bool make_key(const char *name, unsigned char number, struct secret_key **out,
                     struct error *err)
{
    unsigned char seed[32];
    memset(seed, number, sizeof seed);
    return key_from_seed(name, seed, out, err);
}

/* Not flushed: nothing here must outlive the machine. */
static bool write_file(const struct making *making, const char *name, const void *bytes,
                       size_t size, struct error *err)
{
    char path[PATH_SIZE], folder[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", making->folder, name);
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    if (!file_exists(folder) && !file_make_folders(folder, 0755, err))
        return false;
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return error_set_errno(err, ERROR_SYSTEM, "cannot write '%s'", path);
    bool good = fwrite(bytes, 1, size, file) == size;
    good = fclose(file) == 0 && good;
    return good || error_set_errno(err, ERROR_SYSTEM, "cannot write '%s'", path);
}

static bool write_level(struct making *making, unsigned level, struct error *err)
{
    const struct open_tile *open = &making->levels[level];
    struct tile tile = {.level = (int)level, .number = open->number, .width = open->width};
    char path[TILE_PATH_SIZE];
    return write_file(making, tile_path(&tile, path), open->hashes, open->width * DIGEST_SIZE, err);
}

static bool write_bundle(struct making *making, uint64_t number, unsigned width, struct error *err)
{
    struct tile tile = {.level = TILE_ENTRIES, .number = number, .width = width};
    char path[TILE_PATH_SIZE];
    return write_file(making, tile_path(&tile, path), making->bundle, width * (size_t)LEAF_STRIDE,
                      err);
}

/* A tile that is full is one hash of the level above. */
static bool add_hash(struct making *making, struct digest hash, struct error *err)
{
    for (unsigned level = 0; level < LEVELS; level++) {
        struct open_tile *open = &making->levels[level];
        open->hashes[open->width++] = hash;
        if (open->width < TILE_WIDTH)
            return true;
        if (!write_level(making, level, err))
            return false;
        struct tree tree;
        tree_init(&tree);
        for (unsigned i = 0; i < TILE_WIDTH; i++)
            tree_append(&tree, &open->hashes[i]);
        hash = tree_root(&tree);
        open->number++;
        open->width = 0;
    }
    return true;
}

static bool add_leaf(struct making *making, const struct leaf *leaf, struct error *err)
{
    uint64_t index = making->tree.size;
    unsigned at = (unsigned)(index % TILE_WIDTH);
    unsigned char *record = making->bundle + at * (size_t)LEAF_STRIDE;
    struct digest hash = leaf_hash(leaf);
    bytes_put_u16(record, LEAF_SIZE);
    leaf_encode(leaf, record + 2);
    tree_append(&making->tree, &hash);
    return add_hash(making, hash, err) &&
           (at + 1 < TILE_WIDTH || write_bundle(making, index / TILE_WIDTH, TILE_WIDTH, err));
}

static bool add_key_entry(struct making *making, enum entry_kind kind, json_t *content,
                          struct error *err)
{
    uint64_t index = making->tree.size;
    struct entry entry = {.kind = kind, .stream = STREAM_CONTROL, .stream_seq = index};
    const unsigned char tenant_key[32] = {0};
    unsigned char body[BODY_SIZE_MAX];
    char hex[2 * BODY_SIZE_MAX + 1], path[64];
    struct text CLEANUP(text_release) text;
    struct leaf leaf;
    text_init(&text);
    entry.ledger = ledger_id_of_origin(ORIGIN);
    entry.control.subject = digest_subject("key", "x");
    entry.control.version = 1;
    bool good = canonical_digest(content, &entry.control.content, err);
    hex_encode(body, body_encode(&entry, body), hex);
    json_t *file = json_pack("{s:I,s:s,s:s,s:o}", "index", (json_int_t)index, "kind",
                             entry_kind_word(kind), "body", hex, "content", content);
    good = good && canonical_write(file, &text, err);
    json_decref(file);
    snprintf(path, sizeof path, "keys/%" PRIu64 ".json", index);
    leaf_sign(making->root, tenant_key, &entry, &leaf);
    return good && write_file(making, path, text.data, text.size, err) &&
           add_leaf(making, &leaf, err);
}

static void make_usage(const struct making *making, uint64_t index, struct leaf *out)
{
    const unsigned char tenant_key[32] = {0};
    struct entry entry = {
        .kind = ENTRY_USAGE, .tenant = 7, .stream = STREAM_USAGE, .stream_seq = index};
    entry.ledger = ledger_id_of_origin(ORIGIN);
    entry.usage =
        (struct usage_body){.length_seconds = 3600, .quantity = (int128)index, .contributions = 1};
    if (!making->is_unsigned) {
        leaf_sign(making->writer, tenant_key, &entry, out);
        return;
    }
    out->checksum = digest_of(&index, sizeof index);
    randombytes_buf_deterministic(out->signature.bytes, SIGNATURE_SIZE, out->checksum.bytes);
    out->writer = key_hash(key_public(making->writer)->bytes);
}

static bool write_partial_tiles(struct making *making, struct error *err)
{
    unsigned width = (unsigned)(making->size % TILE_WIDTH);
    if (width > 0 && !write_bundle(making, making->size / TILE_WIDTH, width, err))
        return false;
    for (unsigned level = 0; level < LEVELS; level++)
        if (making->levels[level].width > 0 && !write_level(making, level, err))
            return false;
    return true;
}

static bool write_vkey(const struct making *making, const char *name, const struct secret_key *key,
                       struct error *err)
{
    char vkey[VKEY_SIZE];
    key_format_vkey(key_public(key), vkey);
    return write_file(making, name, vkey, strlen(vkey), err);
}

static bool write_head(struct making *making, struct error *err)
{
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = making->size};
    struct text CLEANUP(text_release) note;
    text_init(&note);
    checkpoint.root = tree_root(&making->tree);
    checkpoint_sign(&checkpoint, making->log, &note);
    return write_file(making, "checkpoint", note.data, note.size, err) &&
           write_vkey(making, "log.vkey", making->log, err) &&
           write_vkey(making, "root.vkey", making->root, err);
}

static bool make_log(struct making *making, struct error *err)
{
    if (!make_key(ORIGIN "/root", 1, &making->root, err) ||
        !make_key(ORIGIN, 2, &making->log, err) ||
        !make_key(ORIGIN "/ingest", 3, &making->writer, err) ||
        !add_key_entry(
            making, ENTRY_LOG,
            keyring_log_content(ORIGIN, key_public(making->log), key_public(making->root), NULL),
            err) ||
        !add_key_entry(making, ENTRY_KEY,
                       keyring_grant_content(key_public(making->writer), ROLE_INGEST, true), err))
        return false;
    while (making->tree.size < making->size) {
        struct leaf leaf;
        make_usage(making, making->tree.size, &leaf);
        if (!add_leaf(making, &leaf, err))
            return false;
    }
    return write_partial_tiles(making, err) && write_head(making, err);
}

int main(int argc, char **argv)
{
    static struct making making;
    struct error err;
    if (argc < 3) {
        fprintf(stderr, "usage: make_log FOLDER SIZE [unsigned]\n");
        return 2;
    }
    core_init();
    making.folder = argv[1];
    making.is_unsigned = argc > 3;
    tree_init(&making.tree);
    bool good = number_parse_u64(argv[2], strlen(argv[2]), "SIZE", &making.size, &err) &&
                make_log(&making, &err);
    if (!good)
        fprintf(stderr, "make_log: %s\n", err.message);
    key_release(making.root);
    key_release(making.log);
    key_release(making.writer);
    return good ? 0 : 1;
}
