/*
 * replace: an operator has the truth of a tenant's interval, as a file of events.
 *
 * Without --yes it is compared. With it the file is taken like any other, so that what was never
 * counted is counted, under its identity, and corrections make up what differs still: in one
 * transaction, so that nothing and nobody comes in between. A file that was taken before is taken
 * once, and what does not differ is not corrected.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/instant.h"
#include "core/canonical.h"
#include "core/replacement.h"
#include "ingest/commands.h"
#include "ingest/kept_file.h"
#include "ingest/replace_apply.h"
#include "ingest/whole.h"
#include "meter/refusal.h"
#include "store/contents.h"
#include "store/operator.h"
#include "store/places.h"
#include "store/quarantine.h"
#include "store/usage.h"

struct replace {
    const struct cli *cli;
    struct session *session;
    struct arena arena;
    struct feed *feed; /* the file; NULL: none, or taken */
    struct tenant tenant;
    struct replace_scope scope;
    struct replace_cells cells;
    struct secret_key *control_key;
    struct writer control;
    struct replace_order order;
    struct replace_done done;
    int64_t as_of_us;
};

/* ---------------------------------------------------------------------------------------- preview
 */

static const char *difference_of(const struct replace_cell *cell, char out[INT128_TEXT_SIZE + 1])
{
    int128 difference = cell->wanted - cell->counted; /* both are sums that fit */
    char text[INT128_TEXT_SIZE];
    snprintf(out, INT128_TEXT_SIZE + 1, "%s%s", difference > 0 ? "+" : "",
             number_format(difference, text));
    return out;
}

static void print_cell(const struct replace_cells *cells, const struct replace_cell *cell)
{
    char counted[INT128_TEXT_SIZE], wanted[INT128_TEXT_SIZE], difference[INT128_TEXT_SIZE + 1];
    char from[INSTANT_TEXT_SIZE];
    const struct replace_series *series = replace_series_of(cells, &cell->series);
    printf("%s %" PRIu32 " s  %s  counted %s, %s %s, difference %s\n",
           instant_format(cell->from_us, from), cell->length_seconds, series ? series->text : "?",
           number_format(cell->counted, counted), cells->is_sum ? "undone" : "file",
           number_format(cell->wanted, wanted), difference_of(cell, difference));
}

static void print_cell_json(const struct replace_cells *cells, const struct replace_cell *cell)
{
    char counted[INT128_TEXT_SIZE], wanted[INT128_TEXT_SIZE], difference[INT128_TEXT_SIZE + 1];
    char from[INSTANT_TEXT_SIZE], hex[DIGEST_HEX_SIZE];
    const struct replace_series *series = replace_series_of(cells, &cell->series);
    difference_of(cell, difference);
    CLEANUP(json_release)
    json_t *json = json_pack(
        "{s:s, s:i, s:s, s:s, s:s, s:s, s:s}", "from", instant_format(cell->from_us, from),
        "length_seconds", (int)cell->length_seconds, "series", digest_hex(&cell->series, hex),
        "described", series ? series->text : "", "counted", number_format(cell->counted, counted),
        "file", number_format(cell->wanted, wanted), "difference",
        difference[0] == '+' ? difference + 1 : difference);
    char *line = json ? json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    if (line)
        puts(line);
    free(line);
}

static void preview(const struct replace *replace)
{
    size_t same = 0;
    bool as_json = cli_switch(replace->cli, "json");
    const struct replace_cells *cells = &replace->cells;
    for (size_t i = 0; i < cells->count; i++) {
        const struct replace_cell *cell = &cells->cells[i];
        same += cell->counted == cell->wanted ? 1 : 0;
        if (as_json)
            print_cell_json(cells, cell);
        else if (cell->counted != cell->wanted)
            print_cell(cells, cell);
    }
    if (!as_json && !cells->is_sum)
        printf("%" PRIu64 " events; ", cells->events);
    if (!as_json)
        printf("%zu windows of a series differ, %zu are the same\n", cells->count - same, same);
}

/* ---------------------------------------------------------------------------------------- opening
 */

static bool read_instant(const struct cli *cli, const char *name, int64_t *out_us,
                         struct error *err)
{
    const char *text = NULL;
    return cli_required(cli, name, &text, err) &&
           instant_parse(text, strlen(text), name, out_us, err);
}

