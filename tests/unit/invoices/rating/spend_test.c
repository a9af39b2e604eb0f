#include "fixture.h"

#define PRICED(id, sku, price, more)                                                               \
    "{\"charge\":\"" id "\",\"meter\":\"gpu_time\",\"where\":{\"sku\":[\"" sku                     \
    "\"]},\"price_unit\":{\"name\":\"GPU-hour\",\"divisor\":\"3600000000\"}," price                \
    ",\"tax_category\":\"standard\"" more "}"
#define TWO                                                                                        \
    PRICED("h100", "h100", "\"model\":\"per_unit\",\"price\":\"2.50\"", "")                        \
    "," PRICED("a100", "a100", "\"model\":\"per_unit\",\"price\":\"1.20\"", "")
#define PLAN(id, more)                                                                             \
    "{\"id\":\"" id "\",\"from\":\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-01T02:00:00Z\"," more "}"
#define PLANS(plans) ONE_PLAN ",\"spend_plans\":[" plans "]"
#define RATES                                                                                      \
    "\"rates\":[{\"charge\":\"h100\",\"price\":\"1.80\"},{\"charge\":\"a100\",\"price\":\"0.90\"}]"
#define FIRST "2026-10-01T00:00:00Z"
#define SECOND "2026-10-01T01:00:00Z"

static void open_with(struct fixture *f, const char *charges, const char *members)
{
    fixture_open(f);
    if (!fixture_plan(f, charges) || !fixture_contract(f, members))
        fail_msg("%s", f->err.message);
}

static int128 minor_of(const struct fixture *f, const char *charge)
{
    int128 sum = 0;

    for (size_t i = 0; i < f->rating.line_count; i++)
        if (strcmp(f->rating.lines[i].charge, charge) == 0)
            sum += f->rating.lines[i].amount_minor;
    return sum;
}

/* README, "Spend plans". */
static void buys_the_highest_saving_first_and_loses_what_is_unused(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, TWO, PLANS(PLAN("s", "\"per_hour\":\"10\"," RATES)));
    fixture_use(&f, "h100", "a", FIRST, 4 * HOURS);
    fixture_use(&f, "a100", "a", FIRST, 5 * HOURS);
    fixture_use(&f, "h100", "a", SECOND, 1 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 2000 + 227);
    assert_int_equal(minor_of(&f, "s"), 2000);
    assert_int_equal(minor_of(&f, "h100"), 0);
    assert_int_equal(minor_of(&f, "a100"), 227);
    const struct rating_reservation *s = &f.rating.spend_plans[0];
    assert_int_equal(s->row_count, 2);
    assert_true(s->rows[0].covered + s->rows[0].unused == s->rows[0].capacity);
    assert_true(s->rows[0].unused < 3); /* 10^-10: less than one µGPU·s costs */
    assert_true(s->rows[1].covered == (int128)18000000000);
    assert_true(s->rows[1].unused == (int128)82000000000);
    fixture_close(&f);
}

/* A charge's line says what was bought of it, and at which prices. */
static void says_what_was_bought_at_which_price(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, TWO, PLANS(PLAN("s", "\"per_hour\":\"1.80\"," RATES)));
    fixture_use(&f, "h100", "a", FIRST, 4 * HOURS);
    assert_true(fixture_rate(&f));
    const struct rating_line *line = &f.rating.lines[0];
    assert_int_equal(line->amount_minor, 750);
    assert_int_equal(line->parts[0].kind, PART_COVERED);
    assert_string_equal(line->parts[0].quantity, "1");
    assert_string_equal(line->parts[0].why.spend_plan, "s");
    assert_string_equal(line->parts[0].why.plan_price, "1.8");
    assert_string_equal(line->parts[0].why.on_demand, "2.5");
    fixture_close(&f);
}

/* In money on demand 10 an hour buy 4 h100 at 2.50 and cost 7.50. */
static void takes_money_on_demand_and_costs_what_the_discount_leaves(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, TWO,
              PLANS(PLAN("s", "\"per_hour\":\"10\",\"basis\":\"on_demand\",\"discount\":\"25\"")));
    fixture_use(&f, "h100", "a", FIRST, 6 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 2 * 750 + 2 * 250);
    fixture_close(&f);
}

static void narrow_plans_buy_before_broad_ones(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, TWO,
              PLANS(PLAN("a-broad", "\"per_hour\":\"4\",\"discount\":\"20\"") "," PLAN(
                  "narrow", "\"where\":{\"sku\":[\"h100\"]},\"per_hour\":\"2\",\"discount\":"
                            "\"20\"")));
    fixture_use(&f, "h100", "a", FIRST, 2 * HOURS);
    fixture_use(&f, "a100", "a", FIRST, 1 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 1200); /* h100: 2 narrow, 2 broad; a100: .96 broad */
    assert_true(f.rating.spend_plans[0].rows[0].unused == (int128)10400000000);
    assert_true(f.rating.spend_plans[1].rows[0].unused == 0);
    fixture_close(&f);
}

