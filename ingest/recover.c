/*
 * recover: a database that is behind what is published grows to it again, bit for bit.
 *
 *     batches   the ranges that the receipts name, read again, decided by the same code
 *     others    the journal's entries, with their contents
 *
 * Nothing is signed, and no signing key is needed: each entry takes the published leaf that commits
 * to it. What differs is HALT, with the index, and with the last common size, which the database is
 * left at. One batch or entry is one transaction, so a recovery that was stopped goes on when it is
 * run again. All other writers refuse meanwhile, because the database is behind.
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/instant.h"
#include "base/log.h"
#include "core/canonical.h"
#include "core/keyring.h"
#include "ingest/commands.h"
#include "ingest/recover_parts.h"
#include "ingest/session.h"
#include "store/entries.h"
#include "store/logs.h"
#include "store/migrate.h"
#include "store/places.h"

#define MIB ((size_t)1 << 20)
#define STATE_SIZE_MAX 1024
#define CONTENT_FILE_MAX ((size_t)8 << 20)
#define TELL_US (10 * SECOND_US)

/* ------------------------------------------------------------------------------ what was published
 */

static bool read_note(const struct cli *cli, const char *folder, struct recovery *recovery,
                      struct error *err)
{
    const char *path = NULL;
    struct text CLEANUP(text_release) line;
    struct public_key key;
    text_init(&line);
    if (!places_published(cli, &recovery->arena, &path, err) ||
        !file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &recovery->note, err) ||
        !file_read(arena_printf(&recovery->arena, "%s/log.vkey", folder), VKEY_SIZE, &line, err))
        return false;
    line.data[strcspn(line.data, "\r\n")] = '\0';
    return key_parse_vkey(line.data, &key, err) &&
           checkpoint_open(recovery->note.data, recovery->note.size, &key, &recovery->checkpoint,
                           err);
}

/* A sealer that ended between its state file and the note has archived all of the greater size;
 * what it remembers may not be written over either. */
static bool read_state(const struct cli *cli, const char *folder, struct recovery *recovery,
                       struct error *err)
{
    const char *path = cli_text(cli, "state");
    struct text CLEANUP(text_release) bytes;
    struct checkpoint state;
    text_init(&bytes);
    if (path == NULL)
        path = arena_printf(&recovery->arena, "%s/seal.state", folder);
    if (!file_read(path, STATE_SIZE_MAX, &bytes, err))
        return err->code == ERROR_NOT_FOUND && cli_text(cli, "state") == NULL;
    if (!checkpoint_parse(bytes.data, bytes.size, &state, err))
        return error_prefix(err, "'%s': ", path);
    if (strcmp(state.origin, recovery->checkpoint.origin) != 0)
        return error_set(err, ERROR_HALT, "'%s' is of the log '%s'", path, state.origin);
    if (state.size <= recovery->checkpoint.size)
        return true;
    recovery->checkpoint = state;
    text_clear(&recovery->note);
    return true;
}

/* Those of what is published; then once more, if the sealer remembers more. */
static bool open_leaves(const char *archive, struct recovery *recovery, struct error *err)
{
    past_leaves_close(&recovery->leaves);
    past_leaves_open(archive, recovery->checkpoint.size, &recovery->leaves);
    return past_leaves_check(&recovery->leaves, &recovery->checkpoint, err);
}

static bool read_secrets(const char *folder, struct recovery *recovery, struct error *err)
{
    return key_read_symmetric(arena_printf(&recovery->arena, "%s/salt.key", folder),
                              &recovery->salt_key, err) &&
           key_read_symmetric(arena_printf(&recovery->arena, "%s/dedup.key", folder),
                              &recovery->dedup_key, err);
}

/* The log's first entry names them: identities under another dedup key would make the same entries,
 * and let every event in once more. */
static bool check_secrets(struct recovery *recovery, struct error *err)
{
    struct past_entry first;
    struct keyring CLEANUP(keyring_release) keys;
    CLEANUP(json_release) json_t *content = NULL;
    bool is_found = false;
    keyring_init(&keys);
    if (!past_journal_next(&recovery->journal, 0, &first, &is_found, err))
        return false;
    if (!is_found || first.index != 0 || first.entry.kind != ENTRY_LOG)
        return error_set(err, ERROR_HALT, "the journal lacks the log's first entry");
    return canonical_parse(first.content.data, first.content.size, "the log's first entry",
                           &content, err) &&
           keyring_apply(&keys, 0, ENTRY_LOG, content, err) &&
           keyring_check_secret(&keys, KEYRING_SALT, recovery->salt_key, err) &&
           keyring_check_secret(&keys, KEYRING_DEDUP, recovery->dedup_key, err) &&
           (recovery->ledger = ledger_id_of_origin(keys.origin), true);
}

