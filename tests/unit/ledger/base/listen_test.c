#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>

#include <string.h>

#include "base/listen.h"

static void takes_numbers_of_both_families(void **state)
{
    (void)state;
    struct addrinfo *address;
    struct error err;
    assert_true(listen_resolve("127.0.0.1:8080", &address, &err));
    assert_int_equal(address->ai_family, AF_INET);
    assert_int_equal(((struct sockaddr_in *)(void *)address->ai_addr)->sin_port, htons(8080));
    freeaddrinfo(address);
    assert_true(listen_resolve("[::1]:0", &address, &err));
    assert_int_equal(address->ai_family, AF_INET6);
    freeaddrinfo(address);
}

static void refuses_everything_else_and_names_it(void **state)
{
    static const char *const wrong[] = {
        "",        "8080",        ":8080",           "localhost:8080",
        "1.2.3.4", "127.0.0.1:x", "127.0.0.1:99999", "[::1:80"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct addrinfo *address = NULL;
        struct error err;
        assert_false(listen_resolve(wrong[i], &address, &err));
        assert_int_equal(err.code, ERROR_INPUT);
        assert_non_null(strstr(err.message, "--listen"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_numbers_of_both_families),
        cmocka_unit_test(refuses_everything_else_and_names_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
