#include "testing.h"

#include <sodium.h>

#include "core/sha256_ni.h"
#include "core/tree.h"

#define PIECES 8
#define LENGTH_MAX 1100

static void skip_without_extensions(void)
{
    if (!sha256_ni_is_there())
        skip();
}

static struct digest by_extensions(const void *bytes, size_t size)
{
    struct sha256_ni hash;
    sha256_ni_start(&hash);
    sha256_ni_add(&hash, bytes, size);
    return sha256_ni_finish(&hash);
}

static struct digest by_libsodium(const void *bytes, size_t size)
{
    struct digest digest;
    crypto_hash_sha256(digest.bytes, bytes, size);
    return digest;
}

static void hashes_the_messages_of_fips_180_4(void **state)
{
    static const struct {
        const char *message;
        const char *hex;
    } cases[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
         "lmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    char hex[DIGEST_HEX_SIZE];

    (void)state;
    skip_without_extensions();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct digest digest = by_extensions(cases[i].message, strlen(cases[i].message));
        assert_string_equal(digest_hex(&digest, hex), cases[i].hex);
    }
}

static void hashes_a_million_times_the_letter_a(void **state)
{
    struct sha256_ni hash;
    char piece[1000], hex[DIGEST_HEX_SIZE];

    (void)state;
    skip_without_extensions();
    memset(piece, 'a', sizeof(piece));
    sha256_ni_start(&hash);
    for (int i = 0; i < 1000; i++)
        sha256_ni_add(&hash, piece, sizeof(piece));
    struct digest digest = sha256_ni_finish(&hash);
    assert_string_equal(digest_hex(&digest, hex),
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void hashes_every_length_as_libsodium_does(void **state)
{
    unsigned char bytes[LENGTH_MAX];
    struct random random = {1};

    (void)state;
    skip_without_extensions();
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)random_u64(&random);
    for (size_t size = 0; size <= sizeof(bytes); size++) {
        struct digest ours = by_extensions(bytes, size);
        struct digest theirs = by_libsodium(bytes, size);
        assert_true(digest_equals(&ours, &theirs));
        digest_use_extensions(true);
        ours = digest_of(bytes, size);
        assert_true(digest_equals(&ours, &theirs));
        for (size_t cut = 0; cut <= size && size <= 2 * SHA256_SHORT_MAX; cut++) {
            ours =
                digest_of3(bytes, cut / 2, bytes + cut / 2, cut - cut / 2, bytes + cut, size - cut);
            assert_true(digest_equals(&ours, &theirs));
        }
    }
}

static void makes_the_hmac_that_libsodium_makes(void **state)
{
    unsigned char key[32], message[LENGTH_MAX];
    struct random random = {3};

    (void)state;
    digest_use_extensions(true);
    for (size_t size = 0; size <= sizeof(message); size++) {
        struct digest ours, theirs;
        for (size_t i = 0; i < sizeof(key); i++)
            key[i] = (unsigned char)random_u64(&random);
        if (size > 0)
            message[size - 1] = (unsigned char)random_u64(&random);
        ours = digest_hmac(key, message, size);
        crypto_auth_hmacsha256(theirs.bytes, message, size, key);
        assert_true(digest_equals(&ours, &theirs));
    }
}

/* Unaligned, too: each piece starts where the one before it ended. */
static void hashes_pieces_cut_anywhere_as_libsodium_hashes_the_whole(void **state)
{
    unsigned char bytes[LENGTH_MAX];
    struct random random = {2};

    (void)state;
    skip_without_extensions();
    for (int round = 0; round < 20000; round++) {
        size_t size = random_below(&random, sizeof(bytes) + 1), done = 0;
        struct sha256_ni hash;
        bytes[random_below(&random, sizeof(bytes))] = (unsigned char)random_u64(&random);
        sha256_ni_start(&hash);
        for (int i = 0; i < PIECES; i++) {
            size_t piece = i == PIECES - 1 ? size - done : random_below(&random, size - done + 1);
            sha256_ni_add(&hash, bytes + done, piece);
            done += piece;
        }
        struct digest ours = sha256_ni_finish(&hash);
        struct digest theirs = by_libsodium(bytes, size);
        assert_true(digest_equals(&ours, &theirs));
    }
}

static void goes_on_by_itself_in_a_copy(void **state)
{
    struct digest_running running, copy;

    (void)state;
    digest_start(&running);
    digest_add(&running, "ab", 2);
    copy = running;
    digest_add(&running, "x", 1);
    digest_add(&copy, "c", 1);
    struct digest first = digest_finish(&running), second = digest_finish(&copy);
    struct digest abx = by_libsodium("abx", 3), abc = by_libsodium("abc", 3);
    assert_true(digest_equals(&first, &abx));
    assert_true(digest_equals(&second, &abc));
}

static struct digest root_of(unsigned leaves)
{
    struct tree tree;
    tree_init(&tree);
    for (unsigned i = 0; i < leaves; i++) {
        struct digest hash = tree_leaf_hash(&i, sizeof(i));
        tree_append(&tree, &hash);
    }
    return tree_root(&tree);
}

static void makes_the_same_trees_with_and_without(void **state)
{
    (void)state;
    for (unsigned leaves = 0; leaves < 70; leaves++) {
        digest_use_extensions(false);
        struct digest without = root_of(leaves);
        digest_use_extensions(true);
        struct digest with = root_of(leaves);
        assert_true(digest_equals(&with, &without));
    }
}

#define EACH_MAX 9

/* Of every size, number and distance, beside the first and behind the last. */
static void hashes_many_as_libsodium_hashes_one(void **state)
{
    unsigned char bytes[EACH_MAX * 300];
    struct random random = {4};

    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)random_u64(&random);
    for (size_t size = 0; size <= 200; size++) {
        size_t count = size % (EACH_MAX + 1), stride = size + size % 3;
        for (int use = 0; use < 2; use++) {
            struct digest each[EACH_MAX + 1];
            memset(each, 0x55, sizeof(each));
            digest_use_extensions(use == 1);
            digest_of_each(0x07, bytes, size, stride, count, each);
            for (size_t i = 0; i < count; i++) {
                unsigned char message[201] = {0x07};
                memcpy(message + 1, bytes + i * stride, size);
                struct digest one = by_libsodium(message, 1 + size);
                assert_true(digest_equals(&each[i], &one));
            }
            assert_int_equal(each[count].bytes[0], 0x55);
        }
    }
}

