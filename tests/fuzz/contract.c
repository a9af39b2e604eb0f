/*
 * Contracts (rating/contract), beside a plan.
 *
 * What is taken has the hash of its canonical JSON, compiles from that to the same hash, and is in
 * order: periods and terms run forwards.
 */
#include <assert.h>
#include <string.h>

#include "fuzz/canonical.h"
#include "fuzz/fuzz.h"
#include "fuzz/price_words.h"
#include "rating/contract.h"

#define PLAN                                                                                         \
    "{\"plan\":\"p\",\"currency\":\"EUR\",\"charges\":[{\"charge\":\"c\",\"meter\":\"m\",\"model\":" \
    "\"per_unit\",\"price\":\"2\",\"price_unit\":{\"name\":\"u\",\"divisor\":\"1000\"}}]}"

const char *const fuzz_words[] = {"\"reservations\"",
                                  "\"spend_plans\"",
                                  "\"commitments\"",
                                  "\"credits\"",
                                  "\"sla\"",
                                  "\"fx\"",
                                  "\"overrides\"",
                                  "\"discounts\"",
                                  "\"pool\"",
                                  "\"interval\"",
                                  "\"period\"",
                                  "\"contract\"",
                                  "\"before_tax\"",
                                  "\"Europe/Berlin\"",
                                  "\"America/New_York\"",
                                  "28",
                                  "31",
                                  FUZZ_PRICE_WORDS,
                                  NULL};

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    static const char *const files[] = {"tokens",        "gpu-ondemand", "gpu-reserved",
                                        "gpu-committed", "model-api",    "gpu-flex",
                                        "site-lease"};
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        char path[64];
        snprintf(path, sizeof path, "deploy/examples/contract-%s.json", files[i]);
        fuzz_add_file(corpus, path);
    }
    fuzz_add_lines(corpus, "tests/fuzz/contracts.ndjson"); /* one with each kind of terms */
}

static void check_contract(const struct contract *contract, struct arena *arena)
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
    struct plan plan;
    const struct plan *plans[] = {&plan};
    fuzz_must(plan_parse(PLAN, strlen(PLAN), "plan", 1, arena, &plan, &err), &err);
    err.message[0] = '\0';
    assert(contract_check_plans(contract, plans, 1, &err) || err.message[0] != '\0');
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
    check_contract(&contract, arena);
    contract_release(&contract);
    contract_release(&again);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_release);
    core_init();
    arena_init(&arena);
    if (read_contract((const char *)data, size, &arena))
        fuzz_accept();
    return 0;
}
