/*
 * What a program says while it runs: one line a message on stderr, as text for people or as
 * JSON lines for machines (DAYBOOK_LOG_FORMAT=json). No secrets, no bodies of events.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdarg.h>

#include "base/compiler.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

/* DAYBOOK_LOG_FORMAT (text | json) and DAYBOOK_LOG_LEVEL (debug | info | warning | error); another
 * word is warned of, and the default holds. (DAYBOOK_LOG is the option --log, the log's number.) */
void log_open(const char *program);
void log_debug(const char *format, ...) PRINTF_LIKE(1, 2);
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warning(const char *format, ...) PRINTF_LIKE(1, 2);
void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
/* What a library says by itself, in the form of all other lines; `library` before it. */
void log_library(const char *library, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));
/* A line at most every 2 s, for whatever takes longer: "audit: entries 120000 of 250000". */
void log_progress(const char *what, long long done, long long total);

#endif
