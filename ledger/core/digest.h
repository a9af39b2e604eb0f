/*
 * SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) as values.
 */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/compiler.h"
#include "base/error.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE 65

struct digest {
    unsigned char bytes[DIGEST_SIZE];
};

/* Must be called once before anything else of core; aborts when libsodium cannot start. */
void core_init(void);

struct digest digest_of(const void *bytes, size_t size);
/* SHA-256(a ‖ b): for prefixes and pairs. */
struct digest digest_of2(const void *a, size_t a_size, const void *b, size_t b_size);
struct digest digest_of3(const void *a, size_t a_size, const void *b, size_t b_size, const void *c,
                         size_t c_size);
/* SHA-256(prefix ‖ message) of `count` public messages of `size` bytes, each `stride` bytes behind
 * the one before it. `out` may be where they lie, if no message begins before its digest does. */
void digest_of_each(unsigned char prefix, const void *messages, size_t size, size_t stride,
                    size_t count, struct digest *out);
/* SHA-256 of what comes in pieces: start, add…, finish. A value: a copy goes on by itself. */
struct digest_running {
    _Alignas(8) unsigned char state[104];
};
void digest_start(struct digest_running *running);
void digest_add(struct digest_running *running, const void *bytes, size_t size);
/* digest_add() to each of two: processors that can do both at once take little more time than for
 * one. What is added should be long, and about as long for both. */
void digest_add_two(struct digest_running *a, const void *a_bytes, size_t a_size,
                    struct digest_running *b, const void *b_bytes, size_t b_size);
struct digest digest_finish(struct digest_running *running);
struct digest digest_hmac(const unsigned char key[32], const void *message, size_t size);
/* SHA-256(kind ‖ 0 ‖ id): subjects of control entries and accounts. */
struct digest digest_subject(const char *kind, const char *id);
/* In constant time. */
bool digest_equals(const struct digest *a, const struct digest *b);
/* The same for what is public, such as keys' hashes: may be asked for every entry of a log. */
static inline bool digest_equals_public(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}
bool digest_is_zero(const struct digest *digest);
const char *digest_hex(const struct digest *digest, char out[DIGEST_HEX_SIZE]);
MUST_CHECK bool digest_parse_hex(const char *hex, const char *what, struct digest *out,
                                 struct error *err);

/* Base64, standard alphabet with padding, strict: no white space, no loose trailing bits. */
#define BASE64_SIZE(bytes) ((((bytes) + 2) / 3) * 4 + 1)
const char *base64_encode(const void *bytes, size_t size, char *out, size_t out_size);
MUST_CHECK bool base64_decode(const char *text, size_t text_size, void *out, size_t out_capacity,
                              size_t *out_size);

#endif
