/*
 * SHA-256 by the SHA extensions of x86-64.
 *
 * Two registers hold the state as the instructions want it, ABEF and CDGH. Four rounds at a time
 * take four words of the schedule, and four words follow from the sixteen before them, so a block
 * is sixteen steps of four rounds over a ring of four registers.
 *
 * Source: Intel, "Intel SHA Extensions" (2013), and FIPS 180-4.
 */
#include "core/sha256_ni.h"

#include <assert.h>
#include <string.h>

static const uint32_t first_state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define WITH_EXTENSIONS __attribute__((target("sha,sse4.1,ssse3")))

#define LEAF_FEATURES 1
#define LEAF_EXTENDED_FEATURES 7
#define ECX_SSSE3 (1U << 9)
#define ECX_SSE41 (1U << 19)
#define EBX_SHA (1U << 29)

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

bool sha256_ni_is_there(void)
{
    unsigned a, b, c, d;
    if (__get_cpuid(LEAF_FEATURES, &a, &b, &c, &d) == 0 || (c & ECX_SSSE3) == 0 ||
        (c & ECX_SSE41) == 0)
        return false;
    return __get_cpuid_count(LEAF_EXTENDED_FEATURES, 0, &a, &b, &c, &d) != 0 && (b & EBX_SHA) != 0;
}

/* The four words of the schedule that follow these sixteen. */
WITH_EXTENSIONS static inline __m128i next_words(__m128i w0, __m128i w4, __m128i w8, __m128i w12)
{
    __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w4), _mm_alignr_epi8(w12, w8, 4));
    return _mm_sha256msg2_epu32(sum, w12);
}

WITH_EXTENSIONS static inline void four_rounds(__m128i *abef, __m128i *cdgh, __m128i words,
                                               const uint32_t *constants)
{
    __m128i sum = _mm_add_epi32(words, _mm_loadu_si128((const __m128i *)(const void *)constants));
    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, sum);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

WITH_EXTENSIONS static inline __m128i load_words(const unsigned char *bytes)
{
    const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    return _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)bytes), big_endian);
}

/* One message on its way through a block. */
struct lane {
    __m128i abef, cdgh;
    __m128i w[4]; /* the ring */
};

WITH_EXTENSIONS static inline void first_rounds(struct lane *lane, const unsigned char *block,
                                                unsigned i)
{
    lane->w[i] = load_words(block + (size_t)i * 16);
    four_rounds(&lane->abef, &lane->cdgh, lane->w[i], &round_constants[i * 4]);
}

WITH_EXTENSIONS static inline void next_rounds(struct lane *lane, unsigned i)
{
    __m128i *w = lane->w;
    w[i % 4] = next_words(w[i % 4], w[(i + 1) % 4], w[(i + 2) % 4], w[(i + 3) % 4]);
    four_rounds(&lane->abef, &lane->cdgh, w[i % 4], &round_constants[(size_t)i * 4]);
}

WITH_EXTENSIONS static inline void one_block(struct lane *lane, const unsigned char *block)
{
    const __m128i abef_before = lane->abef, cdgh_before = lane->cdgh;
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++)
        first_rounds(lane, block, i);
#pragma GCC unroll 12
    for (unsigned i = 4; i < 16; i++)
        next_rounds(lane, i);
    lane->abef = _mm_add_epi32(lane->abef, abef_before);
    lane->cdgh = _mm_add_epi32(lane->cdgh, cdgh_before);
}

/* A block of each of two messages: an instruction of one runs while the other's is awaited. */
WITH_EXTENSIONS static inline void two_blocks(struct lane lanes[2], const unsigned char *a,
                                              const unsigned char *b)
{
    const struct lane before[2] = {lanes[0], lanes[1]};
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++) {
        first_rounds(&lanes[0], a, i);
        first_rounds(&lanes[1], b, i);
    }
#pragma GCC unroll 12
    for (unsigned i = 4; i < 16; i++) {
        next_rounds(&lanes[0], i);
        next_rounds(&lanes[1], i);
    }
