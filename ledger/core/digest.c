/*
 * SHA-256 and HMAC by the processor or by libsodium; base64 by libsodium.
 */
#include "core/digest.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/sha256_ni.h"

_Static_assert(DIGEST_SIZE == crypto_hash_sha256_BYTES, "a digest is a SHA-256");

/* What this processor can, which never changes: of what it hashes nothing depends on it. */
static bool has_extensions;

void digest_use_extensions(bool use)
{
    has_extensions = use && sha256_ni_is_there();
}

void core_init(void)
{
    if (sodium_init() < 0)
        abort();
    digest_use_extensions(true);
}

struct digest digest_of(const void *bytes, size_t size)
{
    return digest_of3(bytes, size, NULL, 0, NULL, 0);
}

struct digest digest_of2(const void *a, size_t a_size, const void *b, size_t b_size)
{
    return digest_of3(a, a_size, b, b_size, NULL, 0);
}

static void put(unsigned char *out, const void *bytes, size_t size)
{
    if (size > 0) /* else `bytes` may be NULL */
        memcpy(out, bytes, size);
}

static struct digest digest_of_short(const void *a, size_t a_size, const void *b, size_t b_size,
                                     const void *c, size_t c_size)
{
    unsigned char buffer[SHA256_SHORT_BUFFER];
    size_t size = a_size + b_size + c_size;

    put(buffer, a, a_size);
    put(buffer + a_size, b, b_size);
    put(buffer + a_size + b_size, c, c_size);
    struct digest digest = sha256_ni_short(buffer, size);
    explicit_bzero(buffer, size); /* salts are hashed, too */
    return digest;
}

struct digest digest_of3(const void *a, size_t a_size, const void *b, size_t b_size, const void *c,
                         size_t c_size)
{
    struct digest_running running;

    if (has_extensions && a_size <= SHA256_SHORT_MAX && b_size <= SHA256_SHORT_MAX - a_size &&
        c_size <= SHA256_SHORT_MAX - a_size - b_size)
        return digest_of_short(a, a_size, b, b_size, c, c_size);
    digest_start(&running);
    digest_add(&running, a, a_size);
    digest_add(&running, b, b_size);
    digest_add(&running, c, c_size);
    return digest_finish(&running);
}

/* Pairs of messages; returns how many were hashed. */
static size_t digest_of_pairs(unsigned char prefix, const unsigned char *messages, size_t size,
                              size_t stride, size_t count, struct digest *out)
{
    unsigned char buffers[2][SHA256_SHORT_BUFFER];
    size_t done = 0;

    buffers[0][0] = buffers[1][0] = prefix;
    for (; done + 2 <= count; done += 2) {
        memcpy(buffers[0] + 1, messages + done * stride, size);
        memcpy(buffers[1] + 1, messages + (done + 1) * stride, size);
        sha256_ni_two(buffers, 1 + size, out + done);
    }
    return done;
}

void digest_of_each(unsigned char prefix, const void *messages, size_t size, size_t stride,
                    size_t count, struct digest *out)
{
    size_t done = 0;

    if (has_extensions && size < SHA256_SHORT_MAX)
        done = digest_of_pairs(prefix, messages, size, stride, count, out);
    for (; done < count; done++)
        out[done] = digest_of2(&prefix, 1, (const unsigned char *)messages + done * stride, size);
}

static crypto_hash_sha256_state *sodium_state(struct digest_running *running)
{
    _Static_assert(sizeof running->state >= sizeof(crypto_hash_sha256_state), "one has room");
    return (crypto_hash_sha256_state *)(void *)running->state;
}

static struct sha256_ni *ni_state(struct digest_running *running)
{
    _Static_assert(sizeof running->state >= sizeof(struct sha256_ni), "the other has room");
    return (struct sha256_ni *)(void *)running->state;
}

void digest_start(struct digest_running *running)
{
    if (has_extensions)
        sha256_ni_start(ni_state(running));
    else
        crypto_hash_sha256_init(sodium_state(running));
}

