/* Every charge model, and what a charge meets besides its price: the examples of
 * invoices/README.md. */
#include "fixture.h"

#define METER                                                                                      \
    "{\"charge\":\"c\",\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"GPU-hour\",\"divisor\":"  \
    "\"3600000000\"},"
#define PER_UNIT METER "\"model\":\"per_unit\",\"price\":\"2\""
#define PERCENTAGE METER "\"model\":\"percentage\",\"percent\":\"2.9\"}"
#define GRADUATED_PERCENTAGE                                                                       \
    METER "\"model\":\"graduated_percentage\",\"tiers\":[{\"up_to\":\"1000\",\"percent\":\"1\","   \
          "\"flat\":\"200\"},{\"percent\":\"2\"}]}"
#define MATRIX                                                                                     \
    METER "\"model\":\"matrix\",\"by\":[\"sku\"],\"rows\":[{\"when\":{\"sku\":\"h100\"},"          \
          "\"price\":\"2\"}]"
#define WEEK                                                                                       \
    METER "\"model\":\"time_of_use\",\"windows\":[{\"days\":[1,2,3,4,5],\"from\":\"08:00\","       \
          "\"to\":\"18:00\",\"price\":\"2\"},{\"days\":[1,2,3,4,5],\"from\":\"18:00\",\"to\":"     \
          "\"08:00\",\"price\":\"1.50\"}]"
#define SUNDAY_NIGHT                                                                               \
    METER "\"model\":\"time_of_use\",\"windows\":[{\"days\":[7],\"from\":\"02:00\",\"to\":"        \
          "\"03:00\",\"price\":\"5\"}],\"default\":\"1\"}"
#define SPOT                                                                                       \
    METER "\"model\":\"series\",\"steps\":[{\"from\":\"2026-10-02T00:00:00Z\",\"price\":\"1\"},"   \
          "{\"from\":\"2026-10-02T10:00:00Z\",\"price\":\"1.40\"}]}"
#define PEAK METER "\"model\":\"peak\",\"price\":\"10\",\"free\":\"1\"}"
#define PEAK_TIERS                                                                                 \
    METER "\"model\":\"peak\",\"tiers\":[{\"up_to\":\"4\",\"flat\":\"10\"},{\"flat\":\"25\"}]}"
#define TIERS                                                                                      \
    "\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"5\",\"price\":\"3\"},{\"price\":\"1\"}]"
#define PER_WINDOW                                                                                 \
    METER "\"model\":\"graduated\",\"per_window\":true,\"tiers\":[{\"up_to\":\"1\",\"price\":"     \
          "\"2\"},{\"price\":\"1\"}]}"
#define CONVERTED(members)                                                                         \
    METER "\"model\":\"per_unit\",\"price\":\"10\",\"convert\":{\"divide\":\"4\"" members "}"
#define SESSION(members) PER_UNIT ",\"session\":{\"increment\":\"1800000000\"" members "}}"
#define FEE(members) "{\"charge\":\"f\",\"model\":\"flat\",\"price\":\"31\"" members "}"
#define DISCOUNTS                                                                                  \
    "\"discounts\":[{\"percent\":\"10\"},{\"fixed\":\"5\"},{\"percent\":\"10\",\"name\":\"more\"}]"

#define PLAN(version, from, to)                                                                    \
    "{\"plan\":\"p\",\"version\":" version ",\"from\":\"2026-" from "T00:00:00Z\",\"to\":" to "}"
#define FROM(day) "\"plans\":[" PLAN("1", day, "null") "]"
#define UNTIL(day) "\"plans\":[" PLAN("1", "09-01", "\"2026-" day "T00:00:00Z\"") "]"
#define TWO_PLANS                                                                                  \
    "\"plans\":[" PLAN("1", "09-01", "\"2026-10-11T00:00:00Z\"") "," PLAN("2", "10-11", "null") "]"

#define RESERVED                                                                                   \
    ONE_PLAN ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"gpu_time\"},\"units\":"      \
             "\"6\",\"from\":\"2026-10-02T09:00:00Z\",\"to\":\"2026-10-02T10:00:00Z\",\"rate\":"   \
             "\"0\"}]"

#define H (HOURS)
#define USES_MAX 4

struct use {
    const char *sku; /* also the allocation */
    const char *from;
    int128 quantity;
};

