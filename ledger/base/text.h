/*
 * Text: growing buffers, hex, UTF-8.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/compiler.h"

/* Bytes of somebody else's; not zero-terminated. */
struct slice {
    const char *data;
    size_t size;
};

/* A growing buffer; `data` always ends in a zero that `size` does not count. */
struct text {
    char *data;
    size_t size;
    size_t capacity;
};

void text_init(struct text *text);
void text_release(struct text *text);
void text_clear(struct text *text);
void text_append(struct text *text, const char *string);
void text_append_n(struct text *text, const void *bytes, size_t size);
void text_append_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);

static inline struct slice slice_of(const char *string)
{
    return (struct slice){string, strlen(string)};
}
static inline bool slice_equals(struct slice slice, const char *string)
{
    size_t size = strlen(string);
    return slice.size == size && (size == 0 || memcmp(slice.data, string, size) == 0);
}
/* Bytewise, the shorter first: memcmp order that all sorted bytes of the book use. */
int slice_compare(struct slice a, struct slice b);

/* Lower-case hex; out has 2 × size + 1 bytes. */
void hex_encode(const void *bytes, size_t size, char *out);
/* Exactly `size` bytes from 2 × size lower-case digits; false for anything else. */
MUST_CHECK bool hex_decode(const char *hex, size_t hex_size, void *out_bytes, size_t size);

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool utf8_is_valid(const char *bytes, size_t size);
bool text_starts_with(const char *string, const char *prefix);
bool text_ends_with(const char *string, const char *suffix);

#endif
