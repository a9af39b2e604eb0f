/*
 * Signed notes. Source: C2SP signed-note.md and tlog-cosignature.md.
 */
#include "core/note.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/number.h"

static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a space begin a signature line */
static const char cosignature_head[] = "cosignature/v1\n";

#define ID_SIZE 4
#define TIME_SIZE 8

/* A signature line taken apart. */
struct line {
    struct slice text; /* with its newline */
    struct slice name;
    uint32_t id;
    const unsigned char *signature; /* behind the id */
    size_t signature_size;
};

/* A note taken apart; `memory` holds the decoded signatures. */
struct parts {
    struct slice text;
    size_t count;
    struct line lines[NOTE_SIGNATURES_MAX];
    unsigned char *memory;
};

static void parts_release(struct parts *parts)
{
    free(parts->memory);
}

/* --------------------------------------------------------------------------------- parsing */

static bool check_bytes(const char *bytes, size_t size, struct error *err)
{
    if (size > NOTE_SIZE_MAX)
        return error_set(err, ERROR_INPUT, "a note of %zu bytes is longer than %d", size,
                         NOTE_SIZE_MAX);
    if (!utf8_is_valid(bytes, size))
        return error_set(err, ERROR_INPUT, "a note is not UTF-8");
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)bytes[i] < 0x20 && bytes[i] != '\n')
            return error_set(err, ERROR_INPUT, "a note has control character 0x%02x at byte %zu",
                             (unsigned)bytes[i], i);
    return true;
}

/* Splits at the last blank line; both sides end in a newline. */
static bool split(const char *bytes, size_t size, struct slice *out_text, struct slice *out_lines,
                  struct error *err)
{
    for (size_t i = size; i-- > 1;) {
        if (bytes[i] != '\n' || bytes[i - 1] != '\n')
            continue;
        *out_text = (struct slice){bytes, i};
        *out_lines = (struct slice){bytes + i + 1, size - i - 1};
        if (out_lines->size == 0 || bytes[size - 1] != '\n')
            return error_set(err, ERROR_INPUT, "a note does not end in a signature line");
        return true;
    }
    return error_set(err, ERROR_INPUT, "a note has no blank line before its signatures");
}

/* `text` is "— name base64" without its newline; decodes to `memory`. */
static bool parse_line(struct slice text, unsigned char *memory, struct line *out,
                       struct error *err)
{
    const char *name = text.data + strlen(dash);
    const char *space;
    size_t size;

    if (text.size < strlen(dash) || memcmp(text.data, dash, strlen(dash)) != 0)
        return error_set(err, ERROR_INPUT, "a note's signature line does not begin with a dash");
    space = memchr(name, ' ', text.size - strlen(dash));
    if (!space)
        return error_set(err, ERROR_INPUT, "a note's signature line has no signature");
    if (!key_check_name(name, (size_t)(space - name), err))
        return false;
    if (!base64_decode(space + 1, (size_t)(text.data + text.size - space - 1), memory, text.size,
                       &size) ||
        size <= ID_SIZE)
        return error_set(err, ERROR_INPUT, "signature line of '%.*s' is not canonical base64",
                         (int)(space - name), name);
    out->text = (struct slice){text.data, text.size + 1};
    out->name = (struct slice){name, (size_t)(space - name)};
    out->id = bytes_get_u32(memory);
    out->signature = memory + ID_SIZE;
    out->signature_size = size - ID_SIZE;
    return true;
}

static bool same_signer(const struct line *a, const struct line *b)
{
    return a->id == b->id && slice_compare(a->name, b->name) == 0;
}

static bool add_line(struct parts *parts, struct slice text, unsigned char *memory,
                     struct error *err)
{
    struct line *line = &parts->lines[parts->count];

