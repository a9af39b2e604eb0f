#include "serve/guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static unsigned status_of(const char *version, const char *target, const char *name,
                          const char *value)
{
    struct guard_header headers[] = {{slice_of("Host"), slice_of("a")},
                                     {slice_of(name), slice_of(value)}};
    return guard_check(&(struct guard_request){"GET", version, target, 2, headers}).status;
}

static void lets_an_honest_request_pass(void **state)
{
    (void)state;
    assert_int_equal(status_of("HTTP/1.1", "/v1/usage?a=%2F", "Accept", "*/*"), 0);
    assert_int_equal(status_of("HTTP/1.0", "/", "Content-Length", "0"), 0);
}

static void refuses_what_could_be_read_in_two_ways(void **state)
{
    (void)state;
    assert_int_equal(status_of("HTTP/1.1", "/", "host", "b"), 400);
    assert_int_equal(status_of("HTTP/1.1", "/", "Content-Length", "5"), 400);
    assert_int_equal(status_of("HTTP/1.1", "/", "Transfer-Encoding", "chunked"), 400);
    assert_int_equal(status_of("HTTP/1.1", "/", "A b", "c"), 400);
    assert_int_equal(status_of("HTTP/1.1", "/", "A", "b\rc"), 400);
    assert_int_equal(status_of("HTTP/1.9", "/", "A", "b"), 505);
}

static void refuses_a_header_that_counts_once_and_comes_twice(void **state)
{
    (void)state;
    static const char *const names[] = {"Authorization", "content-length", "HOST"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct guard_header headers[] = {{slice_of("Host"), slice_of("a")},
                                         {slice_of(names[i]), slice_of("0")},
                                         {slice_of(names[i]), slice_of("0")}};
        assert_int_equal(
            guard_check(&(struct guard_request){"GET", "HTTP/1.1", "/", 3, headers}).status, 400);
    }
    assert_int_equal(status_of("HTTP/1.1", "/", "Authorization", "Bearer a"), 0);
}

static void refuses_targets_that_hide_something(void **state)
{
    (void)state;
    assert_int_equal(status_of("HTTP/1.1", "/a%00b", "A", "b"), 400);
    assert_int_equal(status_of("HTTP/1.1", "/a%2fb", "A", "b"), 400);
    assert_int_equal(status_of("HTTP/1.1", "/a%2", "A", "b"), 400);
    assert_int_equal(status_of("HTTP/1.1", "http://x/", "A", "b"), 400);
}

static void wants_a_host(void **state)
{
    (void)state;
    assert_int_equal(guard_check(&(struct guard_request){"GET", "HTTP/1.1", "/", 0, NULL}).status,
                     400);
}

static void refuses_a_method_that_is_no_word(void **state)
{
    struct guard_header host = {slice_of("Host"), slice_of("a")};
    (void)state;
    assert_int_equal(
        guard_check(&(struct guard_request){"G\033[31mT", "HTTP/1.1", "/", 1, &host}).status, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lets_an_honest_request_pass),
        cmocka_unit_test(refuses_what_could_be_read_in_two_ways),
        cmocka_unit_test(refuses_a_header_that_counts_once_and_comes_twice),
        cmocka_unit_test(refuses_targets_that_hide_something),
        cmocka_unit_test(wants_a_host),
        cmocka_unit_test(refuses_a_method_that_is_no_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
