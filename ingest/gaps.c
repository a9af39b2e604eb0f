/*
 * gaps: of sources that count their events, which numbers never came.
 *
 * What came is what was accepted. A number that lies in quarantine did come, and is told apart.
 * Exit status 1 when a number is missing that is nowhere.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "ingest/commands.h"
#include "ingest/control.h"
#include "ingest/held.h"
#include "ingest/release_line.h"
#include "ingest/sequence.h"
#include "store/append.h"
#include "store/sequences.h"

#define STATUS_GAPS 1

/* One source: which of its numbers came, and when what was heard of it. */
struct counted {
    const char *source;
    uint64_t numbered;
    uint64_t unnumbered;
    int64_t first_us; /* as-of of receipts */
    int64_t last_us;
    struct sequence_set came;
    struct sequence_set held;     /* of records in quarantine; settled, like the next two */
    struct sequence_set released; /* of the topic's records that came by a file, then */
    struct sequence_set known;    /* both */
};

struct gaps {
    const struct cli *cli;
    struct arena arena;
    struct store *store;
    int log;
    struct control *control;
    struct sequence_filter filter;
    struct digest feed;
    uint64_t shown_max; /* gaps of a life */
    bool as_json;
    size_t count;
    size_t capacity;
    struct counted *sources;
    uint64_t lost; /* numbers that are nowhere */
};

/* --------------------------------------------------------------------------------------- reading
 */

static struct counted *add_source(struct gaps *gaps, struct slice source)
{
    gaps->sources =
        memory_grow(gaps->sources, &gaps->capacity, gaps->count + 1, sizeof *gaps->sources);
    struct counted *counted = &gaps->sources[gaps->count++];
    *counted = (struct counted){.source = arena_text_n(&gaps->arena, source.data, source.size)};
    return counted;
}

static bool take_row(void *context, const struct sequence_row *row, int64_t as_of_us,
                     struct error *err)
{
    struct gaps *gaps = context;
    struct counted *counted = gaps->count > 0 ? &gaps->sources[gaps->count - 1] : NULL;
    if (counted == NULL || !slice_equals(row->source, counted->source)) {
        counted = add_source(gaps, row->source);
        counted->first_us = as_of_us;
    }
    counted->last_us = as_of_us;
    counted->numbered += row->numbered;
    counted->unnumbered += row->unnumbered;
    return sequence_decode(row->runs, &counted->came) ||
           error_set(err, ERROR_HALT,
                     "the numbers of source '%s' cannot be read: daybook-ingest "
                     "audit makes them again",
                     counted->source);
}

static bool has_source(const struct gaps *gaps, const char *source)
{
    for (size_t i = 0; i < gaps->count; i++)
        if (strcmp(gaps->sources[i].source, source) == 0)
            return true;
    return false;
}

/* That it should count, and never did, is worth a line. */
static void add_silent(struct gaps *gaps)
{
    const struct catalog *catalog = gaps->control->catalog;
    for (size_t i = 0; i < catalog->source_count; i++) {
        const struct catalog_source *source = &catalog->sources[i];
        const char *wanted = gaps->filter.source;
        if (source->has_sequence && !has_source(gaps, source->source.data) &&
            (wanted == NULL || slice_equals(source->source, wanted)))
            add_source(gaps, source->source);
    }
}

/* Whether the catalog in force lets the source bill the tenant that was asked for. */
static bool is_of_tenant(const struct gaps *gaps, const char *source)
{
    const char *tenant = cli_text(gaps->cli, "tenant");
    const struct catalog_source *known = catalog_source(gaps->control->catalog, slice_of(source));
    if (tenant == NULL || (known != NULL && known->all_tenants))
        return true;
    for (size_t i = 0; known != NULL && i < known->tenant_count; i++)
        if (slice_equals(known->tenants[i], tenant))
            return true;
    return false;
}

/* ------------------------------------------------------------------------------------- quarantine
 */

