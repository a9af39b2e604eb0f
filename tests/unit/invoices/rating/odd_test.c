/* What each odd input gives: an amount, or a refusal that says what to do. */
#include "fixture.h"

#include "core/money.h"

#define GPU "\"charge\":\"c\",\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"h\",\"divisor\":"
#define PRICED(divisor, price)                                                                     \
    "{" GPU "\"" divisor "\"},\"model\":\"per_unit\",\"price\":\"" price "\"}"
#define HOURLY PRICED("3600000000", "2")
#define TIERED(tiers) "{" GPU "\"3600000000\"},\"model\":\"graduated\",\"tiers\":[" tiers "]}"
#define FEE "{\"charge\":\"c\",\"model\":\"flat\",\"price\":\"31\"}"

#define LINE(version, from, to)                                                                    \
    "{\"plan\":\"p\",\"version\":" version ",\"from\":\"" from "\",\"to\":" to "}"
#define PLANS(lines) "\"plans\":[" lines "]"
#define SINCE(from) PLANS(LINE("1", from, "null"))
#define SEPTEMBER "2026-09-01T00:00:00Z"
#define MORNING "2026-10-02T09:00:00Z"

#define TERA ((int128)1000000000000)
#define USAGE_MAX (TERA * 1000000) /* 10^18 */

static const struct {
    const char *what;
    const char *charges;
    const char *contract;
    int128 quantities[2]; /* both of one window; 0: none */
    const char *gives;    /* the total's net, or what the refusal says */
} inputs[] = {
    {"the most usage of a series",
     PRICED("1000000000000", "1"),
     SINCE(SEPTEMBER),
     {USAGE_MAX},
     "1000000.00"},
    {"a base unit more",
     PRICED("1000000000000", "1"),
     SINCE(SEPTEMBER),
     {USAGE_MAX, 1},
     "coarser scale"},
    {"an amount beyond 128 bits",
     PRICED("1", "999999999999999999"),
     SINCE(SEPTEMBER),
     {USAGE_MAX},
     "larger price unit"},
    {"the smallest price", PRICED("1", "0.000000000001"), SINCE(SEPTEMBER), {TERA}, "1.00"},
    {"half a cent", PRICED("1", "0.005"), SINCE(SEPTEMBER), {1}, "0.01"},
    {"a price of too many decimals",
     PRICED("1", "0.0000000000001"),
     SINCE(SEPTEMBER),
     {1},
     "/charges/0/price"},
    {"a negative price", PRICED("1", "-1"), SINCE(SEPTEMBER), {1}, "/charges/0/price"},
    {"a price that is a number",
     "{" GPU "\"1\"},\"model\":\"per_unit\",\"price\":1}",
     SINCE(SEPTEMBER),
     {1},
     "/charges/0/price: is a"},
    {"a divisor of nothing", PRICED("0", "1"), SINCE(SEPTEMBER), {1}, "/price_unit/divisor"},
    {"a negative net quantity", HOURLY, SINCE(SEPTEMBER), {HOURS, -HOURS - 1}, "gpu_time{"},
    {"a window that was taken back whole", HOURLY, SINCE(SEPTEMBER), {HOURS, -HOURS}, "0.00"},
    {"a negative correction that leaves usage",
     HOURLY,
     SINCE(SEPTEMBER),
     {3 * HOURS, -HOURS},
     "4.00"},
    {"no usage", HOURLY, SINCE(SEPTEMBER), {0}, "0.00"},
    {"tiers that overlap",
     TIERED(
         "{\"up_to\":\"9\",\"price\":\"1\"},{\"up_to\":\"5\",\"price\":\"1\"},{\"price\":\"1\"}"),
     SINCE(SEPTEMBER),
     {1},
     "/charges/0/tiers/1/up_to"},
    {"integer pairs of tiers",
     TIERED("{\"from\":\"0\",\"up_to\":\"5\",\"price\":\"1\"},{\"price\":\"1\"}"),
     SINCE(SEPTEMBER),
     {1},
     "'from' is not known here"},
    {"a tier's border between two integers",
     TIERED("{\"up_to\":\"0.5\",\"price\":\"4\"},{\"price\":\"2\"}"),
     SINCE(SEPTEMBER),
     {HOURS},
     "3.00"},
    {"plans that overlap",
     HOURLY,
     PLANS(LINE("1", SEPTEMBER, "\"2026-11-01T00:00:00Z\"") "," LINE("1", "2026-10-01T00:00:00Z",
                                                                     "null")),
     {1},
     "/plans/1/from"},
    {"a plan that ends before it begins",
     HOURLY,
     PLANS(LINE("1", "2026-10-01T00:00:00Z", "\"2026-09-01T00:00:00Z\"")),
     {1},
     "/plans/0"},
    {"a border off the grid", HOURLY, SINCE("2026-10-02T09:20:00Z"), {1}, "2026-10-02T09:00:00Z"},
    {"a border off the grid, from the other side",
     HOURLY,
     SINCE("2026-10-02T09:20:00Z"),
     {1},
     "2026-10-02T10:00:00Z"},
    {"a border on the grid, usage before it",
     HOURLY,
     SINCE("2026-10-02T10:00:00Z"),
     {HOURS},
     "0.00"},
    {"a fee of a month that began before", FEE, SINCE("2026-10-30T00:00:00Z"), {0}, "2.00"},
};

