/*
 * Keys in files. Secrets pass through stack buffers that are wiped, never through the heap.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "core/key_secret.h"

#define KEY_FILE_SIZE_MAX 512
#define SYMMETRIC_HEX_SIZE 65

static const char secret_prefix[] = "PRIVATE+KEY+";

/* A line that holds a secret. */
struct secret_line {
    char text[KEY_FILE_SIZE_MAX + 1];
};

static void secret_line_wipe(struct secret_line *line)
{
    sodium_memzero(line, sizeof(*line));
}

/* Reads until the end or the buffer is full; -1 with errno. */
static ssize_t read_all(int fd, char *out, size_t capacity)
{
    size_t size = 0;

    while (size < capacity) {
        ssize_t got = read(fd, out + size, capacity - size);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        size += (size_t)got;
    }
    return (ssize_t)size;
}

/* A file for its owner, or as systemd hands a credential over: to a group that an ACL names. */
static bool check_mode(int fd, const char *path, struct error *err)
{
    struct stat status;

    if (fstat(fd, &status) != 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot look at key file '%s'", path);
    return !S_ISREG(status.st_mode) || (status.st_mode & (S_IWGRP | S_IRWXO)) == 0 ||
           error_set(err, ERROR_REFUSED,
                     "key file '%s' is not for its owner alone (mode %04o): chmod 0400, and ask "
                     "who has read it",
                     path, (unsigned)status.st_mode & 07777);
}

/* The one line of a key file, without its newline. */
static bool read_line(const char *path, struct secret_line *out, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size;

    if (fd < 0)
        return error_set_errno(err, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_SYSTEM,
                               "cannot open key file '%s'", path);
    if (!check_mode(fd, path, err)) {
        close(fd);
        return false;
    }
    size = read_all(fd, out->text, KEY_FILE_SIZE_MAX);
    if (size < 0) {
        error_set_errno(err, ERROR_SYSTEM, "cannot read key file '%s'", path);
        close(fd);
        return false;
    }
    close(fd);
    if (size == KEY_FILE_SIZE_MAX)
        return error_set(err, ERROR_INPUT, "key file '%s' is too long for a key", path);
    if (size > 0 && out->text[size - 1] == '\n')
        size--;
    out->text[size] = '\0';
    if (strlen(out->text) != (size_t)size || strchr(out->text, '\n'))
        return error_set(err, ERROR_INPUT, "key file '%s' is not one line of text", path);
    return true;
}

static bool write_line(const char *path, const struct secret_line *line, struct error *err)
{
    return file_create(path, 0400, line->text, strlen(line->text), err);
}

/* ---------------------------------------------------------------------- signing keys' files */

/* Name and hash of "name+hash+base64"; `out_base64` points behind them. */
static bool split_key_line(const char *text, char out_name[KEY_NAME_SIZE], const char **out_base64)
{
    const char *plus = strchr(text, '+');

    if (!plus || plus - text >= KEY_NAME_SIZE || strlen(plus) < 10 || plus[9] != '+')
        return false;
    memcpy(out_name, text, (size_t)(plus - text));
    out_name[plus - text] = '\0';
    *out_base64 = plus + 10;
    return true;
}

static bool parse_key_line(const char *line, struct secret_key **out, struct error *err)
{
    CLEANUP(secret_line_wipe) struct secret_line seed = {{0}}; /* 0x01 ‖ seed */
    char name[KEY_NAME_SIZE];
    char hash[9];
    const char *base64;
    size_t size;
    struct secret_key *key;

    if (!text_starts_with(line, secret_prefix) ||
        !split_key_line(line + strlen(secret_prefix), name, &base64) ||
        !base64_decode(base64, strlen(base64), seed.text, 33, &size) || size != 33 ||
        seed.text[0] != KEY_TYPE_ED25519)
        return error_set(err, ERROR_INPUT, "not a key PRIVATE+KEY+name+hash+base64 of Ed25519");
    if (!key_from_seed(name, (const unsigned char *)seed.text + 1, &key, err))
        return false;
    snprintf(hash, sizeof(hash), "%08" PRIx32, key->public.id);
    if (strncmp(base64 - 9, hash, 8) != 0) {
        key_release(key);
        return error_set(err, ERROR_INPUT, "key '%s' does not have the hash that its file says",
                         name);
    }
    *out = key;
    return true;
}

bool key_read_file(const char *path, struct secret_key **out, struct error *err)
{
    CLEANUP(secret_line_wipe) struct secret_line line;

    if (!read_line(path, &line, err))
        return false;
    return parse_key_line(line.text, out, err) || error_prefix(err, "key file '%s': ", path);
}

bool key_write_file(const char *path, const struct secret_key *key, struct error *err)
{
    CLEANUP(secret_line_wipe) struct secret_line line;
    CLEANUP(secret_line_wipe) struct secret_line base64;
    CLEANUP(secret_line_wipe) struct secret_line seed;

    seed.text[0] = KEY_TYPE_ED25519;
    memcpy(seed.text + 1, key->expanded, 32);
    base64_encode(seed.text, 33, base64.text, sizeof(base64.text));
    snprintf(line.text, sizeof(line.text), "%s%s+%08" PRIx32 "+%.44s\n", secret_prefix,
             key->public.name, key->public.id, base64.text);
    return write_line(path, &line, err);
}

bool key_read_vkey_file(const char *path, struct public_key *out, struct error *err)
{
    struct text CLEANUP(text_release) line;

    text_init(&line);
    if (!file_read(path, VKEY_SIZE + 1, &line, err))
        return false;
    if (line.size > 0 && line.data[line.size - 1] == '\n')
        line.data[--line.size] = '\0';
    return key_parse_vkey(line.data, out, err) || error_prefix(err, "'%s': ", path);
}

bool key_read_vkey(const char *given, struct public_key *out, struct error *err)
{
    CLEANUP(text_release) struct text line;

    text_init(&line);
    if (!file_exists(given))
        return key_parse_vkey(given, out, err);
    if (!file_read(given, VKEY_SIZE, &line, err))
        return false;
    while (line.size > 0 && line.data[line.size - 1] == '\n')
        line.data[--line.size] = '\0';
    return key_parse_vkey(line.data, out, err) || error_prefix(err, "'%s': ", given);
}

/* -------------------------------------------------------------------- symmetric keys' files */

bool key_read_symmetric(const char *path, unsigned char **out_key, struct error *err)
{
    CLEANUP(secret_line_wipe) struct secret_line line;
    unsigned char *key;

    if (!read_line(path, &line, err))
        return false;
    key = sodium_malloc(32);
    if (!key)
        abort();
    if (!hex_decode(line.text, strlen(line.text), key, 32)) {
        sodium_free(key);
        return error_set(err, ERROR_INPUT, "key file '%s' does not hold 64 hex digits", path);
    }
    *out_key = key;
    return true;
}

bool key_create_symmetric(const char *path, struct error *err)
{
    CLEANUP(secret_line_wipe) struct secret_line line;
    CLEANUP(secret_line_wipe) struct secret_line key;

    randombytes_buf(key.text, 32);
    hex_encode(key.text, 32, line.text);
    memcpy(line.text + SYMMETRIC_HEX_SIZE - 1, "\n", 2);
    return write_line(path, &line, err);
}

void key_release_symmetric(unsigned char *key)
{
    sodium_free(key);
}
