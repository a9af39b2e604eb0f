/*
 * Events (meter/scan, meter/event, meter/measure), under the example's catalog.
 *
 * What the strict reader takes is JSON to another reader too; written by that one, with members in
 * another order and other escapes, it measures the same.
 */
#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/measured.h"

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

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    fuzz_add_file(corpus, "deploy/examples/event.json");
    fuzz_add_text(corpus, TOKENS);
    fuzz_add_text(corpus, STORAGE);
}

static bool read_event(struct slice bytes, struct arena *arena, struct event *out)
{
    struct record record = {.value = bytes, .is_file = true};
    return measured_read(&record, arena, out);
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

static bool check_event(struct slice bytes, struct arena *arena)
{
    struct event event, event_again;
    if (!read_event(bytes, arena, &event))
        return false;
    char *again = write_again(bytes);
    /* Escapes are longer than what they stand for. */
    bool fits = strlen(again) <= EVENT_SIZE_MAX;
    if (fits) {
        assert(read_event(slice_of(again), arena, &event_again));
        measured_same(&event, &event_again, arena);
    }
    free(again);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_release);
    core_init();
    arena_init(&arena);
    if (check_event((struct slice){(const char *)data, size}, &arena))
        fuzz_accept();
    return 0;
}
