/*
 * Plans (rating/plan).
 *
 * What is taken has the hash of its canonical JSON, compiles from that to the same hash, and is in
 * order: tiers rise, the last one is open, a charge is found by its id.
 */
#include <assert.h>

#include "fuzz/canonical.h"
#include "fuzz/fuzz.h"
#include "fuzz/price_words.h"
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
                                  "\"windows\"",
                                  "\"steps\"",
                                  "\"rows\"",
                                  "\"24:00\"",
                                  "[1,2,3,4,5,6,7]",
                                  FUZZ_PRICE_WORDS,
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
    static const char *const files[] = {"tokens",    "gpu-ondemand", "gpu-reserved",
                                        "model-api", "gpu-flex",     "site-lease"};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[64];
        snprintf(path, sizeof path, "deploy/examples/plan-%s.json", files[i]);
        fuzz_add_file(corpus, path);
    }
    for (size_t i = 0; i < COUNT_OF(models); i++)
        fuzz_add_text(corpus, models[i]);
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_release);
    core_init();
    arena_init(&arena);
    if (read_plan((const char *)data, size, &arena))
        fuzz_accept();
    return 0;
}
