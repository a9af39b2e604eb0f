#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "meter/short.h"

#define SIZES 40

/* Of exactly this size, so that what goes beyond is seen by valgrind and the sanitizers. */
static char *bytes_of(size_t size, char first)
{
    char *bytes = memory_alloc(size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(first + (char)i);
    return bytes;
}

static void copies_every_size_and_nothing_else(void **state)
{
    (void)state;
    for (size_t size = 0; size < SIZES; size++) {
        char *bytes = bytes_of(size, 'A');
        unsigned char out[SIZES + 1];
        memset(out, 0xee, sizeof out);
        short_copy(out, bytes, size);
        assert_memory_equal(out, bytes, size);
        for (size_t i = size; i < sizeof out; i++)
            assert_int_equal(out[i], 0xee);
        free(bytes);
    }
    short_copy(NULL, NULL, 0);
}

static void tells_a_difference_in_any_byte_of_any_size(void **state)
{
    (void)state;
    for (size_t size = 0; size < SIZES; size++) {
        char *a = bytes_of(size, 'A');
        char *b = bytes_of(size, 'A');
        assert_true(short_equals(a, b, size));
        for (size_t i = 0; i < size; i++) {
            b[i] ^= 1;
            if (short_equals(a, b, size))
                fail_msg("byte %zu of %zu", i, size);
            b[i] ^= 1;
        }
        free(a);
        free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_every_size_and_nothing_else),
        cmocka_unit_test(tells_a_difference_in_any_byte_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
