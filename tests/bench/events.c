/*
 * events: what an event costs before the book: scanned, scanned by jansson, and measured.
 *
 *   events run FILE --catalog FILE [--rounds N] [--only STEP]
 *
 * FILE is NDJSON, as `generate file` writes it. One thread, no Kafka, no database; prints one line
 * of JSON with CPU nanoseconds an event.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/log.h"
#include "core/digest.h"
#include "ingest/item.h"
#include "meter/scan_parts.h"

#define FILE_SIZE_MAX ((size_t)1 << 30)

struct events {
    struct text file;
    struct slice *lines;
    size_t count;
    size_t capacity;
    struct control *control;
    struct scope *scope;
    struct measure_keys keys;
    struct scan_field *fields;
    uint64_t refused;
    struct arena keep, scratch;
};

static void split(struct events *events)
{
    const char *at = events->file.data;
    const char *end = at + events->file.size;
    for (const char *next; at < end; at = next + 1) {
        next = memchr(at, '\n', (size_t)(end - at));
        if (next == NULL)
            next = end;
        events->lines =
            memory_grow(events->lines, &events->capacity, events->count + 1, sizeof *events->lines);
        events->lines[events->count++] = (struct slice){at, (size_t)(next - at)};
    }
}

static bool load(struct events *events, const struct cli *cli, struct error *err)
{
    static const unsigned char any_key[32];
    const char *path = NULL;
    struct catalog *catalog = NULL;
    struct text text CLEANUP(text_release);
    text_init(&text);
    text_init(&events->file);
    if (!cli_required(cli, "catalog", &path, err) || !file_read(path, FILE_SIZE_MAX, &text, err) ||
        !catalog_parse(text.data, text.size, path, &catalog, err))
        return false;
    events->control = control_of_catalog(catalog);
    events->scope = scope_make(events->control, any_key);
    events->keys = measure_keys_of(any_key);
    events->fields = memory_alloc(SCAN_FIELDS_MAX * sizeof *events->fields);
    arena_init(&events->keep);
    arena_init(&events->scratch);
    if (!file_read(cli_argument(cli, 0), FILE_SIZE_MAX, &events->file, err))
        return false;
    split(events);
    return true;
}

static void by_scanner(struct events *events, struct slice line)
{
    if (!scan_fast(events->control->catalog->scan, SCAN_ROOT_EVENT, line, events->fields))
        events->refused++;
}

static void by_jansson(struct events *events, struct slice line)
{
    struct error err;
    arena_reset(&events->scratch);
    if (!scan_slow(events->control->catalog->scan, SCAN_ROOT_EVENT, line, &events->scratch,
                   events->fields, &err))
        events->refused++;
}

static void by_measure(struct events *events, struct slice line)
{
    struct item item = {.record = {.value = line, .is_file = true}};
    struct item_rules rules = {.scope = events->scope,
                               .keys = &events->keys,
                               .topic = slice_of(CATALOG_FILE),
                               .as_of_us = INT64_C(2000000000) * SECOND_US};
    item_measure(&rules, &item, &events->keep, &events->scratch);
    if (item.refusal)
        events->refused++;
    if (events->keep.used_bytes > (size_t)1 << 24)
        arena_recycle(&events->keep);
}

static void by_hash(struct events *events, struct slice line)
{
    static struct digest_running running;
    if (line.data == events->lines[0].data)
        digest_start(&running);
    digest_add(&running, line.data, line.size);
}

static int64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* The best of the rounds: what others on the machine do only adds to it. */
static int64_t time_each(struct events *events, uint64_t rounds,
                         void (*step)(struct events *events, struct slice line))
{
    int64_t best = INT64_MAX;
    for (uint64_t round = 0; round < rounds; round++) {
        int64_t started = cpu_ns();
        events->refused = 0;
        for (size_t i = 0; i < events->count; i++)
            step(events, events->lines[i]);
        int64_t spent = cpu_ns() - started;
        if (spent < best)
            best = spent;
    }
    return best / (int64_t)events->count;
}

static const struct {
    const char *name;
    void (*step)(struct events *events, struct slice line);
} steps[] = {
    {"jansson", by_jansson},
    {"scanner", by_scanner},
    {"sha256", by_hash},
    {"measure", by_measure},
};

static bool run(const struct cli *cli, struct error *err)
{
    static struct events events;
    uint64_t rounds = 0;
    const char *only = cli_text(cli, "only");
    if (!cli_u64(cli, "rounds", &rounds, err) || !load(&events, cli, err))
        return false;
    if (rounds == 0 || events.count == 0)
        return error_set(err, ERROR_INPUT, "there is nothing to measure");
    printf("{\"events\":%zu,\"bytes\":%zu", events.count, events.file.size / events.count);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (only[0] != '\0' && strcmp(only, steps[i].name) != 0)
            continue;
        int64_t ns = time_each(&events, rounds, steps[i].step);
        printf(",\"%s\":{\"ns\":%" PRId64 ",\"not_taken\":%" PRIu64 "}", steps[i].name, ns,
               events.refused);
    }
    printf("}\n");
    return true;
}

static const struct cli_option options[] = {
    {"catalog", "FILE", NULL, "the catalog to measure by"},
    {"rounds", "N", "5", "each is measured so often; the best counts"},
    {"only", "STEP", "", "jansson, scanner, sha256 or measure; else all"},
    {0},
};
static const struct cli_command commands[] = {
    {"run", "FILE", "measure the events of a file", run, options},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_option none[] = {{0}};
    static const struct cli_program program = {
        .name = "events",
        .help = "What an event costs before the book.",
        .commands = commands,
        .common_options = none,
    };
    core_init();
    log_open("events");
    return cli_main(&program, argc, argv);
}