    if (parts->count == NOTE_SIGNATURES_MAX)
        return error_set(err, ERROR_INPUT, "a note has more than %d signatures",
                         NOTE_SIGNATURES_MAX);
    if (!parse_line(text, memory, line, err))
        return false;
    for (size_t i = 0; i < parts->count; i++)
        if (same_signer(&parts->lines[i], line))
            return error_set(err, ERROR_INPUT, "a note is signed twice by '%.*s'",
                             (int)line->name.size, line->name.data);
    parts->count++;
    return true;
}

static bool take_apart(const char *bytes, size_t size, struct parts *parts, struct error *err)
{
    struct slice lines = {NULL, 0};

    if (!check_bytes(bytes, size, err) || !split(bytes, size, &parts->text, &lines, err))
        return false;
    parts->memory = memory_alloc(lines.size); /* base64 is longer than what it stands for */
    while (lines.size > 0) {
        const char *end = memchr(lines.data, '\n', lines.size);
        struct slice line = {lines.data, (size_t)(end - lines.data)};
        size_t offset = size - lines.size - (size_t)(parts->text.size + 1);

        if (!add_line(parts, line, parts->memory + offset, err))
            return false;
        lines.data += line.size + 1;
        lines.size -= line.size + 1;
    }
    return true;
}

/* -------------------------------------------------------------------------------- checking */

static bool same_key(const struct public_key *a, const struct public_key *b)
{
    return a->id == b->id && strcmp(a->name, b->name) == 0;
}

static bool check_keys(const struct public_key *keys, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (same_key(&keys[i], &keys[j]))
                return error_set(err, ERROR_INPUT,
                                 "key %s+%08" PRIx32 " is given twice: which is meant is unclear",
                                 keys[i].name, keys[i].id);
    return true;
}

static const struct public_key *find_key(const struct public_key *keys, size_t count,
                                         const struct line *line)
{
    for (size_t i = 0; i < count; i++)
        if (keys[i].id == line->id && slice_equals(line->name, keys[i].name))
            return &keys[i];
    return NULL;
}

static bool verify_plain(const struct line *line, const struct public_key *key, struct slice text)
{
    struct signature signature;

    if (line->signature_size != SIGNATURE_SIZE)
        return false;
    memcpy(signature.bytes, line->signature, SIGNATURE_SIZE);
    return key_verify(key->bytes, text.data, text.size, &signature);
}

/* What a cosigner signs at a time, of a note's text. */
static void cosigned_message(struct slice text, uint64_t time_seconds, struct text *out)
{
    text_printf(out, "%stime %" PRIu64 "\n", cosignature_head, time_seconds);
    text_append_n(out, text.data, text.size);
}

static bool verify_cosignature(const struct line *line, const struct public_key *key,
                               struct slice text, uint64_t *out_time)
{
    CLEANUP(text_release) struct text message;
    struct signature signature;
    uint64_t time;

    text_init(&message);
    if (line->signature_size != TIME_SIZE + SIGNATURE_SIZE)
        return false;
    time = bytes_get_u64(line->signature);
    if (time > INT64_MAX)
        return false;
    memcpy(signature.bytes, line->signature + TIME_SIZE, SIGNATURE_SIZE);
    cosigned_message(text, time, &message);
    *out_time = time;
    return key_verify(key->bytes, message.data, message.size, &signature);
}

static bool verify_line(const struct line *line, const struct public_key *key, struct slice text,
                        struct note_signature *out)
{
    out->key = key;
    out->time_seconds = 0;
    if (key->type == KEY_TYPE_COSIGNATURE)
        return verify_cosignature(line, key, text, &out->time_seconds);
    return verify_plain(line, key, text);
}

bool note_open(const char *bytes, size_t size, const struct public_key *keys, size_t key_count,
               struct note *out, struct error *err)
{
    CLEANUP(parts_release) struct parts parts = {.memory = NULL};
    struct note note = {.verified_count = 0};

