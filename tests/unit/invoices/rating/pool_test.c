#include "fixture.h"
#include "rating/pool.h"

#define TIERS                                                                                           \
    "{\"charge\":\"gpu\",\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"GPU-hour\",\"divisor\":"     \
    "\"3600000000\"},\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"10\",\"price\":\"2\"},{\"price\":" \
    "\"1\"}]}"
#define FLAT "{\"charge\":\"fee\",\"model\":\"flat\",\"price\":\"7\"}"
#define POOL ONE_PLAN ",\"pool\":{\"payer\":\"t\",\"members\":[\"a\",\"b\"]}"
#define HELD(members)                                                                               \
    POOL                                                                                            \
        ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"gpu_time\"},\"units\":\"4\","      \
        "\"from\":\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-01T01:00:00Z\",\"rate\":\"1\"," members \
        "}]"

/* GPU-hours of a member in the month's first hour. */
static void use(struct fixture *f, const char *tenant, int hours)
{
    struct series series = {.meter = slice_of("gpu_time"),
                            .unit = slice_of("uGPU.s"),
                            .scale = 6,
                            .aggregation = AGGREGATION_SUM,
                            .dimension_count = 1,
                            .dimensions = {{slice_of("sku"), slice_of("h100")}}};
    struct text bytes;
    uint32_t at = 0;
    int64_t from_us = 0;

    text_init(&bytes);
    assert_true(series_encode(&series, &bytes, &f->err) &&
                usage_add_series_of(&f->usage, tenant, bytes.data, bytes.size, &at, &f->err) &&
                instant_parse("2026-10-01T00:00:00Z", 20, "from", &from_us, &f->err));
    text_release(&bytes);
    usage_add(&f->usage, at, from_us, 3600, hours * HOURS);
}

static void open_with(struct fixture *f, const char *charges, const char *members)
{
    fixture_open(f);
    if (!fixture_plan(f, charges) || !fixture_contract(f, members))
        fail_msg("%s", f->err.message);
}

/* What a member's lines cost; the payer is t. */
static int128 minor_of(const struct fixture *f, const char *tenant)
{
    int128 sum = 0;

    for (size_t i = 0; i < f->rating.line_count; i++)
        if (strcmp(f->rating.lines[i].member, tenant) == 0)
            sum += f->rating.lines[i].amount_minor;
    return sum;
}

/* README, "Pools": 6 h + 5 h are 10 × 2 + 1 × 1, shared by use in cents. */
static void one_counter_whose_cost_is_shared_by_use(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, TIERS "," FLAT, POOL);
    use(&f, "a", 6);
    use(&f, "b", 5);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 2100 + 700);
    assert_int_equal(minor_of(&f, "a"), 1145);
    assert_int_equal(minor_of(&f, "b"), 955);
    assert_int_equal(minor_of(&f, "t"), 700);
    fixture_close(&f);
}

static void a_reservation_is_its_owners_unless_it_is_shared(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, TIERS, HELD("\"owner\":\"b\""));
    use(&f, "a", 3);
    use(&f, "b", 3);
    assert_true(fixture_rate(&f));
    assert_int_equal(minor_of(&f, "a"), 600);
    assert_int_equal(minor_of(&f, "b"), 0);
    fixture_close(&f);
}

static void a_shared_reservation_covers_its_owner_first(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, TIERS, HELD("\"owner\":\"b\",\"shared\":true"));
    use(&f, "a", 3);
    use(&f, "b", 3);
    assert_true(fixture_rate(&f));
    assert_int_equal(minor_of(&f, "a"), 400); /* one of three hours is left over for it */
    assert_int_equal(minor_of(&f, "b"), 0);
    assert_int_equal(minor_of(&f, "t"), 400); /* the reservation is the payer's */
    fixture_close(&f);
}

/* 3.34 of 1.67 + 0.835 + 0.835: of equals the first takes the cent, whatever lines say. */
static void lines_change_no_members_share(void **state)
{
    static const char *const by[] = {"", ",\"line_by\":[\"sku\",\"zone\"]"};
    struct fixture f;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(by); i++) {
        char charge[400];

        snprintf(charge, sizeof charge,
                 "{\"charge\":\"gpu\",\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"GPU-hour\","
                 "\"divisor\":\"3600000000\"},\"model\":\"per_unit\",\"price\":\"0.835\"%s}",
                 by[i]);
        open_with(&f, charge, POOL);
        use(&f, "a", 1);
        use(&f, "b", 1);
        use(&f, "t", 2);
        assert_true(fixture_rate(&f));
        assert_int_equal(f.rating.net_minor, 334);
        assert_int_equal(minor_of(&f, "a"), 84);
        assert_int_equal(minor_of(&f, "b"), 83);
        assert_int_equal(minor_of(&f, "t"), 167);
        fixture_close(&f);
    }
}

