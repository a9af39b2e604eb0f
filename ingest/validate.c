/*
 * validate: what would become of a file's events under a catalog, without database and keys.
 *
 * Tenants are taken as they come; duplicates are not looked for.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/instant.h"
#include "ingest/commands.h"
#include "ingest/feed.h"
#include "ingest/item.h"

#define CATALOG_SIZE_MAX ((size_t)16 << 20)

struct verdicts {
    uint64_t line; /* of the file, from 1 */
    size_t counted_to;
    uint64_t good;
    uint64_t refused;
};

static bool read_catalog(const char *path, struct control **out, struct error *err)
{
    struct text text;
    struct catalog *catalog = NULL;
    text_init(&text);
    bool ok = file_read(path, CATALOG_SIZE_MAX, &text, err) &&
              catalog_parse(text.data, text.size, path, &catalog, err);
    text_release(&text);
    if (ok)
        *out = control_of_catalog(catalog);
    return ok;
}

/* The number of the line that starts at this byte. */
static uint64_t line_at(struct verdicts *verdicts, struct slice bytes, size_t offset)
{
    for (; verdicts->counted_to < offset; verdicts->counted_to++)
        if (bytes.data[verdicts->counted_to] == '\n')
            verdicts->line++;
    return verdicts->line;
}

static void tell(const struct item *item, uint64_t line, struct verdicts *verdicts)
{
    if (item->refusal) {
        verdicts->refused++;
        printf("line %" PRIu64 ": %s: %s\n", line, refusal_word(item->refusal->reason),
               item->refusal->detail);
        return;
    }
    verdicts->good++;
    printf("line %" PRIu64 ": ok, %zu part%s\n", line, item->measure.part_count,
           item->measure.part_count == 1 ? "" : "s");
}

static bool validate_lines(struct feed *feed, const struct item_rules *rules,
                           struct verdicts *verdicts, struct error *err)
{
    struct arena keep;
    struct arena scratch;
    struct feed_event event = {.kind = FEED_NOTHING};
    const struct feed_position start = {0, 0};
    arena_init(&keep);
    arena_init(&scratch);
    bool ok = feed->kind->start(feed, &start, 1, err);
    while (ok && event.kind != FEED_END) {
        ok = feed->kind->poll(feed, 0, &event, err);
        if (!ok || event.kind != FEED_RECORD)
            continue;
        struct item item = {.record = event.record};
        item_measure(rules, &item, &keep, &scratch);
        tell(&item, line_at(verdicts, ndjson_bytes(feed), (size_t)event.record.offset), verdicts);
        arena_reset(&keep);
    }
    arena_release(&scratch);
    arena_release(&keep);
    return ok;
}

static bool validate_feed(struct feed *feed, struct control *control, struct verdicts *verdicts,
                          struct error *err)
{
    static const unsigned char any_key[32];
    const struct measure_keys keys = measure_keys_of(any_key);
    struct scope *scope = scope_make(control, any_key);
    struct item_rules rules = {
        .scope = scope, .keys = &keys, .topic = slice_of(CATALOG_FILE), .as_of_us = instant_now()};
    bool ok = validate_lines(feed, &rules, verdicts, err);
    scope_drop(scope);
    return ok;
}

bool command_validate(const struct cli *cli, struct error *err)
{
    const char *catalog = NULL;
    struct control *control = NULL;
    struct feed *feed = NULL;
    struct verdicts verdicts = {.line = 1};
    if (!cli_required(cli, "catalog", &catalog, err) || !read_catalog(catalog, &control, err))
        return false;
    bool ok = ndjson_open(cli_argument(cli, 0), &feed, err);
    if (ok) {
        ok = validate_feed(feed, control, &verdicts, err);
        feed->kind->close(feed);
    }
    control_drop(control);
    if (!ok)
        return false;
    printf("%" PRIu64 " good, %" PRIu64 " refused\n", verdicts.good, verdicts.refused);
    if (verdicts.refused > 0)
        cli_exit_status(cli, error_exit_status(ERROR_INPUT));
    return true;
}
