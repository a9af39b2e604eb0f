#include "testing.h"

static void hashes_as_fips_180_4_says(void **state)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest digest = digest_of("abc", 3);

    (void)state;
    assert_string_equal(digest_hex(&digest, hex),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest = digest_of("", 0);
    assert_string_equal(digest_hex(&digest, hex),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void hashes_pieces_as_their_concatenation(void **state)
{
    struct digest whole = digest_of("abcdef", 6);
    struct digest two = digest_of2("ab", 2, "cdef", 4);
    struct digest three = digest_of3("a", 1, "bcd", 3, "ef", 2);

    (void)state;
    assert_true(digest_equals(&whole, &two));
    assert_true(digest_equals(&whole, &three));
    two = digest_of2("abcdef", 6, "", 0);
    assert_true(digest_equals(&whole, &two));
}

static void makes_the_hmac_of_rfc_4231(void **state)
{
    /* Test case 1's key has 20 bytes; HMAC pads it with zeros, so these 32 are the same key. */
    unsigned char key[32] = {0};
    struct digest digest;
    char hex[DIGEST_HEX_SIZE];

    (void)state;
    memset(key, 0x0b, 20);
    digest = digest_hmac(key, "Hi There", 8);
    assert_string_equal(digest_hex(&digest, hex),
                        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}

static void separates_a_subjects_kind_from_its_id(void **state)
{
    struct digest subject = digest_subject("plan", "a");
    struct digest bytes = digest_of("plan\0a", 6);
    struct digest other = digest_subject("pla", "na");

    (void)state;
    assert_true(digest_equals(&subject, &bytes));
    assert_false(digest_equals(&subject, &other));
}

static void reads_hex_and_refuses_anything_else(void **state)
{
    static const char *const wrong[] = {
        "", "00", "zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0"};
    struct digest digest = digest_of("abc", 3);
    struct digest read = {{0}};
    struct error err;
    char hex[DIGEST_HEX_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_refused(digest_parse_hex(wrong[i], "root", &read, &err), ERROR_INPUT);
    assert_true(digest_is_zero(&read));
    assert_ok(digest_parse_hex(digest_hex(&digest, hex), "root", &read, &err));
    assert_true(digest_equals(&digest, &read));
    assert_false(digest_is_zero(&read));
}

static void reads_only_canonical_base64(void **state)
{
    static const struct {
        const char *text;
        const char *bytes; /* NULL where it must be refused */
    } cases[] = {
        {"", ""},           {"Zg==", "f"},          {"Zm8=", "fo"},
        {"Zm9v", "foo"},    {"Zm9vYmFy", "foobar"}, {"Zg", NULL},
        {"Zg=", NULL},      {"Zh==", NULL},         {"Zm9=", NULL},
        {"Zm9v\n", NULL},   {" Zm9v", NULL},        {"Zm 9v", NULL},
        {"Zm9v====", NULL}, {"Zm9-", NULL},         {"Zm9_", NULL},
        {"=", NULL},        {"Zg==Zg==", NULL},     {"Zm9v!", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char out[16];
        char again[16];
        size_t size = 99;
        bool read = base64_decode(cases[i].text, strlen(cases[i].text), out, sizeof(out), &size);

        assert_int_equal(read, cases[i].bytes != NULL);
        if (!read) {
            assert_int_equal(size, 99);
            continue;
        }
        assert_int_equal(size, strlen(cases[i].bytes));
        assert_memory_equal(out, cases[i].bytes, size);
        assert_string_equal(base64_encode(out, size, again, sizeof(again)), cases[i].text);
    }
}

static void reads_no_byte_as_a_base64_digit_that_it_would_not_write(void **state)
{
    char text[5] = "AAAA", again[8];
    unsigned char out[3];
    size_t size, taken = 0;
    (void)state;
    for (size_t at = 0; at < 4; at++) {
        for (int byte = 0; byte < 256; byte++) {
            memcpy(text, "AAAA", 4);
            text[at] = (char)byte;
            if (!base64_decode(text, 4, out, sizeof(out), &size))
                continue;
            taken++;
            assert_string_equal(base64_encode(out, size, again, sizeof(again)), text);
        }
    }
    assert_int_equal(taken, 4 * 64 + 1); /* digits, and "AAA=" */
}

static void never_writes_more_base64_bytes_than_there_is_room(void **state)
{
    char out[2];
    size_t size;

    (void)state;
    assert_false(base64_decode("Zm9v", 4, out, sizeof(out), &size));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_as_fips_180_4_says),
        cmocka_unit_test(hashes_pieces_as_their_concatenation),
        cmocka_unit_test(makes_the_hmac_of_rfc_4231),
        cmocka_unit_test(separates_a_subjects_kind_from_its_id),
        cmocka_unit_test(reads_hex_and_refuses_anything_else),
        cmocka_unit_test(reads_only_canonical_base64),
        cmocka_unit_test(reads_no_byte_as_a_base64_digit_that_it_would_not_write),
        cmocka_unit_test(never_writes_more_base64_bytes_than_there_is_room),
    };

    return run_with_core(tests);
}