void digest_add(struct digest_running *running, const void *bytes, size_t size)
{
    if (has_extensions)
        sha256_ni_add(ni_state(running), bytes, size);
    else if (size > 0)
        crypto_hash_sha256_update(sodium_state(running), bytes, size);
}

void digest_add_two(struct digest_running *a, const void *a_bytes, size_t a_size,
                    struct digest_running *b, const void *b_bytes, size_t b_size)
{
    if (has_extensions) {
        sha256_ni_add_two(ni_state(a), a_bytes, a_size, ni_state(b), b_bytes, b_size);
        return;
    }
    digest_add(a, a_bytes, a_size);
    digest_add(b, b_bytes, b_size);
}

struct digest digest_finish(struct digest_running *running)
{
    struct digest digest;

    if (has_extensions)
        return sha256_ni_finish(ni_state(running));
    crypto_hash_sha256_final(sodium_state(running), digest.bytes);
    return digest;
}

/* RFC 2104, a key shorter than a block. */
static struct digest hmac_by_extensions(const unsigned char key[32], const void *message,
                                        size_t size)
{
    unsigned char inner[SHA256_BLOCK_SIZE], outer[SHA256_BLOCK_SIZE];

    for (unsigned i = 0; i < SHA256_BLOCK_SIZE; i++) {
        unsigned char byte = i < 32 ? key[i] : 0;
        inner[i] = byte ^ 0x36;
        outer[i] = byte ^ 0x5c;
    }
    struct digest digest = digest_of2(inner, sizeof inner, message, size);
    digest = digest_of2(outer, sizeof outer, digest.bytes, DIGEST_SIZE);
    explicit_bzero(inner, sizeof inner);
    explicit_bzero(outer, sizeof outer);
    return digest;
}

struct digest digest_hmac(const unsigned char key[32], const void *message, size_t size)
{
    struct digest digest;

    _Static_assert(crypto_auth_hmacsha256_KEYBYTES == 32, "keys have 32 bytes");
    if (has_extensions)
        return hmac_by_extensions(key, message, size);
    crypto_auth_hmacsha256(digest.bytes, message, size, key);
    return digest;
}

struct digest digest_subject(const char *kind, const char *id)
{
    /* The zero between them is the final zero of `kind`. */
    return digest_of2(kind, strlen(kind) + 1, id, strlen(id));
}

bool digest_equals(const struct digest *a, const struct digest *b)
{
    return sodium_memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

bool digest_is_zero(const struct digest *digest)
{
    return sodium_is_zero(digest->bytes, DIGEST_SIZE) == 1;
}

const char *digest_hex(const struct digest *digest, char out[DIGEST_HEX_SIZE])
{
    hex_encode(digest->bytes, DIGEST_SIZE, out);
    return out;
}

bool digest_parse_hex(const char *hex, const char *what, struct digest *out, struct error *err)
{
    struct digest digest = {{0}};

    if (!hex_decode(hex, strlen(hex), digest.bytes, DIGEST_SIZE))
        return error_set(err, ERROR_INPUT, "%s: '%.70s' is not 64 hex digits", what, hex);
    *out = digest;
    return true;
}

const char *base64_encode(const void *bytes, size_t size, char *out, size_t out_size)
{
    assert(out_size >= BASE64_SIZE(size));
    return sodium_bin2base64(out, out_size, bytes, size, sodium_base64_VARIANT_ORIGINAL);
}

/* libsodium 1.0.18 takes bytes above 127 for digits, so that one value would have many texts. */
static bool is_ascii(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] > 127)
            return false;
    return true;
}

bool base64_decode(const char *text, size_t text_size, void *out, size_t out_capacity,
                   size_t *out_size)
{
    size_t size;

    if (!is_ascii(text, text_size))
        return false;
    /* Without an end pointer libsodium refuses whatever stands behind the value. */
    if (sodium_base642bin(out, out_capacity, text, text_size, NULL, &size, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    *out_size = size;
    return true;
}
