/*
 * quarantine release: records that were refused are taken after all, as lines of a file.
 *
 *   keep the file  archive/private/files, as of every file
 *   one transaction
 *     dispose      a row a record, which names the file. Whoever comes second to a record fails
 *                  here, with all of his release
 *     take it      as any file: receipt, identities, the catalog in force
 *
 * So a release has happened, or it has not, and no close comes in between. One that is found half
 * done, because dispositions came back from the journal and the usage did not, is finished first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/instant.h"
#include "ingest/commands.h"
#include "ingest/held.h"
#include "ingest/item.h"
#include "ingest/kept_file.h"
#include "ingest/release_line.h"
#include "ingest/session.h"
#include "ingest/whole.h"
#include "store/operator.h"

#define RELEASE_RECORDS_MAX 100000
#define RELEASE_BYTES_MAX ((size_t)256 << 20)
#define NAMED_MAX 20 /* records that are named to people, at most */

struct release {
    const struct cli *cli;
    struct session *session;
    struct store *store;
    struct quarantine_filter filter;
    const char *reason;
    int64_t as_of_us;
    struct digest operator_key;
    struct arena arena;
    struct text lines; /* the file */
    size_t count;
    size_t capacity;
    size_t records_max;
    struct quarantine_item *items; /* in the order of the lines, without bytes */
    size_t *ends;                  /* of their lines */
    size_t ends_capacity;
    uint64_t refused; /* that only can be written off */
    bool has_more;    /* than one release takes */
    struct error why; /* of the first refused */
};

/* ------------------------------------------------------------------------------------ collecting
 */

static bool add_item(struct release *release, const struct quarantine_item *item)
{
    struct arena scratch;
    arena_init(&scratch);
    bool ok = release_line(item, &scratch, &release->lines, &release->why);
    arena_release(&scratch);
    if (!ok)
        return false;
    struct quarantine_item kept = *item;
    kept.key = kept.headers = kept.value = (struct slice){NULL, 0};
    release->items =
        memory_grow(release->items, &release->capacity, release->count + 1, sizeof *release->items);
    release->ends = memory_grow(release->ends, &release->ends_capacity, release->count + 1,
                                sizeof *release->ends);
    release->items[release->count] = *held_copy(&kept, &release->arena);
    release->ends[release->count++] = release->lines.size;
    return true;
}

static bool take_item(void *context, const struct quarantine_item *item, struct error *err)
{
    struct release *release = context;
    (void)err;
    if (release->count == release->records_max || release->lines.size > RELEASE_BYTES_MAX)
        release->has_more = true;
    else if (!add_item(release, item))
        release->refused++;
    return true;
}

/* A record that is asked for by its position, and cannot be had, is an error; one that a filter
 * lets through is counted. */
static bool collect(struct release *release, struct error *err)
{
    struct quarantine_filter *filter = &release->filter;
    filter->with_bytes = true;
    if (!quarantine_each(release->store, release->session->log, filter, take_item, release, err))
        return false;
    if (release->count > 0)
        return true;
    if (release->refused > 0)
        return error_set(err, ERROR_REFUSED, "%s%s", release->why.message,
                         release->refused > 1 ? "; and the like of all that matches" : "");
    return error_set(err, ERROR_NOT_FOUND, "nothing that is open in quarantine matches");
}

/* The same bytes may have been a file before, whose lines were decided under another catalog. What
 * is decided anew needs a name of its own: blank lines hold no record. */
static bool make_new(struct release *release, struct error *err)
{
    bool is_known = true;
    while (true) {
        struct digest digest = digest_of(release->lines.data, release->lines.size);
        if (!quarantine_file_is_known(release->store, release->session->log, &digest, &is_known,
                                      err))
            return false;
        if (!is_known)
            return true;
        text_append_char(&release->lines, '\n');
    }
}

/* --------------------------------------------------------------------------------------- preview
 */

struct verdict {
    const char *was; /* what it was refused for */
    const char *now; /* what it would be refused for; NULL: nothing */
    uint64_t count;
};

struct verdicts {
    size_t count;
    struct verdict rows[REFUSAL_COUNT * REFUSAL_COUNT];
};

static void count_verdict(struct verdicts *verdicts, const char *was, const char *now)
{
    size_t i = 0;
    while (i < verdicts->count &&
           (strcmp(verdicts->rows[i].was, was) != 0 || verdicts->rows[i].now != now))
        i++;
    if (i == verdicts->count)
        verdicts->rows[verdicts->count++] = (struct verdict){was, now, 0};
    verdicts->rows[i].count++;
}

/* What the catalog and the tenants in force say of each line; identities are looked at when it is
 * taken. */
