/* rating/idle: what declared capacity was sold as, and what was idle. */
#include "rating/idle.h"

#include "fixture.h"

#define FLEET(rows)                                                                                \
    "{\"capacity\":\"fleet\",\"meter\":\"gpu_time\",\"unit\":\"GPU\",\"scale\":6,\"by\":"          \
    "[\"region\",\"sku\"],\"units\":[" rows "]}"
#define ROW(region, sku, members)                                                                  \
    "{\"type\":{\"region\":\"" region "\",\"sku\":\"" sku "\"}," members "}"
#define FROM_OCTOBER "\"from\":\"2026-10-01T00:00:00Z\""
#define PRICED                                                                                     \
    "{\"charge\":\"gpu\",\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"GPU-hour\","            \
    "\"divisor\":\"3600000000\"},\"model\":\"per_unit\",\"price\":\"2.50\"}"
#define RESERVED(members)                                                                          \
    ONE_PLAN ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"gpu_time\"," members         \
             ",\"from\":\"2026-10-01T00:00:00Z\",\"to\":\"2026-10-01T02:00:00Z\",\"rate\":"        \
             "\"1.50\"}]"

/* A fleet, what was used of it, and the table of both. */
struct hall {
    struct fixture f;
    struct declared declared;
    struct idle_table table;
};

static int64_t instant(const char *text)
{
    int64_t us = 0;
    struct error err;
    assert_true(instant_parse(text, strlen(text), "at", &us, &err));
    return us;
}

static void hall_open(struct hall *hall, const char *fleet)
{
    CLEANUP(json_release) json_t *json = NULL;
    memset(hall, 0, sizeof *hall);
    fixture_open(&hall->f);
    assert_true(canonical_parse(fleet, strlen(fleet), "capacity.json", &json, &hall->f.err));
    assert_true(
        declared_compile(json, "capacity.json", &hall->f.arena, &hall->declared, &hall->f.err));
}

/* The windows of [from, to). */
static void hall_look(struct hall *hall, const char *from, const char *to, int64_t step_us)
{
    idle_close(&hall->table);
    idle_open(&hall->table, &hall->declared, instant(from), instant(to), step_us, &hall->f.arena);
}

static void hall_close(struct hall *hall)
{
    idle_close(&hall->table);
    fixture_close(&hall->f);
}

static void use(struct hall *hall, const char *region, const char *sku, const char *from,
                int128 quantity)
{
    const struct dimension dimensions[] = {{slice_of("region"), slice_of(region)},
                                           {slice_of("sku"), slice_of(sku)}};
    fixture_use_of(&hall->f, dimensions, COUNT_OF(dimensions), from, quantity);
}

/* As usage that no contract covers. */
static void add_usage(struct hall *hall)
{
    assert_true(idle_add_usage(&hall->table, &hall->f.usage, instant("2026-09-01T00:00:00Z"),
                               instant("2026-12-01T00:00:00Z"), &hall->f.err));
}

static bool has_value(const char *value, const char *wanted)
{
    return value && wanted ? strcmp(value, wanted) == 0 : value == wanted;
}

static const struct idle_type *type_at(const struct hall *hall, const char *region, const char *sku)
{
    for (size_t i = 0; i < hall->table.type_count; i++)
        if (has_value(hall->table.types[i].values[0], region) &&
            has_value(hall->table.types[i].values[1], sku))
            return &hall->table.types[i];
    fail_msg("there is no type %s %s", region ? region : "-", sku ? sku : "-");
    abort();
}

/* All columns of a cell as people read them. */
static void expect_cell(struct hall *hall, const struct idle_cell *cell, const char *wanted)
{
    struct text said CLEANUP(text_release);
    text_init(&said);
    for (enum idle_column c = 0; c < IDLE_COLUMN_COUNT; c++) {
        const char *text = idle_text(cell, c, hall->declared.scale, &hall->f.arena);
        text_printf(&said, "%s%s", c > 0 ? " " : "", text ? text : "-");
    }
    assert_string_equal(said.data, wanted);
}

static void expect_sold(struct hall *hall, const char *region, const char *sku, size_t window,
                        const char *wanted)
{
    const struct idle_type *type = type_at(hall, region, sku);
    assert_true(window < hall->table.window_count);
    expect_cell(hall, &type->cells[window], wanted);
}

/* ------------------------------------------------------------------------------------ capacity */