static const struct {
    const char *what;
    const char *charges;
    const char *later; /* the plan's second version; NULL: there is one */
    const char *contract;
    struct use uses[USES_MAX];
    int64_t minor;
} cases[] = {
    {"percentage", PERCENTAGE, NULL, ONE_PLAN, {{"a", "2026-10-02T09:00:00Z", 250 * H}}, 725},
    {"graduated percentage",
     GRADUATED_PERCENTAGE,
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 1050 * H}},
     21100},
    {"matrix with a default",
     MATRIX ",\"default\":\"1\"}",
     NULL,
     ONE_PLAN,
     {{"h100", "2026-10-02T09:00:00Z", 3 * H}, {"l4", "2026-10-02T09:00:00Z", 2 * H}},
     800},
    /* 2 October is a Friday: day, night, Saturday's small hours, which are Friday's, Saturday. */
    {"time of use",
     WEEK ",\"default\":\"1\"}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T17:00:00Z", H},
      {"a", "2026-10-02T18:00:00Z", H},
      {"a", "2026-10-03T07:00:00Z", H},
      {"a", "2026-10-03T08:00:00Z", H}},
     600},
    {"a holiday is no Friday, its night is no Friday's",
     WEEK ",\"default\":\"1\",\"holidays\":[\"2026-10-02\"]}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T07:00:00Z", H}, /* Thursday's night */
      {"a", "2026-10-02T17:00:00Z", H},
      {"a", "2026-10-03T07:00:00Z", H}},
     350},
    {"a spot price in steps",
     SPOT,
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", H}, {"a", "2026-10-02T10:00:00Z", H}},
     240},
    {"the highest window, less the allowance",
     PEAK,
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 4 * H},
      {"a", "2026-10-02T10:00:00Z", 3 * H},
      {"b", "2026-10-02T10:00:00Z", 2 * H},
      {"a", "2026-10-12T10:00:00Z", 5 * H}},
     4000},
    {"the peak's tier",
     PEAK_TIERS,
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 4 * H}, {"a", "2026-10-02T10:00:00Z", 3 * H}},
     1000},
    {"the peak's next tier",
     PEAK_TIERS,
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 5 * H}},
     2500},
    {"a counter for each window",
     PER_WINDOW,
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 2 * H}, {"a", "2026-10-02T10:00:00Z", 3 * H}},
     700},
    {"covered units do not move the counter",
     METER TIERS "}",
     NULL,
     RESERVED,
     {{"a", "2026-10-02T09:00:00Z", 8 * H}},
     600},
    {"covered units fill the tiers first",
     METER TIERS ",\"counts_covered\":true}",
     NULL,
     RESERVED,
     {{"a", "2026-10-02T09:00:00Z", 8 * H}},
     200},
    {"an exact conversion",
     CONVERTED("") "}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 6 * H}},
     1500},
    {"a rounded conversion",
     CONVERTED(",\"round\":\"up\"") "}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 6 * H}},
     2000},
    {"a conversion is rounded before the allowance",
     CONVERTED(",\"round\":\"up\"") ",\"free\":\"0.5\"}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 5 * H}, {"a", "2026-10-12T09:00:00Z", H}},
     1500},
    {"a session's increment",
     SESSION(""),
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 2 * H / 3}, {"a", "2026-10-02T10:00:00Z", 7 * H / 12}},
     300},
    {"increment, then minimum",
     SESSION(",\"minimum\":\"7200000000\""),
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 2 * H / 3}, {"b", "2026-10-02T10:00:00Z", 7 * H / 12}},
     800},
    {"nearest, halves up",
     SESSION(",\"round\":\"nearest\""),
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", H / 4}, {"b", "2026-10-02T10:00:00Z", H / 4 - 1}},
     100},
    {"down, from the last window backwards",
     SESSION(",\"round\":\"down\""),
     SESSION(",\"round\":\"down\""),
     TWO_PLANS,
     {{"a", "2026-10-02T09:00:00Z", H / 2 + H / 4}, {"a", "2026-10-12T09:00:00Z", H / 8}},
     100},
    {"a fee by days", FEE(""), NULL, FROM("10-08"), {{0}}, 2400},
    {"a fee of several",
     FEE(",\"quantity\":\"2.5\",\"due\":\"advance\""),
     NULL,
     ONE_PLAN,
     {{0}},
     7750},
    {"a fee once, whole", FEE(",\"once\":true"), NULL, FROM("10-08"), {{0}}, 3100},
    {"a fee once, in another period", FEE(",\"once\":true"), NULL, ONE_PLAN, {{0}}, 0},
    {"a fee that is not prorated", FEE(",\"prorate\":false"), NULL, FROM("10-08"), {{0}}, 3100},
    {"fees of two versions", FEE(""), FEE(",\"quantity\":\"2\""), TWO_PLANS, {{0}}, 1000 + 4200},
    {"discounts as listed",
     PER_UNIT "," DISCOUNTS "}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 50 * H}},
     7650},
    {"never below zero",
     PER_UNIT "," DISCOUNTS "}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", H}},
     0},
    {"what is missing to the minimum",
     PER_UNIT ",\"minimum\":\"10\"}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", H}},
     1000},
    {"a minimum without use", PER_UNIT ",\"minimum\":\"10\"}", NULL, ONE_PLAN, {{0}}, 1000},
    {"no more than the maximum",
     PER_UNIT ",\"maximum\":\"10\"}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 9 * H}},
     1000},
    {"discount, then minimum, then maximum",
     PER_UNIT ",\"discounts\":[{\"percent\":\"50\"}],\"minimum\":\"8\",\"maximum\":\"9\"}",
     NULL,
     ONE_PLAN,
     {{"a", "2026-10-02T09:00:00Z", 7 * H}},
     800},
    {"the minimum of two versions, by their days, together",
     PER_UNIT ",\"minimum\":\"31\"}",
     PER_UNIT ",\"minimum\":\"62\"}",
     TWO_PLANS,
     {{"a", "2026-10-02T09:00:00Z", 20 * H}},
     1000 + 4200},
    {"a maximum of one version does not look at the other's amount",
     PER_UNIT ",\"maximum\":\"31\"}",
     PER_UNIT "}",
     TWO_PLANS,
     {{"a", "2026-10-02T09:00:00Z", 20 * H}, {"a", "2026-10-12T09:00:00Z", 20 * H}},
     1000 + 4000},
    {"the contract's discount, from a day on",
     PER_UNIT "}",
     NULL,
     ONE_PLAN ",\"discounts\":[{\"percent\":\"10\",\"from\":\"2026-10-16T00:00:00Z\",\"charges\":"
              "[\"c\"]}]",
     {{"a", "2026-10-02T09:00:00Z", 10 * H}, {"a", "2026-10-20T09:00:00Z", 10 * H}},
     3800},
    {"the contract's discount of another charge",
     PER_UNIT "}",
     NULL,
     ONE_PLAN ",\"discounts\":[{\"percent\":\"10\",\"charges\":[\"d\"]}]",
     {{"a", "2026-10-02T09:00:00Z", 10 * H}},
     2000},
    {"the contract's own price, from a day on",
     PER_UNIT "}",
     NULL,
     ONE_PLAN ",\"overrides\":[{\"plan\":\"p\",\"charge\":\"c\",\"price\":\"1.50\",\"from\":"
              "\"2026-10-16T00:00:00Z\"}]",
     {{"a", "2026-10-02T09:00:00Z", 10 * H}, {"a", "2026-10-20T09:00:00Z", 10 * H}},
     3500},
    {"the contract's own model of the same family",
     PER_UNIT "}",
     NULL,
     ONE_PLAN ",\"overrides\":[{\"plan\":\"p\",\"charge\":\"c\",\"model\":\"volume\",\"tiers\":"
              "[{\"up_to\":\"5\",\"price\":\"3\"},{\"price\":\"1\"}]}]",
     {{"a", "2026-10-02T09:00:00Z", 10 * H}},
     1000},
};