static void a_members_rating_is_its_shares_and_the_payers_what_nobody_used(void **state)
{
    struct fixture f;
    struct rating own;

    (void)state;
    open_with(&f, TIERS "," FLAT, HELD("\"owner\":\"b\",\"shared\":true"));
    use(&f, "a", 3);
    use(&f, "b", 3);
    use(&f, "t", 1);
    assert_true(fixture_rate(&f));
    assert_true(pool_rating_of(&f.contract, &f.rating, "a", &f.arena, &own, &f.err));
    assert_int_equal(own.charge_count, 1);
    assert_int_equal(own.line_count, 1);
    assert_null(own.lines[0].member);
    assert_int_equal(own.net_minor, minor_of(&f, "a"));
    assert_int_equal(own.reservation_count, 0);
    assert_true(pool_rating_of(&f.contract, &f.rating, "t", &f.arena, &own, &f.err));
    assert_int_equal(own.charge_count, 3);
    assert_int_equal(own.net_minor, minor_of(&f, "t"));
    assert_int_equal(own.reservation_count, 1);
    fixture_close(&f);
}

static void a_member_comes_and_goes_where_a_period_begins(void **state)
{
    struct fixture f;
    struct period period;
    int64_t from_us, to_us;

    (void)state;
    open_with(&f, TIERS,
              ONE_PLAN ",\"pool\":{\"payer\":\"t\",\"members\":[{\"tenant\":\"a\",\"from\":"
                       "\"2026-11-01T00:00:00Z\"},\"b\"]}");
    assert_true(contract_period(&f.contract, "2026-10", &period, &f.err));
    assert_false(pool_has(&f.contract.members[1], &period));
    assert_true(pool_has(&f.contract.members[2], &period));
    assert_true(contract_period(&f.contract, "2026-11", &period, &f.err));
    assert_true(pool_has(&f.contract.members[1], &period));
    assert_true(pool_tenure(&f.contract, "a", &from_us, &to_us));
    assert_int_equal(from_us, period.from_us);
    assert_false(pool_tenure(&f.contract, "x", &from_us, &to_us));
    fixture_close(&f);
}

static void refuses_pools_that_make_no_sense(void **state)
{
    static const struct {
        const char *members;
        const char *message;
    } cases[] = {
        {ONE_PLAN ",\"pool\":{\"payer\":\"a\",\"members\":[\"b\"]}", "/pool/payer: "},
        {ONE_PLAN ",\"pool\":{\"payer\":\"t\",\"members\":[\"t\"]}", "/pool/members: "},
        {ONE_PLAN ",\"pool\":{\"payer\":\"t\",\"members\":[\"a\",{\"tenant\":\"a\"}]}",
         "/pool/members: 'a' is in it twice"},
        {ONE_PLAN ",\"pool\":{\"payer\":\"t\",\"members\":[{\"tenant\":\"a\",\"to\":"
                  "\"2026-10-02T00:00:00Z\"}]}",
         "/pool/members/0/to: 2026-10-02T00:00:00Z is inside period 2026-10"},
        {HELD("\"owner\":\"x\""), "/reservations/0/owner: 'x' is not in the pool"},
    };
    struct fixture f;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fixture_open(&f);
        assert_false(fixture_contract(&f, cases[i].members));
        if (!strstr(f.err.message, cases[i].message))
            fail_msg("case %zu: %s", i, f.err.message);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_counter_whose_cost_is_shared_by_use),
        cmocka_unit_test(a_reservation_is_its_owners_unless_it_is_shared),
        cmocka_unit_test(a_shared_reservation_covers_its_owner_first),
        cmocka_unit_test(lines_change_no_members_share),
        cmocka_unit_test(a_members_rating_is_its_shares_and_the_payers_what_nobody_used),
        cmocka_unit_test(a_member_comes_and_goes_where_a_period_begins),
        cmocka_unit_test(refuses_pools_that_make_no_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
