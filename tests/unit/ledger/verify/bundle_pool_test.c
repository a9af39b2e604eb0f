#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/compiler.h"
#include "core/series.h"
#include "verify/bundle_parts.h"

#define TOTALS(meter, quantity)                                                                    \
    "{\"payer\":\"t\",\"members\":3,\"totals\":[{\"meter\":\"" meter                               \
    "\",\"unit\":\"uGPU.s\",\"quantity\":\"" quantity "\"}]}"
#define AGREED                                                                                     \
    "{\"payer\":\"t\",\"members\":[\"x\",{\"tenant\":\"a\",\"to\":\"2026-11-01T00:00:00Z\"}]}"

/* A member's document that used 5, in two series of which one is of no period. */
static json_t *document_with(const char *pool)
{
    struct series series = {.meter = slice_of("gpu_time"),
                            .unit = slice_of("uGPU.s"),
                            .scale = 6,
                            .aggregation = AGGREGATION_SUM};
    struct text bytes;
    struct error err;
    char hex[512], name[DIGEST_HEX_SIZE];
    text_init(&bytes);
    assert_true(series_encode(&series, &bytes, &err));
    struct digest hash = digest_of(bytes.data, bytes.size);
    hex_encode(bytes.data, bytes.size, hex);
    digest_hex(&hash, name);
    text_release(&bytes);
    json_t *document =
        json_pack("{s:{s:s},s:{s:s,s:s},s:[{s:s,s:s,s:s},{s:s,s:s,s:s}],s:[{s:s,s:s}]}", "tenant",
                  "id", "a", "period", "label", "2026-10", "from", "2026-10-01T00:00:00Z", "usage",
                  "period", "2026-10", "series", name, "quantity", "5", "period", "2026-09",
                  "series", name, "quantity", "70", "series", "series", name, "descriptor", hex);
    if (pool != NULL)
        json_object_set_new(document, "pool", json_loads(pool, 0, NULL));
    return document;
}

static json_t *with_pool(const char *pool)
{
    json_t *object = json_pack("{s:s}", "tenant", "t");
    if (pool != NULL)
        json_object_set_new(object, "pool", json_loads(pool, 0, NULL));
    return object;
}

static const struct {
    const char *name;
    const char *agreed, *at_the_cut, *stated;
    const char *found; /* a part of it; NULL: nothing */
} cases[] = {
    {"no pool", NULL, NULL, NULL, NULL},
    {"a pool", AGREED, TOTALS("gpu_time", "12"), TOTALS("gpu_time", "12"), NULL},
    {"all of it is its own", AGREED, TOTALS("gpu_time", "5"), TOTALS("gpu_time", "5"), NULL},
    {"less than its own", AGREED, TOTALS("gpu_time", "4"), TOTALS("gpu_time", "4"),
     "total of gpu_time is less"},
    {"a total that is no number", AGREED, TOTALS("gpu_time", "x"), TOTALS("gpu_time", "x"),
     "total of gpu_time is less"},
    {"other totals than at the cut", AGREED, TOTALS("gpu_time", "12"), TOTALS("gpu_time", "13"),
     "not those that were signed"},
    {"no total of its meter", AGREED, TOTALS("tokens", "12"), TOTALS("tokens", "12"),
     "no total of a meter"},
    {"nothing stated", AGREED, TOTALS("gpu_time", "12"), NULL, "do not all say"},
    {"nothing at the cut", AGREED, NULL, TOTALS("gpu_time", "12"), "do not all say"},
    {"nothing agreed", NULL, TOTALS("gpu_time", "12"), TOTALS("gpu_time", "12"), "do not all say"},
    {"fewer members than the contract's", "{\"payer\":\"t\",\"members\":[\"x\",\"y\",\"a\"]}",
     TOTALS("gpu_time", "12"), TOTALS("gpu_time", "12"), "not as many members"},
    {"a member that is not there yet",
     "{\"payer\":\"t\",\"members\":[\"a\",{\"tenant\":\"x\",\"from\":\"2026-11-01T00:00:00Z\"}]}",
     TOTALS("gpu_time", "12"), TOTALS("gpu_time", "12"), "not as many members"},
    {"another pool's", "{\"payer\":\"z\",\"members\":[\"a\"]}", TOTALS("gpu_time", "12"),
     TOTALS("gpu_time", "12"), "another payer"},
};