static void judge(const struct release *release, struct verdicts *verdicts)
{
    struct arena keep, scratch;
    const struct session *session = release->session;
    const struct item_rules rules = {.scope = session->scope,
                                     .keys = &session->keys,
                                     .topic = slice_of(CATALOG_FILE),
                                     .as_of_us = release->as_of_us};
    arena_init(&keep);
    arena_init(&scratch);
    for (size_t i = 0, start = 0; i < release->count; start = release->ends[i++]) {
        struct item item = {
            .record = {.value = {release->lines.data + start, release->ends[i] - start - 1},
                       .is_file = true}};
        item_measure(&rules, &item, &keep, &scratch);
        count_verdict(verdicts, release->items[i].reason,
                      item.refusal ? refusal_word(item.refusal->reason) : NULL);
        arena_reset(&keep);
    }
    arena_release(&scratch);
    arena_release(&keep);
}

static void preview(const struct release *release)
{
    static struct verdicts verdicts;
    judge(release, &verdicts);
    printf("%zu record%s, %zu bytes:\n", release->count, release->count == 1 ? "" : "s",
           release->lines.size);
    for (size_t i = 0; i < verdicts.count; i++) {
        const struct verdict *row = &verdicts.rows[i];
        printf("  %" PRIu64 " refused as %s: %s%s\n", row->count, row->was,
               row->now ? "would be refused again as " : "would be counted, or be known already",
               row->now ? row->now : "");
    }
    if (release->refused > 0)
        printf("%" PRIu64 " more cannot be released: %s%s\n", release->refused,
               release->why.message, release->refused > 1 ? " (the last of them)" : "");
    if (release->has_more)
        printf("there are more than one release takes: run it again afterwards\n");
}

/* ------------------------------------------------------------------------------------- disposing
 */

struct disposing {
    const struct release *release;
    const struct digest *file;
};

/* In the transaction that takes the file. */
static bool dispose(void *context, struct batcher *batcher, struct error *err)
{
    const struct disposing *disposing = context;
    const struct release *release = disposing->release;
    if (!quarantine_release(batcher->store, release->session->log, release->items, release->count,
                            release->reason, &release->operator_key, disposing->file, err))
        return err->code == ERROR_CONFLICT
                   ? error_set(err, ERROR_REFUSED,
                               "another operator has disposed of some of these meanwhile; nothing "
                               "was released: look again")
                   : false;
    CRASH_AT(release_disposed);
    return true;
}

/* ---------------------------------------------------------------------------------------- taking
 */

static bool name_refused(void *context, const struct quarantine_item *item, struct error *err)
{
    uint64_t *count = context;
    (void)err;
    if ((*count)++ < NAMED_MAX)
        printf("refused again: %s 0 %" PRIu64 ": %s: %s\n", item->feed_name, item->offset,
               item->reason, item->detail);
    return true;
}

/* Says which lines of the file were refused again. */
static bool tell_refused(const struct release *release, const char *name, struct error *err)
{
    uint64_t count = 0;
    const struct quarantine_filter filter = {.feed = name, .with_disposed = true};
    if (!quarantine_each(release->store, release->session->log, &filter, name_refused, &count, err))
        return false;
    if (count > NAMED_MAX)
        printf("and %" PRIu64 " more\n", count - NAMED_MAX);
    return true;
}

static bool take(struct release *release, const struct digest *file,
                 struct batch_companion *companion, struct error *err)
{
    char name[DIGEST_HEX_SIZE];
    enum whole_outcome outcome;
    struct feed *feed = NULL;
    if (!kept_file_open(release->cli, file, &release->arena, &feed, err))
        return false;
    bool ok = command_take_whole(release->cli, release->session, feed, release->as_of_us, companion,
                                 &outcome, err);
    feed->kind->close(feed);
    return ok && tell_refused(release, digest_hex(file, name), err);
}

static bool keep(struct release *release, struct digest *out_file, struct error *err)
{
    struct feed *feed = NULL;
    const struct slice bytes = {release->lines.data, release->lines.size};
    *out_file = digest_of(bytes.data, bytes.size);
    if (!kept_file_put(release->cli, out_file, bytes, &release->arena, &feed, err))
        return false;
    feed->kind->close(feed);
    return true;
}

/* As many as one transaction takes: the others stay open. */
static void take_fewer(struct release *release, size_t count)
{
    release->count = count;
    release->lines.size = release->ends[count - 1];
    release->has_more = true;
}

