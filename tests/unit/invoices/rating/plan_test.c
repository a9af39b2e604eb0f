/* What plans and contracts must not say, and what the message is. */
#include "fixture.h"

#define UNIT                                                                                       \
    "\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"h\",\"divisor\":\"1\"},\"charge\":\"c\""

static const struct {
    const char *charge;
    const char *message;
} refused_plans[] = {
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
    {"{" UNIT ",\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"5\",\"price\":\"1\"},{\"up_to\":"
     "\"5\",\"price\":\"1\"},{\"price\":\"1\"}]}",
     "not above 5"},
    {"{" UNIT ",\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"5\",\"price\":\"1\"}]}",
     "last tier must be open"},
    {"{" UNIT ",\"model\":\"graduated\",\"tiers\":[{\"price\":\"1\"},{\"price\":\"1\"}]}",
     "only the last tier"},
    {"{" UNIT ",\"model\":\"graduated\",\"tiers\":[{\"percent\":\"1\"}]}", "has a price"},
    {"{" UNIT ",\"model\":\"graduated_percentage\",\"tiers\":[{\"price\":\"1\"}]}",
     "has a percent"},
    {"{\"charge\":\"c\",\"model\":\"per_unit\",\"price\":\"1\"}", "/charges/0/meter"},
    {"{" UNIT ",\"model\":\"flat\",\"price\":\"1\"}", "/charges/0/meter"},
    {"{" UNIT ",\"model\":\"matrix\",\"by\":[\"a\"],\"rows\":[{\"when\":{\"b\":\"1\"},"
     "\"price\":\"1\"}]}",
     "'b' is not in by"},
    {"{" UNIT ",\"model\":\"matrix\",\"by\":[\"a\"],\"rows\":[{\"when\":{\"a\":\"1\"},"
     "\"price\":\"1\"},{\"when\":{\"a\":\"1\"},\"price\":\"2\"}]}",
     "/charges/0/rows/1/when: row 0 says the same"},
    {"{" UNIT ",\"model\":\"time_of_use\",\"windows\":[{\"days\":[1],\"from\":\"9:00\","
     "\"to\":\"10:00\",\"price\":\"1\"}]}",
     "/charges/0/windows/0/from"},
    {"{" UNIT ",\"model\":\"time_of_use\",\"holidays\":[\"2026-02-30\"],\"windows\":[{"
     "\"days\":[1],\"from\":\"09:00\",\"to\":\"10:00\",\"price\":\"1\"}]}",
     "/charges/0/holidays/0: '2026-02-30' is not a date"},
    {"{" UNIT ",\"model\":\"series\",\"steps\":[{\"from\":\"2026-10-02T00:00:00Z\",\"price\":"
     "\"1\"},{\"from\":\"2026-10-01T00:00:00Z\",\"price\":\"1\"}]}",
     "steps stand in time order"},
    {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"1\",\"minimum\":\"5\",\"maximum\":\"4\"}",
     "is below the minimum"},
    {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"1\",\"discounts\":[{\"percent\":"
     "\"101\"}]}",
     "at most 100 percent"},
    {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"1\",\"discounts\":[{\"percent\":\"1\","
     "\"fixed\":\"1\"}]}",
     "either a percent or a fixed amount"},
    {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"1\",\"convert\":{\"divide\":\"7\","
     "\"multiply\":\"3\",\"round\":\"up\"}}",
     "no whole number of the meter's base units"},
    {"{" UNIT ",\"model\":\"peak\",\"price\":\"1\",\"per_window\":true}", "not for peak"},
    {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"1\",\"session\":{\"increment\":\"60\"}},{"
     "\"charge\":\"d\",\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"h\",\"divisor\":"
     "\"1\"},\"model\":\"per_unit\",\"price\":\"1\"}",
     "'d' may count usage of 'c' too"},
    {"{" UNIT ",\"model\":\"per_unit\",\"price\":\"1\"},{" UNIT
     ",\"model\":\"per_unit\",\"price\":\"1\"}",
     "used twice"},
};

static void refuses_plans_with_the_place_and_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused_plans); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_false(fixture_plan(&f, refused_plans[i].charge));
        assert_int_equal(f.err.code, ERROR_INPUT);
        if (!strstr(f.err.message, refused_plans[i].message))
            fail_msg("'%s' is not in '%s'", refused_plans[i].message, f.err.message);
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
        {ONE_PLAN ",\"discounts\":[{\"percent\":\"5\",\"from\":\"2026-10-01T00:10:00Z\"}]",
         "/discounts/0: 2026-10-01T00:10:00Z is not on the tenant's grid"},
        {ONE_PLAN ",\"overrides\":[{\"plan\":\"p\",\"charge\":\"c\",\"price\":\"1\"},{\"plan\":"
                  "\"p\",\"charge\":\"c\",\"price\":\"2\",\"from\":\"2026-10-01T00:00:00Z\"}]",
         "overlaps /overrides/0"},
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

/* Contracts that only their plans show to be wrong. */
static void refuses_contracts_that_do_not_fit_their_plans(void **state)
{
    static const struct {
        const char *members;
        const char *message;
    } cases[] = {
        {ONE_PLAN ",\"overrides\":[{\"plan\":\"p\",\"charge\":\"x\",\"price\":\"1\"}]",
         "no plan 'p' with a charge 'x'"},
        {ONE_PLAN ",\"overrides\":[{\"plan\":\"p\",\"charge\":\"c\",\"model\":\"flat\","
                  "\"price\":\"1\"}]",
         "/charges/0/meter"},
        {ONE_PLAN ",\"overrides\":[{\"plan\":\"p\",\"charge\":\"c\",\"model\":\"per_unit\","
                  "\"price\":\"1\"}]",
         "stays in the family"},
        {ONE_PLAN ",\"overrides\":[{\"plan\":\"p\",\"charge\":\"c\",\"default\":\"x\"}]",
         "/charges/0/default"},
        {ONE_PLAN,
         "days 1, 09:10 to 10:00: 2026-09-01T09:10:00Z is not on the tenant's grid of 3600 "
         "s; near it are 2026-09-01T09:00:00Z and 2026-09-01T10:00:00Z"},
    };
    const char *plan = "{" UNIT ",\"model\":\"time_of_use\",\"windows\":[{\"days\":[1],\"from\":"
                       "\"09:10\",\"to\":\"10:00\",\"price\":\"1\"}]}";

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_true(fixture_plan(&f, plan) && fixture_contract(&f, cases[i].members));
        if (i + 1 < COUNT_OF(cases)) /* what the override is about comes first */
            f.plans[0].charges[0].table.cells[0].from_minute = 540;
        assert_false(contract_check_plans(&f.contract, f.plan_list, f.plan_count, &f.err));
        if (!strstr(f.err.message, cases[i].message))
            fail_msg("'%s' is not in '%s'", cases[i].message, f.err.message);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_contracts_that_do_not_fit_their_plans),
        cmocka_unit_test(refuses_plans_with_the_place_and_what_to_do),
        cmocka_unit_test(refuses_contracts_with_the_place_and_what_to_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
