#include "ingest/kept_file.h"

#include <sys/stat.h>

#include "base/file.h"

static bool find_folder(const struct cli *cli, struct arena *arena, const char **out,
                        struct error *err)
{
    const char *archive = NULL;
    if (!cli_required(cli, "archive", &archive, err))
        return false;
    *out = arena_printf(arena, "%s/private/files", archive);
    return true;
}

bool kept_file_path(const struct cli *cli, const struct digest *digest, struct arena *arena,
                    const char **out, struct error *err)
{
    char hex[DIGEST_HEX_SIZE];
    const char *folder = NULL;
    if (!find_folder(cli, arena, &folder, err))
        return false;
    *out = arena_printf(arena, "%s/%s.ndjson", folder, digest_hex(digest, hex));
    return true;
}

bool kept_file_open(const struct cli *cli, const struct digest *digest, struct arena *arena,
                    struct feed **out, struct error *err)
{
    struct feed *feed = NULL;
    const char *path = NULL;
    if (!kept_file_path(cli, digest, arena, &path, err) || !ndjson_open(path, &feed, err))
        return false;
    if (digest_equals(&feed->id, digest)) {
        *out = feed;
        return true;
    }
    feed->kind->close(feed);
    return error_set(err, ERROR_HALT,
                     "'%s' is not the file that its name says: the archive is damaged; move it "
                     "away, then take the file again",
                     path);
}

bool kept_file_put(const struct cli *cli, const struct digest *digest, struct slice bytes,
                   struct arena *arena, struct feed **out, struct error *err)
{
    const char *folder = NULL, *path = NULL;
    return find_folder(cli, arena, &folder, err) &&
           kept_file_path(cli, digest, arena, &path, err) && file_make_folders(folder, 0700, err) &&
           (file_exists(path) ||
            file_write_atomic(path, 0400, bytes.size > 0 ? bytes.data : "", bytes.size, err)) &&
           kept_file_open(cli, digest, arena, out, err);
}

bool kept_file_size(const struct cli *cli, const struct digest *digest, struct arena *arena,
                    uint64_t *out, struct error *err)
{
    struct stat status;
    const char *path = NULL;
    if (!kept_file_path(cli, digest, arena, &path, err))
        return false;
    if (stat(path, &status) != 0)
        return error_set_errno(err, ERROR_HALT, "cannot read '%s', which the book names", path);
    *out = (uint64_t)status.st_size;
    return true;
}
