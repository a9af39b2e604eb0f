#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    int exit_status;
} error_codes[] = {
    [ERROR_NONE] = {"none", 0},           [ERROR_INPUT] = {"input", 2},
    [ERROR_NOT_FOUND] = {"not_found", 1}, [ERROR_CONFLICT] = {"conflict", 1},
    [ERROR_SIGNATURE] = {"signature", 1}, [ERROR_HALT] = {"halt", 3},
    [ERROR_BUSY] = {"busy", 75},          [ERROR_UNKNOWN] = {"unknown", 1},
    [ERROR_REFUSED] = {"refused", 1},     [ERROR_SYSTEM] = {"system", 1},
};

/* The place behind `message` where a last character that was cut in two begins, else its end. */
static size_t whole_characters(const char *message, size_t size)
{
    size_t start = size;
    while (start > 0 && size - start < 3 && ((unsigned char)message[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return size;
    unsigned char lead = (unsigned char)message[start - 1];
    size_t wanted = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    return size - start + 1 < wanted ? start - 1 : size;
}

/* One line whatever the words came from: a terminal or a log must not be steered by an input. */
static void message_set(struct error *err, const char *message, size_t cut_at)
{
    size_t size = strlen(message);
    if (size >= cut_at)
        size = whole_characters(message, size);
    while (size > 0 && (message[size - 1] == '\n' || message[size - 1] == '\r'))
        size--;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)message[i];
        err->message[i] = c < 0x20 || c == 0x7F ? ' ' : message[i];
    }
    err->message[size] = '\0';
}

bool error_set(struct error *err, enum error_code code, const char *format, ...)
{
    assert(err != NULL && code != ERROR_NONE);
    char message[ERROR_MESSAGE_SIZE]; /* apart: an argument may be err->message */
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    err->code = code;
    message_set(err, message, sizeof message - 1);
    return false;
}

bool error_set_errno(struct error *err, enum error_code code, const char *format, ...)
{
    int number = errno;
    char message[ERROR_MESSAGE_SIZE];
    char reason[128];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(err, code, "%s: %s", message, strerror_r(number, reason, sizeof reason));
}

bool error_prefix(struct error *err, const char *format, ...)
{
    assert(err != NULL && err->code != ERROR_NONE);
    char prefix[ERROR_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    return error_set(err, err->code, "%s%s", prefix, err->message);
}

const char *error_code_word(enum error_code code)
{
    assert((size_t)code < COUNT_OF(error_codes));
    return error_codes[code].word;
}

int error_exit_status(enum error_code code)
{
    assert((size_t)code < COUNT_OF(error_codes));
    return error_codes[code].exit_status;
}
