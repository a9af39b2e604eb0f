/*
 * The body of `add-checkpoint` (C2SP tlog-witness): what a log asks a witness to cosign.
 *
 *   old SIZE            the checkpoint that the witness cosigned last, as the log remembers it
 *   BASE64              at most 63 hashes: that the new tree begins with that one
 *                       an empty line
 *   the checkpoint      a signed note
 */
#ifndef WITNESS_REQUEST_H
#define WITNESS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/checkpoint.h"
#include "core/proof.h"

#define REQUEST_HASHES_MAX 63
#define REQUEST_SIZE_MAX (CHECKPOINT_NOTE_SIZE_MAX + 64 * (REQUEST_HASHES_MAX + 1))
#define REQUEST_SIZE_TYPE "text/x.tlog.size" /* of an answer 409 that says the size */

struct request {
    uint64_t old_size;
    struct proof proof;
    struct slice note; /* into the bytes that were read; not looked at yet */
};

/* Strict; ERROR_INPUT. */
MUST_CHECK bool request_parse(const char *bytes, size_t size, struct request *out,
                              struct error *err);
void request_format(const struct request *request, struct text *out);
/* "SIZE\n", the body of such an answer. */
MUST_CHECK bool request_parse_size(const char *bytes, size_t size, uint64_t *out,
                                   struct error *err);

#endif
