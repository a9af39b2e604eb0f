#include "serve/bearer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define SECRET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopq"
#define KEY "dbk_allscopes001_" SECRET

static void takes_a_key_apart(void **state)
{
    struct bearer bearer;
    struct digest hash = digest_of(SECRET, strlen(SECRET));
    (void)state;
    assert_true(bearer_parse("Bearer " KEY "_e5f8ff06", &bearer));
    assert_string_equal(bearer.id, "allscopes001");
    assert_true(digest_equals(&bearer.hash, &hash));
}

static void refuses_what_was_mistyped_or_cut(void **state)
{
    struct bearer bearer;
    (void)state;
    assert_false(bearer_parse(KEY "_e5f8ff06", &bearer));
    assert_false(bearer_parse("Bearer " KEY "_00000000", &bearer));
    assert_false(bearer_parse("Bearer " KEY, &bearer));
    assert_false(bearer_parse("Bearer ", &bearer));
    assert_false(bearer_parse("Basic " KEY "_e5f8ff06", &bearer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_key_apart),
        cmocka_unit_test(refuses_what_was_mistyped_or_cut),
    };
    core_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
