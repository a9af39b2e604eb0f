#include "serve/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void finds_the_pattern_of_a_path_and_its_part(void **state)
{
    static const struct {
        const char *path;
        const char *pattern; /* NULL: none */
        const char *part;
    } cases[] = {
        {"/v1/usage", "/v1/usage", NULL},
        {"/v1/invoices", "/v1/invoices", NULL},
        {"/v1/invoices/DE-2026-000001", "/v1/invoices/{number}", "DE-2026-000001"},
        {"/v1/invoices/bundle", "/v1/invoices/{number}", "bundle"},
        {"/v1/invoices/DE-1/bundle", "/v1/invoices/{number}/bundle", "DE-1"},
        {"/v1/invoices/../bundle", "/v1/invoices/{number}/bundle", ".."},
        {"/v1/invoices/", NULL, NULL},
        {"/v1/invoices//bundle", NULL, NULL},
        {"/v1/invoices/DE-1/", NULL, NULL},
        {"/v1/invoices/DE-1/bundle/", NULL, NULL},
        {"/v1/invoices/DE-1/bundles", NULL, NULL},
        {"/v1/usage/", NULL, NULL},
        {"/V1/usage", NULL, NULL},
        {"/v1", NULL, NULL},
        {"/", NULL, NULL},
        {"", NULL, NULL},
    };
    struct arena CLEANUP(arena_release) arena;
    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *part;
        const struct route *route = route_find(cases[i].path, &arena, &part);
        if (cases[i].pattern == NULL) {
            assert_null(route);
            continue;
        }
        assert_non_null(route);
        assert_string_equal(route->pattern, cases[i].pattern);
        assert_true(cases[i].part == NULL ? part == NULL : strcmp(part, cases[i].part) == 0);
    }
}

/* What has no scope shows nothing of a tenant. */
static void only_health_and_metrics_are_open(void **state)
{
    (void)state;
    for (const struct route *route = routes; route->pattern != NULL; route++) {
        bool is_book = strncmp(route->pattern, "/v1/", 4) == 0;
        assert_true((route->scope != NULL) == is_book);
        assert_non_null(route->handler);
        assert_ptr_equal(&routes[route_number(route)], route);
    }
}

static void every_pattern_finds_itself(void **state)
{
    struct arena CLEANUP(arena_release) arena;
    const char *part;
    (void)state;
    arena_init(&arena);
    for (const struct route *route = routes; route->pattern != NULL; route++)
        assert_ptr_equal(route_find(route->pattern, &arena, &part), route);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_pattern_of_a_path_and_its_part),
        cmocka_unit_test(only_health_and_metrics_are_open),
        cmocka_unit_test(every_pattern_finds_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
