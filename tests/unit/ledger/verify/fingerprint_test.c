#include "verify/fingerprint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_fingerprint_is_the_whole_hash_in_groups_of_four(void **state)
{
    (void)state;
    struct digest digest;
    char out[FINGERPRINT_SIZE];
    for (unsigned i = 0; i < DIGEST_SIZE; i++)
        digest.bytes[i] = (unsigned char)(i * 8);
    assert_string_equal(fingerprint_format(&digest, out),
                        "0008 1018 2028 3038 4048 5058 6068 7078 "
                        "8088 9098 a0a8 b0b8 c0c8 d0d8 e0e8 f0f8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fingerprint_is_the_whole_hash_in_groups_of_four),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