struct holding {
    const struct gaps *gaps;
    struct counted *counted;
};

/* What was released is counted, or is held again as a line of its file. Where only what came by one
 * topic is looked at, it did come by it. */
static struct sequence_set *set_of_item(const struct holding *holding,
                                        const struct quarantine_item *item)
{
    const struct digest *feed = holding->gaps->filter.feed;
    if (!item->fate.has_file)
        return &holding->counted->held;
    return feed != NULL && digest_equals(&item->feed, feed) ? &holding->counted->released : NULL;
}

static bool hold_item(void *context, const struct quarantine_item *item, struct error *err)
{
    const struct holding *holding = context;
    struct arena arena;
    struct record record;
    struct event event;
    struct refusal refusal;
    int64_t number = 0;
    struct sequence_set *set = set_of_item(holding, item);
    (void)err;
    if (set == NULL)
        return true;
    arena_init(&arena);
    if (record_of_item(item, &arena, &record) &&
        event_read(holding->gaps->control->catalog->scan, &record, &arena, &event, &refusal) &&
        sequence_parse(event.sequence, &number)) {
        sequence_set_add(set, (struct sequence_run){number, number});
        sequence_set_add(&holding->counted->known, (struct sequence_run){number, number});
    }
    arena_release(&arena);
    return true;
}

/* It has each number once. */
static void keep_first_life(struct sequence_set *set)
{
    size_t count = 0;
    (void)sequence_set_settle(set);
    while (count < set->count && (count == 0 || set->runs[count].first > set->runs[count - 1].last))
        count++;
    set->count = set->sorted = count;
}

static bool read_held(struct gaps *gaps, struct counted *counted, struct error *err)
{
    struct holding holding = {gaps, counted};
    const struct quarantine_filter filter = {
        .source = counted->source, .with_disposed = true, .with_bytes = true};
    if (!quarantine_each(gaps->store, gaps->log, &filter, hold_item, &holding, err))
        return false;
    keep_first_life(&counted->held);
    keep_first_life(&counted->released);
    keep_first_life(&counted->known);
    return true;
}

/* How many numbers of the gap are among runs that ascend. */
static uint64_t count_in(const struct sequence_set *set, struct sequence_run gap)
{
    uint64_t count = 0;
    size_t at = 0;
    for (size_t end = set->count; at < end;) {
        size_t middle = at + (end - at) / 2;
        if (set->runs[middle].last < gap.first)
            at = middle + 1;
        else
            end = middle;
    }
    for (; at < set->count && set->runs[at].first <= gap.last; at++) {
        struct sequence_run run = set->runs[at];
        int64_t first = run.first > gap.first ? run.first : gap.first;
        int64_t last = run.last < gap.last ? run.last : gap.last;
        count += (uint64_t)(last - first) + 1;
    }
    return count;
}

/* ---------------------------------------------------------------------------------------- telling
 */

/* One life of a source: its runs are [at, end) of the set. */
struct life {
    size_t number;
    size_t at;
    size_t end;
    uint64_t missing;
    uint64_t held;
    uint64_t released;
    uint64_t known;
};

/* The life's runs ascend; the next one begins lower, or where the one before it began. */
static bool next_life(const struct sequence_set *set, struct life *life)
{
    if (life->end == set->count)
        return false;
    *life = (struct life){.number = life->number + 1, .at = life->end, .end = life->end + 1};
    while (life->end < set->count && set->runs[life->end].first > set->runs[life->end - 1].last)
        life->end++;
    return true;
}

static struct sequence_run gap_after(const struct sequence_set *set, size_t i)
{
    return (struct sequence_run){set->runs[i].last + 1, set->runs[i + 1].first - 1};
}

static void count_missing(const struct counted *counted, struct life *life)
{
    for (size_t i = life->at; i + 1 < life->end; i++) {
        struct sequence_run gap = gap_after(&counted->came, i);
        life->missing += (uint64_t)(gap.last - gap.first) + 1;
        life->held += count_in(&counted->held, gap);
        life->released += count_in(&counted->released, gap);
        life->known += count_in(&counted->known, gap);
    }
}

