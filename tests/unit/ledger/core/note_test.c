#include "testing.h"

#include "base/number.h"
#include "core/note.h"

static const char text[] = "origin\n1\nroot\n";

static struct secret_key *key_of(const char *name, unsigned char seed_byte)
{
    unsigned char seed[32] = {seed_byte};
    struct secret_key *key;
    struct error err;

    assert_ok(key_from_seed(name, seed, &key, &err));
    return key;
}

static void opens_what_it_signed(void **state)
{
    struct secret_key *key = key_of("example.org/log", 1);
    struct note note;
    struct text signed_note;
    struct slice read;
    struct error err;

    (void)state;
    text_init(&signed_note);
    note_sign(text, key, &signed_note);
    assert_ok(note_open(signed_note.data, signed_note.size, key_public(key), 1, &note, &err));
    assert_int_equal(note.verified_count, 1);
    assert_ptr_equal(note.verified[0].key, key_public(key));
    assert_true(slice_equals(note.text, text));
    assert_ok(note_read_unverified(signed_note.data, signed_note.size, &read, &err));
    assert_true(slice_equals(read, text));
    text_release(&signed_note);
    key_release(key);
}

static void every_changed_bit_is_refused(void **state)
{
    struct secret_key *key = key_of("example.org/log", 1);
    struct text signed_note;
    struct note note;
    struct error err;

    (void)state;
    text_init(&signed_note);
    note_sign(text, key, &signed_note);
    for (size_t bit = 0; bit < signed_note.size * 8; bit++) {
        signed_note.data[bit / 8] = (char)(signed_note.data[bit / 8] ^ 1 << bit % 8);
        if (note_open(signed_note.data, signed_note.size, key_public(key), 1, &note, &err))
            fail_msg("bit %zu of a note can be changed", bit);
        signed_note.data[bit / 8] = (char)(signed_note.data[bit / 8] ^ 1 << bit % 8);
    }
    for (size_t size = 0; size < signed_note.size; size++)
        assert_false(note_open(signed_note.data, size, key_public(key), 1, &note, &err));
    text_release(&signed_note);
    key_release(key);
}

/* A cosignature line by hand, of whatever text and under whatever name. */
static void append_cosignature(struct text *out, const char *of, const struct secret_key *key,
                               const struct public_key *as, uint64_t time)
{
    unsigned char bytes[76];
    char base64[BASE64_SIZE(sizeof(bytes))];
    struct signature signature;
    struct text message;

    text_init(&message);
    text_printf(&message, "cosignature/v1\ntime %llu\n%s", (unsigned long long)time, of);
    key_sign(key, message.data, message.size, &signature);
    bytes_put_u32(bytes, as->id);
    bytes_put_u64(bytes + 4, time);
    memcpy(bytes + 12, signature.bytes, SIGNATURE_SIZE);
    text_printf(out, "\xe2\x80\x94 %s %s\n", as->name,
                base64_encode(bytes, sizeof(bytes), base64, sizeof(base64)));
    text_release(&message);
}

/* The verifier key of type 0x04 for a key of type 0x01. */
static struct public_key cosigner_of(const struct secret_key *key)
{
    struct public_key cosigner = *key_public(key);
    unsigned char typed[33] = {KEY_TYPE_COSIGNATURE};
    struct digest digest;

    memcpy(typed + 1, cosigner.bytes, 32);
    digest = digest_of3(cosigner.name, strlen(cosigner.name), "\n", 1, typed, sizeof(typed));
    cosigner.type = KEY_TYPE_COSIGNATURE;
    cosigner.id = bytes_get_u32(digest.bytes);
    return cosigner;
}

static void reads_the_time_of_a_cosignature(void **state)
{
    struct secret_key *log = key_of("example.org/log", 1);
    struct secret_key *witness = key_of("example.org/witness", 2);
    struct public_key keys[2] = {*key_public(log), cosigner_of(witness)};
    struct text bytes;
    struct note note;
    struct error err;

    (void)state;
    text_init(&bytes);
    note_sign(text, log, &bytes);
    append_cosignature(&bytes, text, witness, &keys[1], 1791806400);
    assert_ok(note_open(bytes.data, bytes.size, keys, 2, &note, &err));
    assert_int_equal(note.verified_count, 2);
    assert_int_equal(note.verified[0].time_seconds, 0);
    assert_int_equal(note.verified[1].time_seconds, 1791806400);

    text_clear(&bytes); /* another text than the one that was cosigned */
    note_sign(text, log, &bytes);
    append_cosignature(&bytes, "origin\n2\nroot\n", witness, &keys[1], 1791806400);
    assert_refused(note_open(bytes.data, bytes.size, keys, 2, &note, &err), ERROR_SIGNATURE);

    text_clear(&bytes); /* a time of 2^63 and more */
    note_sign(text, log, &bytes);
    append_cosignature(&bytes, text, witness, &keys[1], UINT64_C(1) << 63);
    assert_refused(note_open(bytes.data, bytes.size, keys, 2, &note, &err), ERROR_SIGNATURE);
    text_release(&bytes);
    key_release(log);
    key_release(witness);
}

