#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crash.h"

#define CHUNK_SIZE 16384 /* bytes a read() */

static enum error_code code_of_errno(void)
{
    return errno == ENOENT || errno == ENOTDIR ? ERROR_NOT_FOUND : ERROR_SYSTEM;
}

static bool append_all(int file, const char *path, size_t size_max, struct text *out,
                       struct error *err)
{
    size_t before = out->size;
    char chunk[CHUNK_SIZE];
    for (;;) {
        ssize_t got = read(file, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(err, ERROR_SYSTEM, "cannot read '%s'", path);
        if (got == 0)
            return true;
        if ((size_t)got > size_max - (out->size - before))
            return error_set(err, ERROR_INPUT, "'%s' has more than %zu bytes", path, size_max);
        text_append_n(out, chunk, (size_t)got);
    }
}

bool file_read(const char *path, size_t size_max, struct text *out, struct error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return error_set_errno(err, code_of_errno(), "cannot open '%s'", path);
    size_t before = out->size;
    bool complete = append_all(file, path, size_max, out, err);
    (void)close(file);
    if (!complete && out->size > before) {
        out->size = before;
        out->data[before] = '\0';
    }
    return complete;
}

/* The folder that holds a path's last name: "a/b" → "a", "b" → ".", "/b" → "/". */
static void folder_of(const char *path, struct text *out)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        text_append(out, ".");
    else
        text_append_n(out, path, slash == path ? 1 : (size_t)(slash - path));
}

static bool write_all(int file, const unsigned char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

/* Makes a rename or a link durable. */
static bool folder_sync(const char *folder, struct error *err)
{
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot open the folder '%s'", folder);
    bool synced = fsync(descriptor) == 0;
    if (!synced)
        (void)error_set_errno(err, ERROR_SYSTEM, "cannot sync the folder '%s'", folder);
    (void)close(descriptor);
    return synced;
}

/* A temporary file in the folder that holds the bytes, on disk; its name is in `temporary`. */
static bool temporary_write(struct text *temporary, mode_t mode, const void *bytes, size_t size)
{
    int file = mkostemp(temporary->data, O_CLOEXEC);
    if (file < 0)
        return false;
    bool good = fchmod(file, mode) == 0 && write_all(file, bytes, size) && fsync(file) == 0;
    int reason = errno;
    if (close(file) != 0 && good) {
        good = false;
        reason = errno;
    }
    if (!good) {
        (void)unlink(temporary->data);
        errno = reason;
    }
    return good;
}

/* The file appears under its name, complete or not at all. */
static bool put_replacing(const char *temporary, const char *path, struct error *err)
{
    if (rename(temporary, path) == 0)
        return true;
    (void)error_set_errno(err, ERROR_SYSTEM, "cannot write '%s'", path);
    (void)unlink(temporary);
    return false;
}

static bool put_new(const char *temporary, const char *path, struct error *err)
{
    bool linked = link(temporary, path) == 0;
    if (!linked && errno == EEXIST)
        (void)error_set(err, ERROR_CONFLICT, "'%s' exists already", path);
    else if (!linked)
        (void)error_set_errno(err, ERROR_SYSTEM, "cannot create '%s'", path);
    (void)unlink(temporary);
    return linked;
}

typedef bool put_function(const char *temporary, const char *path, struct error *err);

static bool write_and_put(const char *path, mode_t mode, const void *bytes, size_t size,
                          put_function *put, struct error *err)
{
    struct text CLEANUP(text_release) folder;
    struct text CLEANUP(text_release) temporary;
    text_init(&folder);
    text_init(&temporary);
    folder_of(path, &folder);
    text_printf(&temporary, "%s/.daybook-XXXXXX", folder.data);
    if (!temporary_write(&temporary, mode, bytes, size))
        return error_set_errno(err, code_of_errno(), "cannot write '%s'", path);
    CRASH_AT(file_temporary_written);
    if (!put(temporary.data, path, err))
        return false;
    CRASH_AT(file_renamed);
    return folder_sync(folder.data, err);
}

bool file_write_atomic(const char *path, mode_t mode, const void *bytes, size_t size,
                       struct error *err)
{
    return write_and_put(path, mode, bytes, size, put_replacing, err);
}

bool file_create(const char *path, mode_t mode, const void *bytes, size_t size, struct error *err)
{
    return write_and_put(path, mode, bytes, size, put_new, err);
}

static bool make_folder(const char *path, mode_t mode, struct error *err)
{
    struct stat status;
    if (mkdir(path, mode) == 0) { /* its name must outlast what is put into it */
        struct text CLEANUP(text_release) parent;
        text_init(&parent);
        folder_of(path, &parent);
        return folder_sync(parent.data, err);
    }
    int reason = errno;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return true;
    errno = reason;
    return error_set_errno(err, ERROR_SYSTEM, "cannot make the folder '%s'", path);
}

bool file_make_folders(const char *path, mode_t mode, struct error *err)
{
    struct text CLEANUP(text_release) folder;
    text_init(&folder);
    text_append(&folder, path);
    for (size_t i = 1; i < folder.size; i++) {
        if (folder.data[i] != '/')
            continue;
        folder.data[i] = '\0';
        bool made = make_folder(folder.data, mode, err);
        folder.data[i] = '/';
        if (!made)
            return false;
    }
    return make_folder(folder.data, mode, err);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}