static bool release_all(struct release *release, struct error *err)
{
    struct digest file;
    struct disposing disposing = {release, &file};
    struct batch_companion companion = {.context = &disposing, .begin = dispose};
    while (make_new(release, err) && keep(release, &file, err)) {
        if (take(release, &file, &companion, err)) {
            printf("released %zu record%s%s\n", release->count, release->count == 1 ? "" : "s",
                   release->has_more ? "; there are more than one release takes: run it again"
                                     : "");
            return true;
        }
        if (companion.fitting == 0)
            return false;
        take_fewer(release, companion.fitting);
    }
    return false;
}

/* ------------------------------------------------------------------------------ what was cut off
 */

struct cut_off {
    struct release *release;
    bool has_file;
    struct released_file file;
};

static bool find_cut_off(void *context, const struct released_file *file, struct error *err)
{
    uint64_t size = 0;
    struct cut_off *found = context;
    struct release *release = found->release;
    if (found->has_file)
        return true;
    if (!kept_file_size(release->cli, &file->file, &release->arena, &size, err))
        return false;
    if (file->taken < size) {
        found->has_file = true;
        found->file = *file;
    }
    return true;
}

static bool finish(struct release *release, const struct released_file *file, struct error *err)
{
    char name[DIGEST_HEX_SIZE];
    struct batch_companion alone = {.context = NULL};
    printf("first, a release that was cut off: %" PRIu64 " records in file %s\n", file->records,
           digest_hex(&file->file, name));
    fflush(stdout);
    return take(release, &file->file, &alone, err);
}

/* What is left to release of what was asked for, after one that was cut off. */
static bool tell_rest(struct release *release, struct error *err)
{
    struct error nothing;
    if (collect(release, &nothing))
        printf("%zu more match: run it again to release them\n", release->count);
    else if (nothing.code != ERROR_NOT_FOUND && nothing.code != ERROR_REFUSED) {
        *err = nothing;
        return false;
    }
    return true;
}

/* --------------------------------------------------------------------------------------- command
 */

static bool read_as_of(const struct cli *cli, int64_t *out_us, struct error *err)
{
    const char *text = cli_text(cli, "as-of");
    *out_us = instant_now();
    return text == NULL || instant_parse(text, strlen(text), "--as-of", out_us, err);
}

static bool read_wishes(struct release *release, struct error *err)
{
    size_t count = 0;
    const struct cli *cli = release->cli;
    struct quarantine_filter *filter = &release->filter;
    if (!held_options(cli, &release->arena, filter, &count, err) ||
        !read_as_of(cli, &release->as_of_us, err) ||
        !cli_required(cli, "reason", &release->reason, err))
        return false;
    if (cli_argument_count(cli) > 0 && count > 0)
        return error_set(err, ERROR_INPUT, "FEED PARTITION OFFSET names one record: no filter");
    if (cli_argument_count(cli) > 0)
        return held_position(cli, filter, err);
    return count > 0 || error_set(err, ERROR_INPUT,
                                  "what is to be released? FEED PARTITION OFFSET, or a filter as "
                                  "--for REASON");
}

static bool open_release(struct release *release, struct error *err)
{
    struct session *session = release->session;
    if (!session_open(release->cli, session, err))
        return false;
    release->store = session->claim_store;
    release->records_max = session->batcher.records_max < RELEASE_RECORDS_MAX
                               ? session->batcher.records_max
                               : RELEASE_RECORDS_MAX;
    return operator_find(release->cli, release->store, session->log, ROLE_OPERATE,
                         &release->operator_key, err);
}

static bool do_release(struct release *release, struct error *err)
{
    struct cut_off cut_off = {.release = release};
    if (!quarantine_files_each(release->store, release->session->log, find_cut_off, &cut_off, err))
        return false;
    if (cut_off.has_file && cli_switch(release->cli, "yes"))
        return finish(release, &cut_off.file, err) && tell_rest(release, err);
    if (cut_off.has_file)
        printf("a release was cut off; --yes finishes it first\n");
    if (!collect(release, err))
        return false;
    preview(release);
    if (cli_switch(release->cli, "yes"))
        return release_all(release, err);
    printf("nothing was done: --yes releases them\n");
    return true;
}

bool command_quarantine_release(const struct cli *cli, struct error *err)
{
    static struct session session; /* large */
    struct release release = {.cli = cli, .session = &session};
    arena_init(&release.arena);
    text_init(&release.lines);
    bool has_wishes = read_wishes(&release, err);
    bool ok = has_wishes && open_release(&release, err) && do_release(&release, err);
    if (has_wishes)
        session_close(&session);
    free(release.items);
    free(release.ends);
    text_release(&release.lines);
    arena_release(&release.arena);
    return ok;
}
