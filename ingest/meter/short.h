/*
 * Bytes of which there are few, as names and values of events mostly are: a call of memcpy() or
 * memcmp() for a size that is not known beforehand costs more than they do.
 */
#ifndef METER_SHORT_H
#define METER_SHORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t short_word(const void *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

static inline uint32_t short_half(const void *bytes)
{
    uint32_t half;
    memcpy(&half, bytes, sizeof half);
    return half;
}

/* Two words that overlap have all of it: no loop, whose end would be guessed wrongly. */
static inline void short_copy(unsigned char *out, const char *bytes, size_t size)
{
    if (size > 16) {
        memcpy(out, bytes, size);
    } else if (size >= 8) {
        uint64_t first = short_word(bytes);
        uint64_t last = short_word(bytes + size - 8);
        memcpy(out, &first, 8);
        memcpy(out + size - 8, &last, 8);
    } else if (size >= 4) {
        uint32_t first = short_half(bytes);
        uint32_t last = short_half(bytes + size - 4);
        memcpy(out, &first, 4);
        memcpy(out + size - 4, &last, 4);
    } else if (size > 0) {
        out[0] = (unsigned char)bytes[0];
        out[size / 2] = (unsigned char)bytes[size / 2];
        out[size - 1] = (unsigned char)bytes[size - 1];
    }
}

static inline bool short_equals(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a;
    const unsigned char *y = b;
    if (size > 16)
        return memcmp(a, b, size) == 0;
    if (size >= 8)
        return short_word(x) == short_word(y) &&
               short_word(x + size - 8) == short_word(y + size - 8);
    if (size >= 4)
        return short_half(x) == short_half(y) &&
               short_half(x + size - 4) == short_half(y + size - 4);
    return size == 0 || (x[0] == y[0] && x[size / 2] == y[size / 2] && x[size - 1] == y[size - 1]);
}

#endif
