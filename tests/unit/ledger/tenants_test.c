#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/canonical.h"
#include "ledger/tenants.h"

static bool read(const char *text, int log, struct tenant *out, json_t **out_json)
{
    struct error err;
    assert_true(canonical_parse(text, strlen(text), "test", out_json, &err));
    return tenant_of_content(*out_json, log, out, &err);
}

static void reads_a_tenants_content(void **state)
{
    (void)state;
    CLEANUP(json_release) json_t *json = NULL;
    struct tenant tenant;
    assert_true(read("{\"grid_seconds\":1800,\"id\":\"acme\",\"name\":\"Acme\",\"number\":"
                     "\"281474976710657\",\"slot\":4,\"zone\":\"Asia/Kolkata\"}",
                     1, &tenant, &json));
    assert_true(tenant.number == TENANT_NUMBER(1, 1));
    assert_int_equal(tenant.grid_seconds, 1800);
    assert_string_equal(tenant.id, "acme");
}

static void refuses_contents_that_cannot_be(void **state)
{
    (void)state;
    static const char *const cases[] = {
        /* another slot than the id's, a grid that is none, another log's number, counter 0 */
        "{\"grid_seconds\":1800,\"id\":\"acme\",\"name\":\"A\",\"number\":\"1\",\"slot\":5,"
        "\"zone\":\"UTC\"}",
        "{\"grid_seconds\":60,\"id\":\"acme\",\"name\":\"A\",\"number\":\"1\",\"slot\":4,"
        "\"zone\":\"UTC\"}",
        "{\"grid_seconds\":1800,\"id\":\"acme\",\"name\":\"A\",\"number\":\"281474976710657\","
        "\"slot\":4,\"zone\":\"UTC\"}",
        "{\"grid_seconds\":1800,\"id\":\"acme\",\"name\":\"A\",\"number\":\"0\",\"slot\":4,"
        "\"zone\":\"UTC\"}",
        "{\"grid_seconds\":1800,\"id\":\"acme\",\"number\":\"1\",\"slot\":4,\"zone\":\"UTC\"}",
        "{\"extra\":1,\"grid_seconds\":1800,\"id\":\"acme\",\"name\":\"A\",\"number\":\"1\","
        "\"slot\":4,\"zone\":\"UTC\"}",
        "[]",
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(json_release) json_t *json = NULL;
        struct tenant tenant;
        assert_false(read(cases[i], 0, &tenant, &json));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_tenants_content),
        cmocka_unit_test(refuses_contents_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
