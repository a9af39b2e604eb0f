#include "testing.h"

#include "core/checkpoint.h"
#include "core/note.h"
#include "core/tree.h"

#define ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define EMPTY_ROOT "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

static struct secret_key *log_key(void)
{
    unsigned char seed[32] = {1};
    struct secret_key *key;
    struct error err;

    assert_ok(key_from_seed("daybook.example/eu1", seed, &key, &err));
    return key;
}

static void opens_what_it_signed(void **state)
{
    struct secret_key *key = log_key();
    struct checkpoint checkpoint = {.origin = "daybook.example/eu1", .size = UINT64_MAX};
    struct checkpoint read;
    struct text note;
    struct error err;

    (void)state;
    text_init(&note);
    checkpoint.root = digest_of("x", 1);
    checkpoint_sign(&checkpoint, key, &note);
    assert_ok(checkpoint_open(note.data, note.size, key_public(key), &read, &err));
    assert_string_equal(read.origin, checkpoint.origin);
    assert_true(read.size == checkpoint.size && digest_equals(&read.root, &checkpoint.root));
    memset(&read, 0, sizeof(read));
    assert_ok(checkpoint_read_unverified(note.data, note.size, &read, &err));
    assert_true(read.size == checkpoint.size);
    note.data[0] = 'D';
    assert_refused(checkpoint_open(note.data, note.size, key_public(key), &read, &err),
                   ERROR_SIGNATURE);
    text_release(&note);
    key_release(key);
}

static void an_origin_must_be_the_keys_name(void **state)
{
    struct secret_key *key = log_key();
    struct checkpoint checkpoint = {.origin = "daybook.example/eu2", .size = 1};
    struct text note;
    struct error err;

    (void)state;
    text_init(&note);
    checkpoint_sign(&checkpoint, key, &note);
    assert_refused(checkpoint_open(note.data, note.size, key_public(key), &checkpoint, &err),
                   ERROR_SIGNATURE);
    text_release(&note);
    key_release(key);
}

static void parses_only_what_it_would_write(void **state)
{
    static const char *const right[] = {
        "o\n1\n" ROOT "\n",
        "go.sum database tree\n18446744073709551615\n" ROOT "\n",
        "o\n0\n" EMPTY_ROOT "\n",
    };
    static const char *const wrong[] = {
        "",
        "o\n",
        "o\n1\n",
        "o\n1\n" ROOT,
        "\n1\n" ROOT "\n",
        "o\n01\n" ROOT "\n",
        "o\n+1\n" ROOT "\n",
        "o\n-1\n" ROOT "\n",
        "o\n 1\n" ROOT "\n",
        "o\n1 \n" ROOT "\n",
        "o\n\n" ROOT "\n",
        "o\n1.0\n" ROOT "\n",
        "o\n0x1\n" ROOT "\n",
        "o\n18446744073709551616\n" ROOT "\n",
        "o\n1\n" ROOT "\nextension\n",
        "o\n1\n" ROOT "\n\n",
        "o\n1\nAAAA\n",
        "o\n1\n\n",
        "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n",
        "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
        "o\n1\n" ROOT " \n",
        "o\n1\n" ROOT "\r\n",
        "o\n0\n" ROOT "\n",
    };
    struct checkpoint checkpoint = {.size = 77};
    struct text again;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (checkpoint_parse(wrong[i], strlen(wrong[i]), &checkpoint, &err))
            fail_msg("'%s' was not refused", wrong[i]);
        assert_int_equal(err.code, ERROR_INPUT);
    }
    assert_int_equal(checkpoint.size, 77);
    text_init(&again);
    for (size_t i = 0; i < COUNT_OF(right); i++) {
        assert_ok(checkpoint_parse(right[i], strlen(right[i]), &checkpoint, &err));
        text_clear(&again);
        checkpoint_format(&checkpoint, &again);
        assert_string_equal(again.data, right[i]);
    }
    text_release(&again);
}

static void refuses_an_origin_that_is_too_long_or_holds_a_zero(void **state)
{
    char text[400];
    struct checkpoint checkpoint;
    struct error err;

    (void)state;
    memset(text, 'o', sizeof(text));
    strcpy(text + ORIGIN_SIZE, "\n1\n" ROOT "\n");
    assert_refused(checkpoint_parse(text, strlen(text), &checkpoint, &err), ERROR_INPUT);
    assert_ok(checkpoint_parse(text + 1, strlen(text + 1), &checkpoint, &err));
    assert_refused(checkpoint_parse("o\0o\n1\n" ROOT "\n", 51, &checkpoint, &err), ERROR_INPUT);
}

/* The vector of sigsum-go, as in tests/vectors/notes: the private key {17, 0 …}. */
static void signs_sigsums_tree_head_as_sigsum_does(void **state)
{
    unsigned char seed[32] = {17};
    struct checkpoint checkpoint = {.origin = "daybook.example/eu1", .size = 10};
    struct secret_key *key;
    struct text head;
    struct error err;

    (void)state;
    assert_ok(key_from_seed("daybook.example/eu1", seed, &key, &err));
    assert_true(hex_decode("1c0e47", 6, checkpoint.root.bytes, 3));
    text_init(&head);
    checkpoint_sign_sigsum(&checkpoint, key, &head);
    assert_string_equal(head.data,
                        "size=10\nroot_hash=1c0e47000000000000000000"
                        "0000000000000000000000000000000000000000\nsignature="
                        "49fc17ca2571ead417514576fdb7e40ff96acfdca16ae92ebb44ee8bcc78fe70"
                        "860c28b98131a301bf953ce7c6ee8e5068e3b79c8943a6d7b5371fef5f0ca804\n");
    text_release(&head);
    key_release(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_what_it_signed),
        cmocka_unit_test(an_origin_must_be_the_keys_name),
        cmocka_unit_test(parses_only_what_it_would_write),
        cmocka_unit_test(refuses_an_origin_that_is_too_long_or_holds_a_zero),
        cmocka_unit_test(signs_sigsums_tree_head_as_sigsum_does),
    };

    return run_with_core(tests);
}