#pragma GCC unroll 2
    for (unsigned i = 0; i < 2; i++) {
        lanes[i].abef = _mm_add_epi32(lanes[i].abef, before[i].abef);
        lanes[i].cdgh = _mm_add_epi32(lanes[i].cdgh, before[i].cdgh);
    }
}

WITH_EXTENSIONS static inline void lane_load(struct lane *lane, const uint32_t state[8])
{
    const __m128i *memory = (const __m128i *)(const void *)state;
    __m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128(&memory[0]), 0xb1);
    __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(&memory[1]), 0x1b);
    lane->abef = _mm_alignr_epi8(cdab, efgh, 8);
    lane->cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
}

WITH_EXTENSIONS static inline void lane_store(const struct lane *lane, uint32_t state[8])
{
    __m128i *memory = (__m128i *)(void *)state;
    __m128i feba = _mm_shuffle_epi32(lane->abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(lane->cdgh, 0xb1);
    _mm_storeu_si128(&memory[0], _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128(&memory[1], _mm_alignr_epi8(dchg, feba, 8));
}

WITH_EXTENSIONS static void add_blocks(uint32_t state[8], const unsigned char *bytes, size_t count)
{
    struct lane lane;
    lane_load(&lane, state);
    for (size_t i = 0; i < count; i++)
        one_block(&lane, bytes + i * SHA256_BLOCK_SIZE);
    lane_store(&lane, state);
}

WITH_EXTENSIONS static void add_blocks_of_two(uint32_t states[2][8], const unsigned char *a,
                                              const unsigned char *b, size_t count)
{
    struct lane lanes[2];
    lane_load(&lanes[0], states[0]);
    lane_load(&lanes[1], states[1]);
    for (size_t i = 0; i < count * SHA256_BLOCK_SIZE; i += SHA256_BLOCK_SIZE)
        two_blocks(lanes, a + i, b + i);
    lane_store(&lanes[0], states[0]);
    lane_store(&lanes[1], states[1]);
}

#else

bool sha256_ni_is_there(void)
{
    return false;
}

static void add_blocks(uint32_t state[8], const unsigned char *bytes, size_t count)
{
    (void)state, (void)bytes, (void)count;
    assert(!"this processor has no SHA extensions");
}

static void add_blocks_of_two(uint32_t states[2][8], const unsigned char *a, const unsigned char *b,
                              size_t count)
{
    add_blocks(states[0], a, count);
    add_blocks(states[1], b, count);
}

#endif

void sha256_ni_start(struct sha256_ni *hash)
{
    memcpy(hash->state, first_state, sizeof hash->state);
    hash->size = 0;
}

/* Goes on with the block that waits to be full; how many bytes it took. None waits then, or all
 * were taken. */
static size_t fill_block(struct sha256_ni *hash, const unsigned char *bytes, size_t size)
{
    size_t waiting = hash->size % SHA256_BLOCK_SIZE;
    size_t room = SHA256_BLOCK_SIZE - waiting;
    size_t taken = size < room ? size : room;
    if (waiting == 0 || size == 0)
        return 0; /* `bytes` may be NULL */
    memcpy(hash->block + waiting, bytes, taken);
    hash->size += taken;
    if (taken == room)
        add_blocks(hash->state, hash->block, 1);
    return taken;
}

void sha256_ni_add(struct sha256_ni *hash, const void *bytes, size_t size)
{
    size_t taken = fill_block(hash, bytes, size);
    if (taken == size)
        return;
    const unsigned char *rest = (const unsigned char *)bytes + taken;
    size_t left = size - taken;
    hash->size += left;
    add_blocks(hash->state, rest, left / SHA256_BLOCK_SIZE);
    memcpy(hash->block, rest + left / SHA256_BLOCK_SIZE * SHA256_BLOCK_SIZE,
           left % SHA256_BLOCK_SIZE);
}

/* As many whole blocks of each as both have. */
static size_t add_of_both(struct sha256_ni *a, const unsigned char *a_bytes, size_t a_size,
                          struct sha256_ni *b, const unsigned char *b_bytes, size_t b_size)
{
    uint32_t states[2][8];
    size_t count = (a_size < b_size ? a_size : b_size) / SHA256_BLOCK_SIZE;
    memcpy(states[0], a->state, sizeof states[0]);
    memcpy(states[1], b->state, sizeof states[1]);
    add_blocks_of_two(states, a_bytes, b_bytes, count);
    memcpy(a->state, states[0], sizeof states[0]);
    memcpy(b->state, states[1], sizeof states[1]);
    a->size += count * SHA256_BLOCK_SIZE;
    b->size += count * SHA256_BLOCK_SIZE;
    return count * SHA256_BLOCK_SIZE;
}

void sha256_ni_add_two(struct sha256_ni *a, const void *a_bytes, size_t a_size, struct sha256_ni *b,
                       const void *b_bytes, size_t b_size)
{
    size_t a_taken = fill_block(a, a_bytes, a_size);
    size_t b_taken = fill_block(b, b_bytes, b_size);
    if (a_taken < a_size && b_taken < b_size) {
        size_t both = add_of_both(a, (const unsigned char *)a_bytes + a_taken, a_size - a_taken, b,
                                  (const unsigned char *)b_bytes + b_taken, b_size - b_taken);
        a_taken += both;
        b_taken += both;
    }
    sha256_ni_add(a, (const unsigned char *)a_bytes + a_taken, a_size - a_taken);
    sha256_ni_add(b, (const unsigned char *)b_bytes + b_taken, b_size - b_taken);
}

static void put_u32(unsigned char *out, uint32_t value)
{
    uint32_t big_endian = __builtin_bswap32(value); /* x86 is little-endian */
    memcpy(out, &big_endian, sizeof big_endian);
}

/* Pads the message's last bytes in place; returns how many blocks they are now. */
static size_t pad(unsigned char *last, size_t size, uint64_t message_size)
{
    size_t blocks = (size + 1 + sizeof(uint64_t) + SHA256_BLOCK_SIZE - 1) / SHA256_BLOCK_SIZE;
    unsigned char *end = last + blocks * SHA256_BLOCK_SIZE;
    last[size] = 0x80;
    memset(last + size + 1, 0, (size_t)(end - last) - size - 1);
    put_u32(end - 8, (uint32_t)(message_size >> 29));
    put_u32(end - 4, (uint32_t)(message_size << 3));
    return blocks;
}

static struct digest digest_of_state(const uint32_t state[8])
{
    struct digest digest;
    for (unsigned i = 0; i < 8; i++)
        put_u32(digest.bytes + i * 4, state[i]);
    return digest;
}

struct digest sha256_ni_finish(struct sha256_ni *hash)
{
    unsigned char last[2 * SHA256_BLOCK_SIZE];
    size_t waiting = hash->size % SHA256_BLOCK_SIZE;
    memcpy(last, hash->block, waiting);
    add_blocks(hash->state, last, pad(last, waiting, hash->size));
    struct digest digest = digest_of_state(hash->state);
    explicit_bzero(hash, sizeof *hash); /* salts are hashed, too */
    explicit_bzero(last, waiting);
    return digest;
}

struct digest sha256_ni_short(unsigned char buffer[SHA256_SHORT_BUFFER], size_t size)
{
    uint32_t state[8];
    assert(size <= SHA256_SHORT_MAX);
    memcpy(state, first_state, sizeof state);
    add_blocks(state, buffer, pad(buffer, size, size));
    return digest_of_state(state);
}

void sha256_ni_two(unsigned char buffers[2][SHA256_SHORT_BUFFER], size_t size, struct digest out[2])
{
    uint32_t states[2][8];
    assert(size <= SHA256_SHORT_MAX);
    memcpy(states[0], first_state, sizeof states[0]);
    memcpy(states[1], first_state, sizeof states[1]);
    size_t blocks = pad(buffers[0], size, size);
    (void)pad(buffers[1], size, size);
    add_blocks_of_two(states, buffers[0], buffers[1], blocks);
    out[0] = digest_of_state(states[0]);
    out[1] = digest_of_state(states[1]);
}
