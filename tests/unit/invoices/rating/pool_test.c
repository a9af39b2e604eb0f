#include "fixture.h"

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

/* What a member's lines cost; NULL: what has no usage. */
static int128 minor_of(const struct fixture *f, const char *tenant)
{
    int128 sum = 0;

    for (size_t i = 0; i < f->rating.line_count; i++) {
        const struct rating_line *line = &f->rating.lines[i];
        const char *value = NULL;

        for (size_t n = 0; n < line->by_count; n++)
            if (strcmp(line->by_names[n], POOL_TENANT) == 0)
                value = line->by_values[n];
        if (value == tenant || (value && tenant && strcmp(value, tenant) == 0))
            sum += line->amount_minor;
    }
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
    assert_int_equal(minor_of(&f, NULL), 700);
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
    assert_int_equal(minor_of(&f, NULL), 400); /* the reservation is the payer's */
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
        cmocka_unit_test(refuses_pools_that_make_no_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
