#include "base/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* What `data` points at before anything was appended; its capacity of 0 says: never write, never
 * free. */
static char nothing[1];

void text_init(struct text *text)
{
    *text = (struct text){.data = nothing};
}

void text_release(struct text *text)
{
    if (text->capacity > 0)
        free(text->data);
    text_init(text);
}

void text_clear(struct text *text)
{
    if (text->capacity == 0)
        text_init(text);
    else
        text->data[0] = '\0';
    text->size = 0;
}

/* Room for `more` bytes and the final zero. */
static void text_reserve(struct text *text, size_t more)
{
    size_t wanted;
    if (more < text->capacity - text->size)
        return;
    if (__builtin_add_overflow(text->size, more, &wanted) ||
        __builtin_add_overflow(wanted, (size_t)1, &wanted))
        abort();
    char *memory = text->capacity > 0 ? text->data : NULL;
    text->data = memory_grow(memory, &text->capacity, wanted, 1);
}

void text_append(struct text *text, const char *string)
{
    text_append_n(text, string, strlen(string));
}

void text_append_n(struct text *text, const void *bytes, size_t size)
{
    text_reserve(text, size);
    if (size > 0)
        memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void text_append_char(struct text *text, char c)
{
    text_append_n(text, &c, 1);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    assert(size >= 0);
    text_reserve(text, (size_t)size);
    va_start(arguments, format);
    (void)vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
    va_end(arguments);
    text->size += (size_t)size;
}

int slice_compare(struct slice a, struct slice b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

void hex_encode(const void *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *in = bytes;
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = digits[in[i] >> 4];
        out[2 * i + 1] = digits[in[i] & 15];
    }
    out[2 * size] = '\0';
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool hex_decode(const char *hex, size_t hex_size, void *out_bytes, size_t size)
{
    if (hex_size % 2 != 0 || hex_size / 2 != size)
        return false;
    for (size_t i = 0; i < hex_size; i++)
        if (hex_digit(hex[i]) < 0)
            return false;
    unsigned char *out = out_bytes;
    for (size_t i = 0; i < size; i++)
        out[i] = (unsigned char)(hex_digit(hex[2 * i]) * 16 + hex_digit(hex[2 * i + 1]));
    return true;
}

/* RFC 3629, section 4, as a table: what may follow a lead byte. The second byte's range is what
 * keeps out overlong forms, surrogates and everything above U+10FFFF. */
static const struct utf8_form {
    unsigned char lead_min, lead_max, second_min, second_max;
    size_t size;
} utf8_forms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/* Size of the character that starts here and is not ASCII; 0 when it is not one. */
static size_t utf8_character(const unsigned char *in, size_t left)
{
    for (size_t i = 0; i < COUNT_OF(utf8_forms); i++) {
        const struct utf8_form *form = &utf8_forms[i];
        if (in[0] < form->lead_min || in[0] > form->lead_max)
            continue;
        if (left < form->size || in[1] < form->second_min || in[1] > form->second_max)
            return 0;
        for (size_t k = 2; k < form->size; k++)
            if ((in[k] & 0xC0) != 0x80)
                return 0;
        return form->size;
    }
    return 0;
}

bool utf8_is_valid(const char *bytes, size_t size)
{
    const unsigned char *in = (const unsigned char *)bytes;
    for (size_t at = 0; at < size;) {
        size_t step = in[at] < 0x80 ? 1 : utf8_character(in + at, size - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

bool text_starts_with(const char *string, const char *prefix)
{
    return strncmp(string, prefix, strlen(prefix)) == 0;
}

bool text_ends_with(const char *string, const char *suffix)
{
    size_t size = strlen(string);
    size_t suffix_size = strlen(suffix);
    return size >= suffix_size && memcmp(string + size - suffix_size, suffix, suffix_size) == 0;
}