static void what_a_member_states_of_its_pool(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct findings findings;
        struct text text;
        findings_init(&findings);
        text_init(&text);
        json_t *agreed = with_pool(cases[i].agreed), *period = with_pool(cases[i].at_the_cut);
        struct bundle bundle = {.document = document_with(cases[i].stated), .findings = &findings};
        bundle_check_pool(&bundle, agreed, period);
        findings_format(&findings, &text);
        if (cases[i].found == NULL ? findings.total != 0
                                   : findings.counts[FINDING_DOCUMENT_POOL] == 0 ||
                                         strstr(text.data, cases[i].found) == NULL)
            fail_msg("%s: %s", cases[i].name, text.size > 0 ? text.data : "nothing was found");
        json_decref(bundle.document);
        json_decref(agreed);
        json_decref(period);
        text_release(&text);
        findings_release(&findings);
    }
}

#define LINE(amount) "{\"kind\":\"credit\",\"charge\":\"k\",\"amount\":\"" amount "\"}"
#define BURN(amount) "{\"credit\":\"k\",\"stage\":\"before_tax\",\"amount\":\"" amount "\"}"

static const struct {
    const char *name, *tenant, *lines, *settlement;
    const char *found; /* NULL: nothing */
} settled[] = {
    {"a share", "a", "[" LINE("-2.00") "]", "{\"own_burns\":[" BURN("1.50") "," BURN("0.50") "]}",
     NULL},
    {"nothing", "a", "[]", "{\"own_burns\":[],\"credits\":[]}", NULL},
    {"the payer's", "t", "[" LINE("-2.00") "]",
     "{\"own_burns\":[" BURN("2.00") "],\"burns\":[" BURN("3.00") "],\"amounts\":[]}", NULL},
    {"a line without a burn", "a", "[" LINE("-2.00") "]", "{\"own_burns\":[]}", "not its share"},
    {"a burn without a line", "a", "[]", "{\"own_burns\":[" BURN("2.00") "]}", "not its share"},
    {"more than the pool's", "t", "[" LINE("-4.00") "]",
     "{\"own_burns\":[" BURN("4.00") "],\"burns\":[" BURN("3.00") "],\"amounts\":[]}",
     "not its share"},
    {"a member with the account", "a", "[]", "{\"own_burns\":[],\"credits\":[{}]}", "the payer's"},
    {"a payer without the pool's amounts", "t", "[]", "{\"own_burns\":[]}", "what is the pool's"},
    {"not its own", "a", "[]", "{}", "does not say"},
};

static void what_a_settlement_states_of_its_pool(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(settled); i++) {
        struct findings findings;
        struct text text;
        findings_init(&findings);
        text_init(&text);
        json_t *agreed = with_pool(AGREED), *period = with_pool(TOTALS("gpu_time", "12"));
        struct bundle bundle = {.document = document_with(TOTALS("gpu_time", "12")),
                                .findings = &findings};
        json_object_set_new(bundle.document, "exponent", json_integer(2));
        json_object_set_new(json_object_get(bundle.document, "tenant"), "id",
                            json_string(settled[i].tenant));
        json_object_set_new(bundle.document, "lines", json_loads(settled[i].lines, 0, NULL));
        json_object_set_new(bundle.document, "settlement",
                            json_loads(settled[i].settlement, 0, NULL));
        bundle_check_pool(&bundle, agreed, period);
        findings_format(&findings, &text);
        if (settled[i].found == NULL ? findings.total != 0
                                     : strstr(text.data, settled[i].found) == NULL)
            fail_msg("%s: %s", settled[i].name, text.size > 0 ? text.data : "nothing was found");
        json_decref(bundle.document);
        json_decref(agreed);
        json_decref(period);
        text_release(&text);
        findings_release(&findings);
    }
}

static void a_member_is_a_party_while_it_is_in_the_pool(void **state)
{
    (void)state;
    json_t *contract = with_pool(AGREED), *document = document_with(NULL);
    assert_true(bundle_is_party(contract, document));
    json_object_set_new(json_object_get(document, "period"), "from",
                        json_string("2026-11-01T00:00:00Z"));
    assert_false(bundle_is_party(contract, document));
    json_object_set_new(json_object_get(document, "tenant"), "id", json_string("x"));
    assert_true(bundle_is_party(contract, document));
    json_object_set_new(json_object_get(document, "tenant"), "id", json_string("y"));
    assert_false(bundle_is_party(contract, document));
    json_object_set_new(json_object_get(document, "tenant"), "id", json_string("t"));
    assert_true(bundle_is_party(contract, document));
    json_decref(contract);
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_member_states_of_its_pool),
        cmocka_unit_test(what_a_settlement_states_of_its_pool),
        cmocka_unit_test(a_member_is_a_party_while_it_is_in_the_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
