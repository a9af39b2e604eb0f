/* One invoice through every step, and tax by date of supply: the examples of invoices/README.md. */
#include "account.h"

#define CHARGE                                                                                     \
    "{\"charge\":\"c\"," UNIT ",\"model\":\"graduated\",\"line_by\":[\"sku\"],\"convert\":"        \
    "{\"multiply\":\"2\"},\"session\":{\"increment\":\"900000000\"},\"free\":\"2\","               \
    "\"on_demand\":\"1.50\",\"tiers\":[{\"up_to\":\"8\",\"price\":\"1.50\"},{\"price\":\"1\"}],"   \
    "\"discounts\":[{\"percent\":\"10\"}],\"minimum\":\"15\",\"maximum\":\"40\"}"
#define TERMS                                                                                      \
    ONE_PLAN                                                                                       \
    ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"gpu_time\"},\"units\":"               \
    "\"1\",\"from\":\"2026-09-02T09:00:00Z\",\"to\":\"2026-09-02T10:00:00Z\",\"rate\":"            \
    "\"1\"}],\"spend_plans\":[{\"id\":\"s\",\"per_hour\":\"0.75\",\"discount\":\"50\","            \
    "\"from\":\"2026-09-02T10:00:00Z\",\"to\":\"2026-09-02T11:00:00Z\"}],"                         \
    "\"commitments\":[{\"id\":\"k\",\"amount\":\"20\",\"interval\":\"period\"," FROM               \
    "}],\"credits\":[" GRANT("gift", "5", "1", LOWERS) "," GRANT("pot", "10", "2", PAYS) "]"

static void use_of(struct account *a, const char *allocation, const char *from, int128 quantity)
{
    const struct dimension dimensions[] = {{slice_of("allocation"), slice_of(allocation)},
                                           {slice_of("sku"), slice_of(allocation)}};

    fixture_use_of(&a->f, dimensions, COUNT_OF(dimensions), from, quantity);
}

static void takes_one_invoice_through_every_step(void **state)
{
    struct account a = {0};

    (void)state;
    fixture_open(&a.f);
    if (!fixture_plan(&a.f, CHARGE) || !fixture_contract(&a.f, TERMS))
        fail_msg("%s", a.f.err.message);
    history_init(&a.history, 2, &a.f.arena);
    use_of(&a, "a", "2026-09-02T09:00:00Z", HOURS);
    use_of(&a, "a", "2026-09-02T10:00:00Z", 5 * HOURS / 6);
    use_of(&a, "b", "2026-09-02T12:00:00Z", 6 * HOURS);
    json_t *september = bill(&a, "2026-09");
    lines_are(september, "charge c 1.50, charge c 1.04, charge c 12.46, reservation r 1.00, "
                         "spend_plan s 0.75, commitment k 3.25, credit gift -5.00");
    assert_string_equal(text(september, "net"), "15.00");
    assert_string_equal(text(september, "tax"), "2.85");
    assert_string_equal(text(september, "total"), "17.85");
    assert_string_equal(settled(september, "paid"), "10.00");
    assert_string_equal(settled(september, "payable"), "7.85");
    account_close(&a);
}

/* The rate is that of the day of use; each rate is taxed once. */
static void taxes_by_date_of_supply(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f);
    assert_true(fixture_plan(&f, GPU("h100", "2")));
    const char *json = arena_printf(
        &f.arena,
        "{\"contract\":\"c\",\"tenant\":\"t\",\"legal_entity\":{\"id\":\"e\",\"name\":\"E\","
        "\"address\":[\"A\"],\"country\":\"DE\",\"number_series\":\"N\"},\"customer\":{\"name\":"
        "\"C\",\"address\":[\"A\"],\"country\":\"DE\"},\"currency\":\"EUR\",\"zone\":\"UTC\","
        "\"billing\":{\"day\":1,\"hour\":0,\"minute\":0},\"from\":\"2026-09-01T00:00:00Z\","
        "\"to\":null,%s,\"tax\":{\"profile\":[{\"category\":\"standard\",\"rate\":\"19\"},{"
        "\"category\":\"standard\",\"rate\":\"21\",\"from\":\"2026-10-16T00:00:00Z\"}]}}",
        ONE_PLAN);
    assert_true(contract_parse(json, strlen(json), "c", 0, &f.arena, &f.contract, &f.err));
    fixture_use(&f, "h100", "a", "2026-10-15T23:00:00Z", 10 * HOURS);
    fixture_use(&f, "h100", "a", "2026-10-16T00:00:00Z", 10 * HOURS);
    assert_true(fixture_rate(&f));
    assert_int_equal(f.rating.line_count, 2);
    assert_int_equal(f.rating.tax_count, 2);
    assert_int_equal(f.rating.taxes[0].tax_minor, 380);
    assert_int_equal(f.rating.taxes[1].tax_minor, 420);
    assert_int_equal(f.rating.total_minor, 4800);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_one_invoice_through_every_step),
        cmocka_unit_test(taxes_by_date_of_supply),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
