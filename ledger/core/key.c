/*
 * Ed25519 keys: names, verifier keys, signing and checking. Files: key_file.c.
 */
#include "core/key.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "core/key_secret.h"

_Static_assert(SIGNATURE_SIZE == crypto_sign_BYTES, "a signature is Ed25519's");

#define TYPED_KEY_SIZE 33 /* type ‖ public key */

/* ------------------------------------------------------------------------------------ names */

/* Unicode's White_Space beyond ASCII, as UTF-8. */
static const char *const spaces[] = {
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81",
    "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86",
    "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8",
    "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80",
};

static bool begins_with_space(const char *bytes, size_t size)
{
    if ((unsigned char)bytes[0] <= 0x20 || bytes[0] == 0x7f)
        return true;
    for (size_t i = 0; i < COUNT_OF(spaces); i++)
        if (strlen(spaces[i]) <= size && memcmp(bytes, spaces[i], strlen(spaces[i])) == 0)
            return true;
    return false;
}

bool key_check_name(const char *name, size_t size, struct error *err)
{
    if (size == 0)
        return error_set(err, ERROR_INPUT, "a key's name is empty");
    if (size >= KEY_NAME_SIZE)
        return error_set(err, ERROR_INPUT, "a key's name has %zu bytes, more than %d", size,
                         KEY_NAME_SIZE - 1);
    if (!utf8_is_valid(name, size))
        return error_set(err, ERROR_INPUT, "a key's name is not UTF-8");
    for (size_t i = 0; i < size; i++)
        if (name[i] == '+' || begins_with_space(name + i, size - i))
            return error_set(err, ERROR_INPUT, "key name '%.*s' holds white space or '+'",
                             (int)size, name);
    return true;
}

/* SHA-256(name ‖ \n ‖ type ‖ key)[0:4], signed-note. */
static uint32_t key_id(const char *name, enum key_type type, const unsigned char bytes[32])
{
    unsigned char prefix[2] = {'\n', (unsigned char)type};
    crypto_hash_sha256_state state;
    unsigned char hash[32];

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)name, strlen(name));
    crypto_hash_sha256_update(&state, prefix, sizeof(prefix));
    crypto_hash_sha256_update(&state, bytes, 32);
    crypto_hash_sha256_final(&state, hash);
    return bytes_get_u32(hash);
}

/* ------------------------------------------------------------------------------ secret keys */

bool key_from_seed(const char *name, const unsigned char seed[32], struct secret_key **out,
                   struct error *err)
{
    struct secret_key *key;

    if (!key_check_name(name, strlen(name), err))
        return false;
    key = sodium_malloc(sizeof(*key));
    if (!key)
        abort();
    memset(key, 0, sizeof(*key));
    memcpy(key->public.name, name, strlen(name) + 1);
    key->public.type = KEY_TYPE_ED25519;
    crypto_sign_seed_keypair(key->public.bytes, key->expanded, seed);
    key->public.id = key_id(name, KEY_TYPE_ED25519, key->public.bytes);
    *out = key;
    return true;
}

bool key_generate(const char *name, struct secret_key **out, struct error *err)
{
    unsigned char seed[32];
    bool ok;

    randombytes_buf(seed, sizeof(seed));
    ok = key_from_seed(name, seed, out, err);
    sodium_memzero(seed, sizeof(seed));
    return ok;
}

void key_release(struct secret_key *key)
{
    sodium_free(key); /* wipes */
}

const struct public_key *key_public(const struct secret_key *key)
{
    return &key->public;
}

struct public_key key_cosigner(const struct public_key *key)
{
    struct public_key cosigner = *key;

    cosigner.type = KEY_TYPE_COSIGNATURE;
    cosigner.id = key_id(cosigner.name, cosigner.type, cosigner.bytes);
    return cosigner;
}

/* --------------------------------------------------------------------- signing and checking */

void key_sign(const struct secret_key *key, const void *message, size_t size, struct signature *out)
{
    crypto_sign_detached(out->bytes, NULL, message, size, key->expanded);
}

bool key_verify(const unsigned char public_bytes[32], const void *message, size_t size,
                const struct signature *signature)
{
    return crypto_sign_verify_detached(signature->bytes, message, size, public_bytes) == 0;
}

bool key_check_public(const unsigned char public_bytes[32], struct error *err)
{
    if (crypto_core_ed25519_is_valid_point(public_bytes) != 1)
        return error_set(err, ERROR_INPUT,
                         "a public key is of low order, not canonical or no point of the curve");
    return true;
}

struct digest key_hash(const unsigned char public_bytes[32])
{
    return digest_of(public_bytes, 32);
}

/* ---------------------------------------------------------------------------- verifier keys */

/* The base64 part: type ‖ key. */
static bool parse_typed_key(const char *base64, struct public_key *key, struct error *err)
{
    unsigned char typed[TYPED_KEY_SIZE];
    size_t size;

    if (!base64_decode(base64, strlen(base64), typed, sizeof(typed), &size) ||
        size != sizeof(typed))
        return error_set(err, ERROR_INPUT, "verifier key of '%s' does not hold a type and 32 bytes",
                         key->name);
    if (typed[0] != KEY_TYPE_ED25519 && typed[0] != KEY_TYPE_COSIGNATURE)
        return error_set(err, ERROR_INPUT, "verifier key of '%s' has unknown type 0x%02x",
                         key->name, typed[0]);
    key->type = (enum key_type)typed[0];
    memcpy(key->bytes, typed + 1, sizeof(key->bytes));
    return key_check_public(key->bytes, err) ||
           error_prefix(err, "verifier key of '%s': ", key->name);
}

bool key_parse_vkey(const char *vkey, struct public_key *out, struct error *err)
{
    struct public_key key;
    const char *plus = strchr(vkey, '+');
    char again[VKEY_SIZE];

    memset(&key, 0, sizeof(key));
    if (!plus || strlen(plus) < 10 || plus[9] != '+')
        return error_set(err, ERROR_INPUT, "'%.80s' is not a verifier key name+hash+base64", vkey);
    if (!key_check_name(vkey, (size_t)(plus - vkey), err))
        return false;
    memcpy(key.name, vkey, (size_t)(plus - vkey));
    if (!parse_typed_key(plus + 10, &key, err))
        return false;
    key.id = key_id(key.name, key.type, key.bytes);
    if (strcmp(key_format_vkey(&key, again), vkey) != 0)
        return error_set(err, ERROR_INPUT,
                         "verifier key of '%s' says hash %.8s, its key has %08" PRIx32, key.name,
                         plus + 1, key.id);
    *out = key;
    return true;
}

const char *key_format_vkey(const struct public_key *key, char out[VKEY_SIZE])
{
    unsigned char typed[TYPED_KEY_SIZE];
    char base64[BASE64_SIZE(TYPED_KEY_SIZE)];

    typed[0] = (unsigned char)key->type;
    memcpy(typed + 1, key->bytes, sizeof(key->bytes));
    snprintf(out, VKEY_SIZE, "%s+%08" PRIx32 "+%s", key->name, key->id,
             base64_encode(typed, sizeof(typed), base64, sizeof(base64)));
    return out;
}