static void capacity_has_its_dates(void **state)
{
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100",
                               "\"units\":\"4\",\"from\":\"2026-10-01T01:00:00Z\",\"to\":"
                               "\"2026-10-01T03:00:00Z\"")));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T04:00:00Z", HOUR_US);
    assert_int_equal(hall.table.window_count, 4);
    expect_sold(&hall, "eu", "h100", 0, "0 0 0 0 0 0 0 - -");
    expect_sold(&hall, "eu", "h100", 1, "14400 0 0 0 0 14400 0 0.00 0.00");
    expect_sold(&hall, "eu", "h100", 2, "14400 0 0 0 0 14400 0 0.00 0.00");
    expect_sold(&hall, "eu", "h100", 3, "0 0 0 0 0 0 0 - -");
    hall_close(&hall);
}

static void capacity_that_changes_within_a_window_counts_by_its_hours(void **state)
{
    struct hall hall;
    struct idle_cell sum;

    (void)state;
    hall_open(
        &hall,
        FLEET(
            ROW("eu", "h100", "\"units\":\"4\"," FROM_OCTOBER ",\"to\":\"2026-10-02T13:00:00Z\"") "," ROW(
                "eu", "h100", "\"units\":\"6\",\"from\":\"2026-10-02T13:00:00Z\"")));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-04T00:00:00Z", DAY_US);
    const struct idle_type *type = type_at(&hall, "eu", "h100");
    assert_int_equal(hall.table.type_count, 1);
    assert_true(type->cells[0].capacity == 4 * 24 * HOURS);
    assert_true(type->cells[1].capacity == (4 * 13 + 6 * 11) * HOURS);
    assert_true(type->cells[2].capacity == 6 * 24 * HOURS);
    sum = idle_sum(&hall.table, type);
    assert_true(sum.capacity == (4 * 37 + 6 * 35) * HOURS);
    hall_close(&hall);
}

static void rows_of_a_type_add_up_where_they_overlap(void **state)
{
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"4\"," FROM_OCTOBER) "," ROW(
                         "eu", "h100",
                         "\"units\":\"2\",\"from\":\"2026-10-01T01:00:00Z\",\"to\":"
                         "\"2026-10-01T02:00:00Z\"")));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T03:00:00Z", HOUR_US);
    assert_true(type_at(&hall, "eu", "h100")->cells[0].capacity == 4 * HOURS);
    assert_true(type_at(&hall, "eu", "h100")->cells[1].capacity == 6 * HOURS);
    assert_true(type_at(&hall, "eu", "h100")->cells[2].capacity == 4 * HOURS);
    hall_close(&hall);
}

/* Windows are UTC's: where Berlin's clock goes back its day has 25 of them, a UTC day has 24. */
static void a_day_on_which_the_clock_is_changed_has_each_hour_once(void **state)
{
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100",
                               "\"units\":\"2\",\"from\":\"2026-10-25T00:00:00+02:00\",\"to\":"
                               "\"2026-10-26T00:00:00+01:00\"")));
    hall_look(&hall, "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z", HOUR_US);
    assert_true(idle_sum(&hall.table, type_at(&hall, "eu", "h100")).capacity == 2 * 25 * HOURS);
    hall_look(&hall, "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z", DAY_US);
    assert_true(type_at(&hall, "eu", "h100")->cells[0].capacity == 2 * 2 * HOURS);
    assert_true(type_at(&hall, "eu", "h100")->cells[1].capacity == 2 * 23 * HOURS);
    use(&hall, "eu", "h100", "2026-10-25T00:00:00Z", 1 * HOURS); /* 02:00 in Berlin, and again */
    use(&hall, "eu", "h100", "2026-10-25T01:00:00Z", 1 * HOURS);
    add_usage(&hall);
    assert_true(type_at(&hall, "eu", "h100")->cells[1].on_demand == 2 * HOURS);
    hall_close(&hall);
}

/* ---------------------------------------------------------------------------------------- sold */