static void print_life(const struct gaps *gaps, const struct counted *counted,
                       const struct life *life)
{
    const struct sequence_run *runs = counted->came.runs;
    printf("  life %zu: %" PRId64 " to %" PRId64 ", %" PRIu64 " missing", life->number,
           runs[life->at].first, runs[life->end - 1].last, life->missing);
    if (life->held > 0)
        printf(", of which %" PRIu64 " are in quarantine", life->held);
    if (life->released > 0)
        printf(", %s%" PRIu64 " were released into files", life->held > 0 ? "" : "of which ",
               life->released);
    for (size_t i = life->at; i + 1 < life->end; i++) {
        struct sequence_run gap = gap_after(&counted->came, i);
        if (i - life->at == gaps->shown_max) {
            printf(" … (%zu more gaps)", life->end - 1 - i);
            break;
        }
        printf("%s%" PRId64, i == life->at ? ": " : ", ", gap.first);
        if (gap.last > gap.first)
            printf("-%" PRId64, gap.last);
    }
    putchar('\n');
}

static json_t *number_json(int64_t number)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    return json_string(text);
}

static json_t *life_json(const struct gaps *gaps, const struct counted *counted,
                         const struct life *life)
{
    json_t *list = json_array();
    const struct sequence_run *runs = counted->came.runs;
    size_t shown = 0;
    for (; life->at + shown + 1 < life->end && shown < gaps->shown_max; shown++) {
        struct sequence_run gap = gap_after(&counted->came, life->at + shown);
        json_array_append_new(list,
                              json_pack("[o, o]", number_json(gap.first), number_json(gap.last)));
    }
    return json_pack(
        "{s:I, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "life", (json_int_t)life->number, "first",
        number_json(runs[life->at].first), "last", number_json(runs[life->end - 1].last), "missing",
        number_json((int64_t)life->missing), "in_quarantine", number_json((int64_t)life->held),
        "released", number_json((int64_t)life->released), "gap_count",
        (json_int_t)(life->end - life->at - 1), "gaps", list);
}

static void tell_text(const struct gaps *gaps, const struct counted *counted)
{
    char first[INSTANT_TEXT_SIZE], last[INSTANT_TEXT_SIZE];
    struct life life = {.number = 0};
    printf("%s: ", counted->source);
    if (counted->numbered + counted->unnumbered == 0) {
        printf("nothing came that is counted\n");
        return;
    }
    printf("%" PRIu64 " numbered, %" PRIu64 " without a number, %s to %s\n", counted->numbered,
           counted->unnumbered, instant_format(counted->first_us, first),
           instant_format(counted->last_us, last));
    while (next_life(&counted->came, &life)) {
        count_missing(counted, &life);
        print_life(gaps, counted, &life);
    }
}

static void tell_json(const struct gaps *gaps, const struct counted *counted)
{
    char first[INSTANT_TEXT_SIZE], last[INSTANT_TEXT_SIZE];
    struct life life = {.number = 0};
    bool is_silent = counted->numbered + counted->unnumbered == 0;
    json_t *lives = json_array();
    while (next_life(&counted->came, &life)) {
        count_missing(counted, &life);
        json_array_append_new(lives, life_json(gaps, counted, &life));
    }
    CLEANUP(json_release)
    json_t *json = json_pack(
        "{s:s, s:I, s:I, s:s?, s:s?, s:o}", "source", counted->source, "numbered",
        (json_int_t)counted->numbered, "unnumbered", (json_int_t)counted->unnumbered, "first_as_of",
        is_silent ? NULL : instant_format(counted->first_us, first), "last_as_of",
        is_silent ? NULL : instant_format(counted->last_us, last), "lives", lives);
    char *line = json ? json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    if (line)
        puts(line);
    free(line);
}

