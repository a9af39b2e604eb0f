/*
 * Events (meter/scan, meter/event, meter/measure), under the example's catalog.
 *
 * What the strict reader takes is JSON to another reader too; written by that one, with members in
 * another order and other escapes, the event has the same identity, meaning and parts
 * (measure.h, invariant 2). No part is zero or above the limit (4), and no refusal is without a
 * reason.
 */
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "fuzz/fuzz.h"
#include "meter/measure.h"

#define AS_OF "2026-11-10T00:00:00Z"
#define TOKENS                                                                                     \
    "{\"specversion\":\"1.0\",\"type\":\"tokens.request.v1\",\"source\":\"/gateway/fra1\",\"id\":" \
    "\"r-1\",\"subject\":\"acme\",\"time\":\"2026-09-07T10:30:00+02:00\",\"sequence\":\"7\","      \
    "\"data\":{\"request\":\"r1\",\"model\":\"m-1\",\"project\":\"vision\",\"batch\":false,"       \
    "\"tokens\":{\"input\":1200,\"cache_read\":800,\"cache_write\":\"10\",\"output\":350}}}"
#define STORAGE                                                                                    \
    "{\"specversion\":\"1.0\",\"type\":\"storage.sample.v1\",\"source\":\"/storage/fra1\",\"id\":" \
    "\"v\\u00e4\",\"subject\":\"acme\",\"data\":{\"at\":\"2026-09-07T10:30:00.25Z\",\"project\":"  \
    "\"vision\",\"volume\":\"v1\",\"class\":\"ssd\",\"region\":\"eu-1\",\"mib_seconds\":36000}}"

const char *const fuzz_words[] = {"\"gpu.slice.v1\"",
                                  "\"tokens.request.v1\"",
                                  "\"storage.sample.v1\"",
                                  "\"gpu_milli\":",
                                  "\"gpu_count\":",
                                  "\"time\":",
                                  "\"data\":",
                                  "null",
                                  "true",
                                  "-0",
                                  "1e5",
                                  "1.0",
                                  "9223372036854775807",
                                  "9223372036854775808",
                                  "\"10\"",
                                  "\\u0000",
                                  "\\ud83d\\ude00",
                                  "\\ud83d",
                                  "\xf0\x9f\x98\x80",
                                  "\\/",
                                  "2026-09-07T11:59:60Z",
                                  "+02:00",
                                  ",",
                                  "{",
                                  "[",
                                  NULL};

static struct {
    struct catalog *catalog;
    struct measure_keys keys;
    struct series_cache *cache;
    int64_t as_of_us;
} own;

static void set_up(void)
{
    if (own.catalog != NULL)
        return;
    struct text bytes CLEANUP(text_release);
    struct error err;
    core_init();
    text_init(&bytes);
    fuzz_must(file_read("deploy/examples/catalog.json", EVENT_SIZE_MAX, &bytes, &err), &err);
    fuzz_must(catalog_parse(bytes.data, bytes.size, "catalog", &own.catalog, &err), &err);
    fuzz_must(instant_parse(AS_OF, strlen(AS_OF), "as of", &own.as_of_us, &err), &err);
    own.keys = measure_keys_of((const unsigned char *)"0123456789abcdefghijklmnopqrstuv");
    own.cache = series_cache_make(own.keys.identity);
}

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    fuzz_add_file(corpus, "deploy/examples/event.json");
    fuzz_add_text(corpus, TOKENS);
    fuzz_add_text(corpus, STORAGE);
}

static bool read_event(struct slice bytes, struct arena *arena, struct event *out)
{
    struct refusal refusal = {0};
    struct record record = {.value = bytes, .is_file = true};
    bool is_event = event_read(own.catalog->scan, &record, arena, out, &refusal);
    assert(is_event == (refusal.reason == REFUSAL_NONE));
    if (!is_event)
        return false;
    assert(utf8_is_valid(out->id.data, out->id.size) && out->id.size > 0);
    assert(out->subject.size > 0 && out->subject.size <= EVENT_SUBJECT_SIZE_MAX);
    return true;
}

static enum refusal_reason measure(const struct event *event, struct arena *arena,
                                   struct measure *out)
{
    struct measure_context context = {own.catalog, &own.keys, own.cache};
    struct refusal refusal = {0};
    struct measure_input input = {
        .event = event, .grid_seconds = 3600, .broker_time_us = own.as_of_us, .is_file = true};
    if (!catalog_admit(own.catalog, event, slice_of(CATALOG_FILE), &input.type, &refusal) ||
        !measure_event(&context, &input, arena, out, &refusal)) {
        assert(refusal.reason != REFUSAL_NONE);
        return refusal.reason;
    }
    for (size_t i = 0; i < out->part_count; i++)
        assert(out->parts[i].quantity > 0 && out->parts[i].quantity <= MEASURE_QUANTITY_MAX);
    return REFUSAL_NONE;
}

/* The same event as another writer has it. */
static char *write_again(struct slice bytes)
{
    json_error_t why;
    json_t *json = json_loadb(bytes.data, bytes.size, JSON_REJECT_DUPLICATES, &why);
    assert(json != NULL);
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENSURE_ASCII);
    json_decref(json);
    assert(text != NULL);
    return text;
}

static void check_same(const struct measure *a, const struct measure *b)
{
    assert(memcmp(a->identity, b->identity, sizeof a->identity) == 0);
    assert(a->meaning == b->meaning && a->event_hour == b->event_hour);
    assert(a->part_count == b->part_count);
    for (size_t i = 0; i < a->part_count; i++) {
        assert(a->parts[i].series == b->parts[i].series);
        assert(a->parts[i].window.from_us == b->parts[i].window.from_us);
        assert(a->parts[i].quantity == b->parts[i].quantity);
    }
}

static bool check_event(struct slice bytes, struct arena *arena)
{
    struct event event, event_again;
    struct measure result, result_again;
    if (!read_event(bytes, arena, &event))
        return false;
    char *again = write_again(bytes);
    /* Escapes are longer than what they stand for. */
    bool fits = strlen(again) <= EVENT_SIZE_MAX;
    if (fits) {
        assert(read_event(slice_of(again), arena, &event_again));
        enum refusal_reason reason = measure(&event, arena, &result);
        assert(measure(&event_again, arena, &result_again) == reason);
        if (reason == REFUSAL_NONE)
            check_same(&result, &result_again);
    }
    free(again);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_release);
    set_up();
    arena_init(&arena);
    if (check_event((struct slice){(const char *)data, size}, &arena))
        fuzz_accept();
    series_cache_trim(own.cache, 10000);
    return 0;
}
