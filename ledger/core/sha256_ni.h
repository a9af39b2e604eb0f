/*
 * SHA-256 (FIPS 180-4) by the SHA extensions of x86-64 processors, three to four times as fast as
 * libsodium's portable code. Inside core: everybody else calls core/digest.h, which takes libsodium
 * where the processor has no such instructions.
 */
#ifndef CORE_SHA256_NI_H
#define CORE_SHA256_NI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"

#define SHA256_BLOCK_SIZE 64

struct sha256_ni {
    uint32_t state[8];
    uint64_t size;                          /* bytes so far */
    unsigned char block[SHA256_BLOCK_SIZE]; /* begins with the size % 64 that wait for a full one */
};

/* This processor can; the functions below may be called only then. */
bool sha256_ni_is_there(void);
void sha256_ni_start(struct sha256_ni *hash);
void sha256_ni_add(struct sha256_ni *hash, const void *bytes, size_t size);
/* The same of two hashes at once, in less time. */
void sha256_ni_add_two(struct sha256_ni *a, const void *a_bytes, size_t a_size, struct sha256_ni *b,
                       const void *b_bytes, size_t b_size);
struct digest sha256_ni_finish(struct sha256_ni *hash);

/* A message that lies in a buffer with room for its padding, which is written behind it: without
 * the steps of a running hash. Leaves and nodes are that short. */
#define SHA256_SHORT_BUFFER (3 * SHA256_BLOCK_SIZE)
#define SHA256_SHORT_MAX (SHA256_SHORT_BUFFER - 9)
struct digest sha256_ni_short(unsigned char buffer[SHA256_SHORT_BUFFER], size_t size);
/* Two of one size at once, in little more time than one: the instructions are waited for. */
void sha256_ni_two(unsigned char buffers[2][SHA256_SHORT_BUFFER], size_t size,
                   struct digest out[2]);

/* For tests, which must see both: what core_init() chooses by the processor. */
void digest_use_extensions(bool use);

#endif