static void cosigns_as_one_would_by_hand_and_finds_the_line_again(void **state)
{
    struct secret_key *log = key_of("example.org/log", 1);
    struct secret_key *witness = key_of("example.org/witness", 2);
    struct public_key by_hand = cosigner_of(witness), made = key_cosigner(key_public(witness));
    struct note_line lines[NOTE_SIGNATURES_MAX];
    struct text bytes, line;
    struct slice read;
    struct error err;
    size_t count;

    (void)state;
    assert_memory_equal(&made, &by_hand, sizeof(made));
    text_init(&bytes);
    text_init(&line);
    append_cosignature(&line, text, witness, &by_hand, INT64_MAX);
    note_sign(text, log, &bytes);
    note_cosign(slice_of(text), witness, INT64_MAX, &bytes);
    assert_ok(note_read_lines(bytes.data, bytes.size, &read, lines, &count, &err));
    assert_true(slice_equals(read, text) && count == 2);
    assert_true(slice_equals(lines[1].line, line.data));
    assert_true(slice_equals(lines[1].name, "example.org/witness") && lines[1].id == by_hand.id);
    assert_ptr_equal(lines[0].line.data + lines[0].line.size, lines[1].line.data);
    assert_refused(note_read_lines(bytes.data, bytes.size - 1, &read, lines, &count, &err),
                   ERROR_INPUT);
    text_release(&bytes);
    text_release(&line);
    key_release(log);
    key_release(witness);
}

static void a_line_of_a_stranger_is_ignored_but_must_be_well_formed(void **state)
{
    struct secret_key *log = key_of("example.org/log", 1);
    struct secret_key *stranger = key_of("example.org/stranger", 3);
    struct text bytes;
    struct note note;
    struct error err;

    (void)state;
    text_init(&bytes);
    note_sign(text, log, &bytes);
    append_cosignature(&bytes, "nothing", stranger, key_public(stranger), 1);
    assert_ok(note_open(bytes.data, bytes.size, key_public(log), 1, &note, &err));
    assert_int_equal(note.verified_count, 1);
    assert_refused(note_open(bytes.data, bytes.size, NULL, 0, &note, &err), ERROR_SIGNATURE);
    text_append(&bytes, "\xe2\x80\x94 example.org/other AAA\n");
    assert_refused(note_open(bytes.data, bytes.size, key_public(log), 1, &note, &err), ERROR_INPUT);
    text_release(&bytes);
    key_release(log);
    key_release(stranger);
}

static void a_false_line_of_a_known_key_rejects_the_whole_note(void **state)
{
    struct secret_key *log = key_of("example.org/log", 1);
    struct secret_key *other = key_of("example.org/other", 3);
    struct secret_key *thief = key_of("example.org/other", 4);
    struct public_key keys[2] = {*key_public(log), *key_public(other)};
    struct text bytes, line;
    struct note note;
    struct error err;

    (void)state;
    text_init(&bytes);
    text_init(&line);
    note_sign(text, log, &bytes);
    note_sign(text, thief, &line);
    text_append(&bytes, line.data + strlen(text) + 1);
    assert_ok(note_open(bytes.data, bytes.size, keys, 2, &note, &err)); /* another id: a stranger */
    keys[1].id = key_public(thief)->id;
    assert_refused(note_open(bytes.data, bytes.size, keys, 2, &note, &err), ERROR_SIGNATURE);
    text_release(&bytes);
    text_release(&line);
    key_release(log);
    key_release(other);
    key_release(thief);
}

static void refuses_a_signer_or_a_key_that_is_there_twice(void **state)
{
    struct secret_key *log = key_of("example.org/log", 1);
    struct public_key keys[2] = {*key_public(log), *key_public(log)};
    struct text bytes, line;
    struct note note;
    struct error err;

    (void)state;
    text_init(&bytes);
    text_init(&line);
    note_sign(text, log, &bytes);
    assert_refused(note_open(bytes.data, bytes.size, keys, 2, &note, &err), ERROR_INPUT);
    note_sign(text, log, &line);
    text_append(&bytes, line.data + strlen(text) + 1);
    text_release(&line);
    assert_refused(note_open(bytes.data, bytes.size, keys, 1, &note, &err), ERROR_INPUT);
    text_release(&bytes);
    key_release(log);
}

