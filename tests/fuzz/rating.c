/*
 * Plans and contracts (rating/plan, rating/contract).
 *
 * What is taken has the hash of its canonical JSON, compiles from that to the same hash, and is in
 * order: periods and terms run forwards, tiers rise, no price has more digits than there may be.
 */
#include <assert.h>
#include <string.h>

#include "core/canonical.h"
#include "fuzz/fuzz.h"
#include "rating/contract.h"
#include "rating/plan.h"

const char *const fuzz_words[] = {"\"per_unit\"",
                                  "\"graduated\"",
                                  "\"volume\"",
                                  "\"package\"",
                                  "\"tiers\"",
                                  "\"up_to\"",
                                  "\"price\"",
                                  "\"where\"",
                                  "\"flat\"",
                                  "\"block\"",
                                  "\"commitments\"",
                                  "\"credits\"",
                                  "\"interval\"",
                                  "\"period\"",
                                  "null",
                                  "true",
                                  "[]",
                                  "{}",
                                  "\"\"",
                                  "\"0\"",
                                  "\"-1\"",
                                  "\"0.000000000001\"",
                                  "\"999999999999999999\"",
                                  "\"Europe/Berlin\"",
                                  "\"EUR\"",
                                  "\"JPY\"",
                                  "\"9999-12-31T23:00:00Z\"",
                                  "\"2026-11-01T00:00:00Z\"",
                                  "28",
                                  "31",
                                  "9007199254740993",
                                  ",",
                                  NULL};

/* A plan of each kind of charge. */
#define PLAN(charge)                                                                               \
    "{\"plan\":\"p\",\"currency\":\"EUR\",\"hours_per_month\":\"730\",\"charges\":[{\"charge\":"   \
    "\"c\"," charge "}]}"
#define METER "\"meter\":\"m\",\"price_unit\":{\"name\":\"u\",\"divisor\":\"1000\"},"
static const char *const models[] = {
    PLAN(
        "\"model\":\"flat\",\"price\":\"31\",\"due\":\"advance\",\"quantity\":\"2\",\"once\":true"),
    PLAN(METER "\"model\":\"percentage\",\"percent\":\"2.9\",\"minimum\":\"1\",\"maximum\":\"2\""),
    PLAN(
        METER
        "\"model\":\"graduated_percentage\",\"tiers\":[{\"up_to\":\"5\",\"percent\":\"1\",\"flat\":"
        "\"1\"},{\"percent\":\"2\"}],\"per_window\":true,\"counts_covered\":true"),
    PLAN(METER
         "\"model\":\"matrix\",\"by\":[\"a\",\"b\"],\"rows\":[{\"when\":{\"a\":\"1\"},\"price\":"
         "\"2\"}],\"default\":\"1\",\"discounts\":[{\"percent\":\"5\"},{\"fixed\":\"1\"}]"),
    PLAN(METER "\"model\":\"time_of_use\",\"windows\":[{\"days\":[1,7],\"from\":\"22:00\",\"to\":"
               "\"06:00\",\"price\":\"1\"}],\"holidays\":[\"2026-12-25\"]"),
    PLAN(METER "\"model\":\"series\",\"by\":[\"a\"],\"steps\":[{\"when\":{\"a\":\"1\"},\"from\":"
               "\"2026-10-01T00:00:00Z\",\"price\":\"1\"}]"),
    PLAN(METER "\"model\":\"peak\",\"tiers\":[{\"up_to\":\"5\",\"flat\":\"1\"},{\"flat\":\"2\"}]"),
    PLAN(
        "\"model\":\"peak\",\"peaks\":[{\"name\":\"x\",\"meter\":\"m\",\"divisor\":\"10\"}],\"tiers\":["
        "{\"up_to\":{\"x\":\"5\"},\"flat\":\"1\"},{\"flat\":\"2\"}]"),
    PLAN(METER
         "\"model\":\"per_unit\",\"price\":\"1\",\"session\":{\"increment\":\"60\",\"minimum\":"
         "\"90\",\"round\":\"nearest\"},\"convert\":{\"multiply\":\"2\",\"divide\":\"5\","
         "\"decimals\":1,\"round\":\"down\"},\"on_demand\":\"2\",\"prorate\":false"),
};

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    fuzz_add_file(corpus, "deploy/examples/plan-tokens.json");
    fuzz_add_file(corpus, "deploy/examples/plan-gpu-ondemand.json");
    fuzz_add_file(corpus, "deploy/examples/plan-gpu-reserved.json");
    fuzz_add_file(corpus, "deploy/examples/contract-tokens.json");
    fuzz_add_file(corpus, "deploy/examples/contract-gpu-ondemand.json");
    fuzz_add_file(corpus, "deploy/examples/contract-gpu-reserved.json");
    fuzz_add_file(corpus, "deploy/examples/contract-gpu-committed.json");
    fuzz_add_text(corpus, "{\"plan\":\"p\",\"currency\":\"EUR\",\"charges\":[]}");
    for (size_t i = 0; i < COUNT_OF(models); i++)
        fuzz_add_text(corpus, models[i]);
}

