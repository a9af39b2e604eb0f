/*
 * What a secret key is, for key.c and key_file.c only.
 */
#ifndef CORE_KEY_SECRET_H
#define CORE_KEY_SECRET_H

#include "core/key.h"

/* Always in sodium_malloc memory. */
struct secret_key {
    struct public_key public;
    unsigned char expanded[64]; /* libsodium's form: seed ‖ public key */
};

#endif
