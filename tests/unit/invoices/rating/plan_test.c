/* What plans and contracts must not say, and what the message is. */
#include "fixture.h"

#define UNIT                                                                                       \
    "\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"h\",\"divisor\":\"1\"},\"charge\":\"c\""

static void refuses_plans_with_the_place_and_what_to_do(void **state)
{
    static const struct {
        const char *charge;
        const char *message;
    } cases[] = {
        {"{" UNIT ",\"model\":\"unique\"}", "/charges/0/model"},
        {"{" UNIT ",\"model\":\"volume\"}", "volume needs tiers"},
        {"{" UNIT ",\"model\":\"package\",\"price\":\"1\"}", "needs a size"},
        {"{" UNIT ",\"model\":\"package\",\"size\":\"4\"}", "package needs a price"},
        {"{" UNIT ",\"model\":\"package\",\"price\":\"1\",\"size\":\"0.00\"}", "/charges/0/size"},
        {"{" UNIT ",\"model\":\"package\",\"price\":\"1\",\"size\":\"4\",\"round\":\"nearest\"}",
         "/charges/0/round"},
        {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"1\",\"size\":\"4\"}", "not for per_unit"},
        {"{" UNIT ",\"model\":\"volume\",\"round\":\"up\",\"tiers\":[{\"price\":\"1\"}]}",
         "not for volume"},
        {"{" UNIT ",\"model\":\"graduated\",\"tiers\":[{\"price\":\"1\",\"block\":\"0\"}]}",
         "/charges/0/tiers/0/block"},
        {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"-1\"}", "/charges/0/price"},
        {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"0.1234567890123\"}", "12 decimals"},
        {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"1234567890123456789\"}", "18 digits"},
        {"{" UNIT ",\"model\":\"per_unit\"}", "needs a price"},
        {"{" UNIT
         ",\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"5\",\"price\":\"1\"},{\"up_to\":"
         "\"5\",\"price\":\"1\"},{\"price\":\"1\"}]}",
         "not above 5"},
        {"{" UNIT ",\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"5\",\"price\":\"1\"}]}",
         "last tier must be open"},
        {"{" UNIT ",\"model\":\"graduated\",\"tiers\":[{\"price\":\"1\"},{\"price\":\"1\"}]}",
         "only the last tier"},
        {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"1\"},{" UNIT
         ",\"model\":\"per_unit\",\"price\":\"1\"}",
         "used twice"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_false(fixture_plan(&f, cases[i].charge));
        assert_int_equal(f.err.code, ERROR_INPUT);
        if (!strstr(f.err.message, cases[i].message))
            fail_msg("'%s' is not in '%s'", cases[i].message, f.err.message);
        fixture_close(&f);
    }
}

#define PLAN(version, from, to)                                                                    \
    "{\"plan\":\"p\",\"version\":" version ",\"from\":\"" from "\",\"to\":" to "}"

static void refuses_contracts_with_the_place_and_what_to_do(void **state)
{
    static const struct {
        const char *members;
        const char *message;
    } cases[] = {
        {"\"plans\":[" PLAN("1", "2026-09-01T00:10:00Z", "null") "]", "near it are"},
        {"\"plans\":[" PLAN("1", "2026-08-01T00:00:00Z", "null") "]", "before the contract"},
        {"\"plans\":[" PLAN("1", "2026-09-01T00:00:00Z",
                            "null") "," PLAN("2", "2026-10-01T00:00:00Z", "null") "]",
         "overlaps version 1"},
        {ONE_PLAN
         ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"m\"},\"units\":\"1\","
         "\"from\":\"2026-08-01T00:00:00Z\",\"to\":\"2026-10-01T00:00:00Z\",\"rate\":\"1\"}]",
         "before the contract"},
        {ONE_PLAN
         ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"m\"},\"units\":\"0\","
         "\"from\":\"2026-09-01T00:00:00Z\",\"to\":\"2026-10-01T00:00:00Z\",\"rate\":\"1\"}]",
         "more than nothing"},
        {ONE_PLAN
         ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"m\"},\"units\":\"1\","
         "\"from\":\"2026-09-01T00:00:00Z\",\"to\":\"2026-10-01T00:00:00Z\",\"rate\":\"1\","
         "\"payment\":\"all\",\"upfront\":\"5\"}]",
         "rate is \"0\""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_false(fixture_contract(&f, cases[i].members));
        if (!strstr(f.err.message, cases[i].message))
            fail_msg("'%s' is not in '%s'", cases[i].message, f.err.message);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_plans_with_the_place_and_what_to_do),
        cmocka_unit_test(refuses_contracts_with_the_place_and_what_to_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
