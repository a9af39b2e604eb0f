/*
 * What two people compare before they trust a key or a policy: its SHA-256, in groups that can be
 * read aloud.
 *
 * Of a key it is SHA-256 of the 32 public bytes, by which entries name it too; of a policy the
 * SHA-256 of its file, which a contract names.
 */
#ifndef VERIFY_FINGERPRINT_H
#define VERIFY_FINGERPRINT_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/error.h"
#include "core/digest.h"

#define FINGERPRINT_SIZE (DIGEST_HEX_SIZE + DIGEST_SIZE / 2 - 1)

/* "1a2b 3c4d …": 16 groups of four. */
const char *fingerprint_format(const struct digest *digest, char out[FINGERPRINT_SIZE]);
/* Of a verifier key, the file of one, or the file of a policy; says which on standard output. */
MUST_CHECK bool fingerprint_print(const char *given, struct error *err);

#endif
