/*
 * archive/private/files: whatever came as a file, under the SHA-256 of its bytes. The journal has a
 * file before receipts name it, and what is counted is what the journal has.
 */
#ifndef INGEST_KEPT_FILE_H
#define INGEST_KEPT_FILE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/cli.h"
#include "base/text.h"
#include "core/digest.h"
#include "ingest/feed.h"

/* The file's path, in the arena; of one that is not there, too. */
MUST_CHECK bool kept_file_path(const struct cli *cli, const struct digest *digest,
                               struct arena *arena, const char **out, struct error *err);
/* Keeps the bytes that had this digest when they were read, and opens what is kept. ERROR_HALT:
 * under that name lies something else; where nothing lay there before, the bytes have changed. */
MUST_CHECK bool kept_file_put(const struct cli *cli, const struct digest *digest,
                              struct slice bytes, struct arena *arena, struct feed **out,
                              struct error *err);
/* Opens a file that is kept. ERROR_HALT when it is not there, or another. */
MUST_CHECK bool kept_file_open(const struct cli *cli, const struct digest *digest,
                               struct arena *arena, struct feed **out, struct error *err);
/* Its size in bytes. */
MUST_CHECK bool kept_file_size(const struct cli *cli, const struct digest *digest,
                               struct arena *arena, uint64_t *out, struct error *err);

#endif
