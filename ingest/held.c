#include "ingest/held.h"

#include <string.h>

#include "base/instant.h"
#include "base/number.h"
#include "meter/refusal.h"
#include "store/places.h"

bool held_open(const struct cli *cli, int *out_log, struct store **out, struct error *err)
{
    const char *conninfo = NULL;
    return places_log(cli, out_log, err) && cli_required(cli, "database", &conninfo, err) &&
           store_open(conninfo, "daybook-ingest quarantine", out, err);
}

static bool read_number(const struct cli *cli, size_t argument, const char *what, uint64_t max,
                        uint64_t *out, struct error *err)
{
    const char *text = cli_argument(cli, argument);
    if (!number_parse_u64(text, strlen(text), what, out, err))
        return false;
    return *out <= max || error_set(err, ERROR_INPUT, "%s '%s' is too large", what, text);
}

bool held_position(const struct cli *cli, struct quarantine_filter *filter, struct error *err)
{
    uint64_t partition = 0, incarnation = 0;
    if (cli_argument_count(cli) != 3)
        return error_set(err, ERROR_INPUT, "a record is named by FEED PARTITION OFFSET");
    if (!read_number(cli, 1, "partition", INT32_MAX, &partition, err) ||
        !read_number(cli, 2, "offset", INT64_MAX, &filter->offset, err) ||
        !cli_u64(cli, "incarnation", &incarnation, err))
        return false;
    if (incarnation > INT32_MAX)
        return error_set(err, ERROR_INPUT, "--incarnation is too large");
    filter->feed = cli_argument(cli, 0);
    filter->partition = (uint32_t)partition;
    filter->incarnation = (uint32_t)incarnation;
    filter->has_position = true;
    return true;
}

static bool read_instant(const struct cli *cli, const char *name, bool *out_has, int64_t *out_us,
                         struct error *err)
{
    const char *text = cli_text(cli, name);
    *out_has = text != NULL;
    return text == NULL || instant_parse(text, strlen(text), name, out_us, err);
}

static bool read_reason(const struct cli *cli, struct arena *arena,
                        struct quarantine_filter *filter, struct error *err)
{
    enum refusal_reason reason;
    const char *word = cli_text(cli, "for");
    if (word == NULL)
        return true;
    if (!refusal_find(slice_of(word), &reason))
        return error_set(err, ERROR_INPUT, "--for '%.60s': nothing is refused for that", word);
    filter->reasons = arena_copy(arena, &word, sizeof word);
    filter->reason_count = 1;
    return true;
}

bool held_options(const struct cli *cli, struct arena *arena, struct quarantine_filter *filter,
                  size_t *out_count, struct error *err)
{
    if (!read_reason(cli, arena, filter, err) ||
        !read_instant(cli, "since", &filter->has_since, &filter->since_us, err) ||
        !read_instant(cli, "until", &filter->has_until, &filter->until_us, err))
        return false;
    filter->tenant = cli_text(cli, "tenant");
    filter->source = cli_text(cli, "source");
    const char *topic = cli_text(cli, "topic");
    size_t count = filter->reason_count;
    count += filter->has_since ? 1 : 0;
    count += filter->has_until ? 1 : 0;
    count += filter->tenant ? 1 : 0;
    count += filter->source ? 1 : 0;
    count += topic ? 1 : 0;
    if (topic)
        filter->feed = topic;
    *out_count = count;
    return true;
}

static struct slice keep(struct slice bytes, struct arena *arena)
{
    if (bytes.data == NULL)
        return bytes;
    return (struct slice){arena_text_n(arena, bytes.data, bytes.size), bytes.size};
}

struct quarantine_item *held_copy(const struct quarantine_item *item, struct arena *arena)
{
    struct quarantine_item *copy = arena_copy(arena, item, sizeof *item);
    copy->feed_name = arena_text(arena, item->feed_name);
    copy->reason = arena_text(arena, item->reason);
    copy->detail = arena_text(arena, item->detail);
    copy->tenant_id = keep(item->tenant_id, arena);
    copy->source = keep(item->source, arena);
    copy->event_id = keep(item->event_id, arena);
    copy->key = keep(item->key, arena);
    copy->headers = keep(item->headers, arena);
    copy->value = keep(item->value, arena);
    if (item->fate.action) {
        copy->fate.action = arena_text(arena, item->fate.action);
        copy->fate.reason = arena_text(arena, item->fate.reason);
    }
    return copy;
}
