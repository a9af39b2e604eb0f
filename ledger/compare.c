#include "ledger/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "core/checkpoint.h"
#include "core/key.h"
#include "core/proof.h"
#include "core/tile_reader.h"

#define STATUS_SPLIT 1

/* Both, the smaller first. */
struct pair {
    struct arena arena;
    const char *archive; /* NULL: only equal sizes can be compared */
    struct public_key log_key;
    struct checkpoint old, new;
};

static void pair_release(struct pair *pair)
{
    arena_release(&pair->arena);
}

static bool read_checkpoint(const char *path, const struct public_key *log_key,
                            struct checkpoint *out, struct error *err)
{
    struct text CLEANUP(text_release) note;
    text_init(&note);
    return (file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &note, err) &&
            checkpoint_open(note.data, note.size, log_key, out, err)) ||
           error_prefix(err, "'%s': ", path);
}

static bool read_pair(const struct cli *cli, struct pair *pair, struct error *err)
{
    const char *vkey;
    pair->archive = cli_text(cli, "archive");
    if (!cli_required(cli, "vkey", &vkey, err) ||
        (!key_read_vkey(vkey, &pair->log_key, err) && !error_prefix(err, "--vkey: ")) ||
        !read_checkpoint(cli_argument(cli, 0), &pair->log_key, &pair->old, err) ||
        !read_checkpoint(cli_argument(cli, 1), &pair->log_key, &pair->new, err))
        return false;
    if (strcmp(pair->old.origin, pair->new.origin) != 0)
        return error_set(err, ERROR_INPUT, "they are of two logs, '%s' and '%s'", pair->old.origin,
                         pair->new.origin);
    if (pair->old.size > pair->new.size) {
        struct checkpoint smaller = pair->new;
        pair->new = pair->old;
        pair->old = smaller;
    }
    return true;
}

/* ----------------------------------------------------------------------------------- consistency
 */

/* A tile's file of this width, or the full one that superseded it. */
static bool fetch_tile(void *context, const struct tile *tile, struct digest out_hashes[TILE_WIDTH],
                       struct error *err)
{
    struct pair *pair = context;
    struct text CLEANUP(text_release) bytes;
    char relative[TILE_PATH_SIZE];
    struct tile file = *tile;
    text_init(&bytes);
    const char *path =
        arena_printf(&pair->arena, "%s/public/%s", pair->archive, tile_path(&file, relative));
    if (!file_exists(path)) {
        file.width = TILE_WIDTH;
        path =
            arena_printf(&pair->arena, "%s/public/%s", pair->archive, tile_path(&file, relative));
    }
    if (!file_read(path, sizeof(struct digest) * TILE_WIDTH, &bytes, err))
        return false;
    if (bytes.size != file.width * sizeof(struct digest))
        return error_set(err, ERROR_INPUT, "'%s' does not have the size of its name", path);
    memcpy(out_hashes, bytes.data, tile->width * sizeof(struct digest));
    return true;
}

/* What the archive publishes: its tiles are as wide as that. */
static bool read_published(struct pair *pair, struct checkpoint *out, struct error *err)
{
    const char *path = arena_printf(&pair->arena, "%s/public/checkpoint", pair->archive);
    if (!read_checkpoint(path, &pair->log_key, out, err))
        return false;
    if (strcmp(out->origin, pair->new.origin) != 0 || out->size < pair->new.size)
        return error_set(err, ERROR_INPUT,
                         "the archive has %" PRIu64 " entries of '%s', not %" PRIu64 " of '%s'",
                         out->size, out->origin, pair->new.size, pair->new.origin);
    return true;
}

/* Whether the archive's tree is the one that this checkpoint names. */
static bool is_archived(struct tile_reader *reader, const struct checkpoint *checkpoint, bool *out,
                        struct error *err)
{
    struct digest root;
    if (!tree_range_hash(0, checkpoint->size, tile_reader_read, reader, &root, err))
        return false;
    *out = digest_equals(&root, &checkpoint->root);
    return true;
}

/* The same once more by an RFC 6962 proof, as somebody without the tiles would be shown it. */
static bool prove(const struct pair *pair, struct tile_reader *reader)
{
    struct proof proof;
    struct error why;
    return proof_make_consistency(pair->old.size, pair->new.size, tile_reader_read, reader, &proof,
                                  &why) &&
           proof_verify_consistency(pair->old.size, pair->new.size, &proof, &pair->old.root,
                                    &pair->new.root, &why);
}

/* Tiles that make the root that the archive publishes are a tree that the log key signed; both
 * checkpoints are of it, or one is of another. Other tiles prove nothing. */
static bool compare_sizes(struct pair *pair, bool *out_consistent, struct error *err)
{
    struct checkpoint published;
    bool is_whole, has_old, has_new;
    if (pair->archive == NULL)
        return error_set(err, ERROR_INPUT,
                         "their sizes differ: --archive DIR names the tiles that lead from one to "
                         "the other");
    if (!read_published(pair, &published, err))
        return false;
    struct tile_reader *CLEANUP(tile_reader_cleanup) reader =
        tile_reader_open(published.size, fetch_tile, pair);
    if (!is_archived(reader, &published, &is_whole, err) ||
        !is_archived(reader, &pair->old, &has_old, err) ||
        !is_archived(reader, &pair->new, &has_new, err))
        return false;
    if (!is_whole)
        return error_set(err, ERROR_INPUT,
                         "the archive's tiles do not make the root that it "
                         "publishes: they prove nothing");
    *out_consistent = has_old && has_new && prove(pair, reader);
    return true;
}

/* ---------------------------------------------------------------------------------------- command
 */

static void print_checkpoint(const struct checkpoint *checkpoint)
{
    char hex[DIGEST_HEX_SIZE];
    printf("  %" PRIu64 " entries, root %s\n", checkpoint->size,
           digest_hex(&checkpoint->root, hex));
}

static bool compare(struct pair *pair, bool *out_consistent, struct error *err)
{
    if (pair->old.size == pair->new.size)
        *out_consistent = digest_equals(&pair->old.root, &pair->new.root);
    else if (pair->old.size == 0) /* every tree extends the empty one, which has one root */
        *out_consistent = true;
    else
        return compare_sizes(pair, out_consistent, err);
    return true;
}

bool compare_command(const struct cli *cli, struct error *err)
{
    struct pair CLEANUP(pair_release) pair = {.archive = NULL};
    bool is_consistent = false;
    arena_init(&pair.arena);
    if (!read_pair(cli, &pair, err) || !compare(&pair, &is_consistent, err)) {
        err->code = ERROR_INPUT; /* status 2: it could not be checked */
        return false;
    }
    if (is_consistent) {
        printf("consistent: the log '%s' grew from %" PRIu64 " to %" PRIu64 " entries\n",
               pair.old.origin, pair.old.size, pair.new.size);
        return true;
    }
    printf("SPLIT VIEW: the log key signed two trees of '%s'\n", pair.old.origin);
    print_checkpoint(&pair.old);
    print_checkpoint(&pair.new);
    cli_exit_status(cli, STATUS_SPLIT);
    return true;
}
