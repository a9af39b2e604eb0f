/*
 * Short keyed hashes (SipHash-2-4): identities, meanings, tables that strangers fill.
 */
#ifndef METER_HASH_H
#define METER_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_KEY_SIZE 16
#define HASH_LONG_SIZE 16

uint64_t hash_short(const unsigned char key[HASH_KEY_SIZE], const void *bytes, size_t size);
/* 128 bits. */
void hash_long(const unsigned char key[HASH_KEY_SIZE], const void *bytes, size_t size,
               unsigned char out[HASH_LONG_SIZE]);

#endif
