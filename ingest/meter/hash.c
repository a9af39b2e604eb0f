#include "meter/hash.h"

#include <sodium.h>
#include <string.h>

#include "base/number.h"

_Static_assert(crypto_shorthash_siphash24_KEYBYTES == HASH_KEY_SIZE, "SipHash has a 128-bit key");
_Static_assert(crypto_shorthash_siphashx24_BYTES == HASH_LONG_SIZE, "SipHash-128");

uint64_t hash_short(const unsigned char key[HASH_KEY_SIZE], const void *bytes, size_t size)
{
    unsigned char hash[crypto_shorthash_siphash24_BYTES];
    crypto_shorthash_siphash24(hash, bytes, size, key);
    return bytes_get_u64(hash);
}

void hash_long(const unsigned char key[HASH_KEY_SIZE], const void *bytes, size_t size,
               unsigned char out[HASH_LONG_SIZE])
{
    crypto_shorthash_siphashx24(out, bytes, size, key);
}

static uint64_t word_at(const unsigned char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

/* Up to eight bytes; with their number, which is hashed too, no two are the same word. */
static uint64_t word_of(const unsigned char *bytes, size_t size)
{
    uint32_t first, last;
    if (size >= 4) {
        memcpy(&first, bytes, sizeof first);
        memcpy(&last, bytes + size - sizeof last, sizeof last);
        return (uint64_t)first << 32 | last;
    }
    return size == 0 ? 0
                     : (uint64_t)bytes[0] << 16 | (uint64_t)bytes[size / 2] << 8 | bytes[size - 1];
}

/* The two halves of the 128-bit product. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    uint128 product = (uint128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t hash_mix(const unsigned char key[HASH_KEY_SIZE], uint64_t hash, const void *bytes,
                  size_t size)
{
    const unsigned char *at = bytes;
    const uint64_t first = word_at(key);
    const uint64_t second = word_at(key + 8);
    size_t left = size;
    for (; left > 16; at += 16, left -= 16)
        hash = fold(word_at(at) ^ first ^ hash, word_at(at + 8) ^ second);
    uint64_t low = left > 8 ? word_at(at) : word_of(at, left);
    uint64_t high = left > 8 ? word_at(at + left - 8) : 0;
    return fold(low ^ first ^ hash, high ^ second ^ size * UINT64_C(0x9e3779b97f4a7c15));
}
