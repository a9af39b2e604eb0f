/*
 * The published vectors of signatures, notes and a whole log in tests/vectors; what they are and
 * where they come from stands in its README. Says how many there were of each.
 */
#include "testing.h"

#include "base/number.h"
#include "core/checkpoint.h"
#include "core/note.h"
#include "core/tile.h"
#include "core/tree.h"

/* --------------------------------------------------------------------------------------- notes */

static size_t read_keys(const json_t *vkeys, struct public_key *out, size_t capacity)
{
    struct error err;

    assert_true(json_array_size(vkeys) <= capacity);
    for (size_t i = 0; i < json_array_size(vkeys); i++)
        assert_ok(key_parse_vkey(json_string_value(json_array_get(vkeys, i)), &out[i], &err));
    return json_array_size(vkeys);
}

/* Sigsum's witness has the seed 17, 0 …: its line comes out byte for byte. */
static void check_cosigning(const char *bytes, const struct public_key *cosigner)
{
    const unsigned char seed[32] = {17};
    struct note_line lines[NOTE_SIGNATURES_MAX];
    struct secret_key *key;
    struct slice text;
    struct text line;
    struct error err;
    size_t count;

    assert_ok(key_from_seed(cosigner->name, seed, &key, &err));
    assert_ok(note_read_lines(bytes, strlen(bytes), &text, lines, &count, &err));
    text_init(&line);
    note_cosign(text, key, 1234, &line);
    assert_true(count == 1 && slice_equals(lines[0].line, line.data));
    text_release(&line);
    key_release(key);
}

/* Each key may open the note alone, too; a changed text opens under none. */
static void check_good_note(const json_t *vector)
{
    const char *bytes = member_text(vector, "note");
    struct public_key keys[8];
    size_t count = read_keys(json_object_get(vector, "vkeys"), keys, COUNT_OF(keys));
    struct text changed;
    struct note note;
    struct error err;

    assert_ok(note_open(bytes, strlen(bytes), keys, count, &note, &err));
    assert_int_equal(note.verified_count, count);
    text_init(&changed);
    text_append(&changed, bytes);
    changed.data[0] ^= 1;
    for (size_t i = 0; i < count; i++) {
        assert_ok(note_open(bytes, strlen(bytes), &keys[i], 1, &note, &err));
        assert_refused(note_open(changed.data, changed.size, &keys[i], 1, &note, &err),
                       ERROR_SIGNATURE);
        if (keys[i].type == KEY_TYPE_COSIGNATURE) {
            assert_int_equal(note.verified[0].time_seconds, 1234);
            check_cosigning(bytes, &keys[i]);
        }
    }
    text_release(&changed);
}

static size_t check_malformed_notes(const json_t *vectors)
{
    struct public_key key;
    struct note note;
    struct error err;
    json_t *vector;
    size_t index;

    assert_ok(key_parse_vkey("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
                             &key, &err));
    json_array_foreach (vectors, index, vector) {
        const char *bytes = member_text(vector, "note");

        if (note_open(bytes, strlen(bytes), &key, 1, &note, &err))
            fail_msg("malformed note '%s' was opened", member_text(vector, "name"));
        assert_int_equal(err.code, ERROR_INPUT);
    }
    return index;
}

static size_t check_bad_keys(const json_t *vkeys)
{
    struct public_key key;
    struct error err;
    json_t *vkey;
    size_t index;

    json_array_foreach (vkeys, index, vkey)
        assert_refused(key_parse_vkey(json_string_value(vkey), &key, &err), ERROR_INPUT);
    return index;
}

/* "PRIVATE+KEY+name+hash+base64" without a file. */
static struct secret_key *secret_of(const char *line)
{
    const char *name = line + strlen("PRIVATE+KEY+");
    const char *plus = strchr(name, '+');
    unsigned char typed[33];
    char name_text[KEY_NAME_SIZE];
    struct secret_key *key;
    struct error err;
    size_t size;

    assert_non_null(plus);
    snprintf(name_text, sizeof(name_text), "%.*s", (int)(plus - name), name);
    assert_true(base64_decode(plus + 10, strlen(plus + 10), typed, sizeof(typed), &size));
    assert_int_equal(size, sizeof(typed));
    assert_ok(key_from_seed(name_text, typed + 1, &key, &err));
    return key;
}