static void use(struct fixture *f, const struct use *use)
{
    const struct dimension dimensions[] = {{slice_of("allocation"), slice_of(use->sku)},
                                           {slice_of("sku"), slice_of(use->sku)}};

    fixture_use_of(f, dimensions, COUNT_OF(dimensions), use->from, use->quantity);
}

static void prices_every_model_as_the_readme_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct fixture f;

        fixture_open(&f);
        if (!fixture_plan(&f, cases[i].charges) ||
            (cases[i].later && !fixture_plan(&f, cases[i].later)) ||
            !fixture_contract(&f, cases[i].contract))
            fail_msg("%s: %s", cases[i].what, f.err.message);
        for (size_t u = 0; u < USES_MAX && cases[i].uses[u].sku; u++)
            use(&f, &cases[i].uses[u]);
        if (!fixture_rate(&f))
            fail_msg("%s: %s", cases[i].what, f.err.message);
        if (f.rating.net_minor != cases[i].minor)
            fail_msg("%s: %lld, expected %lld", cases[i].what, (long long)f.rating.net_minor,
                     (long long)cases[i].minor);
        fixture_close(&f);
    }
}

/* Both passes of the hour that is there twice match, when clocks go back on 25 October. */
static void matches_both_passes_of_a_repeated_hour(void **state)
{
    static const struct use uses[] = {{"a", "2026-10-24T23:00:00Z", H},
                                      {"a", "2026-10-25T00:00:00Z", H},
                                      {"a", "2026-10-25T01:00:00Z", H},
                                      {"a", "2026-10-25T02:00:00Z", H}};
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, SUNDAY_NIGHT) && fixture_contract(&f, ONE_PLAN));
    contract_release(&f.contract);
    assert_true(zone_open("Europe/Berlin", &f.contract.zone, &f.err));
    for (size_t i = 0; i < COUNT_OF(uses); i++)
        use(&f, &uses[i]);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 100 + 500 + 500 + 100);
    fixture_close(&f);
}

