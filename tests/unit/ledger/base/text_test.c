#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/text.h"

static void is_a_readable_string_from_the_beginning(void **state)
{
    (void)state;
    struct text text;
    text_init(&text);
    assert_string_equal(text.data, "");
    text_clear(&text);
    assert_string_equal(text.data, "");
    text_append(&text, "");
    assert_string_equal(text.data, "");
    text_release(&text);
    text_release(&text);
}

static void grows_with_what_is_appended(void **state)
{
    (void)state;
    struct text text;
    text_init(&text);
    for (int i = 0; i < 500; i++) {
        text_append(&text, "ab");
        text_append_n(&text, "c\0", 2);
        text_append_char(&text, 'd');
        text_printf(&text, "%d", i % 10);
    }
    assert_int_equal(text.size, 500 * 6);
    assert_memory_equal(text.data + 6 * 499, "abc\0d9", 7);
    text_clear(&text);
    assert_int_equal(text.size, 0);
    text_append(&text, "again");
    assert_string_equal(text.data, "again");
    text_release(&text);
}

static void orders_slices_bytewise_with_the_shorter_first(void **state)
{
    (void)state;
    static const char *const rising[] = {"", "A", "a", "aa", "ab", "b", "\xC3\xA9", "\xFF"};
    for (size_t i = 0; i < COUNT_OF(rising); i++)
        for (size_t k = 0; k < COUNT_OF(rising); k++) {
            int order = slice_compare(slice_of(rising[i]), slice_of(rising[k]));
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    assert_true(slice_equals((struct slice){"abc", 2}, "ab"));
    assert_false(slice_equals((struct slice){"abc", 2}, "abc"));
    assert_true(slice_equals((struct slice){NULL, 0}, ""));
}

static void hex_goes_there_and_back(void **state)
{
    (void)state;
    unsigned char bytes[256];
    unsigned char back[256];
    char hex[513];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    hex_encode(bytes, sizeof bytes, hex);
    assert_memory_equal(hex, "000102030405060708090a0b0c0d0e0f10", 34);
    assert_true(hex_decode(hex, strlen(hex), back, sizeof back));
    assert_memory_equal(back, bytes, sizeof bytes);
    assert_false(hex_decode("aBCd", 4, back, 2)); /* one form only */
    assert_true(hex_decode("abcd", 4, back, 2));
    assert_memory_equal(back, "\xAB\xCD", 2);
}

static void refuses_what_is_not_hex_of_that_size_and_leaves_the_bytes_alone(void **state)
{
    (void)state;
    static const char *const cases[] = {"",     "0",    "00",   "000",  "00000",  "000000",
                                        "0g00", "00 0", "0x00", "+000", "000\x80"};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned char out[2] = {7, 7};
        assert_false(hex_decode(cases[i], strlen(cases[i]), out, sizeof out));
        assert_memory_equal(out, "\x07\x07", 2);
    }
}

static void accepts_utf8_and_nothing_like_it(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        bool valid;
    } cases[] = {
        {"", true},
        {"ascii\x7F", true},
        {"\xC2\x80", true},
        {"\xDF\xBF", true},
        {"\xE0\xA0\x80", true},
        {"\xED\x9F\xBF", true},
        {"\xEE\x80\x80", true},
        {"\xEF\xBF\xBF", true},
        {"\xF0\x90\x80\x80", true},
        {"\xF4\x8F\xBF\xBF", true},
        {"a\xE2\x82\xAC z", true},
        {"\x80", false},     /* a continuation alone */
        {"\xC0\x80", false}, /* overlong */
        {"\xC1\xBF", false},
        {"\xE0\x9F\xBF", false},
        {"\xF0\x8F\xBF\xBF", false},
        {"\xED\xA0\x80", false}, /* surrogates */
        {"\xED\xBF\xBF", false},
        {"\xF4\x90\x80\x80", false}, /* above U+10FFFF */
        {"\xF5\x80\x80\x80", false},
        {"\xFF", false},
        {"\xC2", false}, /* cut */
        {"\xE2\x82", false},
        {"\xF0\x9F\x98", false},
        {"\xC2z", false},
        {"\xE2\x82z", false},
        {"\xF0\x9F\x98z", false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(utf8_is_valid(cases[i].bytes, strlen(cases[i].bytes)), cases[i].valid);
    assert_true(utf8_is_valid("a\0b", 3));
}

static void knows_how_strings_begin_and_end(void **state)
{
    (void)state;
    assert_true(text_starts_with("daybook", "day"));
    assert_true(text_starts_with("daybook", ""));
    assert_false(text_starts_with("day", "daybook"));
    assert_true(text_ends_with("plan.json", ".json"));
    assert_true(text_ends_with("plan.json", ""));
    assert_false(text_ends_with("json", ".json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_a_readable_string_from_the_beginning),
        cmocka_unit_test(grows_with_what_is_appended),
        cmocka_unit_test(orders_slices_bytewise_with_the_shorter_first),
        cmocka_unit_test(hex_goes_there_and_back),
        cmocka_unit_test(refuses_what_is_not_hex_of_that_size_and_leaves_the_bytes_alone),
        cmocka_unit_test(accepts_utf8_and_nothing_like_it),
        cmocka_unit_test(knows_how_strings_begin_and_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