static bool tell(struct gaps *gaps, struct counted *counted, struct error *err)
{
    struct life life = {.number = 0};
    uint64_t missing = 0;
    (void)sequence_set_settle(&counted->came);
    while (next_life(&counted->came, &life)) {
        count_missing(counted, &life);
        missing += life.missing;
    }
    if (missing > 0 && !read_held(gaps, counted, err))
        return false;
    for (life = (struct life){.number = 0}; next_life(&counted->came, &life);) {
        count_missing(counted, &life);
        gaps->lost += life.missing - life.known;
    }
    if (gaps->as_json)
        tell_json(gaps, counted);
    else
        tell_text(gaps, counted);
    return true;
}

/* --------------------------------------------------------------------------------------- command
 */

static bool read_wishes(struct gaps *gaps, struct error *err)
{
    const struct cli *cli = gaps->cli;
    const char *topic = cli_text(cli, "topic");
    const char *since = cli_text(cli, "since");
    gaps->as_json = cli_switch(cli, "json");
    gaps->filter.source = cli_text(cli, "source");
    if (topic != NULL) {
        gaps->feed = digest_subject("topic", topic);
        if (strlen(topic) == 2 * DIGEST_SIZE)
            (void)!hex_decode(topic, strlen(topic), gaps->feed.bytes, DIGEST_SIZE);
        gaps->filter.feed = &gaps->feed;
    }
    gaps->filter.has_since = since != NULL;
    return cli_u64(cli, "limit", &gaps->shown_max, err) &&
           (since == NULL ||
            instant_parse(since, strlen(since), "--since", &gaps->filter.since_us, err));
}

static bool load_catalog(struct gaps *gaps, struct error *err)
{
    struct head head;
    struct control *nothing = control_empty();
    bool ok =
        head_read(gaps->store, gaps->log, &head, err) &&
        control_load(gaps->store, gaps->log, nothing, head.control_index, &gaps->control, err);
    control_drop(nothing);
    if (!ok)
        return false;
    return gaps->control->catalog != NULL ||
           error_set(err, ERROR_REFUSED,
                     "the book has no catalog: daybook-ledger catalog apply "
                     "FILE");
}

static bool tell_all(struct gaps *gaps, struct error *err)
{
    size_t shown = 0;
    for (size_t i = 0; i < gaps->count; i++) {
        if (!is_of_tenant(gaps, gaps->sources[i].source))
            continue;
        if (!tell(gaps, &gaps->sources[i], err))
            return false;
        shown++;
    }
    if (shown == 0 && !gaps->as_json)
        printf("no source counts its events: none has \"sequence\" in the catalog\n");
    if (gaps->lost > 0)
        cli_exit_status(gaps->cli, STATUS_GAPS);
    if (gaps->filter.feed != NULL && !gaps->as_json)
        printf("by this topic: what came by files alone is not in it (without --topic it is)\n");
    return true;
}

bool command_gaps(const struct cli *cli, struct error *err)
{
    struct gaps gaps = {.cli = cli};
    arena_init(&gaps.arena);
    bool ok = read_wishes(&gaps, err) && held_open(cli, &gaps.log, &gaps.store, err) &&
              load_catalog(&gaps, err) &&
              sequences_each(gaps.store, gaps.log, &gaps.filter, take_row, &gaps, err);
    if (ok) {
        add_silent(&gaps);
        ok = tell_all(&gaps, err);
    }
    for (size_t i = 0; i < gaps.count; i++) {
        sequence_set_release(&gaps.sources[i].came);
        sequence_set_release(&gaps.sources[i].held);
        sequence_set_release(&gaps.sources[i].released);
        sequence_set_release(&gaps.sources[i].known);
    }
    free(gaps.sources);
    if (gaps.control)
        control_drop(gaps.control);
    store_close(gaps.store);
    arena_release(&gaps.arena);
    return ok;
}
