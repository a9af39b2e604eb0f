/* What a growing log adds to its public archive: entry bundles, tiles, bodies of keys. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "core/canonical.h"
#include "core/tile.h"
#include "ledger/archive.h"
#include "store/contents.h"
#include "store/entries.h"
#include "store/tiles.h"

#define PUBLIC_PATH_SIZE (TILE_PATH_SIZE + 8)
#define RECORD_SIZE (2 + LEAF_SIZE) /* u16 length ‖ leaf */

/* ----------------------------------------------------------------------------- entry bundles */

struct bundle {
    struct archive *archive;
    uint64_t next; /* index of the next leaf */
    unsigned char records[TILE_WIDTH][RECORD_SIZE];
};

static bool put_bundle(struct bundle *bundle, struct error *err)
{
    char path[PUBLIC_PATH_SIZE] = "public/";
    unsigned width = (unsigned)(bundle->next % TILE_WIDTH);
    struct tile tile = {TILE_ENTRIES, (bundle->next - 1) / TILE_WIDTH,
                        width == 0 ? TILE_WIDTH : width};
    tile_path(&tile, path + strlen(path));
    return archive_put(bundle->archive, path, 0644, bundle->records,
                       (size_t)tile.width * RECORD_SIZE, err);
}

static bool add_leaf(void *context, uint64_t index, const struct leaf *leaf, struct error *err)
{
    struct bundle *bundle = context;
    if (index != bundle->next)
        return error_set(err, ERROR_HALT, "entry %" PRIu64 " is missing from the database",
                         bundle->next);
    unsigned char *record = bundle->records[index % TILE_WIDTH];
    bytes_put_u16(record, LEAF_SIZE);
    leaf_encode(leaf, record + 2);
    bundle->next++;
    return bundle->next % TILE_WIDTH != 0 || put_bundle(bundle, err);
}

static bool extend_leaves(struct archive *archive, struct store *store, int log, uint64_t old_size,
                          uint64_t size, struct error *err)
{
    struct bundle bundle = {.archive = archive, .next = old_size - old_size % TILE_WIDTH};
    if (!leaves_each(store, log, bundle.next, size, add_leaf, &bundle, err))
        return false;
    if (bundle.next != size)
        return error_set(err, ERROR_HALT, "entry %" PRIu64 " is missing from the database",
                         bundle.next);
    return size % TILE_WIDTH == 0 || put_bundle(&bundle, err);
}

/* -------------------------------------------------------------------------------------- tiles */

struct extension {
    struct archive *archive;
    struct store *store;
    int log;
};

static bool put_tile(void *context, const struct tile *tile, struct error *err)
{
    struct extension *extension = context;
    struct digest hashes[TILE_WIDTH];
    char path[PUBLIC_PATH_SIZE] = "public/";
    if (tile->level == TILE_ENTRIES)
        return true;
    tile_path(tile, path + strlen(path));
    if (!tile_find(extension->store, extension->log, tile, hashes, err))
        return error_prefix(err, "'%s': ", path);
    return archive_put(extension->archive, path, 0644, hashes, (size_t)tile->width * DIGEST_SIZE,
                       err);
}

/* -------------------------------------------------------------------------------- public keys */

struct key_bodies {
    struct arena arena;
    struct content *contents;
    size_t count;
    size_t capacity;
};

static void key_bodies_release(struct key_bodies *bodies)
{
    free(bodies->contents);
    arena_release(&bodies->arena);
}

static bool keep_content(void *context, const struct content *content, struct error *err)
{
    (void)err;
    struct key_bodies *bodies = context;
    bodies->contents =
        memory_grow(bodies->contents, &bodies->capacity, bodies->count + 1, sizeof(*content));
    struct content *kept = &bodies->contents[bodies->count++];
    *kept = *content;
    kept->subject_id = NULL;
    kept->bytes = arena_text_n(&bodies->arena, content->bytes, content->size);
    return true;
}

static bool put_key_body(struct archive *archive, struct store *store, int log,
                         const struct content *content, struct error *err)
{
    struct entry_row row;
    unsigned char body[BODY_SIZE_MAX];
    char hex[2 * BODY_SIZE_MAX + 1];
    char path[64];
    CLEANUP(json_release) json_t *value = NULL;
    CLEANUP(text_release) struct text bytes;
    text_init(&bytes);
    if (!entry_find(store, log, content->index, &row, err) ||
        !canonical_parse(content->bytes, content->size, "content", &value, err))
        return false;
    hex_encode(body, body_encode(&row.entry, body), hex);
    CLEANUP(json_release)
    json_t *json = json_pack("{s:I,s:s,s:s,s:O}", "index", (json_int_t)content->index, "kind",
                             entry_kind_word(content->kind), "body", hex, "content", value);
    snprintf(path, sizeof(path), "public/keys/%" PRIu64 ".json", content->index);
    return canonical_write(json, &bytes, err) &&
           archive_put(archive, path, 0644, bytes.data, bytes.size, err);
}

static bool extend_keys(struct archive *archive, struct store *store, int log, uint64_t old_size,
                        uint64_t size, struct error *err)
{
    CLEANUP(key_bodies_release) struct key_bodies bodies = {0};
    arena_init(&bodies.arena);
    if (!contents_each(store, log, CONTENT_KIND(ENTRY_KEY) | CONTENT_KIND(ENTRY_LOG),
                       old_size == 0 ? CONTENT_FIRST : old_size - 1, size - 1, keep_content,
                       &bodies, err))
        return false;
    for (size_t i = 0; i < bodies.count; i++)
        if (!put_key_body(archive, store, log, &bodies.contents[i], err))
            return false;
    return true;
}

/* ----------------------------------------------------------------------------------- together */

bool archive_extend(struct archive *archive, struct store *store, int log, uint64_t old_size,
                    uint64_t size, struct error *err)
{
    assert(size > 0 && old_size <= size);
    struct extension extension = {archive, store, log};
    return extend_leaves(archive, store, log, old_size, size, err) &&
           tile_each_new(old_size, size, put_tile, &extension, err) &&
           extend_keys(archive, store, log, old_size, size, err);
}

/* "public/tile/0/005.p" holds what came before "public/tile/0/005". */
static bool remove_partials(void *context, const struct tile *tile, struct error *err)
{
    (void)err;
    struct archive *archive = context;
    char path[PUBLIC_PATH_SIZE] = "public/";
    if (tile->width < TILE_WIDTH)
        return true;
    struct tile partial = {tile->level, tile->number, 1};
    tile_path(&partial, path + strlen("public/"));
    *strrchr(path, '/') = '\0';
    if (!archive_has(archive, path))
        return true;
    for (partial.width = 1; partial.width < TILE_WIDTH; partial.width++) {
        char file[PUBLIC_PATH_SIZE] = "public/";
        tile_path(&partial, file + strlen("public/"));
        archive_remove(archive, file);
        snprintf(file + strlen(file), sizeof(file) - strlen(file), ".new"); /* a crash left it */
        archive_remove(archive, file);
    }
    archive_remove(archive, path);
    return true;
}

void archive_prune(struct archive *archive, uint64_t old_size, uint64_t size)
{
    struct error ignored;
    (void)!tile_each_new(old_size, size, remove_partials, archive, &ignored);
}
