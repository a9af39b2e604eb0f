#include "store/types.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void check_round_trip(int128 value)
{
    unsigned char bytes[NUMERIC_SIZE_MAX];
    int128 back;
    size_t size = numeric_encode(value, bytes);

    assert_true(size <= sizeof bytes);
    assert_true(numeric_decode(bytes, size, &back));
    assert_true(back == value);
}

static void every_number_of_128_bits_comes_back(void **state)
{
    (void)state;
    check_round_trip(0);
    check_round_trip(INT128_MAX);
    check_round_trip(INT128_MIN);
    check_round_trip(INT128_MIN + 1);
    for (unsigned exponent = 0; exponent <= 38; exponent++)
        for (int off = -1; off <= 1; off++) {
            check_round_trip(number_power10(exponent) + off);
            check_round_trip(-number_power10(exponent) + off);
        }
}

static void encodes_as_postgresql_does(void **state)
{
    static const unsigned char million[] = {0, 1, 0, 1, 0, 0, 0, 0, 0, 100};
    static const unsigned char zero[] = {0, 0, 0, 0, 0, 0, 0, 0};
    static const unsigned char minus[] = {0, 2, 0, 1, 0x40, 0, 0, 0, 0, 1, 0x09, 0x29};
    unsigned char bytes[NUMERIC_SIZE_MAX];
    (void)state;

    assert_int_equal(numeric_encode(1000000, bytes), sizeof million);
    assert_memory_equal(bytes, million, sizeof million);
    assert_int_equal(numeric_encode(0, bytes), sizeof zero);
    assert_memory_equal(bytes, zero, sizeof zero);
    assert_int_equal(numeric_encode(-12345, bytes), sizeof minus);
    assert_memory_equal(bytes, minus, sizeof minus);
}

static void refuses_what_is_no_whole_number_of_128_bits(void **state)
{
    static const struct {
        const char *what;
        size_t size;
        unsigned char bytes[32];
    } cases[] = {
        {"half", 10, {0, 1, 0xff, 0xff, 0, 0, 0, 1, 0x13, 0x88}},
        {"one and a half", 12, {0, 2, 0, 0, 0, 0, 0, 1, 0, 1, 0x13, 0x88}},
        {"not a number", 8, {0, 0, 0, 0, 0xc0, 0, 0, 0}},
        {"infinity", 8, {0, 0, 0, 0, 0xd0, 0, 0, 0}},
        {"2^127", 28, {0,    10,   0,    9,    0,    0,    0,    0,    0x00, 0xaa,
                       0x05, 0x83, 0x20, 0x9a, 0x01, 0xd5, 0x09, 0x0d, 0x0c, 0x60,
                       0x1c, 0x87, 0x1b, 0xf6, 0x20, 0xda, 0x16, 0x60}},
        {"ten to the 40", 10, {0, 1, 0, 10, 0, 0, 0, 0, 0, 1}},
        {"cut off", 9, {0, 1, 0, 0, 0, 0, 0, 0, 0}},
        {"too short", 4, {0, 0, 0, 0}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int128 out = 7;
        if (numeric_decode(cases[i].bytes, cases[i].size, &out) || out != 7)
            fail_msg("%s", cases[i].what);
    }
}

static void an_empty_array_has_no_dimension(void **state)
{
    unsigned char header[ARRAY_HEADER_SIZE];
    (void)state;
    assert_int_equal(array_header_encode(TYPE_INT8, 0, header), 12);
    assert_int_equal(bytes_get_u32(header), 0);
    assert_int_equal(array_header_encode(TYPE_INT8, 3, header), 20);
    assert_int_equal(bytes_get_u32(header + 12), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_number_of_128_bits_comes_back),
        cmocka_unit_test(encodes_as_postgresql_does),
        cmocka_unit_test(refuses_what_is_no_whole_number_of_128_bits),
        cmocka_unit_test(an_empty_array_has_no_dimension),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
