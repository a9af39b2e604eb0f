#include "meter/hash.h"

#include <sodium.h>

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