static bool rate_input(struct fixture *f, size_t at)
{
    if (!fixture_plan(f, inputs[at].charges) || !fixture_contract(f, inputs[at].contract))
        return false;
    for (size_t i = 0; i < COUNT_OF(inputs[at].quantities); i++)
        if (inputs[at].quantities[i] != 0)
            fixture_use(f, "h100", "a", MORNING, inputs[at].quantities[i]);
    return fixture_rate(f);
}

static void every_odd_input_gives_an_amount_or_says_what_to_do(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(inputs); i++) {
        struct fixture f;
        char amount[DECIMAL_TEXT_SIZE];

        fixture_open(&f);
        const char *gave =
            rate_input(&f, i) ? money_format(f.rating.net_minor, 2, amount) : f.err.message;
        if (!strstr(gave, inputs[i].gives))
            fail_msg("%s: '%s' is not in '%s'", inputs[i].what, inputs[i].gives, gave);
        if (f.contract.zone)
            contract_release(&f.contract);
        usage_release(&f.usage);
        arena_release(&f.arena);
    }
}

/* ------------------------------------------------------------------------------------- odd times
 */

/* What one reserved unit costs at 1.00 an hour says how many hours a period has. */
static const struct {
    const char *what;
    const char *zone;
    struct billing billing;
    const char *label;
    const char *from;
    const char *to;
    const char *hours;
} months[] = {
    {"a 23-hour day",
     "Europe/Berlin",
     {1, 0, 0},
     "2026-03",
     "2026-02-28T23:00:00Z",
     "2026-03-31T22:00:00Z",
     "743.00"},
    {"a 25-hour day",
     "Europe/Berlin",
     {1, 0, 0},
     "2026-10",
     "2026-09-30T22:00:00Z",
     "2026-10-31T23:00:00Z",
     "745.00"},
    {"a midnight that is missing",
     "America/Havana",
     {9, 0, 0},
     "2025-03",
     "2025-03-09T05:00:00Z",
     "2025-04-09T04:00:00Z",
     "743.00"},
    {"a midnight that is there twice: the first",
     "America/Havana",
     {2, 0, 0},
     "2025-11",
     "2025-11-02T04:00:00Z",
     "2025-12-02T05:00:00Z",
     "721.00"},
    {"up to the first of two midnights",
     "America/Havana",
     {2, 0, 0},
     "2025-10",
     "2025-10-02T04:00:00Z",
     "2025-11-02T04:00:00Z",
     "744.00"},
    {"day 31 before February",
     "UTC",
     {31, 0, 0},
     "2026-01",
     "2026-01-31T00:00:00Z",
     "2026-02-28T00:00:00Z",
     "672.00"},
    {"day 31 in February",
     "UTC",
     {31, 0, 0},
     "2026-02",
     "2026-02-28T00:00:00Z",
     "2026-03-31T00:00:00Z",
     "744.00"},
    {"day 29 in February",
     "UTC",
     {29, 0, 0},
     "2027-02",
     "2027-02-28T00:00:00Z",
     "2027-03-29T00:00:00Z",
     "696.00"},
    {"29 February",
     "UTC",
     {29, 0, 0},
     "2028-02",
     "2028-02-29T00:00:00Z",
     "2028-03-29T00:00:00Z",
     "696.00"},
    {"February of a leap year",
     "UTC",
     {1, 0, 0},
     "2028-02",
     "2028-02-01T00:00:00Z",
     "2028-03-01T00:00:00Z",
     "696.00"},
    {"17:00 in New York, into summer time",
     "America/New_York",
     {1, 17, 0},
     "2026-03",
     "2026-03-01T22:00:00Z",
     "2026-04-01T21:00:00Z",
     "743.00"},
    {"17:00 in New York, out of it",
     "America/New_York",
     {1, 17, 0},
     "2026-10",
     "2026-10-01T21:00:00Z",
     "2026-11-01T22:00:00Z",
     "745.00"},
    {"Kolkata, at half hours",
     "Asia/Kolkata",
     {1, 0, 0},
     "2026-02",
     "2026-01-31T18:30:00Z",
     "2026-02-28T18:30:00Z",
     "672.00"},
    {"Kathmandu, at three quarters",
     "Asia/Kathmandu",
     {1, 0, 0},
     "2026-02",
     "2026-01-31T18:15:00Z",
     "2026-02-28T18:15:00Z",
     "672.00"},
};