/* Two hashes that go on together, in pieces of any two lengths, with the extensions and without. */
static void adds_to_two_hashes_what_each_would_have_alone(void **state)
{
    unsigned char bytes[2][LENGTH_MAX];
    struct random random = {5};
    (void)state;
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i / LENGTH_MAX][i % LENGTH_MAX] = (unsigned char)random_u64(&random);
    for (unsigned round = 0; round < 2000; round++) {
        struct digest_running running[2];
        size_t done[2] = {0, 0};
        digest_use_extensions(round % 2 == 0);
        digest_start(&running[0]);
        digest_start(&running[1]);
        for (unsigned piece = 0; piece < 4; piece++) {
            size_t a = random_u64(&random) % (LENGTH_MAX - done[0] + 1);
            size_t b = random_u64(&random) % (LENGTH_MAX - done[1] + 1);
            digest_add_two(&running[0], bytes[0] + done[0], a, &running[1], bytes[1] + done[1], b);
            done[0] += a;
            done[1] += b;
        }
        for (unsigned i = 0; i < 2; i++) {
            struct digest ours = digest_finish(&running[i]);
            struct digest theirs = by_libsodium(bytes[i], done[i]);
            assert_true(digest_equals(&ours, &theirs));
        }
    }
    digest_use_extensions(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_the_messages_of_fips_180_4),
        cmocka_unit_test(hashes_a_million_times_the_letter_a),
        cmocka_unit_test(hashes_every_length_as_libsodium_does),
        cmocka_unit_test(makes_the_hmac_that_libsodium_makes),
        cmocka_unit_test(hashes_pieces_cut_anywhere_as_libsodium_hashes_the_whole),
        cmocka_unit_test(goes_on_by_itself_in_a_copy),
        cmocka_unit_test(makes_the_same_trees_with_and_without),
        cmocka_unit_test(hashes_many_as_libsodium_hashes_one),
        cmocka_unit_test(adds_to_two_hashes_what_each_would_have_alone),
    };

    return run_with_core(tests);
}