    if (!check_keys(keys, key_count, err) || !take_apart(bytes, size, &parts, err))
        return false;
    for (size_t i = 0; i < parts.count; i++) {
        const struct public_key *key = find_key(keys, key_count, &parts.lines[i]);

        if (!key)
            continue;
        if (!verify_line(&parts.lines[i], key, parts.text, &note.verified[note.verified_count]))
            return error_set(err, ERROR_SIGNATURE, "the signature of '%s' on a note is wrong",
                             key->name);
        note.verified_count++;
    }
    if (note.verified_count == 0)
        return error_set(err, ERROR_SIGNATURE, "a note has no signature by a known key");
    note.text = parts.text;
    *out = note;
    return true;
}

bool note_read_unverified(const char *bytes, size_t size, struct slice *out_text, struct error *err)
{
    CLEANUP(parts_release) struct parts parts = {.memory = NULL};

    if (!take_apart(bytes, size, &parts, err))
        return false;
    *out_text = parts.text;
    return true;
}

bool note_read_lines(const char *bytes, size_t size, struct slice *out_text,
                     struct note_line out_lines[NOTE_SIGNATURES_MAX], size_t *out_count,
                     struct error *err)
{
    CLEANUP(parts_release) struct parts parts = {.memory = NULL};

    if (!take_apart(bytes, size, &parts, err))
        return false;
    for (size_t i = 0; i < parts.count; i++)
        out_lines[i] =
            (struct note_line){parts.lines[i].text, parts.lines[i].name, parts.lines[i].id};
    *out_text = parts.text;
    *out_count = parts.count;
    return true;
}

bool note_pick(const char *bytes, size_t size, const struct public_key *keys, size_t key_count,
               struct text *out, struct error *err)
{
    CLEANUP(parts_release) struct parts parts = {.memory = NULL};

    if (!take_apart(bytes, size, &parts, err))
        return false;
    text_append_n(out, parts.text.data, parts.text.size);
    text_append_char(out, '\n');
    for (size_t i = 0; i < parts.count; i++)
        if (find_key(keys, key_count, &parts.lines[i]))
            text_append_n(out, parts.lines[i].text.data, parts.lines[i].text.size);
    return true;
}

/* --------------------------------------------------------------------------------- signing */

/* "— name base64(id ‖ signature)" */
static void append_line(const struct public_key *key, unsigned char *bytes, size_t size,
                        struct text *out)
{
    char base64[BASE64_SIZE(ID_SIZE + TIME_SIZE + SIGNATURE_SIZE)];

    bytes_put_u32(bytes, key->id);
    text_printf(out, "%s%s %s\n", dash, key->name,
                base64_encode(bytes, size, base64, sizeof(base64)));
}

void note_sign(const char *text, const struct secret_key *key, struct text *out)
{
    unsigned char bytes[ID_SIZE + SIGNATURE_SIZE];
    struct signature signature;
    size_t size = strlen(text);

    assert(size > 0 && text[size - 1] == '\n');
    key_sign(key, text, size, &signature);
    memcpy(bytes + ID_SIZE, signature.bytes, SIGNATURE_SIZE);
    text_append(out, text);
    text_append_char(out, '\n');
    append_line(key_public(key), bytes, sizeof(bytes), out);
}

void note_cosign(struct slice text, const struct secret_key *key, uint64_t time_seconds,
                 struct text *out)
{
    CLEANUP(text_release) struct text message;
    const struct public_key cosigner = key_cosigner(key_public(key));
    unsigned char bytes[ID_SIZE + TIME_SIZE + SIGNATURE_SIZE];
    struct signature signature;

    assert(text.size > 0 && text.data[text.size - 1] == '\n' && time_seconds <= INT64_MAX);
    text_init(&message);
    cosigned_message(text, time_seconds, &message);
    key_sign(key, message.data, message.size, &signature);
    bytes_put_u64(bytes + ID_SIZE, time_seconds);
    memcpy(bytes + ID_SIZE + TIME_SIZE, signature.bytes, SIGNATURE_SIZE);
    append_line(&cosigner, bytes, sizeof(bytes), out);
}
