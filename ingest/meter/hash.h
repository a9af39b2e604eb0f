/*
 * Short keyed hashes: identities and meanings by SipHash-2-4, tables that strangers fill by a
 * faster one.
 */
#ifndef METER_HASH_H
#define METER_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_KEY_SIZE 16
#define HASH_LONG_SIZE 16

uint64_t hash_short(const unsigned char key[HASH_KEY_SIZE], const void *bytes, size_t size);
/* Goes on from `hash` (any value at first) with one value: for tables in memory, which may change
 * it at any time. Keyed as well, so that strangers do not choose what collides. */
uint64_t hash_mix(const unsigned char key[HASH_KEY_SIZE], uint64_t hash, const void *bytes,
                  size_t size);
/* 128 bits. */
void hash_long(const unsigned char key[HASH_KEY_SIZE], const void *bytes, size_t size,
               unsigned char out[HASH_LONG_SIZE]);

#endif
