#include "testing.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/key.h"

static const char test_vkey[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char test_secret[] =
    "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

static char folder[] = "/tmp/daybook-key-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
    (void)state;
    core_init();
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof(path), "%s/key", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static void write_key_file(const char *text)
{
    struct error err;

    unlink(path);
    assert_ok(file_create(path, 0600, text, strlen(text), &err));
}

static void signs_as_rfc_8032_says(void **state)
{
    /* Section 7.1, test 2. */
    static const char seed_hex[] =
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    static const char public_hex[] =
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    static const char signature_hex[] =
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
    struct secret_key *key;
    struct signature signature;
    struct error err;
    unsigned char seed[32];
    char hex[129];

    (void)state;
    assert_true(hex_decode(seed_hex, 64, seed, 32));
    assert_ok(key_from_seed("k", seed, &key, &err));
    hex_encode(key_public(key)->bytes, 32, hex);
    assert_string_equal(hex, public_hex);
    key_sign(key, "\x72", 1, &signature);
    hex_encode(signature.bytes, 64, hex);
    assert_string_equal(hex, signature_hex);
    assert_true(key_verify(key_public(key)->bytes, "\x72", 1, &signature));
    assert_false(key_verify(key_public(key)->bytes, "\x73", 1, &signature));
    key_release(key);
}

static void refuses_names_that_notes_cannot_hold(void **state)
{
    static const char *const wrong[] = {
        "",     "a b",        "a+b",          "a\tb",          "a\nb", " a",
        "\x7f", "a\xc2\xa0z", "\xe3\x80\x80", "a\xe2\x80\xa8", "\xff", "\xc0\x80"};
    unsigned char seed[32] = {1};
    char longest[KEY_NAME_SIZE + 1];
    struct secret_key *key;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_refused(key_from_seed(wrong[i], seed, &key, &err), ERROR_INPUT);
    memset(longest, 'a', sizeof(longest));
    longest[KEY_NAME_SIZE] = '\0';
    assert_refused(key_from_seed(longest, seed, &key, &err), ERROR_INPUT);
    longest[KEY_NAME_SIZE - 1] = '\0';
    assert_ok(key_from_seed(longest, seed, &key, &err));
    key_release(key);
    assert_ok(key_from_seed("daybook.example/eu1/pr\xc3\xb6", seed, &key, &err));
    key_release(key);
}

static void reads_and_writes_verifier_keys(void **state)
{
    struct public_key key;
    struct error err;
    char again[VKEY_SIZE];

    (void)state;
    assert_ok(key_parse_vkey(test_vkey, &key, &err));
    assert_string_equal(key.name, "PeterNeumann");
    assert_int_equal(key.id, 0xc74f20a3);
    assert_int_equal(key.type, KEY_TYPE_ED25519);
    assert_string_equal(key_format_vkey(&key, again), test_vkey);
}

static void refuses_verifier_keys_that_are_not_canonical(void **state)
{
    static const char *const wrong[] = {
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        "PeterNeumann+c74f20a3+",
        "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T=",
        "PeterNeumann+c74f20a3 +ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    };
    struct public_key key = {.id = 5};
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_refused(key_parse_vkey(wrong[i], &key, &err), ERROR_INPUT);
    assert_int_equal(key.id, 5);
}

static void refuses_points_of_low_order_and_other_encodings(void **state)
{
    /* The eight points of small order, then encodings above the field's prime. */
    static const char *const wrong[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    unsigned char bytes[32];
    struct public_key key = {.name = "k", .type = KEY_TYPE_ED25519};
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char vkey[VKEY_SIZE];

        assert_true(hex_decode(wrong[i], 64, bytes, 32));
        assert_refused(key_check_public(bytes, &err), ERROR_INPUT);
        memcpy(key.bytes, bytes, 32);
        assert_refused(key_parse_vkey(key_format_vkey(&key, vkey), &key, &err), ERROR_INPUT);
    }
}

static void key_files_go_there_and_back(void **state)
{
    struct secret_key *key, *read;
    struct error err;
    struct stat file;
    struct text text;

    (void)state;
    unlink(path);
    assert_ok(key_generate("daybook.example/test", &key, &err));
    assert_ok(key_write_file(path, key, &err));
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 07777, 0400);
    assert_refused(key_write_file(path, key, &err), ERROR_CONFLICT);
    assert_ok(key_read_file(path, &read, &err));
    assert_memory_equal(key_public(key), key_public(read), sizeof(struct public_key));
    key_release(read);
    key_release(key);

    write_key_file(test_secret); /* without a newline, as x/mod prints it */
    assert_ok(key_read_file(path, &read, &err));
    unlink(path);
    assert_ok(key_write_file(path, read, &err));
    text_init(&text);
    assert_ok(file_read(path, 1000, &text, &err));
    assert_int_equal(text.size, strlen(test_secret) + 1);
    assert_memory_equal(text.data, test_secret, strlen(test_secret));
    text_release(&text);
    key_release(read);
}

static void refuses_files_that_hold_no_key(void **state)
{
    static const char *const wrong[] = {
        "",
        "\n",
        "PRIVATE+KEY+PeterNeumann+c74f20a4+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AoEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKD==",
        "PRIVATE+KEY+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz\n\n",
    };
    struct secret_key *key;
    struct error err;
    char long_line[1000];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        write_key_file(wrong[i]);
        assert_refused(key_read_file(path, &key, &err), ERROR_INPUT);
        assert_null(strstr(err.message, "AYEK")); /* never a part of the secret */
    }
    memset(long_line, 'A', sizeof(long_line));
    long_line[sizeof(long_line) - 1] = '\0';
    write_key_file(long_line);
    assert_refused(key_read_file(path, &key, &err), ERROR_INPUT);
    unlink(path);
    assert_refused(key_read_file(path, &key, &err), ERROR_NOT_FOUND);
}

static void symmetric_key_files_go_there_and_back(void **state)
{
    unsigned char *one, *two;
    struct error err;
    struct stat file;

    (void)state;
    unlink(path);
    assert_ok(key_create_symmetric(path, &err));
    assert_refused(key_create_symmetric(path, &err), ERROR_CONFLICT);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 07777, 0400);
    assert_int_equal(file.st_size, 65);
    assert_ok(key_read_symmetric(path, &one, &err));
    assert_ok(key_read_symmetric(path, &two, &err));
    assert_memory_equal(one, two, 32);
    key_release_symmetric(one);
    key_release_symmetric(two);
    write_key_file("00");
    assert_refused(key_read_symmetric(path, &one, &err), ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_as_rfc_8032_says),
        cmocka_unit_test(refuses_names_that_notes_cannot_hold),
        cmocka_unit_test(reads_and_writes_verifier_keys),
        cmocka_unit_test(refuses_verifier_keys_that_are_not_canonical),
        cmocka_unit_test(refuses_points_of_low_order_and_other_encodings),
        cmocka_unit_test(key_files_go_there_and_back),
        cmocka_unit_test(refuses_files_that_hold_no_key),
        cmocka_unit_test(symmetric_key_files_go_there_and_back),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
