#include "base/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/text.h"

#define PROGRESS_INTERVAL_US (2 * SECOND_US)

static const char *const level_words[] = {
    [LOG_LEVEL_DEBUG] = "debug",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARNING] = "warning",
    [LOG_LEVEL_ERROR] = "error",
};

enum form { FORM_TEXT, FORM_JSON };

static const char *const form_words[] = {[FORM_TEXT] = "text", [FORM_JSON] = "json"};

/* Written by log_open() before there are threads, only read afterwards. */
static struct {
    const char *program;
    enum log_level level_min;
    bool json;
} settings = {.program = "daybook", .level_min = LOG_LEVEL_INFO};

/* Which of the words a variable says; `fallback` when it is not set or says none of them. */
static size_t word_of_environment(const char *name, const char *const *words, size_t count,
                                  size_t fallback)
{
    const char *word = getenv(name);
    if (word == NULL || *word == '\0')
        return fallback;
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return i;
    log_warning("%s: '%.40s' is not known; '%s' holds", name, word, words[fallback]);
    return fallback;
}

void log_open(const char *program)
{
    settings.program = program;
    settings.json = word_of_environment("DAYBOOK_LOG_FORMAT", form_words, COUNT_OF(form_words),
                                        FORM_TEXT) == FORM_JSON;
    settings.level_min = (enum log_level)word_of_environment("DAYBOOK_LOG_LEVEL", level_words,
                                                             COUNT_OF(level_words), LOG_LEVEL_INFO);
}

/* A JSON string (RFC 8259). Bytes that are not UTF-8 become '?': a line must always parse. */
static void append_json(struct text *line, const char *words)
{
    size_t size = strlen(words);
    bool valid = utf8_is_valid(words, size);
    text_append_char(line, '"');
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)words[i];
        if (c == '"' || c == '\\')
            text_printf(line, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            text_printf(line, "\\u%04x", c);
        else
            text_append_char(line, c < 0x80 || valid ? words[i] : '?');
    }
    text_append_char(line, '"');
}

/* Control characters must not steer a terminal or pretend to be another line. */
static void append_plain(struct text *line, const char *words)
{
    for (; *words != '\0'; words++) {
        unsigned char c = (unsigned char)*words;
        text_append_char(line, c < 0x20 || c == 0x7F ? ' ' : *words);
    }
}

static void append_line(struct text *line, enum log_level level, const char *message)
{
    char now[INSTANT_TEXT_SIZE];
    instant_format(instant_now(), now);
    if (settings.json) {
        text_printf(line, "{\"time\":\"%s\",\"level\":\"%s\",\"program\":", now,
                    level_words[level]);
        append_json(line, settings.program);
        text_append(line, ",\"message\":");
        append_json(line, message);
        text_append(line, "}\n");
    } else {
        text_printf(line, "%s %s %s: ", now, settings.program, level_words[level]);
        append_plain(line, message);
        text_append_char(line, '\n');
    }
}

static void log_arguments(enum log_level level, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void log_arguments(enum log_level level, const char *format, va_list arguments)
{
    if (level < settings.level_min)
        return;
    char message[2048];
    (void)vsnprintf(message, sizeof message, format, arguments);
    struct text CLEANUP(text_release) line;
    text_init(&line);
    append_line(&line, level, message);
    /* One write, so that lines of several threads and processes stay whole. Nobody could be told
     * of a failure. */
    ssize_t written = write(STDERR_FILENO, line.data, line.size);
    (void)written;
}

void log_debug(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_arguments(LOG_LEVEL_DEBUG, format, arguments);
    va_end(arguments);
}

void log_info(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_arguments(LOG_LEVEL_INFO, format, arguments);
    va_end(arguments);
}

void log_warning(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_arguments(LOG_LEVEL_WARNING, format, arguments);
    va_end(arguments);
}

void log_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    log_arguments(LOG_LEVEL_ERROR, format, arguments);
    va_end(arguments);
}

/* Whether a line is due. What is new, or begins again, gets its first one after an interval. */
static bool progress_is_due(const char *what, long long done)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char current[64];
    static long long done_before;
    static int64_t due_us;
    int64_t now_us = instant_monotonic();
    pthread_mutex_lock(&lock);
    bool fresh = strncmp(current, what, sizeof current - 1) != 0 || done < done_before;
    bool due = !fresh && now_us >= due_us;
    if (fresh)
        (void)snprintf(current, sizeof current, "%s", what);
    if (fresh || due)
        due_us = now_us + PROGRESS_INTERVAL_US;
    done_before = done;
    pthread_mutex_unlock(&lock);
    return due;
}

void log_library(const char *library, const char *format, va_list arguments)
{
    char words[1024];
    (void)vsnprintf(words, sizeof words, format, arguments);
    log_info("%s: %.*s", library, (int)strcspn(words, "\n"), words);
}

void log_progress(const char *what, long long done, long long total)
{
    if (!progress_is_due(what, done))
        return;
    if (total > 0)
        log_info("%s %lld of %lld", what, done, total);
    else
        log_info("%s %lld", what, done);
}
