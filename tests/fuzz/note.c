/*
 * Notes, checkpoints, cosignatures and verifier keys (core/note, core/checkpoint, core/key).
 *
 * What opens under our keys is a text that they signed; a note is its text, an empty line and its
 * lines; a checkpoint and a verifier key have one form.
 */
#include <assert.h>
#include <string.h>

#include "core/checkpoint.h"
#include "core/note.h"
#include "fuzz/fuzz.h"

#define SIGNED_MAX 3
#define COSIGNED_SECONDS 1793000000

const char *const fuzz_words[] = {
    "\n", "\n\n", "— ", "daybook.example/log ", "witness.example/w ", "0", "18446744073709551615",
    "=",  "+",    "\r", "\xe2\x80\xa8",         "\xc2\xa0",           " ", NULL};

static struct {
    struct secret_key *log, *witness;
    struct public_key keys[2]; /* the log's, the witness's as it cosigns */
    struct text texts[SIGNED_MAX];
} own;

static void set_up(void)
{
    static const uint64_t sizes[SIGNED_MAX] = {0, 21, UINT64_MAX};
    if (own.log != NULL)
        return;
    own.log = fuzz_key("daybook.example/log", 1);
    own.witness = fuzz_key("witness.example/w", 2);
    own.keys[0] = *key_public(own.log);
    own.keys[1] = key_cosigner(key_public(own.witness));
    for (size_t i = 0; i < SIGNED_MAX; i++) {
        struct checkpoint checkpoint = {
            .origin = "daybook.example/log", .size = sizes[i], .root = digest_of("r", i > 1)};
        text_init(&own.texts[i]);
        checkpoint_format(&checkpoint, &own.texts[i]);
    }
}

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    char vkey[VKEY_SIZE];
    set_up();
    for (size_t i = 0; i < SIGNED_MAX; i++) {
        struct text note CLEANUP(text_release);
        text_init(&note);
        note_sign(own.texts[i].data, own.log, &note);
        fuzz_add(corpus, note.data, note.size);
        note_cosign(slice_of(own.texts[i].data), own.witness, COSIGNED_SECONDS, &note);
        fuzz_add(corpus, note.data, note.size);
        text_append(&note, "— other+x AAAAAAECAwQ=\n");
        fuzz_add(corpus, note.data, note.size);
        fuzz_add(corpus, own.texts[i].data, own.texts[i].size);
    }
    fuzz_add_text(corpus, key_format_vkey(&own.keys[0], vkey));
    fuzz_add_text(corpus, key_format_vkey(&own.keys[1], vkey));
}

static bool was_signed(struct slice text)
{
    for (size_t i = 0; i < SIGNED_MAX; i++)
        if (slice_equals(text, own.texts[i].data))
            return true;
    return false;
}

static bool open_note(const char *bytes, size_t size)
{
    struct note note;
    struct text picked CLEANUP(text_release);
    struct error err;
    text_init(&picked);
    if (!note_open(bytes, size, own.keys, COUNT_OF(own.keys), &note, &err))
        return false;
    assert(was_signed(note.text) && note.verified_count > 0 && note.verified_count <= 2);
    for (size_t i = 0; i < note.verified_count; i++)
        assert(note.verified[i].time_seconds ==
               (note.verified[i].key->type == KEY_TYPE_COSIGNATURE ? COSIGNED_SECONDS : 0));
    assert(note_pick(bytes, size, own.keys, COUNT_OF(own.keys), &picked, &err));
    assert(note_open(picked.data, picked.size, own.keys, COUNT_OF(own.keys), &note, &err));
    return true;
}

/* The lines, put together again, are the note. */
static bool read_lines(const char *bytes, size_t size)
{
    static struct note_line lines[NOTE_SIGNATURES_MAX];
    struct text again CLEANUP(text_release);
    struct slice text, same;
    struct error err;
    size_t count;
    text_init(&again);
    bool is_note = note_read_lines(bytes, size, &text, lines, &count, &err);
    assert(note_read_unverified(bytes, size, &same, &err) == is_note);
    if (!is_note)
        return false;
    assert(slice_compare(text, same) == 0);
    text_append_n(&again, text.data, text.size);
    text_append_char(&again, '\n');
    for (size_t i = 0; i < count; i++)
        text_append_n(&again, lines[i].line.data, lines[i].line.size);
    assert(again.size == size && memcmp(again.data, bytes, size) == 0);
    return true;
}

static bool read_checkpoint(const char *bytes, size_t size)
{
    struct checkpoint checkpoint;
    struct text again CLEANUP(text_release);
    struct error err;
    text_init(&again);
    if (checkpoint_open(bytes, size, &own.keys[0], &checkpoint, &err))
        assert(strcmp(checkpoint.origin, own.keys[0].name) == 0);
    (void)!checkpoint_read_unverified(bytes, size, &checkpoint, &err);
    if (!checkpoint_parse(bytes, size, &checkpoint, &err))
        return false;
    checkpoint_format(&checkpoint, &again);
    assert(again.size == size && memcmp(again.data, bytes, size) == 0);
    return true;
}

static bool read_vkey(const char *bytes, size_t size)
{
    struct text vkey CLEANUP(text_release);
    char again[VKEY_SIZE];
    struct public_key key;
    struct error err;
    text_init(&vkey);
    text_append_n(&vkey, bytes, size);
    if (!key_parse_vkey(vkey.data, &key, &err))
        return false;
    assert(strcmp(key_format_vkey(&key, again), vkey.data) == 0);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    set_up();
    bool is_open = open_note(bytes, size), is_note = read_lines(bytes, size);
    bool is_checkpoint = read_checkpoint(bytes, size), is_vkey = read_vkey(bytes, size);
    assert(is_note || !is_open);
    if (is_note || is_checkpoint || is_vkey)
        fuzz_accept();
    return 0;
}
