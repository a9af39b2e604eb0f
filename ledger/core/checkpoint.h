/*
 * C2SP tlog-checkpoint: origin, size and root of a log as a signed note. No extension lines.
 * The same size and root, signed once more under the origin that Sigsum derives from the log key,
 * is a Sigsum tree head: with it an entry has a Sigsum proof (Sigsum log.md v1, "get-tree-head").
 */
#ifndef CORE_CHECKPOINT_H
#define CORE_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/digest.h"
#include "core/key.h"

#define ORIGIN_SIZE 256
#define CHECKPOINT_NOTE_SIZE_MAX 16384

struct checkpoint {
    char origin[ORIGIN_SIZE];
    uint64_t size;
    struct digest root;
};

/* Appends the three lines. */
void checkpoint_format(const struct checkpoint *checkpoint, struct text *out);
/* Parses the three lines strictly: canonical decimals and base64, nothing after them. */
MUST_CHECK bool checkpoint_parse(const char *text, size_t size, struct checkpoint *out,
                                 struct error *err);
void checkpoint_sign(const struct checkpoint *checkpoint, const struct secret_key *log_key,
                     struct text *out_note);
/* Appends "size=", "root_hash=" and "signature=". The checkpoint's own origin is not in it. */
void checkpoint_sign_sigsum(const struct checkpoint *checkpoint, const struct secret_key *log_key,
                            struct text *out_head);
/* Opens the note under the log's key, whose name is the origin. */
MUST_CHECK bool checkpoint_open(const char *note, size_t size, const struct public_key *log_key,
                                struct checkpoint *out, struct error *err);
/* Reads only what the note says, without a key: for size comparisons by writers. */
MUST_CHECK bool checkpoint_read_unverified(const char *note, size_t size, struct checkpoint *out,
                                           struct error *err);

#endif
