/*
 * From an entry's body to its leaf in the tree.
 *
 *   tenant key  = HMAC(salt key, tenant u64)
 *   salt        = HMAC(tenant key, SALT_PURPOSE ‖ stream u32 ‖ stream_seq u64); 32 zero bytes
 *                 for the public kinds
 *   commitment  = SHA-256(COMMITMENT_PURPOSE ‖ salt ‖ body)
 *   checksum    = SHA-256(commitment)
 *   signature   = Ed25519(writer key, "sigsum.org/v1/tree-leaf" ‖ 0 ‖ checksum)
 *   leaf        = checksum ‖ signature ‖ SHA-256(writer public key)     (128 bytes, Sigsum)
 *   leaf hash   = SHA-256(0 ‖ leaf)                                      (RFC 6962)
 *
 * Sources: Sigsum log.md v1 "leaf", RFC 6962 section 2.1; purposes: ledger/README.md.
 */
#ifndef CORE_LEAF_H
#define CORE_LEAF_H

#include <stdbool.h>

#include "core/body.h"
#include "core/digest.h"
#include "core/key.h"

#define SALT_PURPOSE "daybook.v1.salt"             /* signed as its bytes, no final zero */
#define COMMITMENT_PURPOSE "daybook.v1.commitment" /* signed as its bytes, no final zero */
#define LEAF_SIZE 128

struct salt {
    unsigned char bytes[32];
};

struct leaf {
    struct digest checksum;
    struct signature signature;
    struct digest writer; /* SHA-256 of the writer's public key */
};

/* The tenant's key; secret: keep it on the stack for no longer than needed. */
void leaf_tenant_key(const unsigned char salt_key[32], uint64_t tenant, unsigned char out[32]);
/* The entry's salt (zeros for public kinds). */
struct salt leaf_salt(const unsigned char tenant_key[32], const struct entry *entry);
struct digest leaf_commitment(const struct salt *salt, const void *body, size_t body_size);
struct digest leaf_checksum(const struct digest *commitment);
/* body → commitment → checksum → signature: the one way an entry is signed. */
void leaf_sign(const struct secret_key *writer, const unsigned char tenant_key[32],
               const struct entry *entry, struct leaf *out);
/* The signature over the checksum holds under this key, and the leaf names it. */
MUST_CHECK bool leaf_verify(const struct leaf *leaf, const unsigned char writer_public[32]);
void leaf_encode(const struct leaf *leaf, unsigned char out[LEAF_SIZE]);
void leaf_decode(const unsigned char bytes[LEAF_SIZE], struct leaf *out);
struct digest leaf_hash(const struct leaf *leaf);

#endif