static bool read_reason(struct replace *replace, struct error *err)
{
    const char **out = &replace->order.reason;
    if (!cli_switch(replace->cli, "yes") && cli_text(replace->cli, "reason") == NULL) {
        *out = "";
        return true;
    }
    if (!cli_required(replace->cli, "reason", out, err))
        return false;
    return (**out != '\0' && strlen(*out) <= REPLACEMENT_REASON_MAX) ||
           error_set(err, ERROR_INPUT, "--reason: 1 to %d bytes", REPLACEMENT_REASON_MAX);
}

static bool read_as_of(struct replace *replace, struct error *err)
{
    const char *text = cli_text(replace->cli, "as-of");
    replace->as_of_us = instant_now();
    return text == NULL || instant_parse(text, strlen(text), "--as-of", &replace->as_of_us, err);
}

static bool find_tenant(struct replace *replace, const char *id, struct error *err)
{
    const struct tenant *tenant = control_tenant(replace->session->scope->control, slice_of(id));
    if (tenant == NULL)
        return error_set(err, ERROR_NOT_FOUND, "there is no tenant '%s'", id);
    replace->tenant = *tenant;
    replace->tenant.id = arena_text(&replace->arena, tenant->id);
    replace->scope.tenant = &replace->tenant;
    return true;
}

static bool read_interval(struct replace *replace, struct error *err)
{
    struct replace_scope *scope = &replace->scope;
    const int64_t grid_us = (int64_t)replace->tenant.grid_seconds * SECOND_US;
    if (!read_instant(replace->cli, "from", &scope->from_us, err) ||
        !read_instant(replace->cli, "to", &scope->to_us, err))
        return false;
    if (scope->to_us <= scope->from_us)
        return error_set(err, ERROR_INPUT, "--to is not after --from");
    return (scope->from_us % grid_us == 0 && scope->to_us % grid_us == 0) ||
           error_set(err, ERROR_INPUT, "--from and --to lie on the tenant's grid of %" PRIu32 " s",
                     replace->tenant.grid_seconds);
}

static bool find_meter(struct replace *replace, struct error *err)
{
    const struct catalog *catalog = replace->session->scope->control->catalog;
    const char *meter = replace->scope.meter = cli_text(replace->cli, "meter");
    for (size_t i = 0; meter != NULL && i < catalog->meter_count; i++)
        if (slice_equals(catalog->meters[i].meter, meter))
            return true;
    return meter == NULL || error_set(err, ERROR_INPUT, "the catalog has no meter '%s'", meter);
}

/* Who decides, and with which key: only where something is written. */
static bool open_decision(struct replace *replace, struct error *err)
{
    const char *path = NULL;
    struct replace_order *order = &replace->order;
    if (!places_secret(replace->cli, &replace->arena, "control.key", &path, err) ||
        !key_read_file(path, &replace->control_key, err))
        return false;
    struct session *session = replace->session;
    if (!writer_open(session->claim_store, session->log, replace->control_key, session->salt_key,
                     ROLE_CONTROL, &replace->control, err))
        return false;
    order->control = &replace->control;
    return operator_find(replace->cli, replace->session->claim_store, replace->session->log,
                         ROLE_OPERATE, &order->operator_key, err);
}

/* -------------------------------------------------------------------------------------- replacing
 */

static bool tell_applied(const struct replace *replace, enum whole_outcome outcome)
{
    const struct replace_done *done = &replace->done;
    if (!done->has_entry && outcome == WHOLE_LOST)
        printf("the answer to COMMIT was lost, and nothing differs now: it has happened\n");
    else if (!done->has_entry)
        printf("nothing differs: no correction was made\n");
    else
        printf("%" PRIu64 " corrections, entry %" PRIu64 " (replace --undo %" PRIu64
               " takes it back)\n",
               done->count, done->index, done->index);
    return true;
}

/* From here on the file is the one that the archive has. */
static bool keep_file(struct replace *replace, const struct digest *file, struct error *err)
{
    struct feed *kept = NULL;
    if (!kept_file_put(replace->cli, file, ndjson_bytes(replace->feed), &replace->arena, &kept,
                       err))
        return false;
    replace->feed->kind->close(replace->feed);
    replace->feed = kept;
    return true;
}

static bool refuse_releasable(void *context, const struct quarantine_item *item, struct error *err)
{
    enum refusal_reason reason;
    (void)context;
    return (refusal_find(slice_of(item->reason), &reason) &&
            !refusal_allows(reason, DISPOSITION_RELEASE)) ||
           error_set(err, ERROR_REFUSED,
                     "the event at byte %" PRIu64 " was refused (%s) when this file was taken, "
                     "and could be released on top of a correction: with an empty line more at its "
                     "end the file is a new one, and is taken anew",
                     item->offset, item->reason);
}