static void splits_at_the_last_blank_line(void **state)
{
    static const char blank[] = "a\n\nb\n";
    struct secret_key *log = key_of("example.org/log", 1);
    struct text bytes;
    struct note note;
    struct error err;

    (void)state;
    text_init(&bytes);
    note_sign(blank, log, &bytes);
    assert_ok(note_open(bytes.data, bytes.size, key_public(log), 1, &note, &err));
    assert_true(slice_equals(note.text, blank));
    text_release(&bytes);
    key_release(log);
}

static void refuses_malformed_notes(void **state)
{
    static const char *const wrong[] = {
        "",
        "\n",
        "\n\n",
        "a",
        "a\n",
        "a\n\n",
        "a\n\nb\n",
        "a\n\n\xe2\x80\x94\n",
        "a\n\n\xe2\x80\x94 \n",
        "a\n\n\xe2\x80\x94 name\n",
        "a\n\n\xe2\x80\x94 name \n",
        "a\n\n\xe2\x80\x94 name AAAA\n",
        "a\n\n\xe2\x80\x94 name AAAAAA==",
        "a\n\n\xe2\x80\x94 na+me AAAAAAA=\n",
        "a\n\n\xe2\x80\x94  AAAAAAA=\n",
        "a\n\n- name AAAAAAA=\n",
        "a\n\n\xe2\x80\x94 name AAAAAAB=\n",
        "a\n\n\xe2\x80\x94 name AAAAAAA= \n",
        "a\n\n\xe2\x80\x94 name AAAAAAA=\n\n",
        "a\r\n\n\xe2\x80\x94 name AAAAAAA=\n",
        "\xff\n\n\xe2\x80\x94 name AAAAAAA=\n",
    };
    static const char strange[] =
        "a\n\n\xe2\x80\x94 name AAAAAAA=\n"; /* well-formed, no known key */
    struct secret_key *log = key_of("name", 1);
    struct note note;
    struct slice read;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_refused(note_open(wrong[i], strlen(wrong[i]), key_public(log), 1, &note, &err),
                       ERROR_INPUT);
        assert_refused(note_read_unverified(wrong[i], strlen(wrong[i]), &read, &err), ERROR_INPUT);
    }
    assert_refused(note_open(strange, strlen(strange), key_public(log), 1, &note, &err),
                   ERROR_SIGNATURE);
    key_release(log);
}

static void refuses_notes_beyond_the_limits(void **state)
{
    struct secret_key *log = key_of("name", 1);
    struct text bytes;
    struct note note;
    struct error err;

    (void)state;
    text_init(&bytes);
    note_sign(text, log, &bytes);
    for (int i = 0; i < NOTE_SIGNATURES_MAX - 1; i++)
        text_printf(&bytes, "\xe2\x80\x94 name%d AAAAAAA=\n", i);
    assert_ok(note_open(bytes.data, bytes.size, key_public(log), 1, &note, &err));
    text_append(&bytes, "\xe2\x80\x94 more AAAAAAA=\n");
    assert_refused(note_open(bytes.data, bytes.size, key_public(log), 1, &note, &err), ERROR_INPUT);
    text_clear(&bytes);
    while (bytes.size <= NOTE_SIZE_MAX)
        text_append(&bytes, "0123456789012345678901234567890123456789\n");
    note_sign(text, log, &bytes);
    assert_refused(note_open(bytes.data, bytes.size, key_public(log), 1, &note, &err), ERROR_INPUT);
    text_release(&bytes);
    key_release(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_it_signed),
        cmocka_unit_test(every_changed_bit_is_refused),
        cmocka_unit_test(reads_the_time_of_a_cosignature),
        cmocka_unit_test(cosigns_as_one_would_by_hand_and_finds_the_line_again),
        cmocka_unit_test(a_line_of_a_stranger_is_ignored_but_must_be_well_formed),
        cmocka_unit_test(a_false_line_of_a_known_key_rejects_the_whole_note),
        cmocka_unit_test(refuses_a_signer_or_a_key_that_is_there_twice),
        cmocka_unit_test(splits_at_the_last_blank_line),
        cmocka_unit_test(refuses_malformed_notes),
        cmocka_unit_test(refuses_notes_beyond_the_limits),
    };

    return run_with_core(tests);
}
