/*
 * What went wrong, in one line for a person, with a code for the caller.
 *
 * A function that can fail returns bool, takes `struct error *err` last and leaves its
 * outputs alone when it fails. The code says what the *caller* can do; the message says
 * what was wrong, with what, and where it helps what to do. Only programs print it.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/compiler.h"

#define ERROR_MESSAGE_SIZE 1024 /* bytes, with the final zero; longer messages are cut */

enum error_code {
    ERROR_NONE,
    ERROR_INPUT,     /* what was given is wrong: refuse it */
    ERROR_NOT_FOUND, /* what was named does not exist */
    ERROR_CONFLICT,  /* somebody else wrote first, or two facts contradict: stop, look again */
    ERROR_SIGNATURE, /* a proof or a signature does not hold: stop, call a human */
    ERROR_HALT,      /* going on would lose, repeat or fork something: stop, call a human */
    ERROR_BUSY,      /* try again */
    ERROR_UNKNOWN,   /* COMMIT was not answered: it may or may not have happened; drop state */
    ERROR_REFUSED,   /* not allowed, or not allowed yet */
    ERROR_SYSTEM,    /* file, network, memory, database: the message has the system's words */
};

struct error {
    enum error_code code;
    char message[ERROR_MESSAGE_SIZE];
};

/* Always false, so that a function can end with `return error_set(err, ERROR_INPUT, …)`. */
bool error_set(struct error *err, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same with the words for errno at the end: "cannot open 'x': No such file or directory". */
bool error_set_errno(struct error *err, enum error_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* Puts words before a message that a callee has set: "FILE:3: " + message. Always false. */
bool error_prefix(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* "input", "conflict" …: the word for logs and JSON. */
const char *error_code_word(enum error_code code);
/* The exit status of a program that ends with this error: 2 input and usage, 75 busy, 3 halt,
 * else 1. */
int error_exit_status(enum error_code code);

#endif
