/* rating/declared: what a seller says that there is, and when. */
#include "rating/declared.h"

#include "fixture.h"

#define FLEET(rows)                                                                                \
    "{\"capacity\":\"fleet\",\"meter\":\"gpu_time\",\"unit\":\"GPU\",\"scale\":6,\"by\":"          \
    "[\"region\",\"sku\"],\"units\":[" rows "]}"
#define ROW(members) "{\"type\":{\"region\":\"eu\",\"sku\":\"h100\"}," members "}"
#define FROM "\"from\":\"2026-10-01T00:00:00Z\""

static bool compile(struct fixture *f, const char *text, struct declared *out)
{
    CLEANUP(json_release) json_t *json = NULL;
    assert_true(canonical_parse(text, strlen(text), "capacity.json", &json, &f->err));
    return declared_compile(json, "capacity.json", &f->arena, out, &f->err);
}

static int64_t instant(const char *text)
{
    int64_t us = 0;
    struct error err;
    assert_true(instant_parse(text, strlen(text), "at", &us, &err));
    return us;
}

static void reads_a_fleet_with_its_dates(void **state)
{
    struct fixture f;
    struct declared fleet = {0};

    (void)state;
    fixture_open(&f);
    assert_true(compile(
        &f,
        FLEET(ROW(
            "\"units\":\"16\"," FROM
            ",\"to\":\"2026-11-01T00:00:00Z\"") ","
                                                "{\"type\":{\"sku\":\"l4\",\"region\":\"us\"},\"units\":\"8\"," FROM
                                                ",\"to\":null}"),
        &fleet));
    assert_string_equal(fleet.id, "fleet");
    assert_string_equal(fleet.meter, "gpu_time");
    assert_int_equal(fleet.scale, 6);
    assert_int_equal(fleet.by_count, 2);
    assert_int_equal(fleet.row_count, 2);
    assert_int_equal(fleet.rows[0].units, 16);
    assert_true(fleet.rows[0].from_us == instant("2026-10-01T00:00:00Z"));
    assert_true(fleet.rows[0].to_us == instant("2026-11-01T00:00:00Z"));
    assert_true(fleet.rows[1].to_us == INSTANT_MAX);
    fixture_close(&f);
}

static void a_types_values_stand_as_by_names_them_not_as_written(void **state)
{
    struct fixture f;
    struct declared fleet = {0};

    (void)state;
    fixture_open(&f);
    assert_true(
        compile(&f, FLEET("{\"type\":{\"sku\":\"l4\",\"region\":\"us\"},\"units\":\"8\"," FROM "}"),
                &fleet));
    assert_string_equal(fleet.rows[0].values[0], "us");
    assert_string_equal(fleet.rows[0].values[1], "l4");
    fixture_close(&f);
}

static void no_units_at_all_may_be_declared(void **state)
{
    struct fixture f;
    struct declared fleet = {0};

    (void)state;
    fixture_open(&f);
    assert_true(compile(&f, FLEET(ROW("\"units\":\"0\"," FROM)), &fleet));
    assert_int_equal(fleet.rows[0].units, 0);
    assert_true(compile(&f, FLEET(ROW("\"units\":\"999999999\"," FROM)), &fleet));
    fixture_close(&f);
}

/* Berlin's day has 25 hours, each of them a UTC hour. */
static void a_local_day_may_be_declared_where_its_borders_are_utc_hours(void **state)
{
    struct fixture f;
    struct declared fleet = {0};

    (void)state;
    fixture_open(&f);
    assert_true(compile(&f,
                        FLEET(ROW("\"units\":\"1\",\"from\":\"2026-10-25T00:00:00+02:00\",\"to\":"
                                  "\"2026-10-26T00:00:00+01:00\"")),
                        &fleet));
    assert_true(fleet.rows[0].to_us - fleet.rows[0].from_us == 25 * HOUR_US);
    fixture_close(&f);
}

static void refuses_what_makes_no_sense_and_says_where(void **state)
{
    static const struct {
        const char *json;
        const char *said;
    } rows[] = {
        {FLEET(ROW("\"units\":\"1\",\"from\":\"2026-10-01T00:30:00Z\"")),
         "/units/0/from: capacity begins and ends on a UTC hour"},
        {FLEET(ROW("\"units\":\"1\",\"from\":\"2026-10-01T00:00:00+05:30\"")), "/units/0/from: "},
        {FLEET(ROW("\"units\":\"1\"," FROM ",\"to\":\"2026-10-01T01:00:00.000001Z\"")),
         "/units/0/to: capacity begins and ends"},
        {FLEET(ROW("\"units\":\"1\"," FROM ",\"to\":\"2026-10-01T00:00:00Z\"")),
         "/units/0/to: it is not after `from`"},
        {FLEET(ROW("\"units\":\"1\"," FROM ",\"to\":\"2026-09-30T00:00:00Z\"")),
         "/units/0/to: it is not after `from`"},
        {FLEET(ROW("\"units\":\"1\"," FROM) ",{\"type\":{\"region\":\"eu\"},\"units\":\"1\"," FROM
                                            "}"),
         "/units/1/type: it has no value for 'sku' of `by`"},
        {FLEET("{\"type\":{\"region\":\"eu\",\"sku\":\"l4\",\"zone\":\"a\"},\"units\":\"1\"," FROM
               "}"),
         "/units/0/type: it has dimensions that `by` does not name"},
        {FLEET(ROW("\"units\":\"-1\"," FROM)), "/units/0/units"},
        {FLEET(ROW("\"units\":\"1.5\"," FROM)), "/units/0/units"},
        {FLEET(ROW("\"units\":\"1000000000\"," FROM)), "/units/0/units"},
        {FLEET(ROW("\"units\":1," FROM)), "/units/0/units"},
        {FLEET(ROW("\"units\":\"1\"")), "/units/0"},
        {FLEET(""), "/units"},
    };
    struct fixture f;
    struct declared fleet = {.id = "untouched"};

    (void)state;
    fixture_open(&f);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_false(compile(&f, rows[i].json, &fleet));
        assert_int_equal(f.err.code, ERROR_INPUT);
        if (strstr(f.err.message, rows[i].said) == NULL)
            fail_msg("row %zu says: %s", i, f.err.message);
        assert_string_equal(fleet.id, "untouched");
    }
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_fleet_with_its_dates),
        cmocka_unit_test(a_types_values_stand_as_by_names_them_not_as_written),
        cmocka_unit_test(no_units_at_all_may_be_declared),
        cmocka_unit_test(a_local_day_may_be_declared_where_its_borders_are_utc_hours),
        cmocka_unit_test(refuses_what_makes_no_sense_and_says_where),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