static void open_month(struct fixture *f, size_t at)
{
    struct billing billing = months[at].billing;
    const char *json = arena_printf(
        &f->arena,
        "{\"contract\":\"c\",\"tenant\":\"t\",\"legal_entity\":{\"id\":\"e\",\"name\":\"E\","
        "\"address\":[\"A\"],\"country\":\"DE\",\"number_series\":\"N\"},\"customer\":{\"name\":"
        "\"C\",\"address\":[\"A\"],\"country\":\"DE\"},\"currency\":\"EUR\",\"zone\":\"%s\","
        "\"billing\":{\"day\":%d,\"hour\":%d,\"minute\":%d},\"from\":\"%s\",\"to\":null,\"tax\":{"
        "\"profile\":[{\"category\":\"standard\",\"rate\":\"19\"}]},\"plans\":[{\"plan\":\"p\","
        "\"version\":1,\"from\":\"%s\",\"to\":null}],\"reservations\":[{\"id\":\"r\",\"where\":{"
        "\"meter\":\"gpu_time\"},\"units\":\"1\",\"from\":\"%s\",\"to\":\"2030-01-01T00:00:00Z\","
        "\"rate\":\"1\",\"payment\":\"none\"}]}",
        months[at].zone, billing.day, billing.hour, billing.minute, months[at].from,
        months[at].from, months[at].from);

    if (!fixture_plan(f, HOURLY) ||
        !contract_parse(json, strlen(json), "contract.json", 0, &f->arena, &f->contract, &f->err))
        fail_msg("%s: %s", months[at].what, f->err.message);
}

static void is_same(const char *what, const char *got, const char *expected)
{
    if (strcmp(got, expected) != 0)
        fail_msg("%s: got %s, expected %s", what, got, expected);
}

static void every_odd_month_begins_ends_and_costs_what_it_must(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(months); i++) {
        struct fixture f;
        char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE], amount[DECIMAL_TEXT_SIZE];

        fixture_open(&f);
        open_month(&f, i);
        if (!contract_period(&f.contract, months[i].label, &f.period, &f.err) ||
            !rate(&f.contract, f.plan_list, f.plan_count, &f.period, &f.usage, &f.arena, &f.rating,
                  &f.err))
            fail_msg("%s: %s", months[i].what, f.err.message);
        is_same(months[i].what, instant_format(f.period.from_us, from), months[i].from);
        is_same(months[i].what, instant_format(f.period.to_us, to), months[i].to);
        is_same(months[i].what, money_format(f.rating.net_minor, 2, amount), months[i].hours);
        fixture_close(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_odd_input_gives_an_amount_or_says_what_to_do),
        cmocka_unit_test(every_odd_month_begins_ends_and_costs_what_it_must),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