/* What was given up for good is another log's now. */
static bool refuse_closed(const char *archive, struct recovery *recovery, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    CLEANUP(json_release) json_t *file = NULL;
    const char *path = arena_printf(&recovery->arena, "%s/public/keys/%" PRIu64 ".json", archive,
                                    recovery->checkpoint.size - 1);
    text_init(&bytes);
    if (!file_read(path, CONTENT_FILE_MAX, &bytes, err))
        return err->code == ERROR_NOT_FOUND;
    if (!canonical_parse(bytes.data, bytes.size, path, &file, err))
        return false;
    const char *action =
        json_string_value(json_object_get(json_object_get(file, "content"), "action"));
    return action == NULL || strcmp(action, "close") != 0 ||
           error_set(err, ERROR_REFUSED, "'%s' is closed: finish with `daybook-ledger log succeed`",
                     recovery->checkpoint.origin);
}

static bool open_published(const struct cli *cli, struct recovery *recovery, struct error *err)
{
    const char *archive = NULL, *folder = NULL;
    if (!cli_required(cli, "archive", &archive, err) || !cli_required(cli, "keys", &folder, err) ||
        !read_note(cli, folder, recovery, err) || !open_leaves(archive, recovery, err) ||
        !read_state(cli, folder, recovery, err) ||
        (recovery->checkpoint.size != recovery->leaves.size &&
         !open_leaves(archive, recovery, err)) ||
        !past_journal_open(archive, recovery->checkpoint.size, &recovery->journal, err))
        return false;
    recovery->feeds.archive = archive;
    return refuse_closed(archive, recovery, err) && read_secrets(folder, recovery, err) &&
           check_secrets(recovery, err);
}

/* -------------------------------------------------------------------------------- the database */

/* An empty, migrated database gets its log. */
static bool open_log(struct recovery *recovery, struct error *err)
{
    struct head head;
    struct log_row there, row = {.log = recovery->log, .ledger = recovery->ledger};
    memcpy(row.origin, recovery->checkpoint.origin, sizeof row.origin);
    if (!head_read(recovery->store, recovery->log, &head, err)) {
        if (err->code != ERROR_NOT_FOUND || !store_begin(recovery->store, err))
            return false;
        if (!head_create(recovery->store, recovery->log, &head, err)) {
            store_rollback(recovery->store);
            return false;
        }
        if (!store_commit(recovery->store, err))
            return false;
    }
    writer_open_keyless(recovery->log, &row.ledger, recovery->salt_key, &recovery->batcher.writer);
    return log_find(recovery->store, recovery->log, &there, err) ||
           (err->code == ERROR_NOT_FOUND && log_put(recovery->store, &row, err));
}

/* A copy from before a successor was opened has the older name until it has that entry. */
static bool rename_log(struct recovery *recovery, struct error *err)
{
    struct log_row row = {.log = recovery->log, .ledger = recovery->ledger};
    memcpy(row.origin, recovery->checkpoint.origin, sizeof row.origin);
    return log_rename(recovery->store, &row, err);
}

/* The database holds the published entries, as far as both go. */
static bool check_entries(struct recovery *recovery, uint64_t size, struct error *err)
{
    uint64_t published = recovery->checkpoint.size;
    return past_leaves_compare(&recovery->leaves, recovery->store, recovery->log,
                               size < published ? size : published, err);
}

static bool open_database(const struct cli *cli, struct recovery *recovery, struct error *err)
{
    const char *conninfo = cli_text(cli, "admin");
    struct batcher *batcher = &recovery->batcher;
    uint64_t memory_mib = 0;
    if (!cli_u64(cli, "memory-mib", &memory_mib, err) ||
        (conninfo == NULL && !cli_required(cli, "database", &conninfo, err)))
        return false;
    if (memory_mib == 0 || memory_mib > 1024 * 1024)
        return error_set(err, ERROR_INPUT, "--memory-mib must be at least 1");
    if (!store_open(conninfo, "daybook-ingest recover", &recovery->store, err) ||
        !migrate_check(recovery->store, err) || !open_log(recovery, err))
        return false;
    recovery->keys = measure_keys_of(recovery->dedup_key);
    randombytes_buf(recovery->cache_key, sizeof recovery->cache_key);
    slot_table_init(&batcher->slots, (size_t)memory_mib * MIB);
    batcher->store = recovery->store;
    batcher->cache_key = recovery->cache_key;
    batcher->rules.keys = &recovery->keys;
    batcher->records_max = batcher->records_now = batcher->entries_max = SIZE_MAX;
    struct control *nothing = control_empty();
    batcher->scope = scope_make(nothing, recovery->cache_key);
    control_drop(nothing);
    return true;
}

