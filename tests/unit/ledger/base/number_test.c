#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/number.h"

#define MAX_TEXT "170141183460469231731687303715884105727"
#define MIN_TEXT "-170141183460469231731687303715884105728"

static int128 number(const char *text)
{
    int128 parsed = 0;
    struct error err = {0};
    if (!number_parse_int128(text, strlen(text), "number", &parsed, &err))
        fail_msg("%s", err.message);
    return parsed;
}

static void assert_number(int128 got, const char *wanted)
{
    char text[INT128_TEXT_SIZE];
    assert_string_equal(number_format(got, text), wanted);
}

static void adds_subtracts_and_multiplies(void **state)
{
    (void)state;
    int128 out = 0;
    assert_true(number_add(INT128_MAX, INT128_MIN, &out));
    assert_number(out, "-1");
    assert_true(number_subtract(-1, INT128_MAX, &out));
    assert_number(out, MIN_TEXT);
    assert_true(number_multiply(INT64_MAX, INT64_MIN, &out));
    assert_number(out, "-85070591730234615856620279821087277056");
}

static void refuses_overflow_and_leaves_the_result_alone(void **state)
{
    (void)state;
    int128 out = 7;
    assert_false(number_add(INT128_MAX, 1, &out));
    assert_false(number_add(INT128_MIN, -1, &out));
    assert_false(number_subtract(INT128_MIN, 1, &out));
    assert_false(number_subtract(0, INT128_MIN, &out));
    assert_false(number_multiply(INT128_MIN, -1, &out));
    assert_false(number_multiply(INT128_MAX, 2, &out));
    assert_number(out, "7");
}

static void divides_with_ties_away_from_zero_or_downwards(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b, *rounded, *floored;
    } cases[] = {
        {"0", "5", "0", "0"},
        {"4", "2", "2", "2"},
        {"1", "2", "1", "0"},
        {"-1", "2", "-1", "-1"},
        {"3", "2", "2", "1"},
        {"-3", "2", "-2", "-2"},
        {"5", "2", "3", "2"},
        {"1", "3", "0", "0"},
        {"-1", "3", "0", "-1"},
        {"2", "3", "1", "0"},
        {"-2", "3", "-1", "-1"},
        {"-7", "1", "-7", "-7"},
        {MAX_TEXT, "1", MAX_TEXT, MAX_TEXT},
        {MIN_TEXT, "1", MIN_TEXT, MIN_TEXT},
        {MAX_TEXT, "2", "85070591730234615865843651857942052864",
         "85070591730234615865843651857942052863"},
        {MIN_TEXT, "2", "-85070591730234615865843651857942052864",
         "-85070591730234615865843651857942052864"},
        {MAX_TEXT, MAX_TEXT, "1", "1"},
        {MIN_TEXT, MAX_TEXT, "-1", "-2"},
        {"1", MAX_TEXT, "0", "0"},
        {"-1", MAX_TEXT, "0", "-1"},
        {"85070591730234615865843651857942052864", MAX_TEXT, "1", "0"},
        {"85070591730234615865843651857942052863", MAX_TEXT, "0", "0"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int128 a = number(cases[i].a);
        int128 b = number(cases[i].b);
        assert_number(number_divide_round(a, b), cases[i].rounded);
        assert_number(number_divide_floor(a, b), cases[i].floored);
    }
}

static void finds_common_divisors_and_powers(void **state)
{
    (void)state;
    assert_number(number_gcd(0, 0), "0");
    assert_number(number_gcd(-12, 18), "6");
    assert_number(number_gcd(0, -5), "5");
    assert_number(number_gcd(INT128_MIN, 6), "2");
    assert_number(number_power10(0), "1");
    assert_number(number_power10(38), "100000000000000000000000000000000000000");
}

static void numbers_go_to_text_and_back(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "0", "7", "-7", "10", "-10", "18446744073709551616", MAX_TEXT, MIN_TEXT};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_number(number(cases[i]), cases[i]);
}

static void refuses_numbers_that_are_not_written_canonically(void **state)
{
    (void)state;
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"", "quantity '' is not a whole number"},
        {"-", "quantity '-' is not a whole number"},
        {"-0", "quantity '-0' is not a whole number"},
        {"+1", "quantity '+1' is not a whole number"},
        {"01", "quantity '01' is not a whole number"},
        {"-01", "quantity '-01' is not a whole number"},
        {"1 ", "quantity '1 ' is not a whole number"},
        {" 1", "quantity ' 1' is not a whole number"},
        {"1.0", "quantity '1.0' is not a whole number"},
        {"1e3", "quantity '1e3' is not a whole number"},
        {"170141183460469231731687303715884105728",
         "quantity '170141183460469231731687303715884105728' does not fit in 128 bits"},
        {"-170141183460469231731687303715884105729",
         "quantity '-170141183460469231731687303715884105729' does not fit in 128 bits"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int128 out = 7;
        struct error err = {0};
        const char *text = cases[i].text;
        assert_false(number_parse_int128(text, strlen(text), "quantity", &out, &err));
        assert_int_equal(err.code, ERROR_INPUT);
        assert_string_equal(err.message, cases[i].problem);
        assert_number(out, "7");
    }
}

static void reads_64_bits_without_a_sign(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } cases[] = {
        {"0", true, 0},
        {"18446744073709551615", true, UINT64_MAX},
        {"18446744073709551616", false, 0},
        {"999999999999999999999999999999999999999999", false, 0},
        {"-1", false, 0},
        {"-0", false, 0},
        {"00", false, 0},
        {"", false, 0},
        {"1x", false, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t out = 7;
        struct error err = {0};
        const char *text = cases[i].text;
        assert_int_equal(number_parse_u64(text, strlen(text), "size", &out, &err), cases[i].good);
        assert_true(out == (cases[i].good ? cases[i].value : 7));
    }
}