static void prorates_by_hours_of_a_month_where_a_plan_says_so(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, "{\"charge\":\"f\",\"model\":\"flat\",\"price\":\"73\"}") &&
                fixture_contract(&f, UNTIL("10-11")));
    f.plans[0].month_hours = 730;
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 2400); /* 240 h of 730 */
    assert_string_equal(f.rating.lines[0].parts[0].why.prorated, "864000/2628000 seconds");
    fixture_close(&f);
}

static const struct {
    const char *charges;
    const char *contract;
    struct use uses[2];
    const char *message;
} refused[] = {
    {MATRIX "}", ONE_PLAN, {{"l4", "2026-10-02T09:00:00Z", 1}}, "sku=l4} in the window from 2026"},
    {WEEK "}", ONE_PLAN, {{"a", "2026-10-04T09:00:00Z", 1}}, "no window of time_of_use matches"},
    {SPOT, ONE_PLAN, {{"a", "2026-10-01T09:00:00Z", 1}}, "before the first step"},
};

static void refuses_usage_without_a_price_and_names_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(refused); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_true(fixture_plan(&f, refused[i].charges) &&
                    fixture_contract(&f, refused[i].contract));
        use(&f, &refused[i].uses[0]);
        assert_false(fixture_rate(&f));
        if (!strstr(f.err.message, refused[i].message))
            fail_msg("'%s' is not in '%s'", refused[i].message, f.err.message);
        fixture_close(&f);
    }
}

/* What is used in no window is not asked for a price. */
static void asks_no_price_for_what_a_reservation_covers(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, MATRIX "}") && fixture_contract(&f, RESERVED));
    use(&f, &(struct use){"l4", "2026-10-02T09:00:00Z", 6 * H});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 0);
    fixture_close(&f);
}

/* A session's addition has the price of its last window's version. */
static void prices_each_window_of_a_session_by_its_own_version(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, SESSION("")) &&
                fixture_plan(&f, METER
                             "\"model\":\"per_unit\",\"price\":\"4\",\"session\":{\"minimum\":"
                             "\"10800000000\"}}") &&
                fixture_contract(&f, TWO_PLANS));
    use(&f, &(struct use){"a", "2026-10-10T23:00:00Z", H});
    use(&f, &(struct use){"a", "2026-10-11T00:00:00Z", H});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 200 + 2 * 400);
    fixture_close(&f);
}

