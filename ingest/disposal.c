/*
 * quarantine list and quarantine write-off: what operators do about records that were not counted.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/instant.h"
#include "core/canonical.h"
#include "core/key.h"
#include "ingest/commands.h"
#include "meter/refusal.h"
#include "store/operator.h"
#include "store/places.h"
#include "store/quarantine.h"

/* ------------------------------------------------------------------------------------------- list
 */

struct listing {
    bool as_json;
    uint64_t count;
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
    json_t *row =
        json_pack("{s:s, s:i, s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:I}", "feed",
                  item->feed_name, "partition", (int)item->partition, "incarnation",
                  (int)item->incarnation, "offset", offset, "reason", item->reason, "detail",
                  item->detail, "broker_time", instant_format(item->broker_time_us, time), "tenant",
                  text_or_null(item->tenant_id), "source", text_or_null(item->source), "id",
                  text_or_null(item->event_id), "size", (json_int_t)item->size);
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
    listing->count++;
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
    putchar('\n');
    return true;
}

static bool open_store(const struct cli *cli, int *out_log, struct store **out, struct error *err)
{
    const char *conninfo = NULL;
    return places_log(cli, out_log, err) && cli_required(cli, "database", &conninfo, err) &&
           store_open(conninfo, "daybook-ingest quarantine", out, err);
}

bool command_quarantine_list(const struct cli *cli, struct error *err)
{
    int log = 0;
    struct store *store = NULL;
    struct listing listing = {.as_json = cli_switch(cli, "json")};
    if (!open_store(cli, &log, &store, err))
        return false;
    bool ok = quarantine_each_open(store, log, print_item, &listing, err);
    store_close(store);
    if (ok && !listing.as_json)
        printf("%" PRIu64 " open\n", listing.count);
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
    bool ok = places_published(cli, &arena, &published, err) &&
              open_store(cli, out_log, out, err) && store_guard(*out, *out_log, published, err);
    arena_release(&arena);
    return ok;
}

static bool read_number(const struct cli *cli, size_t argument, const char *what, uint64_t max,
                        uint64_t *out, struct error *err)
{
    const char *text = cli_argument(cli, argument);
    if (!number_parse_u64(text, strlen(text), what, out, err))
        return false;
    return *out <= max || error_set(err, ERROR_INPUT, "%s '%s' is too large", what, text);
}

bool command_quarantine_write_off(const struct cli *cli, struct error *err)
{
    int log = 0;
    uint64_t partition = 0;
    struct store *store = NULL;
    struct disposition disposition = {.feed_name = cli_argument(cli, 0),
                                      .action = DISPOSED_WRITTEN_OFF};
    if (!read_number(cli, 1, "partition", INT32_MAX, &partition, err) ||
        !read_number(cli, 2, "offset", INT64_MAX, &disposition.offset, err) ||
        !cli_required(cli, "reason", &disposition.reason, err))
        return false;
    disposition.partition = (uint32_t)partition;
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
