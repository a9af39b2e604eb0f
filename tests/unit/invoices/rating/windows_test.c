/*
 * Where a bill does not ask when something was used, sums of the period give the same bill.
 */
#include "fixture.h"

#include "rating/windows.h"

#define UNIT "\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"h\",\"divisor\":\"3600000000\"}"
#define CHARGE(rest) "{\"charge\":\"g\"," UNIT "," rest "}"
#define TIERS                                                                                      \
    "\"tiers\":[{\"up_to\":\"10\",\"price\":\"2.49\",\"flat\":\"5\"},{\"price\":\"1.37\"}]"

/* One series in many hours, another in few, a third in one. */
static void use_hours(struct fixture *f)
{
    static const char *const names[][2] = {{"h100", "a"}, {"h100", "b"}, {"l4", "a"}};

    for (int hour = 0; hour < 300; hour++) {
        size_t of = hour % 7 == 0 ? 1 : hour == 13 ? 2 : 0;
        const char *from =
            arena_printf(&f->arena, "2026-10-%02dT%02d:00:00Z", 1 + hour / 24, hour % 24);

        fixture_use(f, names[of][0], names[of][1], from, HOURS / 7 + hour * 1000003);
    }
}

/* All of a series' rows in one window that is the whole period. */
static void add_up(const struct fixture *f, struct rating_usage *out)
{
    *out = f->usage;
    out->rows = NULL;
    out->row_count = out->row_capacity = 0;
    for (uint32_t series = 0; series < f->usage.series_count; series++) {
        int128 sum = 0;

        for (size_t i = 0; i < f->usage.row_count; i++)
            if (f->usage.rows[i].series == series)
                sum += f->usage.rows[i].quantity;
        usage_add(out, series, f->period.from_us,
                  (uint32_t)((f->period.to_us - f->period.from_us) / SECOND_US), sum);
    }
}

static void check_same(struct fixture *f, const char *what)
{
    struct rating_usage sums;
    struct rating rating;

    add_up(f, &sums);
    bool done = rate(&f->contract, f->plan_list, f->plan_count, &f->period, &sums, &f->arena,
                     &rating, &f->err);
    json_t *by_hour = rating_json(&f->rating);
    json_t *by_sum = done ? rating_json(&rating) : NULL;
    if (!json_equal(by_hour, by_sum))
        fail_msg("%s: another bill from sums", what);
    json_decref(by_hour);
    json_decref(by_sum);
    free(sums.rows);
}

static void bills_from_sums_are_those_from_windows(void **state)
{
    static const char *const charges[] = {
        CHARGE("\"model\":\"per_unit\",\"price\":\"2.49\",\"line_by\":[\"project\"]"),
        CHARGE("\"model\":\"graduated\",\"free\":\"3\",\"line_by\":[\"project\",\"sku\"]," TIERS),
        CHARGE("\"model\":\"volume\",\"key_by\":[\"sku\"]," TIERS),
        CHARGE(
            "\"model\":\"package\",\"size\":\"4\",\"price\":\"3\",\"round\":\"up\",\"free\":\"1\""),
        CHARGE("\"model\":\"matrix\",\"by\":[\"sku\"],\"rows\":[{\"when\":{\"sku\":\"h100\"},"
               "\"price\":\"2\"}],\"default\":\"1\",\"line_by\":[\"sku\"]"),
        CHARGE(
            "\"model\":\"per_unit\",\"price\":\"1\",\"discounts\":[{\"percent\":\"7\"},{\"fixed\":"
            "\"1.11\"}],\"minimum\":\"60\",\"line_by\":[\"project\"]"),
        CHARGE("\"model\":\"per_unit\",\"price\":\"9\",\"maximum\":\"77\",\"line_by\":[\"sku\"]"),
        "{\"charge\":\"f\",\"model\":\"flat\",\"price\":\"31\"}," CHARGE(
            "\"model\":\"per_unit\",\"price\":\"1\",\"where\":{\"sku\":[\"h100\"]}"),
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(charges); i++) {
        struct fixture f;

        fixture_open(&f);
        if (!fixture_plan(&f, charges[i]) || !fixture_contract(&f, ONE_PLAN))
            fail_msg("%s", f.err.message);
        use_hours(&f);
        assert_true(fixture_rate(&f));
        assert_false(rate_needs_windows(&f.contract, f.plan_list, f.plan_count, &f.period));
        check_same(&f, charges[i]);
        fixture_close(&f);
    }
}

static void says_which_terms_ask_for_windows(void **state)
{
    static const char plain[] = CHARGE("\"model\":\"per_unit\",\"price\":\"1\"");
    static const struct {
        const char *charges, *members;
    } rows[] = {
        {CHARGE("\"model\":\"peak\",\"price\":\"1\""), ONE_PLAN},
        {CHARGE("\"model\":\"per_unit\",\"price\":\"1\",\"per_window\":true"), ONE_PLAN},
        {CHARGE("\"model\":\"per_unit\",\"price\":\"1\",\"convert\":{\"multiply\":\"1\",\"divide\":"
                "\"1\",\"round\":\"up\"}"),
         ONE_PLAN},
        {CHARGE(
             "\"model\":\"time_of_use\",\"windows\":[{\"days\":[1],\"from\":\"08:00\",\"to\":\"18:00\",\"price\":\"2\"}],\"default\":\"1\""),
         ONE_PLAN},
        {plain, ONE_PLAN ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"gpu_time\"},"
                         "\"units\":\"1\",\"rate\":\"1\",\"payment\":\"none\",\"from\":"
                         "\"2026-10-01T00:00:00Z\",\"to\":\"2026-11-01T00:00:00Z\"}]"},
        {plain, ONE_PLAN ",\"discounts\":[{\"percent\":\"10\",\"from\":\"2026-10-16T00:00:00Z\"}]"},
        {plain,
         ONE_PLAN ",\"credits\":[{\"id\":\"k\",\"name\":\"K\",\"amount\":\"5\",\"priority\":0,"
                  "\"from\":\"2026-10-01T00:00:00Z\",\"kind\":\"paid\",\"apply\":"
                  "\"before_tax\"}]"},
        {plain, "\"plans\":[{\"plan\":\"p\",\"version\":1,\"from\":\"2026-10-11T00:00:00Z\",\"to\":"
                "null}]"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture f;

        fixture_open(&f);
        if (fixture_plan(&f, rows[i].charges) && fixture_contract(&f, rows[i].members)) {
            assert_true(contract_period(&f.contract, "2026-10", &f.period, &f.err));
            if (!rate_needs_windows(&f.contract, f.plan_list, f.plan_count, &f.period))
                fail_msg("row %zu: %s %s", i, rows[i].charges, rows[i].members);
        } else {
            fail_msg("row %zu: %s", i, f.err.message);
        }
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bills_from_sums_are_those_from_windows),
        cmocka_unit_test(says_which_terms_ask_for_windows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
