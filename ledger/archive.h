/*
 * The archive: static files that any web server can serve and anybody can check.
 *
 *   public/checkpoint                 the newest signed checkpoint; what writers and strangers read
 *   public/tile/L/N, L/N.p/W          tiles (C2SP tlog-tiles); entries/N: 256 leaves of 128 bytes
 *   public/keys/INDEX.json            bodies and contents of `key` and `log` entries
 *   public/log.vkey, root.vkey        what to pin
 *   private/journal/, private/files/  what Kafka cannot give back: for recovery (0700)
 *
 * Files are put in a batch: written under temporary names, flushed together, then renamed, so a
 * reader, or a power cut, never meets a short file under a full tile's name. The same file may be
 * put again with the same bytes.
 */
#ifndef LEDGER_ARCHIVE_H
#define LEDGER_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/compiler.h"
#include "base/text.h"
#include "core/checkpoint.h"
#include "store/store.h"

struct archive_file;

struct archive {
    const char *root;
    struct archive_file *pending; /* written, not yet under their names */
    size_t pending_count;
    size_t pending_capacity;
};

/* Makes the folders. `root` is only lent. */
MUST_CHECK bool archive_open(struct archive *archive, const char *root, struct error *err);
/* Forgets, and removes, what was put and not committed. */
void archive_close(struct archive *archive);

/* `path` is relative to the root; folders are made. */
MUST_CHECK bool archive_put(struct archive *archive, const char *path, mode_t mode,
                            const void *bytes, size_t size, struct error *err);
/* Flushes all that was put and gives it its names. Durable when it returns. */
MUST_CHECK bool archive_commit(struct archive *archive, struct error *err);
bool archive_has(const struct archive *archive, const char *path);
/* Removes a file or an empty folder, if it is there: what was superseded. */
void archive_remove(struct archive *archive, const char *path);

/* The published note; ERROR_NOT_FOUND when there is none. */
MUST_CHECK bool archive_read_published(const struct archive *archive, struct text *out,
                                       struct error *err);
/* The last step of a beat: the world may see it. */
MUST_CHECK bool archive_publish(const struct archive *archive, const struct text *note,
                                struct error *err);

/* Puts what a tree of `size` leaves has and one of `old_size` had not: tiles, entry bundles and the
 * bodies of key and log entries, read from the database. */
MUST_CHECK bool archive_extend(struct archive *archive, struct store *store, int log,
                               uint64_t old_size, uint64_t size, struct error *err);
/* Removes the partial tiles whose full ones came between these sizes. */
void archive_prune(struct archive *archive, uint64_t old_size, uint64_t size);

#endif