/* So would be what was refused when the file was taken earlier, under other rules: a release counts
 * it. What is refused in spite of its measure never can be released. */
static bool check_refused(const struct replace *replace, struct store *store, struct error *err)
{
    char hex[DIGEST_HEX_SIZE];
    const struct quarantine_filter filter = {.feed = digest_hex(&replace->feed->id, hex),
                                             .with_disposed = true};
    return quarantine_each(store, replace->session->log, &filter, refuse_releasable, NULL, err);
}

/* What the file says, as it is decided now: series that are new, and so the cap, are as `store`
 * sees them. */
static bool read_wanted(struct replace *replace, struct store *store, struct error *err)
{
    struct session *session = replace->session;
    if (session->scope->control != session->batcher.scope->control)
        session_use_control(session, session->batcher.scope->control);
    return replace_read_file(session, store, &replace->scope, ndjson_bytes(replace->feed),
                             replace->as_of_us, &replace->cells, err);
}

/* ---- in the transaction that takes the file */

static bool lock_slot(void *context, struct batcher *batcher, struct error *err)
{
    uint64_t step = 0;
    const struct replace *replace = context;
    return replace_lock(batcher->store, &replace->order, &step, err);
}

static bool correct(void *context, struct batcher *batcher, uint64_t first_index, struct error *err)
{
    struct replace *replace = context;
    if (!check_refused(replace, batcher->store, err) ||
        !read_wanted(replace, batcher->store, err) ||
        !replace_write(batcher->store, &batcher->writer, &replace->order, first_index,
                       &replace->done, err))
        return false;
    CRASH_AT(replace_corrected);
    return true;
}

/* ---- or after it, of a file that the book had */

static bool correct_taken(struct replace *replace, struct error *err)
{
    struct store *store = replace->session->claim_store;
    return check_refused(replace, store, err) && read_wanted(replace, store, err) &&
           replace_apply(&replace->order, &replace->done, err);
}

static bool tell_refused(bool is_too_large, struct error *err)
{
    if (err->code == ERROR_UNKNOWN)
        return false;
    return error_prefix(err, is_too_large
                                 ? "nothing was done; replace a part of the interval at a time "
                                   "(--from, --to, --meter): "
                                 : "nothing was done: ");
}

static bool replace_interval(struct replace *replace, struct error *err)
{
    enum whole_outcome outcome;
    const struct digest file = replace->feed->id;
    struct batch_companion companion = {.context = replace, .begin = lock_slot, .end = correct};
    replace->order.file = &file;
    if (!open_decision(replace, err) || !keep_file(replace, &file, err))
        return false;
    if (!command_take_whole(replace->cli, replace->session, replace->feed, replace->as_of_us,
                            &companion, &outcome, err))
        return tell_refused(companion.fitting > 0, err);
    return (outcome == WHOLE_TAKEN || correct_taken(replace, err)) &&
           tell_applied(replace, outcome);
}

/* A release counts them on top of what is replaced. */
static bool tell_open(const struct replace *replace, struct error *err)
{
    uint64_t count = 0;
    const struct session *session = replace->session;
    if (cli_switch(replace->cli, "json"))
        return true;
    if (!usage_undecided(session->claim_store, session->log, replace->tenant.id, &count, err))
        return false;
    if (count > 0)
        printf("%" PRIu64
               " records of the tenant are open in quarantine: what is released of them is "
               "counted on top, unless the file has it (daybook-ingest quarantine list --tenant "
               "%s)\n",
               count, replace->tenant.id);
    return true;
}

static bool check_size(const struct replace *replace, struct error *err)
{
    const uint64_t events_max = replace->session->batcher.records_max;
    return replace->cells.events <= events_max ||
           error_set(err, ERROR_REFUSED,
                     "the file has %" PRIu64 " events, one transaction takes %" PRIu64
                     " (--batch-events): replace a part of the interval at a time (--from, --to, "
                     "--meter)",
                     replace->cells.events, events_max);
}

