/* invoices/rating/tier: what a counter's units cost, by model, tier, block and version. */
#include "fixture.h"

#define CHARGE                                                                                     \
    "{\"charge\":\"c\",\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"GPU-hour\",\"divisor\":"  \
    "\"3600000000\"},"
#define PLAN(version, from, to)                                                                    \
    "{\"plan\":\"p\",\"version\":" version ",\"from\":\"2026-" from "T00:00:00Z\",\"to\":" to "}"
#define TWO_PLANS                                                                                  \
    "\"plans\":[" PLAN("1", "09-01", "\"2026-10-11T00:00:00Z\"") "," PLAN("2", "10-11", "null") "]"

#define VOLUME                                                                                     \
    CHARGE "\"model\":\"volume\",\"tiers\":[{\"up_to\":\"10\",\"price\":\"2\",\"flat\":\"5\"},"    \
           "{\"price\":\"1\"}]}"
#define PACKAGE CHARGE "\"model\":\"package\",\"size\":\"4\",\"price\":\"3\""
#define BLOCKS(model)                                                                              \
    CHARGE "\"model\":\"" model "\",\"tiers\":[{\"up_to\":\"10\",\"block\":\"5\",\"price\":"       \
           "\"2\"},{\"block\":\"20\",\"price\":\"15\"}]}"

static const struct {
    const char *charge;
    int128 first; /* units on 2 October */
    int128 then;  /* on 12 October */
    int64_t minor;
} one_version[] = {
    /* The price, and the fee, of the tier that the total falls in. */
    {VOLUME, 0, 0, 500},
    {VOLUME, 10 * HOURS, 0, 2500},
    {VOLUME, 10 * HOURS, 1, 1000}, /* a unit past the border: 10.00 and a little */
    {VOLUME, 8 * HOURS, 3 * HOURS, 1100},
    /* Blocks that begin, or that are full; the allowance comes before. */
    {PACKAGE "}", 0, 0, 0},
    {PACKAGE "}", 1, 0, 300},
    {PACKAGE "}", 4 * HOURS, 0, 300},
    {PACKAGE "}", 4 * HOURS, 1, 600},
    {PACKAGE ",\"free\":\"1\"}", 9 * HOURS, 0, 600},
    {PACKAGE ",\"free\":\"1\"}", 9 * HOURS, HOURS / 2, 900},
    {PACKAGE ",\"round\":\"down\"}", 9 * HOURS, HOURS / 2, 600},
    {PACKAGE ",\"round\":\"down\"}", 4 * HOURS - 1, 0, 0},
    /* Each tier's blocks count from where it begins. */
    {BLOCKS("graduated"), 6 * HOURS, 0, 400},
    {BLOCKS("graduated"), 11 * HOURS, 0, 1900},
    {BLOCKS("graduated"), 30 * HOURS, 1, 3400},
    {BLOCKS("volume"), 10 * HOURS, 0, 400},
    {BLOCKS("volume"), 11 * HOURS, 10 * HOURS, 3000},
};

static void prices_volume_packages_and_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(one_version); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_true(fixture_plan(&f, one_version[i].charge) && fixture_contract(&f, ONE_PLAN));
        fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", one_version[i].first);
        fixture_use(&f, "h100", "b", "2026-10-12T00:00:00Z", one_version[i].then);
        assert_true(fixture_rate(&f));
        if (f.rating.net_minor != one_version[i].minor)
            fail_msg("case %zu: %lld, expected %lld", i, (long long)f.rating.net_minor,
                     (long long)one_version[i].minor);
        fixture_close(&f);
    }
}

static int64_t rate_over_versions(const char *before, const char *after, int128 first, int128 then)
{
    struct fixture f;

    fixture_open(&f);
    assert_true(fixture_plan(&f, before) && fixture_plan(&f, after) &&
                fixture_contract(&f, TWO_PLANS));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", first);
    fixture_use(&f, "h100", "a", "2026-10-12T00:00:00Z", then);
    assert_true(fixture_rate(&f));
    int64_t minor = (int64_t)f.rating.net_minor;
    fixture_close(&f);
    return minor;
}

static void volume_takes_the_periods_total_in_each_versions_table_and_one_fee(void **state)
{
    static const char other[] =
        CHARGE "\"model\":\"volume\",\"tiers\":[{\"up_to\":\"20\",\"price\":\"3\",\"flat\":\"7\"},"
               "{\"price\":\"1\"}]}";

    (void)state;
    assert_int_equal(rate_over_versions(VOLUME, VOLUME, 5 * HOURS, 4 * HOURS), 2300);
    assert_int_equal(rate_over_versions(VOLUME, other, 5 * HOURS, 4 * HOURS), 500 + 1000 + 1200);
    assert_int_equal(rate_over_versions(VOLUME, other, 8 * HOURS, 4 * HOURS), 800 + 1200);
    assert_int_equal(rate_over_versions(VOLUME, other, 0, 4 * HOURS), 700 + 1200);
}

static void a_block_that_an_earlier_version_billed_is_not_billed_again(void **state)
{
    static const char dearer[] = CHARGE "\"model\":\"package\",\"size\":\"4\",\"price\":\"5\"}";

    (void)state;
    assert_int_equal(rate_over_versions(PACKAGE "}", dearer, 6 * HOURS, 1 * HOURS), 600);
    assert_int_equal(rate_over_versions(PACKAGE "}", dearer, 6 * HOURS, 3 * HOURS), 1100);
}

static void a_unit_more_may_lower_a_volume_and_the_difference_says_so(void **state)
{
    struct fixture f;
    struct rating_difference difference;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, VOLUME) && fixture_contract(&f, ONE_PLAN));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", 10 * HOURS);
    assert_true(fixture_rate(&f));
    struct rating then = f.rating;
    fixture_use(&f, "h100", "a", "2026-10-03T00:00:00Z", 1 * HOURS);
    assert_true(fixture_rate(&f));
    assert_true(rating_difference(&f.rating, &then, &f.arena, &difference, &f.err));
    assert_int_equal(difference.net_minor, 1100 - 2500);
    fixture_close(&f);
}

static void a_part_says_that_its_price_is_of_a_block(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, PACKAGE "}") && fixture_contract(&f, ONE_PLAN));
    fixture_use(&f, "h100", "a", "2026-10-02T00:00:00Z", 5 * HOURS);
    assert_true(fixture_rate(&f));
    CLEANUP(json_release) json_t *json = rating_part_json(&f.rating.lines[0].parts[0]);
    const json_t *why = json_object_get(json, "why");
    assert_string_equal(json_string_value(json_object_get(json, "quantity")), "5");
    assert_string_equal(json_string_value(json_object_get(why, "block")), "4");
    assert_string_equal(json_string_value(json_object_get(why, "price")), "3");
    assert_int_equal(f.rating.net_minor, 600);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_volume_packages_and_blocks),
        cmocka_unit_test(volume_takes_the_periods_total_in_each_versions_table_and_one_fee),
        cmocka_unit_test(a_block_that_an_earlier_version_billed_is_not_billed_again),
        cmocka_unit_test(a_unit_more_may_lower_a_volume_and_the_difference_says_so),
        cmocka_unit_test(a_part_says_that_its_price_is_of_a_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
