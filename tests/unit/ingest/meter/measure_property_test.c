/*
 * What must hold for every event, tried on many: seeded, so that a failure comes again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter/measure.h"

static const char head[] =
    "{\"feeds\":[],\"sources\":[],\"types\":[{\"type\":\"gpu.slice.v1\",\"core\":\"gpu\"},"
    "{\"type\":\"n.v1\",\"instant\":\"/time\",\"meaning\":[\"/data/n\",\"/data/s\",\"/data/at\"],"
    "\"instants\":[\"/data/at\"]}],\"meters\":["
    "{\"meter\":\"gpu_time\",\"type\":\"gpu.slice.v1\",\"unit\":\"uGPU.s\",\"scale\":6,"
    "\"aggregation\":\"sum\",\"quantity\":{\"function\":\"gpu_time\"},\"dimensions\":["
    "{\"name\":\"gpu_milli\",\"pointer\":\"/data/gpu_milli\"}]}%s]}";
static const char more_meters[] =
    ",{\"meter\":\"n\",\"type\":\"n.v1\",\"unit\":\"1\",\"scale\":0,\"aggregation\":\"sum\","
    "\"quantity\":{\"pointer\":\"/data/n\"},\"grid_seconds\":60,\"labels\":[\"/data/l\"]}";

struct fixture {
    struct arena arena;
    struct catalog *catalog;
    struct measure_keys keys;
    struct series_cache *cache;
    uint64_t seed;
};

static uint64_t next_random(struct fixture *fixture, uint64_t below)
{
    fixture->seed ^= fixture->seed << 13;
    fixture->seed ^= fixture->seed >> 7;
    fixture->seed ^= fixture->seed << 17;
    return fixture->seed % below;
}

static struct catalog *compile(const char *meters)
{
    struct catalog *catalog = NULL;
    struct error err = {0};
    char text[2048];
    (void)snprintf(text, sizeof(text), head, meters);
    if (!catalog_parse(text, strlen(text), "catalog", &catalog, &err))
        fail_msg("%s", err.message);
    return catalog;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    core_init();
    arena_init(&fixture->arena);
    fixture->catalog = compile("");
    fixture->keys = measure_keys_of((const unsigned char *)"0123456789abcdefghijklmnopqrstuv");
    fixture->cache = series_cache_make(fixture->keys.identity);
    fixture->seed = UINT64_C(0x2545f4914f6cdd1d);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    series_cache_release(fixture->cache);
    catalog_release(fixture->catalog);
    arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

static struct measure measure_record(struct fixture *fixture, const struct record *record,
                                     uint32_t grid_seconds)
{
    struct event event;
    struct measure measure;
    struct refusal refusal;
    struct measure_context context = {fixture->catalog, &fixture->keys, fixture->cache};
    if (!event_read(fixture->catalog->scan, record, &fixture->arena, &event, &refusal))
        fail_msg("%.*s: %s", (int)record->value.size, record->value.data, refusal.detail);
    struct measure_input input = {
        .event = &event,
        .type = catalog_type(fixture->catalog, event.type),
        .grid_seconds = grid_seconds,
        .broker_time_us = INSTANT_MAX - DAY_US,
        .is_file = true,
    };
    if (!measure_event(&context, &input, &fixture->arena, &measure, &refusal))
        fail_msg("%.*s: %s", (int)record->value.size, record->value.data, refusal.detail);
    return measure;
}

static struct measure measure_json(struct fixture *fixture, const char *json)
{
    struct record record = {.value = slice_of(json), .is_file = true};
    return measure_record(fixture, &record, 3600);
}

static const char *slice_json(struct fixture *fixture, int64_t from_ms, int64_t to_ms,
                              uint64_t milli)
{
    char from[INSTANT_TEXT_SIZE];
    char to[INSTANT_TEXT_SIZE];
    return arena_printf(&fixture->arena,
                        "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"subject\":\"a\","
                        "\"type\":\"gpu.slice.v1\",\"data\":{\"allocation\":\"x\",\"sku\":\"y\","
                        "\"market\":\"spot\",\"gpu_milli\":%llu,\"start\":\"%s\",\"end\":\"%s\"}}",
                        (unsigned long long)milli, instant_format(from_ms * 1000, from),
                        instant_format(to_ms * 1000, to));
}

/* Adds an event's parts to sums by window; `first_us` is the window of index 0. */
static void add_to_windows(struct fixture *fixture, const char *json, uint32_t grid_seconds,
                           int64_t first_us, int128 *sums, int128 *total)
{
    struct record record = {.value = slice_of(json), .is_file = true};
    struct measure measure = measure_record(fixture, &record, grid_seconds);
    for (size_t i = 0; i < measure.part_count; i++) {
        const struct measure_part *part = &measure.parts[i];
        int64_t at = (part->window.from_us - first_us) / ((int64_t)grid_seconds * SECOND_US);
        assert_true(part->quantity > 0 && at >= 0 && at < 1000);
        assert_true(i == 0 || measure.parts[i - 1].window.from_us < part->window.from_us);
        sums[at] += part->quantity;
        *total += part->quantity;
    }
}

