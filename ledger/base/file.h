/*
 * Whole files: read, and write so that a reader sees the old or the new one and never a part.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/text.h"

/* Appends the file's bytes; refuses more than size_max. ERROR_NOT_FOUND when there is none. */
MUST_CHECK bool file_read(const char *path, size_t size_max, struct text *out, struct error *err);
/* Temporary file beside it, fsync, rename, fsync of the folder. */
MUST_CHECK bool file_write_atomic(const char *path, mode_t mode, const void *bytes, size_t size,
                                  struct error *err);
/* The same, but refuses a file that exists (O_EXCL semantics; for keys). ERROR_CONFLICT. */
MUST_CHECK bool file_create(const char *path, mode_t mode, const void *bytes, size_t size,
                            struct error *err);
/* mkdir -p, durable; folders that exist are fine. */
MUST_CHECK bool file_make_folders(const char *path, mode_t mode, struct error *err);
bool file_exists(const char *path);

#endif