/* The canonical bytes of what was taken, and their hash. */
static struct digest canonical_of(const char *bytes, size_t size, struct text *out)
{
    CLEANUP(json_release) json_t *json = NULL;
    struct error err;
    fuzz_must(canonical_parse(bytes, size, "input", &json, &err), &err);
    fuzz_must(canonical_write(json, out, &err), &err);
    return digest_of(out->data, out->size);
}

static void check_charge(const struct charge *charge)
{
    assert(charge->divisor > 0 && charge->multiple > 0);
    assert(charge->tier_count == 0 || charge->tiers[charge->tier_count - 1].open);
    for (size_t i = 0; i + 1 < charge->tier_count; i++)
        assert(!charge->tiers[i].open);
}

static bool read_plan(const char *bytes, size_t size, struct arena *arena)
{
    struct text canonical CLEANUP(text_release);
    struct plan plan, again;
    struct error err;
    text_init(&canonical);
    if (!plan_parse(bytes, size, "plan", 1, arena, &plan, &err))
        return false;
    struct digest hash = canonical_of(bytes, size, &canonical);
    assert(digest_equals(&hash, &plan.hash));
    assert(plan_parse(canonical.data, canonical.size, "plan", 1, arena, &again, &err));
    assert(digest_equals(&again.hash, &plan.hash) && again.charge_count == plan.charge_count);
    for (size_t i = 0; i < plan.charge_count; i++) {
        check_charge(&plan.charges[i]);
        assert(plan_charge(&plan, plan.charges[i].id) == &plan.charges[i]);
    }
    return true;
}

static void check_contract(const struct contract *contract)
{
    struct text warnings CLEANUP(text_release);
    struct period period;
    struct error err;
    text_init(&warnings);
    assert(contract->from_us < contract->to_us);
    for (size_t i = 0; i < contract->plan_count; i++)
        assert(contract->plans[i].from_us < contract->plans[i].to_us);
    for (size_t i = 0; i < contract->reservation_count; i++)
        assert(contract->reservations[i].from_us < contract->reservations[i].to_us);
    contract_warnings(contract, &warnings);
    if (contract_period_at(contract, contract->from_us, &period, &err))
        assert(period.from_us == contract->from_us && period.from_us < period.to_us &&
               period.to_us <= contract->to_us);
}

static bool read_contract(const char *bytes, size_t size, struct arena *arena)
{
    struct text canonical CLEANUP(text_release);
    struct contract contract, again;
    struct error err;
    text_init(&canonical);
    if (!contract_parse(bytes, size, "contract", 0, arena, &contract, &err))
        return false;
    struct digest hash = canonical_of(bytes, size, &canonical);
    assert(digest_equals(&hash, &contract.hash));
    assert(contract_parse(canonical.data, canonical.size, "contract", 0, arena, &again, &err));
    assert(digest_equals(&again.hash, &contract.hash));
    check_contract(&contract);
    contract_release(&contract);
    contract_release(&again);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_release);
    const char *bytes = (const char *)data;
    core_init();
    arena_init(&arena);
    bool is_plan = read_plan(bytes, size, &arena), is_contract = read_contract(bytes, size, &arena);
    assert(!is_plan || !is_contract);
    if (is_plan || is_contract)
        fuzz_accept();
    return 0;
}
