/*
 * quarantine list and quarantine write-off: what operators do about records that were not counted.
 * (show.c: one of them, whole; release.c: they are counted after all.)
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "base/number.h"
#include "core/canonical.h"
#include "core/key.h"
#include "ingest/commands.h"
#include "ingest/held.h"
#include "store/operator.h"
#include "store/places.h"
#include "store/quarantine.h"

/* ------------------------------------------------------------------------------------------- list
 */

struct listing {
    bool as_json;
    uint64_t limit;
    uint64_t count;
    uint64_t open;
    char last[640]; /* where the next page begins */
};

static json_t *text_or_null(struct slice text)
{
    return text.data ? json_stringn(text.data, text.size) : json_null();
}

static void print_json(const struct quarantine_item *item)
{
    char time[INSTANT_TEXT_SIZE];
    char offset[24];
    snprintf(offset, sizeof offset, "%" PRIu64, item->offset);
    CLEANUP(json_release)
    json_t *row = json_pack(
        "{s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:I, s:s?}", "feed", item->feed_name,
        "partition", (int)item->partition, "incarnation", (int)item->incarnation, "offset", offset,
        "reason", item->reason, "detail", item->detail, "broker_time",
        instant_format(item->broker_time_us, time), "tenant", text_or_null(item->tenant_id),
        "source", text_or_null(item->source), "id", text_or_null(item->event_id), "size",
        (json_int_t)item->size, "disposition", item->fate.action);
    char *line = row ? json_dumps(row, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    if (line)
        puts(line);
    free(line);
}

static bool print_item(void *context, const struct quarantine_item *item, struct error *err)
{
    struct listing *listing = context;
    char time[INSTANT_TEXT_SIZE];
    (void)err;
    if (listing->limit > 0 && listing->count == listing->limit) {
        listing->count++; /* one more than is shown: there are more */
        return true;
    }
    listing->count++;
    listing->open += item->fate.action ? 0 : 1;
    snprintf(listing->last, sizeof listing->last, "%s/%" PRIu32 "/%" PRIu32 "/%" PRIu64,
             item->feed_name, item->partition, item->incarnation, item->offset);
    if (listing->as_json) {
        print_json(item);
        return true;
    }
    printf("%.16s %" PRIu32 " %" PRIu64 "  %s  %s  %s", item->feed_name, item->partition,
           item->offset, instant_format(item->broker_time_us, time), item->reason, item->detail);
    if (item->event_id.data)
        printf("  (tenant %.*s, source %.*s, id %.*s)", (int)item->tenant_id.size,
               item->tenant_id.data, (int)item->source.size, item->source.data,
               (int)item->event_id.size, item->event_id.data);
    if (item->fate.action)
        printf("  [%s]", item->fate.action);
    putchar('\n');
    return true;
}

/* FEED/PARTITION/INCARNATION/OFFSET, as a page says it at its end. */
static bool read_after(const char *text, struct arena *arena, struct quarantine_filter *filter,
                       struct error *err)
{
    uint64_t numbers[3] = {0};
    struct error ignored;
    char *feed = arena_text(arena, text);
    for (size_t i = 3; i-- > 0;) {
        char *slash = strrchr(feed, '/');
        if (slash == NULL ||
            !number_parse_u64(slash + 1, strlen(slash + 1), "--after", &numbers[i], &ignored) ||
            numbers[i] > (i == 2 ? (uint64_t)INT64_MAX : (uint64_t)INT32_MAX))
            return error_set(err, ERROR_INPUT,
                             "--after '%.300s' is not the FEED/PARTITION/INCARNATION/OFFSET that a "
                             "page ends with",
                             text);
        *slash = '\0';
    }
    filter->has_after = true;
    filter->after_feed = feed;
    filter->after_partition = (uint32_t)numbers[0];
    filter->after_incarnation = (uint32_t)numbers[1];
    filter->after_offset = numbers[2];
    return true;
}

static bool read_page(const struct cli *cli, struct arena *arena, struct quarantine_filter *filter,
                      struct listing *listing, struct error *err)
{
    size_t count = 0;
    const char *after = cli_text(cli, "after");
    if (!held_options(cli, arena, filter, &count, err) ||
        !cli_u64(cli, "limit", &listing->limit, err) ||
        (after && !read_after(after, arena, filter, err)))
        return false;
    if (listing->limit > INT32_MAX)
        return error_set(err, ERROR_INPUT, "--limit is too large");
    filter->with_disposed = cli_switch(cli, "all");
    filter->limit = listing->limit > 0 ? listing->limit + 1 : 0;
    return true;
}

/* To people on stdout; where lines are JSON, on stderr, so that all of stdout can be parsed. */
static void tell_end(const struct listing *listing, const struct cli *cli)
{
    bool has_more = listing->limit > 0 && listing->count > listing->limit;
    if (!listing->as_json && cli_switch(cli, "all"))
        printf("%" PRIu64 " shown, %" PRIu64 " of them open\n", listing->count - (has_more ? 1 : 0),
               listing->open);
    else if (!listing->as_json)
        printf("%" PRIu64 " open\n", listing->open);
    if (has_more)
        fprintf(listing->as_json ? stderr : stdout, "more: --after %s\n", listing->last);
}

bool command_quarantine_list(const struct cli *cli, struct error *err)
{
    int log = 0;
    struct arena arena;
    struct store *store = NULL;
    struct quarantine_filter filter = {.limit = 0};
    struct listing listing = {.as_json = cli_switch(cli, "json")};
    arena_init(&arena);
    bool ok = read_page(cli, &arena, &filter, &listing, err) && held_open(cli, &log, &store, err) &&
              quarantine_each(store, log, &filter, print_item, &listing, err);
    store_close(store);
    arena_release(&arena);
    if (ok)
        tell_end(&listing, cli);
    return ok;
}

/* -------------------------------------------------------------------------------------- write-off
 */

/* Dispositions belong to the book: a restored database takes none. */
static bool open_guarded(const struct cli *cli, int *out_log, struct store **out, struct error *err)
{
    const char *published = NULL;
    struct arena arena;
    arena_init(&arena);
    bool ok = places_published(cli, &arena, &published, err) && held_open(cli, out_log, out, err) &&
              store_guard(*out, *out_log, published, err);
    arena_release(&arena);
    return ok;
}

bool command_quarantine_write_off(const struct cli *cli, struct error *err)
{
    int log = 0;
    struct store *store = NULL;
    struct quarantine_filter filter = {.limit = 0};
    struct disposition disposition = {.action = DISPOSED_WRITTEN_OFF};
    if (!held_position(cli, &filter, err) || !cli_required(cli, "reason", &disposition.reason, err))
        return false;
    disposition.feed_name = filter.feed;
    disposition.partition = filter.partition;
    disposition.incarnation = filter.incarnation;
    disposition.offset = filter.offset;
    bool ok = open_guarded(cli, &log, &store, err) &&
              operator_find(cli, store, log, ROLE_OPERATE, &disposition.operator_key, err) &&
              quarantine_dispose(store, log, &disposition, err);
    store_close(store);
    if (!ok && err->code == ERROR_CONFLICT)
        return error_set(err, ERROR_CONFLICT, "that record was disposed of before");
    if (ok)
        printf("written off\n");
    return ok;
}