static void usage_that_no_contract_covers_is_on_demand_in_its_window(void **state)
{
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"3\"," FROM_OCTOBER)));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T02:00:00Z", HOUR_US);
    use(&hall, "eu", "h100", "2026-09-30T23:00:00Z", 1 * HOURS);
    use(&hall, "eu", "h100", "2026-10-01T00:00:00Z", 2 * HOURS);
    use(&hall, "eu", "h100", "2026-10-01T01:00:00Z", 1 * HOURS / 2);
    use(&hall, "eu", "h100", "2026-10-01T02:00:00Z", 1 * HOURS);
    add_usage(&hall);
    expect_sold(&hall, "eu", "h100", 0, "10800 0 0 0 7200 3600 0 66.67 66.67");
    expect_sold(&hall, "eu", "h100", 1, "10800 0 0 0 1800 9000 0 16.67 16.67");
    hall_close(&hall);
}

static void more_sold_than_declared_is_oversold_and_nothing_is_idle(void **state)
{
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"1\"," FROM_OCTOBER)));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T01:00:00Z", HOUR_US);
    use(&hall, "eu", "h100", "2026-10-01T00:00:00Z", 3 * HOURS);
    add_usage(&hall);
    expect_sold(&hall, "eu", "h100", 0, "3600 0 0 0 10800 0 7200 300.00 300.00");
    hall_close(&hall);
}

static void of_no_capacity_there_is_no_percentage(void **state)
{
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"0\"," FROM_OCTOBER)));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T02:00:00Z", HOUR_US);
    use(&hall, "eu", "h100", "2026-10-01T01:00:00Z", 1 * HOURS);
    use(&hall, "us", "l4", "2026-10-01T01:00:00Z", 2 * HOURS); /* nobody declared any */
    add_usage(&hall);
    assert_true(idle_is_empty(&type_at(&hall, "eu", "h100")->cells[0]));
    assert_false(idle_is_empty(&type_at(&hall, "eu", "h100")->cells[1]));
    expect_sold(&hall, "eu", "h100", 1, "0 0 0 0 3600 0 3600 - -");
    expect_sold(&hall, "us", "l4", 1, "0 0 0 0 7200 0 7200 - -");
    hall_close(&hall);
}

static void usage_without_a_dimension_is_of_the_type_without_it(void **state)
{
    const struct dimension sku = {slice_of("sku"), slice_of("h100")};
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"1\"," FROM_OCTOBER)));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T01:00:00Z", HOUR_US);
    fixture_use_of(&hall.f, &sku, 1, "2026-10-01T00:00:00Z", 1 * HOURS);
    add_usage(&hall);
    expect_sold(&hall, "eu", "h100", 0, "3600 0 0 0 0 3600 0 0.00 0.00");
    expect_sold(&hall, NULL, "h100", 0, "0 0 0 0 3600 0 3600 - -");
    hall_close(&hall);
}

/* ------------------------------------------------------------------------------- of a contract */

static void add_contract(struct hall *hall, const char *members)
{
    struct fixture *f = &hall->f;
    struct rating_sales sales;
    if (!fixture_plan(f, PRICED) || !fixture_contract(f, members) ||
        !contract_period(&f->contract, "2026-10", &f->period, &f->err) ||
        !rate_sales(&f->contract, f->plan_list, f->plan_count, &f->period, &f->usage, &f->arena,
                    &sales, &f->err))
        fail_msg("%s", f->err.message);
    idle_add_sales(&hall->table, &f->contract, &sales);
}

static void what_is_reserved_is_sold_used_or_not(void **state)
{
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"8\"," FROM_OCTOBER)));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T03:00:00Z", HOUR_US);
    use(&hall, "eu", "h100", "2026-10-01T00:00:00Z", 3 * HOURS);
    use(&hall, "eu", "h100", "2026-10-01T01:00:00Z", 5 * HOURS);
    add_contract(&hall, RESERVED("\"region\":[\"eu\"],\"sku\":[\"h100\"]},\"units\":\"4\""));
    expect_sold(&hall, "eu", "h100", 0, "28800 10800 3600 0 0 14400 0 37.50 50.00");
    expect_sold(&hall, "eu", "h100", 1, "28800 14400 0 0 3600 10800 0 62.50 62.50");
    expect_sold(&hall, "eu", "h100", 2, "28800 0 0 0 0 28800 0 0.00 0.00");
    hall_close(&hall);
}

static void what_lies_unused_is_of_the_type_that_its_conditions_name(void **state)
{
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"8\"," FROM_OCTOBER)));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T01:00:00Z", HOUR_US);
    use(&hall, "eu", "h100", "2026-10-01T00:00:00Z", 1 * HOURS);
    add_contract(&hall, RESERVED("\"region\":[\"eu\",\"us\"],\"sku\":[\"h100\"]},\"units\":\"4\""));
    expect_sold(&hall, "eu", "h100", 0, "28800 3600 0 0 0 25200 0 12.50 12.50");
    expect_sold(&hall, NULL, "h100", 0, "0 0 10800 0 0 0 10800 - -");
    hall_close(&hall);
}