static void reads_decimals_and_keeps_their_zeros(void **state)
{
    (void)state;
    static const struct {
        const char *text, *coefficient;
        unsigned scale;
        const char *shortest;
    } cases[] = {
        {"0", "0", 0, "0"},
        {"0.00", "0", 2, "0"},
        {"-0.5", "-5", 1, "-0.5"},
        {"1.50", "150", 2, "1.5"},
        {"1000", "1000", 0, "1000"},
        {"0.000000000000000001", "1", 18, "0.000000000000000001"},
        {"-12345678901234567890.123456789012345678", "-12345678901234567890123456789012345678", 18,
         "-12345678901234567890.123456789012345678"},
        {"99999999999999999999999999999999999999", "99999999999999999999999999999999999999", 0,
         "99999999999999999999999999999999999999"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decimal out;
        struct error err = {0};
        char text[DECIMAL_TEXT_SIZE];
        assert_true(decimal_parse(cases[i].text, strlen(cases[i].text), "price", &out, &err));
        assert_number(out.coefficient, cases[i].coefficient);
        assert_int_equal(out.scale, cases[i].scale);
        assert_string_equal(decimal_format(out.coefficient, out.scale, text), cases[i].text);
        assert_string_equal(decimal_format_short(out, text), cases[i].shortest);
    }
}

static void refuses_decimals_that_it_could_not_write(void **state)
{
    (void)state;
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"", "price '' is not a decimal number"},
        {".5", "price '.5' is not a decimal number"},
        {"1.", "price '1.' is not a decimal number"},
        {"01.5", "price '01.5' is not a decimal number"},
        {"+1.5", "price '+1.5' is not a decimal number"},
        {"1,5", "price '1,5' is not a decimal number"},
        {"1.5e3", "price '1.5e3' is not a decimal number"},
        {"1.5.5", "price '1.5.5' is not a decimal number"},
        {"NaN", "price 'NaN' is not a decimal number"},
        {"0.1234567890123456789",
         "price '0.1234567890123456789' has 19 decimals; at most 18 are allowed"},
        {"100000000000000000000000000000000000000",
         "price '100000000000000000000000000000000000000' has 39 digits; at most 38 are allowed"},
        {"1000000000000000000000.000000000000000000",
         "price '1000000000000000000000.000000000000000000' has 40 digits; at most 38 are allowed"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decimal out = {7, 7};
        struct error err = {0};
        assert_false(decimal_parse(cases[i].text, strlen(cases[i].text), "price", &out, &err));
        assert_string_equal(err.message, cases[i].problem);
        assert_int_equal(out.scale, 7);
    }
}

static void writes_exactly_the_decimals_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *coefficient;
        unsigned scale;
        const char *text;
    } cases[] = {
        {"12345", 2, "123.45"},
        {"12345", 0, "12345"},
        {"5", 2, "0.05"},
        {"-5", 2, "-0.05"},
        {"0", 3, "0.000"},
        {"100", 2, "1.00"},
        {"12345", 5, "0.12345"},
        {"12345", 6, "0.012345"},
        {MIN_TEXT, 38, "-1.70141183460469231731687303715884105728"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[DECIMAL_TEXT_SIZE];
        decimal_format(number(cases[i].coefficient), cases[i].scale, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void bytes_are_big_endian_at_any_alignment(void **state)
{
    (void)state;
    unsigned char room[32];
    unsigned char *at = room + 1;
    bytes_put_u16(at, 0x0102);
    assert_memory_equal(at, "\x01\x02", 2);
    assert_int_equal(bytes_get_u16(at), 0x0102);
    bytes_put_u32(at, 0xFF020304);
    assert_memory_equal(at, "\xFF\x02\x03\x04", 4);
    assert_int_equal(bytes_get_u32(at), 0xFF020304);
    bytes_put_u64(at, UINT64_C(0xFF02030405060708));
    assert_memory_equal(at, "\xFF\x02\x03\x04\x05\x06\x07\x08", 8);
    assert_true(bytes_get_u64(at) == UINT64_C(0xFF02030405060708));
    bytes_put_int128(at, -2);
    assert_memory_equal(at, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE", 16);
}

static void signed_bytes_come_back_as_they_were(void **state)
{
    (void)state;
    static const int64_t small[] = {0, 1, -1, INT64_MAX, INT64_MIN};
    const int128 large[] = {0, 1, -1, INT128_MAX, INT128_MIN, INT64_MIN};
    unsigned char room[16];
    for (size_t i = 0; i < COUNT_OF(small); i++) {
        bytes_put_i64(room, small[i]);
        assert_true(bytes_get_i64(room) == small[i]);
    }
    for (size_t i = 0; i < COUNT_OF(large); i++) {
        bytes_put_int128(room, large[i]);
        assert_true(bytes_get_int128(room) == large[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_subtracts_and_multiplies),
        cmocka_unit_test(refuses_overflow_and_leaves_the_result_alone),
        cmocka_unit_test(divides_with_ties_away_from_zero_or_downwards),
        cmocka_unit_test(finds_common_divisors_and_powers),
        cmocka_unit_test(numbers_go_to_text_and_back),
        cmocka_unit_test(refuses_numbers_that_are_not_written_canonically),
        cmocka_unit_test(reads_64_bits_without_a_sign),
        cmocka_unit_test(reads_decimals_and_keeps_their_zeros),
        cmocka_unit_test(refuses_decimals_that_it_could_not_write),
        cmocka_unit_test(writes_exactly_the_decimals_asked_for),
        cmocka_unit_test(bytes_are_big_endian_at_any_alignment),
        cmocka_unit_test(signed_bytes_come_back_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