static void check_signing(const json_t *vector)
{
    struct secret_key *key = secret_of(member_text(vector, "skey"));
    struct text signed_note, wanted;

    text_init(&signed_note);
    text_init(&wanted);
    note_sign(member_text(vector, "text"), key, &signed_note);
    text_printf(&wanted, "%s\n%s", member_text(vector, "text"), member_text(vector, "want"));
    assert_string_equal(signed_note.data, wanted.data);
    text_release(&signed_note);
    text_release(&wanted);
    key_release(key);
}

static void notes_and_keys_are_judged_as_published(void **state)
{
    json_t *vectors = vector_json("notes/signed-note-vectors.json");
    size_t index, good = 0, malformed = 0, bad_keys = 0, signers = 0;
    json_t *vector;

    (void)state;
    json_array_foreach (vectors, index, vector) {
        if (json_object_get(vector, "expect")) {
            check_good_note(vector);
            good++;
        } else if (json_object_get(vector, "notes")) {
            malformed += check_malformed_notes(json_object_get(vector, "notes"));
        } else if (json_object_get(vector, "vkeys")) {
            bad_keys += check_bad_keys(json_object_get(vector, "vkeys"));
        } else {
            check_signing(vector);
            signers++;
        }
    }
    print_message("# notes: %zu good, %zu malformed, %zu bad keys, %zu signed again\n", good,
                  malformed, bad_keys, signers);
    assert_true(good == 4 && malformed == 7 && bad_keys == 2 && signers == 1);
    json_decref(vectors);
}

/* -------------------------------------------------------------------------- a log of 15 entries */

/* The test key that its makers published with the log (build_log.sh in tessera's testdata). */
static const char tessera_key[] =
    "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";

#define TESSERA_ENTRIES 15

/* Leaf hashes from the entry bundle of the whole log. */
static void read_bundle(struct tree_memory *memory)
{
    struct text bundle = vector_bytes("tessera-log/tile/entries/000.p/15");
    const unsigned char *bytes = (const unsigned char *)bundle.data;

    for (size_t at = 0; at < bundle.size;) {
        size_t size = bytes_get_u16(bytes + at);
        struct digest hash;

        assert_true(at + 2 + size <= bundle.size);
        hash = tree_leaf_hash(bytes + at + 2, size);
        tree_memory_append(memory, &hash);
        at += 2 + size;
    }
    assert_int_equal(memory->size, TESSERA_ENTRIES);
    text_release(&bundle);
}

static void check_checkpoint(const struct secret_key *key, const struct tree_memory *memory,
                             uint64_t size)
{
    char name[64];
    struct text note, again;
    struct checkpoint checkpoint;
    struct digest root = tree_memory_root(memory, size);
    struct error err;

    snprintf(name, sizeof(name), "tessera-log/checkpoint.%d", (int)size);
    note = vector_bytes(name);
    text_init(&again);
    assert_ok(checkpoint_open(note.data, note.size, key_public(key), &checkpoint, &err));
    assert_true(checkpoint.size == size);
    assert_digest(checkpoint.root, root);
    checkpoint_sign(&checkpoint, key, &again);
    assert_string_equal(again.data, note.data);
    text_release(&note);
    text_release(&again);
}

/* The tile that a tree of this size has; the file holds exactly the leaf hashes. */
static void check_tile(const struct tree_memory *memory, unsigned width)
{
    struct tile tile = {.level = 0, .number = 0, .width = width};
    char path[TILE_PATH_SIZE];
    char name[TILE_PATH_SIZE + 16];
    struct text bytes;

    snprintf(name, sizeof(name), "tessera-log/%s", tile_path(&tile, path));
    bytes = vector_bytes(name);
    assert_int_equal(bytes.size, width * DIGEST_SIZE);
    assert_memory_equal(bytes.data, memory->levels[0], bytes.size);
    text_release(&bytes);
}

static void check_bundle(unsigned width)
{
    struct tile tile = {.level = TILE_ENTRIES, .number = 0, .width = width};
    char path[TILE_PATH_SIZE];
    char name[TILE_PATH_SIZE + 16];
    struct text whole = vector_bytes("tessera-log/tile/entries/000.p/15");
    struct text bytes;

    snprintf(name, sizeof(name), "tessera-log/%s", tile_path(&tile, path));
    bytes = vector_bytes(name);
    assert_true(bytes.size <= whole.size);
    assert_memory_equal(bytes.data, whole.data, bytes.size);
    text_release(&bytes);
    text_release(&whole);
}

