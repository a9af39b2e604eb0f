/*
 * Ed25519 keys (RFC 8032), as files and as C2SP verifier keys.
 *
 * A secret key file holds one line "PRIVATE+KEY+<name>+<hash>+<base64 of 0x01 ‖ seed>", the
 * note encoding of golang.org/x/mod, mode 0400; a symmetric key file holds 64 hex digits. A file
 * that the group may write, or others may touch, is refused. Secrets live in locked memory
 * (sodium_malloc) and are wiped on release. The public key is always derived from the seed, never
 * read beside it.
 */
#ifndef CORE_KEY_H
#define CORE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "core/digest.h"

#define KEY_NAME_SIZE 256
#define SIGNATURE_SIZE 64
#define VKEY_SIZE 400

enum key_type {
    KEY_TYPE_ED25519 = 0x01,     /* signs note texts */
    KEY_TYPE_COSIGNATURE = 0x04, /* tlog-cosignature, timestamped */
};

struct signature {
    unsigned char bytes[SIGNATURE_SIZE];
};

struct public_key {
    char name[KEY_NAME_SIZE];
    enum key_type type;
    uint32_t id; /* SHA-256(name ‖ \n ‖ type ‖ key)[0:4], signed-note */
    unsigned char bytes[32];
};

struct secret_key; /* in locked memory */

/* The rule of signed-note for names: not empty, UTF-8, no white space, no '+'. */
MUST_CHECK bool key_check_name(const char *name, size_t size, struct error *err);
/* From a 32-byte seed; the name may not be empty, hold white space or '+'. */
MUST_CHECK bool key_from_seed(const char *name, const unsigned char seed[32],
                              struct secret_key **out, struct error *err);
MUST_CHECK bool key_generate(const char *name, struct secret_key **out, struct error *err);
MUST_CHECK bool key_read_file(const char *path, struct secret_key **out, struct error *err);
/* Mode 0400, refuses to overwrite. */
MUST_CHECK bool key_write_file(const char *path, const struct secret_key *key, struct error *err);
void key_release(struct secret_key *key);
const struct public_key *key_public(const struct secret_key *key);
/* The same key under the type, and so the id, with which it cosigns. */
struct public_key key_cosigner(const struct public_key *key);

void key_sign(const struct secret_key *key, const void *message, size_t size,
              struct signature *out);
MUST_CHECK bool key_verify(const unsigned char public_bytes[32], const void *message, size_t size,
                           const struct signature *signature);
/* Refuses points of low order and encodings that are not canonical. */
MUST_CHECK bool key_check_public(const unsigned char public_bytes[32], struct error *err);

/* "name+hash+base64": parsed strictly, the hash recomputed. */
MUST_CHECK bool key_parse_vkey(const char *vkey, struct public_key *out, struct error *err);
/* A verifier key as people give it: itself, or the path of a file that holds it. */
MUST_CHECK bool key_read_vkey(const char *given, struct public_key *out, struct error *err);
/* Of a file alone: one line. */
MUST_CHECK bool key_read_vkey_file(const char *path, struct public_key *out, struct error *err);
const char *key_format_vkey(const struct public_key *key, char out[VKEY_SIZE]);
/* SHA-256 of the 32 public bytes: how entries and operators name a key. */
struct digest key_hash(const unsigned char public_bytes[32]);

/* Symmetric keys: the ledger's salt key, the dedup key. `key` is 32 bytes of sodium_malloc. */
MUST_CHECK bool key_read_symmetric(const char *path, unsigned char **out_key, struct error *err);
MUST_CHECK bool key_create_symmetric(const char *path, struct error *err);
void key_release_symmetric(unsigned char *key);

#endif
