#include "fuzz/measured.h"

#include <assert.h>
#include <string.h>

#include "base/file.h"
#include "fuzz/fuzz.h"

#define AS_OF "2026-11-10T00:00:00Z"

struct measured *measured(void)
{
    static struct measured own;
    if (own.catalog != NULL)
        return &own;
    struct text bytes CLEANUP(text_release);
    struct error err;
    core_init();
    text_init(&bytes);
    fuzz_must(file_read("deploy/examples/catalog.json", EVENT_SIZE_MAX, &bytes, &err), &err);
    fuzz_must(catalog_parse(bytes.data, bytes.size, "catalog", &own.catalog, &err), &err);
    fuzz_must(instant_parse(AS_OF, strlen(AS_OF), "as of", &own.as_of_us, &err), &err);
    own.keys = measure_keys_of((const unsigned char *)"0123456789abcdefghijklmnopqrstuv");
    own.cache = series_cache_make(own.keys.identity);
    return &own;
}

bool measured_read(const struct record *record, struct arena *arena, struct event *out)
{
    struct refusal refusal = {0};
    bool is_event = event_read(measured()->catalog->scan, record, arena, out, &refusal);
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
    struct measured *own = measured();
    struct measure_context context = {own->catalog, &own->keys, own->cache};
    struct refusal refusal = {0};
    struct measure_input input = {
        .event = event, .grid_seconds = 3600, .broker_time_us = own->as_of_us, .is_file = true};
    if (!catalog_admit(own->catalog, event, slice_of(CATALOG_FILE), &input.type, &refusal) ||
        !measure_event(&context, &input, arena, out, &refusal)) {
        assert(refusal.reason != REFUSAL_NONE);
        return refusal.reason;
    }
    for (size_t i = 0; i < out->part_count; i++)
        assert(out->parts[i].quantity > 0 && out->parts[i].quantity <= MEASURE_QUANTITY_MAX);
    return REFUSAL_NONE;
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

void measured_same(const struct event *event, const struct event *again, struct arena *arena)
{
    struct measure result, result_again;
    enum refusal_reason reason = measure(event, arena, &result);
    assert(measure(again, arena, &result_again) == reason);
    if (reason == REFUSAL_NONE)
        check_same(&result, &result_again);
    series_cache_trim(measured()->cache, 10000);
}