/* --------------------------------------------------------------------------------- making again */

/* The next batch or entry. */
static bool make_next(struct recovery *recovery, uint64_t size, struct error *err)
{
    struct past_entry next;
    bool is_found = false;
    if (!past_journal_next(&recovery->journal, size, &next, &is_found, err))
        return false;
    if (!is_found || (next.index != size && next.entry.kind != ENTRY_RECEIPT))
        return error_set(err, ERROR_HALT,
                         "the journal lacks the receipts of the batch from entry %" PRIu64 " on",
                         size);
    return next.entry.kind == ENTRY_RECEIPT ? recover_batch(recovery, size, &next, err)
                                            : recover_entry(recovery, &next, err);
}

static void tell(const struct recovery *recovery, uint64_t size)
{
    static int64_t told_us;
    if (instant_monotonic() - told_us < TELL_US)
        return;
    told_us = instant_monotonic();
    log_info("%" PRIu64 " of %" PRIu64 " entries", size, recovery->checkpoint.size);
}

static bool make_all(struct recovery *recovery, uint64_t *size, struct error *err)
{
    struct head head;
    while (true) {
        if (!head_read(recovery->store, recovery->log, &head, err))
            return false;
        *size = head.size;
        recovery->batcher.writer.key_index = head.key_index;
        if (head.size >= recovery->checkpoint.size)
            return true;
        tell(recovery, head.size);
        if (!make_next(recovery, head.size, err))
            return false;
    }
}

static bool refuse_floor(void *context, struct slice line, struct error *err)
{
    (void)context;
    (void)line;
    return error_set(err, ERROR_REFUSED,
                     "the dedup floor was raised: recovery of raised floors is not built yet");
}

static bool recover(struct recovery *recovery, struct error *err)
{
    struct head head;
    uint64_t size = 0;
    if (!past_journal_list(&recovery->journal, "floors", refuse_floor, NULL, err) ||
        !head_read(recovery->store, recovery->log, &head, err) ||
        !check_entries(recovery, head.size, err))
        return false;
    if (!make_all(recovery, &size, err))
        return error_prefix(err,
                            "the last common size is %" PRIu64 " of %" PRIu64 " published: ", size,
                            recovery->checkpoint.size);
    return check_entries(recovery, size, err) && rename_log(recovery, err) &&
           recover_rest(recovery, err);
}

/* -------------------------------------------------------------------------------------- command */

static void recovery_close(struct recovery *recovery)
{
    past_feeds_close(&recovery->feeds);
    past_journal_close(&recovery->journal);
    past_leaves_close(&recovery->leaves);
    load_release(&recovery->load);
    if (recovery->batcher.scope)
        batcher_release(&recovery->batcher);
    store_close(recovery->store);
    sodium_memzero(&recovery->keys, sizeof recovery->keys);
    if (recovery->dedup_key)
        key_release_symmetric(recovery->dedup_key);
    if (recovery->salt_key)
        key_release_symmetric(recovery->salt_key);
    text_release(&recovery->note);
    arena_release(&recovery->arena);
}

static bool read_kafka(const struct cli *cli, struct recovery *recovery, struct error *err)
{
    struct kafka_options *kafka = &recovery->feeds.kafka;
    *kafka = (struct kafka_options){.bootstrap = cli_text(cli, "kafka"),
                                    .settings = cli_text(cli, "kafka-settings"),
                                    .group = "daybook-ingest-recover",
                                    .session_timeout_ms = 45000};
    return cli_u64(cli, "queue-kbytes", &kafka->queue_kbytes, err);
}

bool command_recover(const struct cli *cli, struct error *err)
{
    static struct recovery recovery; /* large */
    int64_t started_us = instant_monotonic();
    arena_init(&recovery.arena);
    text_init(&recovery.note);
    load_init(&recovery.load);
    bool ok = places_log(cli, &recovery.log, err) && read_kafka(cli, &recovery, err) &&
              open_published(cli, &recovery, err) && open_database(cli, &recovery, err) &&
              recover(&recovery, err);
    if (ok)
        printf("recovered %" PRIu64 " entries in %" PRId64
               " ms: the database has the published %" PRIu64
               "; keys of readers are not in the book: `daybook-ledger token add` them again\n",
               recovery.entries, (instant_monotonic() - started_us) / 1000,
               recovery.checkpoint.size);
    recovery_close(&recovery);
    return ok;
}
