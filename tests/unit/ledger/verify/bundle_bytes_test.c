/*
 * daybook-verify bundle over every changed byte of a small bundle, and over every shorter one.
 */
#include <fcntl.h>

#include "harness/bundle_fixture.h"

static bool file_verifies(const struct fixture *fixture)
{
    struct verify_bundle_report report;
    struct findings findings;
    struct error err = {0};
    findings_init(&findings);
    assert_true(verify_bundle(fixture->path, NULL, NULL, &fixture->keys, &report, &findings, &err));
    bool verifies = findings.total == 0;
    findings_release(&findings);
    return verifies;
}

static bool verifies_with(const struct fixture *fixture, int file, size_t at, char byte)
{
    assert_int_equal(pwrite(file, &byte, 1, (off_t)at), 1);
    return file_verifies(fixture);
}

static bool is_in_long_hex(const struct text *bytes, size_t at)
{
    for (size_t i = at < 8 ? 0 : at - 8; i < at + 8 && i < bytes->size; i++)
        if (memchr("0123456789abcdef", bytes->data[i], 16) == NULL)
            return false;
    return true;
}

/* Each byte, a letter also in the other case. Of long hex, all of which is hashed, every fourth
 * digit becomes another digit (that takes the time of a whole verification), the rest none. */
static void verifies_no_bundle_with_a_changed_byte(void **state)
{
    struct fixture *fixture = *state;
    struct text bytes CLEANUP(text_release);
    struct error err;
    text_init(&bytes);
    assert_true(canonical_write(fixture->sample.bundle, &bytes, &err));
    write_file(fixture, bytes.data, bytes.size);
    assert_true(file_verifies(fixture));
    int file = open(fixture->path, O_WRONLY);
    assert_true(file >= 0);
    for (size_t i = 0; i < bytes.size; i++) {
        char byte = bytes.data[i], folded = (char)(byte | 0x20);
        bool is_letter = folded >= 'a' && folded <= 'z';
        char mask = i % 4 != 0 && is_in_long_hex(&bytes, i) ? 0x40 : 0x01;
        if (verifies_with(fixture, file, i, (char)(byte ^ mask)) ||
            (is_letter && verifies_with(fixture, file, i, (char)(byte ^ 0x20))))
            fail_msg("byte %zu changed, and it verifies: %.30s", i, bytes.data + i);
        assert_int_equal(pwrite(file, &byte, 1, (off_t)i), 1);
    }
    assert_true(file_verifies(fixture));
    close(file);
}

static void verifies_no_bundle_that_is_cut_off(void **state)
{
    struct fixture *fixture = *state;
    struct text bytes CLEANUP(text_release);
    struct error err;
    text_init(&bytes);
    assert_true(canonical_write(fixture->sample.bundle, &bytes, &err));
    write_file(fixture, bytes.data, bytes.size);
    for (size_t size = bytes.size; size-- > 0;) {
        assert_int_equal(truncate(fixture->path, (off_t)size), 0);
        assert_false(file_verifies(fixture));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(verifies_no_bundle_with_a_changed_byte),
        TEST(verifies_no_bundle_that_is_cut_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