static bool compare(struct replace *replace, struct error *err)
{
    struct session *session = replace->session;
    const char *tenant = NULL;
    if (!cli_required(replace->cli, "tenant", &tenant, err) || !find_tenant(replace, tenant, err) ||
        !read_interval(replace, err) || !find_meter(replace, err) ||
        !ndjson_open(cli_argument(replace->cli, 0), &replace->feed, err) ||
        !replace_read_file(session, session->claim_store, &replace->scope,
                           ndjson_bytes(replace->feed), replace->as_of_us, &replace->cells, err) ||
        !check_size(replace, err) ||
        !replace_read_book(session->claim_store, session->log, &replace->scope, &replace->cells,
                           err))
        return false;
    preview(replace);
    if (!tell_open(replace, err))
        return false;
    if (cli_switch(replace->cli, "yes"))
        return replace_interval(replace, err);
    if (!cli_switch(replace->cli, "json"))
        printf("nothing was done: --yes takes the file and makes the corrections\n");
    return true;
}

/* ------------------------------------------------------------------------------------------- undo
 */

static bool read_entry(struct replace *replace, const char *undo, struct error *err)
{
    uint64_t index = 0;
    struct content content;
    json_int_t count = 0;
    CLEANUP(json_release) json_t *json = NULL;
    const char *from = NULL, *to = NULL, *tenant = NULL;
    struct replace_order *order = &replace->order;
    if (!number_parse_u64(undo, strlen(undo), "--undo", &index, err) ||
        !content_at(replace->session->claim_store, replace->session->log, index, &replace->arena,
                    &content, err))
        return false;
    if (content.kind != ENTRY_CATALOG || !replacement_is_subject(content.subject_id))
        return error_set(err, ERROR_NOT_FOUND, "entry %s is no replacement", undo);
    if (!canonical_parse(content.bytes, content.size, content.subject_id, &json, err))
        return false;
    if (json_unpack(json, "{s:{s:I}, s:s, s:s, s:s}", "corrections", "count", &count, "from", &from,
                    "to", &to, "tenant", &tenant) != 0)
        return error_set(err, ERROR_HALT, "entry %s cannot be understood", undo);
    const char *before = json_string_value(json_object_get(json, "before"));
    order->undoes = undo;
    order->from = index;
    order->to = index + 1 + (uint64_t)count;
    return find_tenant(replace, tenant, err) &&
           (before == NULL ||
            number_parse_u64(before, strlen(before), "before", &order->from, err)) &&
           instant_parse(from, strlen(from), "from", &replace->scope.from_us, err) &&
           instant_parse(to, strlen(to), "to", &replace->scope.to_us, err);
}

static bool undo(struct replace *replace, const char *index_text, struct error *err)
{
    struct session *session = replace->session;
    const struct replace_order *order = &replace->order;
    if (cli_argument_count(replace->cli) > 0)
        return error_set(err, ERROR_INPUT, "--undo takes no file");
    if (!read_entry(replace, index_text, err) ||
        !replace_read_without(session->claim_store, session->log, &replace->scope, order->from,
                              order->to, &replace->cells, err) ||
        !replace_read_book(session->claim_store, session->log, &replace->scope, &replace->cells,
                           err))
        return false;
    preview(replace);
    if (!cli_switch(replace->cli, "yes")) {
        printf("nothing was done: --yes takes them back\n");
        return true;
    }
    return open_decision(replace, err) && replace_apply(order, &replace->done, err) &&
           tell_applied(replace, WHOLE_TAKEN);
}

/* ---------------------------------------------------------------------------------------- command
 */

static void release(struct replace *replace)
{
    if (replace->feed)
        replace->feed->kind->close(replace->feed);
    if (replace->order.control)
        writer_close(&replace->control);
    if (replace->control_key)
        key_release(replace->control_key);
    replace_cells_release(&replace->cells);
    arena_release(&replace->arena);
}

bool command_replace(const struct cli *cli, struct error *err)
{
    static struct session session; /* large */
    struct replace replace = {.cli = cli, .session = &session};
    const char *index = cli_text(cli, "undo");
    arena_init(&replace.arena);
    replace.cells.arena = &replace.arena;
    replace.order.session = &session;
    replace.order.scope = &replace.scope;
    replace.order.cells = &replace.cells;
    bool ok = index != NULL || cli_argument_count(cli) == 1 ||
              error_set(err, ERROR_INPUT, "'replace' needs FILE, or --undo INDEX");
    ok = ok && read_reason(&replace, err) && read_as_of(&replace, err);
    if (ok) {
        ok = session_open(cli, &session, err) &&
             (index ? undo(&replace, index, err) : compare(&replace, err));
        session_close(&session);
    }
    release(&replace);
    return ok;
}