static void a_reservation_comes_first(void **state)
{
    struct fixture f;

    (void)state;
    open_with(&f, TWO,
              PLANS(PLAN("s", "\"per_hour\":\"1.80\"," RATES)) ",\"reservations\":[{\"id\":\"r\","
                                                               "\"where\":{\"meter\":\"gpu_time\"},"
                                                               "\"units\":\"1\",\"from\":\"" FIRST
                                                               "\",\"to\":\"" SECOND
                                                               "\",\"rate\":\"1\"}]");
    fixture_use(&f, "h100", "a", FIRST, 2 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(minor_of(&f, "h100"), 0);
    assert_int_equal(f.rating.net_minor, 100 + 360);
    fixture_close(&f);
}

/* What is bought does not move the counter: 3 h are left for the first tier. */
static void buys_from_tiers_by_their_stated_price(void **state)
{
    static const char tiers[] = PRICED("h100", "h100",
                                       "\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"3\","
                                       "\"price\":\"2.50\"},{\"price\":\"1\"}]",
                                       ",\"on_demand\":\"2.50\"");
    struct fixture f;

    (void)state;
    open_with(&f, tiers, PLANS(PLAN("s", "\"per_hour\":\"2\",\"discount\":\"20\"")));
    fixture_use(&f, "h100", "a", FIRST, 4 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(minor_of(&f, "h100"), 750);
    fixture_close(&f);
}

/* Half an hour has half the amount; the upfront is due once, at `from`. */
static void prices_parts_of_hours_and_what_is_paid_upfront(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    f.grid_seconds = 1800;
    assert_true(fixture_plan(&f, TWO));
    assert_true(fixture_contract(
        &f,
        PLANS(
            "{\"id\":\"s\",\"from\":\"2026-10-01T00:30:00Z\",\"to\":\"2026-10-01T02:00:00Z\","
            "\"per_hour\":\"2\",\"discount\":\"20\",\"upfront\":\"1.5\",\"rate_share\":\"0.5\"}")));
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 150 + 150);
    assert_true(f.rating.spend_plans[0].rows[0].capacity == (int128)10000000000);
    fixture_close(&f);
}

static void refuses_what_it_could_not_price(void **state)
{
    static const struct {
        const char *plan;
        const char *message;
    } cases[] = {
        {PLAN("s", "\"per_hour\":\"0\",\"discount\":\"5\""), "/spend_plans/0/per_hour"},
        {PLAN("s", "\"per_hour\":\"1\""), "/spend_plans/0/rates"},
        {PLAN("s", "\"per_hour\":\"1\",\"discount\":\"101\""), "/spend_plans/0/discount"},
        {PLAN("s", "\"per_hour\":\"1\",\"basis\":\"on_demand\"," RATES), "/spend_plans/0/discount"},
        {PLAN("s", "\"per_hour\":\"1\",\"basis\":\"on_demand\",\"discount\":\"5\"," RATES),
         "/spend_plans/0/rates"},
        {PLAN("s", "\"per_hour\":\"1\",\"discount\":\"5\"") "," PLAN(
             "s", "\"per_hour\":\"1\",\"discount\":\"5\""),
         "/spend_plans/1/id"},
    };
    struct fixture f;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        fixture_open(&f);
        assert_true(fixture_plan(&f, TWO));
        assert_false(fixture_contract(
            &f, arena_printf(&f.arena, ONE_PLAN ",\"spend_plans\":[%s]", cases[i].plan)));
        if (!strstr(f.err.message, cases[i].message))
            fail_msg("case %zu: %s", i, f.err.message);
        fixture_close(&f);
    }
}

static void a_named_charge_needs_a_price_by_itself(void **state)
{
    static const char tiers[] = PRICED(
        "h100", "h100",
        "\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"1\",\"price\":\"2\"},{\"price\":\"1\"}]",
        "");
    struct fixture f;

    (void)state;
    open_with(&f, tiers,
              PLANS(PLAN("s", "\"per_hour\":\"1\",\"charges\":[\"h100\"],\"discount\":\"5\"")));
    assert_false(contract_check_plans(&f.contract, f.plan_list, f.plan_count, &f.err));
    assert_non_null(strstr(f.err.message, "state its on_demand"));
    fixture_close(&f);
}

static void warns_of_scopes_that_cross(void **state)
{
    struct fixture f;
    struct text out;

    (void)state;
    open_with(
        &f, TWO,
        PLANS(
            PLAN("s", "\"where\":{\"sku\":[\"h100\"]},\"per_hour\":\"1\",\"discount\":\"5\"") "," PLAN(
                "t", "\"where\":{\"project\":[\"a\"]},\"per_hour\":\"1\",\"discount\":\"5\"")));
    text_init(&out);
    contract_warnings(&f.contract, &out);
    assert_non_null(strstr(out.data, "spend plans s and t cross"));
    text_release(&out);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buys_the_highest_saving_first_and_loses_what_is_unused),
        cmocka_unit_test(says_what_was_bought_at_which_price),
        cmocka_unit_test(takes_money_on_demand_and_costs_what_the_discount_leaves),
        cmocka_unit_test(narrow_plans_buy_before_broad_ones),
        cmocka_unit_test(a_reservation_comes_first),
        cmocka_unit_test(buys_from_tiers_by_their_stated_price),
        cmocka_unit_test(prices_parts_of_hours_and_what_is_paid_upfront),
        cmocka_unit_test(refuses_what_it_could_not_price),
        cmocka_unit_test(a_named_charge_needs_a_price_by_itself),
        cmocka_unit_test(warns_of_scopes_that_cross),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
