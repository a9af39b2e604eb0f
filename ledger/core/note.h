/*
 * C2SP signed-note: a text and signature lines; and C2SP tlog-cosignature (cosignature/v1), the
 * line that a witness adds, with the time at which it had seen nothing greater.
 *
 * Strict: split at the last blank line, UTF-8 without control characters but newline, canonical
 * base64; a line of an unknown key is ignored, one of a known key that fails rejects the whole
 * note; the same (name, id) twice in a note or in the keys is refused.
 */
#ifndef CORE_NOTE_H
#define CORE_NOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "core/key.h"

#define NOTE_SIZE_MAX (1 << 20)
#define NOTE_SIGNATURES_MAX 100

struct note_signature {
    const struct public_key *key; /* of the keys given */
    uint64_t time_seconds;        /* cosignature/v1; 0 for plain signatures */
};

/* A signature line as it stands, known or not. */
struct note_line {
    struct slice line; /* with its newline; into the bytes that were read */
    struct slice name;
    uint32_t id;
};

struct note {
    struct slice text; /* with its final newline; into the bytes that were opened */
    size_t verified_count;
    struct note_signature verified[NOTE_SIGNATURES_MAX];
};

/* ERROR_INPUT malformed, ERROR_SIGNATURE a known key's line that fails, or none verified. */
MUST_CHECK bool note_open(const char *bytes, size_t size, const struct public_key *keys,
                          size_t key_count, struct note *out, struct error *err);
/* The text of a well-formed note, whoever signed it. ERROR_INPUT malformed. */
MUST_CHECK bool note_read_unverified(const char *bytes, size_t size, struct slice *out_text,
                                     struct error *err);
/* Its signature lines in their order. ERROR_INPUT malformed. */
MUST_CHECK bool note_read_lines(const char *bytes, size_t size, struct slice *out_text,
                                struct note_line out_lines[NOTE_SIGNATURES_MAX], size_t *out_count,
                                struct error *err);
/* Appends the note with only these keys' lines, which are not verified here. */
MUST_CHECK bool note_pick(const char *bytes, size_t size, const struct public_key *keys,
                          size_t key_count, struct text *out, struct error *err);
/* text ends in a newline; appends text, blank line and one signature line. */
void note_sign(const char *text, const struct secret_key *key, struct text *out);
/* Appends the cosignature line alone; the key signs as key_cosigner() names it. */
void note_cosign(struct slice text, const struct secret_key *key, uint64_t time_seconds,
                 struct text *out);

#endif
