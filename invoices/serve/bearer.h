/*
 * API keys as they come: "Bearer dbk_<id>_<secret>_<crc>", the checksum being the CRC-32 of what
 * stands before its underscore.
 */
#ifndef SERVE_BEARER_H
#define SERVE_BEARER_H

#include <stdbool.h>

#include "base/compiler.h"
#include "base/text.h"
#include "core/digest.h"

#define BEARER_ID_SIZE 13 /* 12 characters of [a-z0-9] and a zero */

struct bearer {
    char id[BEARER_ID_SIZE];
    struct digest hash; /* SHA-256 of the secret */
};

/* False for whatever is not such a key, or one that was mistyped or cut. */
MUST_CHECK bool bearer_parse(const char *header, struct bearer *out);

#endif