/* Discounts and the maximum are shared in proportion to amounts; a minimum stands for itself. */
static void shares_terms_over_lines(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, PER_UNIT ",\"line_by\":[\"sku\"],\"maximum\":\"9\"},{\"charge\":"
                                          "\"m\",\"meter\":\"other\",\"price_unit\":{\"name\":"
                                          "\"h\",\"divisor\":\"1\"},\"model\":\"per_unit\","
                                          "\"price\":\"1\",\"line_by\":[\"sku\"],\"minimum\":"
                                          "\"7\"}") &&
                fixture_contract(&f, ONE_PLAN));
    use(&f, &(struct use){"a", "2026-10-02T09:00:00Z", 2 * H});
    use(&f, &(struct use){"b", "2026-10-02T09:00:00Z", 4 * H});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.line_count, 3);
    assert_int_equal(f.rating.lines[0].amount_minor, 300);
    assert_int_equal(f.rating.lines[1].amount_minor, 600);
    assert_null(f.rating.lines[2].by_values[0]);
    assert_int_equal(f.rating.lines[2].amount_minor, 700);
    const struct rating_part *part = &f.rating.lines[1].parts[1];
    assert_int_equal(part->kind, PART_MAXIMUM);
    assert_string_equal(part->why.of, "8");
    assert_string_equal(part->why.share, "2/3"); /* of the 3.00 above the maximum */
    fixture_close(&f);
}

/* Whoever has the parts can do the sum again. */
static void says_what_each_version_owes_of_a_minimum(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, PER_UNIT ",\"minimum\":\"31\"}") &&
                fixture_plan(&f, PER_UNIT ",\"minimum\":\"62\"}") &&
                fixture_contract(&f, TWO_PLANS));
    use(&f, &(struct use){"a", "2026-10-02T09:00:00Z", 20 * H});
    assert_true(fixture_rate(&f));
    const struct rating_part *part = &f.rating.lines[0].parts[1];
    assert_int_equal(part->kind, PART_MINIMUM);
    assert_string_equal(part->why.rule, "31 for 10/31 days + 62 for 21/31 days");
    assert_string_equal(part->why.of, "40");
    assert_string_equal(part->why.exact, "12");
    fixture_close(&f);
}

/* The smallest tier that holds the peak of every meter. */
static void chooses_a_tier_by_several_peaks(void **state)
{
    static const struct {
        int128 h100;
        int128 l4;
        int64_t minor;
    } peaks[] = {{100 * H, 1000 * H, 1000}, {101 * H, 1 * H, 2000}, {1 * H, 2001 * H, 3000}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(peaks); i++) {
        struct fixture f;

        fixture_open(&f);
        assert_true(
            fixture_plan(&f, "{\"charge\":\"c\",\"model\":\"peak\",\"peaks\":[{\"name\":\"h\","
                             "\"meter\":\"gpu_time\",\"where\":{\"sku\":[\"h100\"]},\"divisor\":"
                             "\"3600000000\"},{\"name\":\"l\",\"meter\":\"gpu_time\",\"where\":"
                             "{\"sku\":[\"l4\"]},\"divisor\":\"3600000000\"}],\"tiers\":[{"
                             "\"up_to\":{\"h\":\"100\",\"l\":\"1000\"},\"flat\":\"10\"},{"
                             "\"up_to\":{\"h\":\"200\",\"l\":\"2000\"},\"flat\":\"20\"},{"
                             "\"flat\":\"30\"}]}") &&
            fixture_contract(&f, ONE_PLAN));
        use(&f, &(struct use){"h100", "2026-10-02T09:00:00Z", peaks[i].h100});
        use(&f, &(struct use){"h100", "2026-10-02T10:00:00Z", 1});
        use(&f, &(struct use){"l4", "2026-10-12T10:00:00Z", peaks[i].l4});
        assert_true(fixture_rate(&f));
        assert_int_equal(f.rating.net_minor, peaks[i].minor);
        assert_int_equal(f.rating.unrated_count, 0);
        fixture_close(&f);
    }
}

