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

static inline void short_copy(unsigned char *out, const char *bytes, size_t size)
{
    if (size > 16) {
        memcpy(out, bytes, size);
    } else if (size >= 8) {
        uint64_t first = short_word(bytes);
        uint64_t last = short_word(bytes + size - 8);
        memcpy(out, &first, 8);
        memcpy(out + size - 8, &last, 8);
    } else {
        for (size_t i = 0; i < size; i++)
            out[i] = (unsigned char)bytes[i];
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
    for (size_t i = 0; i < size; i++)
        if (x[i] != y[i])
            return false;
    return true;
}

#endif