static void the_log_of_another_program_is_reproduced_byte_for_byte(void **state)
{
    struct secret_key *key = secret_of(tessera_key);
    struct tree_memory memory;

    (void)state;
    tree_memory_init(&memory);
    read_bundle(&memory);
    for (uint64_t size = 0; size <= TESSERA_ENTRIES; size++)
        check_checkpoint(key, &memory, size);
    for (unsigned width = 1; width <= TESSERA_ENTRIES; width++) {
        check_tile(&memory, width);
        check_bundle(width);
    }
    print_message("# tessera-log: 16 checkpoints signed again, 15 tiles, 15 bundles\n");
    tree_memory_release(&memory);
    key_release(key);
}

/* ------------------------------------------------------------------------------------- Ed25519 */

/* The way the book checks a signature of an outsider: the key first, then the signature. */
static bool verify_hex(const json_t *test, const char *signature_name, const unsigned char key[32],
                       const void *message, size_t size)
{
    const char *hex = member_text(test, signature_name);
    struct signature signature;

    return strlen(hex) == 2 * SIGNATURE_SIZE &&
           hex_decode(hex, strlen(hex), signature.bytes, SIGNATURE_SIZE) &&
           key_verify(key, message, size, &signature);
}

static void wycheproof_signatures_are_judged_as_published(void **state)
{
    json_t *vectors = vector_json("ed25519/wycheproof-ed25519_test.json");
    json_t *group, *test;
    size_t i, j, valid = 0, invalid = 0;

    (void)state;
    json_array_foreach (json_object_get(vectors, "testGroups"), i, group) {
        unsigned char key[32];

        member_hex(json_object_get(group, "publicKey"), "pk", key, sizeof(key));
        json_array_foreach (json_object_get(group, "tests"), j, test) {
            unsigned char message[4096];
            size_t size = member_hex(test, "msg", message, sizeof(message));
            bool right = strcmp(member_text(test, "result"), "valid") == 0;

            if (verify_hex(test, "sig", key, message, size) != right)
                fail_msg("Wycheproof %d", (int)member_number(test, "tcId"));
            *(right ? &valid : &invalid) += 1;
        }
    }
    print_message("# wycheproof: %zu valid, %zu invalid\n", valid, invalid);
    assert_int_equal(valid + invalid, 151);
    json_decref(vectors);
}

static bool has_flag(const json_t *test, const char *flag)
{
    json_t *item;
    size_t index;

    json_array_foreach (json_object_get(test, "flags"), index, item)
        if (strcmp(json_string_value(item), flag) == 0)
            return true;
    return false;
}

/* Verifiers of the world disagree on these. Ours: no key of low order, no other encoding, no
 * component of low order in a key that is loaded; R neither of low order nor oddly encoded. */
static void hostile_points_are_refused(void **state)
{
    json_t *vectors = vector_json("ed25519/cctv-ed25519vectors.json");
    size_t index, accepted = 0, keys_refused = 0;
    json_t *test;

    (void)state;
    json_array_foreach (vectors, index, test) {
        const char *message = member_text(test, "msg");
        unsigned char key[32];
        struct error err;
        bool key_is_good, verified;

        member_hex(test, "key", key, sizeof(key));
        key_is_good = key_check_public(key, &err);
        verified = verify_hex(test, "sig", key, message, strlen(message));
        if (has_flag(test, "low_order_A") || has_flag(test, "non_canonical_A") ||
            has_flag(test, "low_order_component_A"))
            assert_false(key_is_good);
        else
            assert_true(key_is_good);
        if (has_flag(test, "low_order_R") || has_flag(test, "non_canonical_R"))
            assert_false(verified);
        keys_refused += !key_is_good;
        accepted += key_is_good && verified;
    }
    print_message("# cctv: %zu cases, %zu keys refused, %zu signatures accepted\n", index,
                  keys_refused, accepted);
    assert_int_equal(index, 914);
    json_decref(vectors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_and_keys_are_judged_as_published),
        cmocka_unit_test(the_log_of_another_program_is_reproduced_byte_for_byte),
        cmocka_unit_test(wycheproof_signatures_are_judged_as_published),
        cmocka_unit_test(hostile_points_are_refused),
    };

    return run_with_core(tests);
}