static void never_changes_a_total_by_splitting_a_slice(void **state)
{
    struct fixture *fixture = *state;
    static const uint32_t grids[] = {3600, 1800, 900};
    for (int round = 0; round < 3000; round++) {
        uint32_t grid = grids[next_random(fixture, COUNT_OF(grids))];
        int64_t from_ms = INT64_C(1790812800000) + (int64_t)next_random(fixture, 86400000);
        int64_t length_ms = 2 + (int64_t)next_random(fixture, 3600000 * 24);
        int64_t middle_ms = from_ms + 1 + (int64_t)next_random(fixture, (uint64_t)length_ms - 1);
        uint64_t milli = 1 + next_random(fixture, 1000000);
        int64_t first_us = window_of(from_ms * 1000, grid).from_us;
        int128 whole[1000] = {0}, pieces[1000] = {0};
        int128 whole_total = 0, pieces_total = 0;
        int64_t to_ms = from_ms + length_ms;
        add_to_windows(fixture, slice_json(fixture, from_ms, to_ms, milli), grid, first_us, whole,
                       &whole_total);
        add_to_windows(fixture, slice_json(fixture, from_ms, middle_ms, milli), grid, first_us,
                       pieces, &pieces_total);
        add_to_windows(fixture, slice_json(fixture, middle_ms, to_ms, milli), grid, first_us,
                       pieces, &pieces_total);
        assert_true(whole_total == (int128)milli * length_ms && whole_total == pieces_total);
        assert_memory_equal(whole, pieces, sizeof(whole));
        arena_reset(&fixture->arena);
    }
}

/* Members in random order, with random white space, as one object. */
static const char *shuffle(struct fixture *fixture, const char **members, size_t count)
{
    static const char *const spaces[] = {"", " ", "\n\t", "  \r\n"};
    char *json = arena_text(&fixture->arena, "");
    for (size_t i = count; i > 1; i--) {
        size_t other = next_random(fixture, i);
        const char *swapped = members[i - 1];
        members[i - 1] = members[other];
        members[other] = swapped;
    }
    for (size_t i = 0; i < count; i++)
        json = arena_printf(&fixture->arena, "%s%s%s%s", json,
                            spaces[next_random(fixture, COUNT_OF(spaces))], i > 0 ? "," : "",
                            members[i]);
    return arena_printf(&fixture->arena, "{%s%s}", json,
                        spaces[next_random(fixture, COUNT_OF(spaces))]);
}

static const char *any(struct fixture *fixture, const char *const *ways, size_t count)
{
    return ways[next_random(fixture, count)];
}
#define ANY(...)                                                                                   \
    any(fixture, (const char *const[]){__VA_ARGS__}, COUNT_OF(((const char *const[]){__VA_ARGS__})))