/* Each is rounded on the whole base, none on another; their sum is the rate. */
static void takes_several_taxes_on_one_base(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, PER_UNIT ",\"tax_category\":\"more\"}"));
    const char *json = arena_printf(
        &f.arena,
        "{\"contract\":\"c\",\"tenant\":\"t\",\"legal_entity\":{\"id\":\"e\",\"name\":\"E\","
        "\"address\":[\"A\"],\"country\":\"CA\",\"number_series\":\"N\"},\"customer\":{\"name\":"
        "\"C\",\"address\":[\"A\"],\"country\":\"CA\"},\"currency\":\"EUR\",\"zone\":\"UTC\","
        "\"billing\":{\"day\":1,\"hour\":0,\"minute\":0},\"from\":\"2026-09-01T00:00:00Z\","
        "\"to\":null,%s,\"tax\":{\"profile\":[{\"category\":\"more\",\"name\":\"GST\",\"rate\":"
        "\"5\"},{\"category\":\"more\",\"name\":\"QST\",\"rate\":\"9.975\"}]}}",
        ONE_PLAN);
    assert_true(contract_parse(json, strlen(json), "c", 0, &f.arena, &f.contract, &f.err));
    use(&f, &(struct use){"a", "2026-10-02T09:00:00Z", 105 * H / 100});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.net_minor, 210);
    assert_int_equal(f.rating.tax_count, 1);
    assert_int_equal(f.rating.taxes[0].rate.coefficient, 14975);
    assert_int_equal(f.rating.taxes[0].parts->count, 2);
    assert_int_equal(f.rating.taxes[0].parts_minor[0], 11); /* 0.105 */
    assert_int_equal(f.rating.taxes[0].parts_minor[1], 21); /* 0.209475 */
    assert_int_equal(f.rating.tax_minor, 32);               /* 14.975 % would be 0.3145: 0.31 */
    fixture_close(&f);
}

/* invoices/README.md, "One invoice through the steps". */
static void takes_one_invoice_through_the_steps(void **state)
{
    static const enum part_kind kinds[] = {PART_COVERED, PART_ROUNDED, PART_FREE,
                                           PART_TIER,    PART_TIER,    PART_DISCOUNT};
    static const int64_t cents[] = {0, 0, 0, 1200, 400, -160};
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(
        fixture_plan(&f, METER "\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"4\",\"price\":"
                               "\"3\"},{\"price\":\"2\"}],\"session\":{\"increment\":"
                               "\"900000000\"},\"free\":\"1\",\"discounts\":[{\"percent\":"
                               "\"10\"}],\"minimum\":\"15\",\"maximum\":\"40\"}") &&
        fixture_contract(&f, ONE_PLAN
                         ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"gpu_time\"},"
                         "\"units\":\"1\",\"from\":\"2026-10-02T09:00:00Z\",\"to\":"
                         "\"2026-10-02T10:00:00Z\",\"rate\":\"1\"}]"));
    use(&f, &(struct use){"a", "2026-10-02T09:00:00Z", H});
    use(&f, &(struct use){"a", "2026-10-02T10:00:00Z", 5 * H / 6});
    use(&f, &(struct use){"b", "2026-10-02T12:00:00Z", 6 * H});
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.lines[0].part_count, 7);
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        assert_int_equal(f.rating.lines[0].parts[i].kind, kinds[i]);
        assert_int_equal(f.rating.lines[0].parts[i].amount, cents[i] * 100000000);
    }
    assert_string_equal(f.rating.lines[0].parts[1].quantity, "1/6"); /* 10 minutes */
    assert_int_equal(f.rating.lines[0].parts[6].kind, PART_MINIMUM);
    assert_int_equal(f.rating.lines[0].parts[6].amount, (int64_t)60 * 100000000);
    assert_int_equal(f.rating.lines[0].amount_minor, 1500);
    assert_int_equal(f.rating.lines[1].amount_minor, 100);
    assert_int_equal(f.rating.tax_minor, 304);
    assert_int_equal(f.rating.total_minor, 1904);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_every_model_as_the_readme_says),
        cmocka_unit_test(matches_both_passes_of_a_repeated_hour),
        cmocka_unit_test(prorates_by_hours_of_a_month_where_a_plan_says_so),
        cmocka_unit_test(refuses_usage_without_a_price_and_names_it),
        cmocka_unit_test(asks_no_price_for_what_a_reservation_covers),
        cmocka_unit_test(prices_each_window_of_a_session_by_its_own_version),
        cmocka_unit_test(shares_terms_over_lines),
        cmocka_unit_test(says_what_each_version_owes_of_a_minimum),
        cmocka_unit_test(chooses_a_tier_by_several_peaks),
        cmocka_unit_test(takes_several_taxes_on_one_base),
        cmocka_unit_test(takes_one_invoice_through_the_steps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
