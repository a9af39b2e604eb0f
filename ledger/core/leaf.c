/*
 * Salts, commitments and Sigsum leaves.
 */
#include "core/leaf.h"

#include <sodium.h>
#include <string.h>

#include "core/tree.h"

/* Sigsum's namespace of a leaf's signature; its final zero is signed. */
static const char leaf_namespace[] = "sigsum.org/v1/tree-leaf";

#define LEAF_MESSAGE_SIZE (sizeof(leaf_namespace) + DIGEST_SIZE)
#define PURPOSE_SIZE(purpose) (sizeof(purpose) - 1)

void leaf_tenant_key(const unsigned char salt_key[32], uint64_t tenant, unsigned char out[32])
{
    unsigned char number[8];
    struct digest key;

    bytes_put_u64(number, tenant);
    key = digest_hmac(salt_key, number, sizeof(number));
    memcpy(out, key.bytes, sizeof(key.bytes));
    sodium_memzero(&key, sizeof(key));
}

struct salt leaf_salt(const unsigned char tenant_key[32], const struct entry *entry)
{
    unsigned char message[PURPOSE_SIZE(SALT_PURPOSE) + 12];
    struct salt salt = {{0}};
    struct digest digest;

    if (entry_kind_is_public(entry->kind))
        return salt;
    memcpy(message, SALT_PURPOSE, PURPOSE_SIZE(SALT_PURPOSE));
    bytes_put_u32(message + PURPOSE_SIZE(SALT_PURPOSE), entry->stream);
    bytes_put_u64(message + PURPOSE_SIZE(SALT_PURPOSE) + 4, entry->stream_seq);
    digest = digest_hmac(tenant_key, message, sizeof(message));
    memcpy(salt.bytes, digest.bytes, sizeof(salt.bytes));
    return salt;
}

struct digest leaf_commitment(const struct salt *salt, const void *body, size_t body_size)
{
    return digest_of3(COMMITMENT_PURPOSE, PURPOSE_SIZE(COMMITMENT_PURPOSE), salt->bytes,
                      sizeof(salt->bytes), body, body_size);
}

struct digest leaf_checksum(const struct digest *commitment)
{
    return digest_of(commitment->bytes, DIGEST_SIZE);
}

static void leaf_message(const struct digest *checksum, unsigned char out[LEAF_MESSAGE_SIZE])
{
    memcpy(out, leaf_namespace, sizeof(leaf_namespace));
    memcpy(out + sizeof(leaf_namespace), checksum->bytes, DIGEST_SIZE);
}

void leaf_sign(const struct secret_key *writer, const unsigned char tenant_key[32],
               const struct entry *entry, struct leaf *out)
{
    unsigned char body[BODY_SIZE_MAX];
    unsigned char message[LEAF_MESSAGE_SIZE];
    size_t body_size = body_encode(entry, body);
    struct salt salt = leaf_salt(tenant_key, entry);
    struct digest commitment = leaf_commitment(&salt, body, body_size);

    out->checksum = leaf_checksum(&commitment);
    leaf_message(&out->checksum, message);
    key_sign(writer, message, sizeof(message), &out->signature);
    out->writer = key_hash(key_public(writer)->bytes);
}

bool leaf_verify(const struct leaf *leaf, const unsigned char writer_public[32])
{
    unsigned char message[LEAF_MESSAGE_SIZE];
    struct digest writer = key_hash(writer_public);

    if (!digest_equals(&writer, &leaf->writer))
        return false;
    leaf_message(&leaf->checksum, message);
    return key_verify(writer_public, message, sizeof(message), &leaf->signature);
}

void leaf_encode(const struct leaf *leaf, unsigned char out[LEAF_SIZE])
{
    memcpy(out, leaf->checksum.bytes, DIGEST_SIZE);
    memcpy(out + 32, leaf->signature.bytes, SIGNATURE_SIZE);
    memcpy(out + 96, leaf->writer.bytes, DIGEST_SIZE);
}

void leaf_decode(const unsigned char bytes[LEAF_SIZE], struct leaf *out)
{
    memcpy(out->checksum.bytes, bytes, DIGEST_SIZE);
    memcpy(out->signature.bytes, bytes + 32, SIGNATURE_SIZE);
    memcpy(out->writer.bytes, bytes + 96, DIGEST_SIZE);
}

struct digest leaf_hash(const struct leaf *leaf)
{
    unsigned char bytes[LEAF_SIZE];

    leaf_encode(leaf, bytes);
    return tree_leaf_hash(bytes, sizeof(bytes));
}