static const char *any_data(struct fixture *fixture)
{
    const char *members[] = {
        ANY("\"allocation\":\"x\\u00e4\"", "\"allocation\":\"x\xc3\xa4\"",
            "\"\\u0061llocation\":\"\\u0078\\u00E4\""),
        "\"sku\":\"h/100\"",
        ANY("\"market\":\"spot\"", "\"market\":\"\\u0073pot\""),
        ANY("\"gpu_milli\":2000", "\"gpu_milli\":\"2000\"", "\"gpu_count\":2",
            "\"gpu_count\":\"2\""),
        ANY("\"start\":\"2026-10-01T10:00:00Z\"", "\"start\":\"2026-10-01T15:30:00.000+05:30\"",
            "\"start\":\"2026-10-01t10:00:00.0z\""),
        ANY("\"end\":\"2026-10-01T10:30:00Z\"", "\"end\":\"2026-09-30T22:30:00-12:00\""),
        ANY("\"region\":null", "\"ignored\":[1.5]"),
        ANY("\"zone\":null", "\"team\":\"red\""),
    };
    return shuffle(fixture, members, COUNT_OF(members));
}

static const char *any_structured(struct fixture *fixture)
{
    const char *members[] = {
        "\"specversion\":\"1.0\"",
        "\"type\":\"gpu.slice.v1\"",
        "\"source\":\"/s\"",
        ANY("\"id\":\"e1\"", "\"i\\u0064\":\"\\u00651\""),
        "\"subject\":\"acme\"",
        ANY("\"time\":\"2026-10-01T11:00:00Z\"", "\"time\":\"2031-10-01T11:00:00Z\"",
            "\"time\":null"),
        ANY("\"datacontenttype\":\"application/json\"", "\"sequence\":\"7\""),
        arena_printf(&fixture->arena, "\"data\":%s", any_data(fixture)),
    };
    return shuffle(fixture, members, COUNT_OF(members));
}

static struct measure measure_any(struct fixture *fixture)
{
    static const struct {
        const char *name, *value;
    } attributes[] = {{"ce_specversion", "1.0"},
                      {"ce_type", "gpu.slice.v1"},
                      {"ce_id", "e1"},
                      {"ce_source", "/s"},
                      {"ce_subject", "acme"}};
    struct record_header headers[COUNT_OF(attributes)];
    for (size_t i = 0; i < COUNT_OF(attributes); i++)
        headers[i] =
            (struct record_header){slice_of(attributes[i].name), slice_of(attributes[i].value)};
    if (next_random(fixture, 3) > 0)
        return measure_json(fixture, any_structured(fixture));
    struct record record = {.headers = headers,
                            .header_count = COUNT_OF(headers),
                            .value = slice_of(any_data(fixture))};
    return measure_record(fixture, &record, 3600);
}

static void knows_an_event_again_however_it_was_serialised(void **state)
{
    struct fixture *fixture = *state;
    struct measure first = measure_any(fixture);
    const struct series_ref *series = first.parts[0].series;
    for (int round = 0; round < 5000; round++) {
        struct measure again = measure_any(fixture);
        assert_memory_equal(again.identity, first.identity, sizeof(first.identity));
        assert_true(again.meaning == first.meaning);
        assert_int_equal(again.event_hour, first.event_hour);
        assert_int_equal(again.part_count, 1);
        assert_ptr_equal(again.parts[0].series, series);
        assert_true(again.parts[0].quantity == INT64_C(2000) * 1800000);
    }
}

#define N(more, data)                                                                              \
    "{\"specversion\":\"1.0\",\"id\":\"e\",\"source\":\"/s\",\"subject\":\"a\",\"type\":\"n.v1\"," \
    "\"time\":\"2026-10-01T10:00:00Z\"" more ",\"data\":" data "}"

static void tells_changed_events_apart_in_every_declared_field(void **state)
{
    struct fixture *fixture = *state;
    static const char *const different[] = {
        N("", "{\"n\":10}"),
        N("", "{\"n\":11}"),
        N("", "{\"n\":10,\"s\":\"\"}"),
        N("", "{\"n\":10,\"s\":\"x\"}"),
        N("", "{\"n\":10,\"at\":\"1970-01-01T00:00:00Z\"}"),
        N("", "{\"n\":10,\"s\":\"\",\"at\":\"1970-01-01T00:00:00Z\"}"),
        N("", "{\"n\":\"\",\"s\":10}"),
        N("", "{\"s\":\"10\"}"),
        N("", "{\"n\":true}"),
    };
    static const char *const same[] = {
        N("", "{\"n\":\"10\"}"),
        N("", "{\"n\":10,\"s\":null}"),
        N("", "{\"n\":10,\"undeclared\":1.5}"),
        N(",\"x\":1", "{\"n\":10}"),
    };
    uint64_t meanings[COUNT_OF(different)];
    for (size_t i = 0; i < COUNT_OF(different); i++) {
        meanings[i] = measure_json(fixture, different[i]).meaning;
        for (size_t j = 0; j < i; j++)
            assert_true(meanings[i] != meanings[j]);
    }
    for (size_t i = 0; i < COUNT_OF(same); i++)
        assert_true(measure_json(fixture, same[i]).meaning == meanings[0]);
}