static void reservations_of_a_size_are_counted_in_units(void **state)
{
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"8\"," FROM_OCTOBER)));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T01:00:00Z", HOUR_US);
    use(&hall, "eu", "h100", "2026-10-01T00:00:00Z", 1 * HOURS / 2);
    add_contract(&hall, RESERVED("\"region\":[\"eu\"],\"sku\":[\"h100\"]},\"units\":\"4\",\"size\":"
                                 "\"2.5\""));
    expect_sold(&hall, "eu", "h100", 0, "28800 1800 12600 0 0 14400 0 6.25 50.00");
    hall_close(&hall);
}

static void other_meters_and_throughput_take_no_capacity(void **state)
{
    struct hall hall;
    struct series tokens = {.meter = slice_of("tokens")};
    struct rating_sold sold = {.series = &tokens, .quantity = 5};
    struct coverage_row row = {.unused = 1};
    struct rating_reservation unlimited = {
        .id = "r", .unit = "gpu_time", .is_unlimited = true, .row_count = 1, .rows = &row};

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"8\"," FROM_OCTOBER)));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T01:00:00Z", HOUR_US);
    add_contract(&hall, RESERVED("\"region\":[\"eu\"],\"sku\":[\"h100\"]},\"units\":\"4\""));
    sold.from_us = row.from_us = hall.table.from_us;
    idle_add_sales(&hall.table, &hall.f.contract, &(struct rating_sales){1, &sold, 1, &unlimited});
    assert_int_equal(hall.table.type_count, 1);
    expect_sold(&hall, "eu", "h100", 0, "28800 0 14400 0 0 14400 0 0.00 50.00");
    hall_close(&hall);
}

/* --------------------------------------------------------------------------------------- types */

static void types_stand_in_order_missing_values_first(void **state)
{
    static const char *const wanted[][2] = {
        {NULL, "h100"}, {"ap", "l4"}, {"eu", "a100"}, {"eu", "h100"}};
    const struct dimension sku = {slice_of("sku"), slice_of("h100")};
    struct hall hall;

    (void)state;
    hall_open(&hall, FLEET(ROW("eu", "h100", "\"units\":\"1\"," FROM_OCTOBER) "," ROW(
                         "eu", "a100", "\"units\":\"1\"," FROM_OCTOBER)));
    hall_look(&hall, "2026-10-01T00:00:00Z", "2026-10-01T01:00:00Z", HOUR_US);
    use(&hall, "ap", "l4", "2026-10-01T00:00:00Z", 1 * HOURS);
    fixture_use_of(&hall.f, &sku, 1, "2026-10-01T00:00:00Z", 1 * HOURS);
    add_usage(&hall);
    idle_finish(&hall.table);
    assert_int_equal(hall.table.type_count, COUNT_OF(wanted));
    for (size_t i = 0; i < COUNT_OF(wanted); i++)
        for (size_t k = 0; k < 2; k++)
            assert_true(has_value(hall.table.types[i].values[k], wanted[i][k]));
    hall_close(&hall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capacity_has_its_dates),
        cmocka_unit_test(capacity_that_changes_within_a_window_counts_by_its_hours),
        cmocka_unit_test(rows_of_a_type_add_up_where_they_overlap),
        cmocka_unit_test(a_day_on_which_the_clock_is_changed_has_each_hour_once),
        cmocka_unit_test(usage_that_no_contract_covers_is_on_demand_in_its_window),
        cmocka_unit_test(more_sold_than_declared_is_oversold_and_nothing_is_idle),
        cmocka_unit_test(of_no_capacity_there_is_no_percentage),
        cmocka_unit_test(usage_without_a_dimension_is_of_the_type_without_it),
        cmocka_unit_test(what_is_reserved_is_sold_used_or_not),
        cmocka_unit_test(what_lies_unused_is_of_the_type_that_its_conditions_name),
        cmocka_unit_test(reservations_of_a_size_are_counted_in_units),
        cmocka_unit_test(other_meters_and_throughput_take_no_capacity),
        cmocka_unit_test(types_stand_in_order_missing_values_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
