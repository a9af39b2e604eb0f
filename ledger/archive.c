#include "ledger/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/crash.h"
#include "base/file.h"

#define SYNC_FILES_MAX 32 /* more than these are flushed with one syncfs() */
#define PATH_TEXT_SIZE 4096

struct archive_file {
    char *path;      /* of the finished file */
    char *temporary; /* beside it */
};

static const struct {
    const char *path;
    mode_t mode;
} folders[] = {
    {"", 0755},        {"public", 0755},          {"public/tile", 0755},   {"public/keys", 0755},
    {"private", 0700}, {"private/journal", 0700}, {"private/files", 0700},
};

bool archive_open(struct archive *archive, const char *root, struct error *err)
{
    struct text CLEANUP(text_release) path;
    text_init(&path);
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        text_clear(&path);
        text_printf(&path, "%s/%s", root, folders[i].path);
        if (!file_make_folders(path.data, folders[i].mode, err))
            return false;
    }
    *archive = (struct archive){.root = root};
    return true;
}

static void forget_pending(struct archive *archive, bool remove_files)
{
    for (size_t i = 0; i < archive->pending_count; i++) {
        if (remove_files)
            (void)unlink(archive->pending[i].temporary);
        free(archive->pending[i].path);
        free(archive->pending[i].temporary);
    }
    archive->pending_count = 0;
}

void archive_close(struct archive *archive)
{
    forget_pending(archive, true);
    free(archive->pending);
    *archive = (struct archive){0};
}

/* -------------------------------------------------------------------------------- files in a batch
 */

static bool make_folder_of(const char *path, struct error *err)
{
    char folder[PATH_TEXT_SIZE];
    size_t size = (size_t)(strrchr(path, '/') - path);
    if (size >= sizeof(folder))
        return error_set(err, ERROR_INPUT, "the path '%.100s…' is too long", path);
    memcpy(folder, path, size);
    folder[size] = '\0';
    return file_make_folders(folder, 0755, err);
}

static bool write_file(const char *path, mode_t mode, const void *bytes, size_t size,
                       struct error *err)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot write '%s'", path);
    const unsigned char *rest = bytes;
    while (size > 0) {
        ssize_t written = write(file, rest, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            break;
        rest += written;
        size -= (size_t)written;
    }
    bool good = size == 0;
    if (!good)
        (void)error_set_errno(err, ERROR_SYSTEM, "cannot write '%s'", path);
    if (close(file) != 0 && good)
        good = error_set_errno(err, ERROR_SYSTEM, "cannot write '%s'", path);
    return good;
}

bool archive_put(struct archive *archive, const char *path, mode_t mode, const void *bytes,
                 size_t size, struct error *err)
{
    struct text final, temporary;
    text_init(&final);
    text_init(&temporary);
    text_printf(&final, "%s/%s", archive->root, path);
    text_printf(&temporary, "%s.new", final.data);
    archive->pending = memory_grow(archive->pending, &archive->pending_capacity,
                                   archive->pending_count + 1, sizeof(*archive->pending));
    archive->pending[archive->pending_count++] = (struct archive_file){final.data, temporary.data};
    if (!make_folder_of(final.data, err) || !write_file(temporary.data, mode, bytes, size, err))
        return false;
    CRASH_AT(archive_file_written);
    return true;
}

static bool sync_path(const char *path, int flags, struct error *err)
{
    int file = open(path, flags | O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && fsync(file) == 0;
    if (!good)
        (void)error_set_errno(err, ERROR_SYSTEM, "cannot flush '%s'", path);
    if (file >= 0)
        (void)close(file);
    return good;
}

static bool sync_folder_of(const char *path, struct error *err)
{
    char folder[PATH_TEXT_SIZE];
    size_t size = (size_t)(strrchr(path, '/') - path);
    memcpy(folder, path, size); /* make_folder_of() has checked that it fits */
    folder[size] = '\0';
    return sync_path(folder, O_DIRECTORY, err);
}

static bool sync_all(const struct archive *archive, struct error *err)
{
    int root = open(archive->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = root >= 0 && syncfs(root) == 0;
    if (!good)
        (void)error_set_errno(err, ERROR_SYSTEM, "cannot flush '%s'", archive->root);
    if (root >= 0)
        (void)close(root);
    return good;
}

/* Contents before names: `of_names` flushes the folders instead of the files. */
static bool sync_pending(const struct archive *archive, bool of_names, struct error *err)
{
    if (archive->pending_count > SYNC_FILES_MAX)
        return sync_all(archive, err);
    for (size_t i = 0; i < archive->pending_count; i++) {
        const struct archive_file *file = &archive->pending[i];
        if (!(of_names ? sync_folder_of(file->path, err) : sync_path(file->temporary, 0, err)))
            return false;
    }
    return true;
}

bool archive_commit(struct archive *archive, struct error *err)
{
    bool good = sync_pending(archive, false, err);
    for (size_t i = 0; good && i < archive->pending_count; i++) {
        const struct archive_file *file = &archive->pending[i];
        if (rename(file->temporary, file->path) != 0)
            good = error_set_errno(err, ERROR_SYSTEM, "cannot write '%s'", file->path);
        CRASH_AT(archive_file_renamed);
    }
    good = good && sync_pending(archive, true, err);
    forget_pending(archive, !good);
    return good;
}

bool archive_has(const struct archive *archive, const char *path)
{
    struct text CLEANUP(text_release) name;
    text_init(&name);
    text_printf(&name, "%s/%s", archive->root, path);
    return file_exists(name.data);
}

void archive_remove(struct archive *archive, const char *path)
{
    struct text CLEANUP(text_release) name;
    text_init(&name);
    text_printf(&name, "%s/%s", archive->root, path);
    (void)remove(name.data);
}

/* ------------------------------------------------------------------------------- the checkpoint */

bool archive_read_published(const struct archive *archive, struct text *out, struct error *err)
{
    struct text CLEANUP(text_release) path;
    text_init(&path);
    text_printf(&path, "%s/public/checkpoint", archive->root);
    return file_read(path.data, CHECKPOINT_NOTE_SIZE_MAX, out, err);
}

bool archive_publish(const struct archive *archive, const struct text *note, struct error *err)
{
    struct text CLEANUP(text_release) path;
    text_init(&path);
    text_printf(&path, "%s/public/checkpoint", archive->root);
    return file_write_atomic(path.data, 0644, note->data, note->size, err);
}