static void keeps_the_meaning_when_the_catalog_gets_meters(void **state)
{
    struct fixture *fixture = *state;
    static const char json[] = N("", "{\"n\":\"10\",\"s\":\"x\",\"l\":\"label\"}");
    struct measure before = measure_json(fixture, json);
    series_cache_release(fixture->cache);
    catalog_release(fixture->catalog);
    fixture->catalog = compile(more_meters);
    fixture->cache = series_cache_make(fixture->keys.identity);
    struct measure after = measure_json(fixture, json);
    assert_int_equal(before.part_count, 0);
    assert_int_equal(after.part_count, 1);
    assert_true(after.meaning == before.meaning);
    assert_memory_equal(after.identity, before.identity, sizeof(before.identity));
}

static void gives_every_tenant_source_and_id_an_identity_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *tenant, *source, *id;
    } cases[] = {{"a", "b", "c"}, {"ab", "", "c"}, {"a", "bc", ""}, {"", "ab", "c"},
                 {"a", "c", "b"}, {"b", "a", "c"}, {"A", "b", "c"}, {"a", "b", "c "},
                 {"a", "x", "c"}, {"a", "b", "x"}, {"x", "b", "c"}};
    unsigned char identities[COUNT_OF(cases)][MEASURE_IDENTITY_SIZE];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        measure_identity(&fixture->keys, slice_of(cases[i].tenant), slice_of(cases[i].source),
                         slice_of(cases[i].id), identities[i]);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(identities[i], identities[j], MEASURE_IDENTITY_SIZE);
    }
    struct measure_keys others = fixture->keys;
    unsigned char other[MEASURE_IDENTITY_SIZE];
    others.identity[0] ^= 1;
    measure_identity(&others, slice_of("a"), slice_of("b"), slice_of("c"), other);
    assert_memory_not_equal(other, identities[0], MEASURE_IDENTITY_SIZE);
}

/* Whatever arrives, the answer is a measure or a refusal with a reason. */
static void survives_events_with_random_bytes_changed(void **state)
{
    struct fixture *fixture = *state;
    struct measure_context context = {fixture->catalog, &fixture->keys, fixture->cache};
    for (int round = 0; round < 50000; round++) {
        struct event event;
        struct measure measure;
        struct refusal refusal = {0};
        char *json = arena_text(&fixture->arena, any_structured(fixture));
        size_t size = strlen(json);
        for (uint64_t i = next_random(fixture, 4); i < 4; i++)
            json[next_random(fixture, size)] = (char)next_random(fixture, 256);
        size -= next_random(fixture, 8) == 0 ? next_random(fixture, size) : 0;
        bool read = event_read_structured(fixture->catalog->scan, (struct slice){json, size},
                                          &fixture->arena, &event, &refusal);
        const struct catalog_type *type = read ? catalog_type(fixture->catalog, event.type) : NULL;
        if (type != NULL) {
            struct measure_input input = {&event, type, 900, INSTANT_MAX - DAY_US, false};
            read = measure_event(&context, &input, &fixture->arena, &measure, &refusal);
        }
        assert_int_equal(read, refusal.reason == REFUSAL_NONE);
        assert_true(utf8_is_valid(refusal.detail, strlen(refusal.detail)));
        arena_reset(&fixture->arena);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(never_changes_a_total_by_splitting_a_slice),
        TEST(knows_an_event_again_however_it_was_serialised),
        TEST(tells_changed_events_apart_in_every_declared_field),
        TEST(keeps_the_meaning_when_the_catalog_gets_meters),
        TEST(gives_every_tenant_source_and_id_an_identity_of_its_own),
        TEST(survives_events_with_random_bytes_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
